//! Pairs of labels become measures of agreement.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kappa::{Interval, kappa, margins};

/// What two people called one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoubleLabel<'a> {
    /// The first person's category.
    pub first: &'a str,
    /// The second person's category.
    pub second: &'a str,
}

/// How far two people agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Images both have labelled.
    pub images: usize,
    /// Share of the images that both called the same.
    pub observed: f64,
    /// Share that would be called the same by chance, if each person used the categories as often
    /// as they did but without looking.
    pub expected_by_chance: f64,
    /// Cohen's kappa: 1 is full agreement, 0 what chance gives, below 0 less than that. Absent where
    /// chance agreement is full, that is, where both used one and the same category throughout.
    pub kappa: Option<f64>,
    /// Where kappa lies with 95 % confidence, by its large-sample standard error (Fleiss, Cohen &
    /// Everitt, 1969). Too narrow for few images, and of no width where all agree. Absent as kappa.
    pub kappa_interval_95: Option<Interval>,
    /// The categories either person used, sorted.
    pub categories: Vec<String>,
    /// Images by the first person's category (row) and the second person's (column), in the order
    /// of `categories`.
    pub confusion: Vec<Vec<usize>>,
    /// One a category, in the same order.
    pub per_category: Vec<CategoryAgreement>,
}

/// How far two people agree on one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryAgreement {
    /// The category's name.
    pub category: String,
    /// Images the first person called this.
    pub first_images: usize,
    /// Images the second person called this.
    pub second_images: usize,
    /// Images both called this.
    pub both_images: usize,
    /// Positive agreement: the share of "this" in one person's answers that the other gave too,
    /// averaged over both people's answers: `2 both / (first + second)`.
    pub positive_agreement: f64,
}

/// Measures how far two people agree. Names are taken as they are: `tips` is not `Tips`. `None`
/// without images.
pub fn compare(labels: &[DoubleLabel<'_>]) -> Option<Agreement> {
    if labels.is_empty() {
        return None;
    }
    let names: BTreeSet<&str> =
        labels.iter().flat_map(|label| [label.first, label.second]).collect();
    let place: BTreeMap<&str, usize> =
        names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
    let mut confusion = vec![vec![0; names.len()]; names.len()];
    for label in labels {
        confusion[place[label.first]][place[label.second]] += 1;
    }
    let categories: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let measured = kappa(&confusion);
    Some(Agreement {
        images: labels.len(),
        observed: measured.observed,
        expected_by_chance: measured.expected,
        kappa: measured.kappa.map(|(kappa, _)| kappa),
        kappa_interval_95: measured.kappa.map(|(_, interval)| interval),
        per_category: per_category(&categories, &confusion),
        categories,
        confusion,
    })
}

fn per_category(categories: &[String], confusion: &[Vec<usize>]) -> Vec<CategoryAgreement> {
    let (first, second) = margins(confusion);
    let of = |(place, category): (usize, &String)| {
        let both_images = confusion[place][place];
        CategoryAgreement {
            category: category.clone(),
            first_images: first[place],
            second_images: second[place],
            both_images,
            // Somebody used the category, or it would not be listed: no division by zero.
            positive_agreement: 2.0 * both_images as f64 / (first[place] + second[place]) as f64,
        }
    };
    categories.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<DoubleLabel<'a>> {
        pairs.iter().map(|&(first, second)| DoubleLabel { first, second }).collect()
    }

    /// Six images: four agreed on, one `Tips` against `Powder`, one the other way to `Fibres`.
    fn six() -> Agreement {
        let pairs = [
            ("Tips", "Tips"),
            ("Tips", "Tips"),
            ("Tips", "Powder"),
            ("Powder", "Powder"),
            ("Powder", "Powder"),
            ("Fibres", "Powder"),
        ];
        compare(&labels(&pairs)).unwrap()
    }

    #[test]
    fn categories_are_sorted_and_rows_are_the_first_persons() {
        let result = six();
        assert_eq!(result.categories, ["Fibres", "Powder", "Tips"]);
        assert_eq!(result.confusion, [[0, 1, 0], [0, 2, 0], [0, 1, 2]]);
        assert_eq!(result.images, 6);
    }

    #[test]
    fn measures_agree_with_a_count_by_hand() {
        let result = six();
        // By chance: Fibres 1 × 0, Powder 2 × 4, Tips 3 × 2, of 36.
        assert!((result.observed - 4.0 / 6.0).abs() < 1e-12);
        assert!((result.expected_by_chance - 14.0 / 36.0).abs() < 1e-12);
        assert!((result.kappa.unwrap() - 10.0 / 22.0).abs() < 1e-12);
        let interval = result.kappa_interval_95.unwrap();
        assert!(interval.low < 10.0 / 22.0 && 10.0 / 22.0 < interval.high);
    }

    #[test]
    fn positive_agreement_counts_both_peoples_use_of_a_category() {
        let result = six();
        let tips = &result.per_category[2];
        assert_eq!((tips.first_images, tips.second_images, tips.both_images), (3, 2, 2));
        assert!((tips.positive_agreement - 0.8).abs() < 1e-12);
        assert_eq!(result.per_category[0].positive_agreement, 0.0);
    }

    #[test]
    fn one_category_throughout_is_full_agreement_without_kappa() {
        let result = compare(&labels(&[("Tips", "Tips"), ("Tips", "Tips")])).unwrap();
        assert_eq!((result.observed, result.expected_by_chance), (1.0, 1.0));
        assert_eq!((result.kappa, result.kappa_interval_95), (None, None));
        assert_eq!(result.per_category[0].positive_agreement, 1.0);
    }

    #[test]
    fn who_is_first_changes_neither_kappa_nor_interval() {
        let pairs = [("A", "B"), ("A", "A"), ("B", "B"), ("C", "A"), ("C", "C")];
        let swapped = pairs.map(|(first, second)| (second, first));
        let (one, other) = (compare(&labels(&pairs)).unwrap(), compare(&labels(&swapped)).unwrap());
        assert!((one.kappa.unwrap() - other.kappa.unwrap()).abs() < 1e-12);
        let (one, other) = (one.kappa_interval_95.unwrap(), other.kappa_interval_95.unwrap());
        assert!((one.low - other.low).abs() < 1e-12 && (one.high - other.high).abs() < 1e-12);
    }

    #[test]
    fn without_images_there_is_nothing_to_compare() {
        assert_eq!(compare(&[]), None);
    }
}
