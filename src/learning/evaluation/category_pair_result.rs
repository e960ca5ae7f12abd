//! Images that show two categories: which of the two does the head see?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scored_image::Ranked;

/// The images of which a person gave the same two categories in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryPairResult {
    /// The category a person gave first: the one that counts as true elsewhere.
    pub first: String,
    /// The category a person gave beside it.
    pub second: String,
    /// Images of the pair.
    pub images: usize,
    /// How often the head ranked the person's first category where.
    pub rank_of_first: RankCounts,
    /// How often the head ranked the person's second category where.
    pub rank_of_second: RankCounts,
}

/// Images by the rank that the head gave a category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankCounts {
    /// Images in which it has the highest score.
    pub best: usize,
    /// Images in which it has the next score.
    pub second_best: usize,
}

impl RankCounts {
    fn count(&mut self, category: usize, image: &Ranked<'_>) {
        self.best += usize::from(image.best == category);
        self.second_best += usize::from(image.second_best == Some(category));
    }
}

/// One for each pair that has images, most images first.
pub(super) fn category_pair_results(
    names: &[String],
    ranked: &[Ranked<'_>],
) -> Vec<CategoryPairResult> {
    let mut results = BTreeMap::new();
    for image in ranked {
        let first = image.image.truth;
        let Some(second) = image.image.second.filter(|second| *second != first) else { continue };
        let result = results.entry((first, second)).or_insert_with(|| CategoryPairResult {
            first: names[first].clone(),
            second: names[second].clone(),
            images: 0,
            rank_of_first: RankCounts::default(),
            rank_of_second: RankCounts::default(),
        });
        result.images += 1;
        result.rank_of_first.count(first, image);
        result.rank_of_second.count(second, image);
    }
    let mut results: Vec<CategoryPairResult> = results.into_values().collect();
    results.sort_by_key(|result| std::cmp::Reverse(result.images));
    results
}

#[cfg(test)]
mod tests {
    use super::super::scored_image::ScoredImage;
    use super::super::scored_image::tests::image;
    use super::*;

    #[test]
    fn ranks_of_both_categories_are_counted() {
        let pair = |first, second, scores: &[f32]| ScoredImage {
            second: Some(second),
            ..image(scores, first)
        };
        let images = [
            pair(1, 2, &[0.1, 0.7, 0.2]),
            pair(0, 1, &[0.2, 0.7, 0.1]),
            pair(0, 1, &[0.6, 0.1, 0.3]),
            pair(0, 1, &[0.1, 0.2, 0.7]),
            pair(2, 2, &[0.1, 0.2, 0.7]), // the same twice is one category
            image(&[0.1, 0.2, 0.7], 0),
        ];
        let ranked: Vec<Ranked<'_>> = images.iter().map(|image| Ranked::new(image, 1.0)).collect();
        let names = ["Electrodes", "Nanowires", "Tips"].map(str::to_owned);
        let results = category_pair_results(&names, &ranked);
        assert_eq!(results.len(), 2);
        assert_eq!((results[0].first.as_str(), results[0].images), ("Electrodes", 3));
        assert_eq!(results[0].rank_of_first, RankCounts { best: 1, second_best: 1 });
        assert_eq!(results[0].rank_of_second, RankCounts { best: 1, second_best: 1 });
    }
}
