//! What a model's categories mean now, by the library's categories that they were bound to.

use std::collections::BTreeMap;

use super::{CategoryId, CategoryTree};

/// What the categories of a model mean now.
///
/// Several of them may have become one since it was trained: then their scores are added up, since
/// an image is of the one category where it is of any of those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentCategories {
    names: Vec<String>,
    /// For each of the model's categories, its place among `names`.
    places: Vec<usize>,
}

impl CurrentCategories {
    /// What the model's categories mean that were `bound` to these of the library: of a subcategory,
    /// the category that it is part of. One that is none of the library's stays what the model calls
    /// it.
    pub fn of(
        model_categories: &[String],
        bound: &[Option<CategoryId>],
        tree: &CategoryTree,
    ) -> Self {
        Self::named(model_categories.iter().zip(bound).map(|(name, bound)| {
            let category = bound.and_then(|id| tree.name(id));
            category.map_or_else(|| name.clone(), |name| name.category)
        }))
    }

    /// What each of a model's categories is called, as [`Self::each`] gave it earlier.
    pub fn named(each: impl IntoIterator<Item = String>) -> Self {
        let (mut names, mut places) = (Vec::new(), Vec::new());
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for name in each {
            let place = *known.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() - 1
            });
            places.push(place);
        }
        Self { names, places }
    }

    /// The names, each once, in the order in which the model first knows something of them.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// For each of the model's categories, what it is called now.
    pub fn each(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| self.names[*place].as_str())
    }

    /// The logits of the names, out of those of the model's categories: their scores, divided by the
    /// temperature before the softmax, are the scores of those added up.
    pub fn join_logits(&self, logits: &[f32], temperature: f32) -> Vec<f32> {
        if self.names.len() == logits.len() {
            return logits.to_vec(); // nothing has become one
        }
        let temperature = f64::from(temperature);
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sums = vec![0.0_f64; self.names.len()];
        for (place, logit) in self.places.iter().zip(logits) {
            sums[*place] += (f64::from(logit - most) / temperature).exp();
        }
        sums.into_iter()
            .map(|sum| (f64::from(most) + temperature * sum.max(f64::MIN_POSITIVE).ln()) as f32)
            .collect()
    }

    /// Whether the same scores are added up as with the other, whatever they are called.
    pub fn adds_up_as(&self, other: &Self) -> bool {
        self.places == other.places
    }

    /// The scores of the names, out of those of the model's categories.
    pub fn add_up(&self, scores: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0_f64; self.names.len()];
        for (place, score) in self.places.iter().zip(scores) {
            sums[*place] += f64::from(*score);
        }
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::tree::tests::category;
    use crate::taxonomy::{Category, CategoryId};

    fn current(names: &[&str], tree: &CategoryTree) -> CurrentCategories {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let bound: Vec<_> = names.iter().map(|name| tree.find(name)).collect();
        CurrentCategories::of(&names, &bound, tree)
    }

    /// Needles were merged into Tips, Wires are called Nanowires, and Cantilevers, which have become
    /// a part of Tips, are still known by their name.
    fn tree() -> CategoryTree {
        let needles = Category { merged_into: Some(CategoryId(1)), ..category(2, "Needles") };
        let cantilevers = Category { parent: Some(CategoryId(1)), ..category(4, "Cantilevers") };
        let aliases = [("wires", 3), ("cantilevers", 4)];
        CategoryTree::new(
            [category(1, "Tips"), needles, category(3, "Nanowires"), cantilevers],
            aliases.map(|(name, id)| (name.to_owned(), CategoryId(id))),
        )
    }

    #[test]
    fn what_has_become_one_category_is_added_up_in_the_models_order() {
        let current = current(&["Films", "needles", "Wires", "Tips", "Cantilevers"], &tree());
        assert_eq!(current.names(), ["Films", "Tips", "Nanowires"]);
        assert_eq!(current.add_up(&[0.125, 0.25, 0.0, 0.5, 0.125]), [0.125, 0.875, 0.0]);
        let each: Vec<&str> = current.each().collect();
        assert_eq!(each, ["Films", "Tips", "Nanowires", "Tips", "Tips"]);
        assert_eq!(CurrentCategories::named(each.into_iter().map(str::to_owned)), current);
    }

    #[test]
    fn joined_logits_have_the_scores_of_their_parts_added_up() {
        let current = current(&["Films", "needles", "Wires", "Tips"], &tree());
        let (logits, temperature) = ([1.0_f32, -2.0, 0.5, 2.0], 1.7);
        let softmax = |logits: &[f32]| -> Vec<f32> {
            let powers: Vec<f32> = logits.iter().map(|it| (it / temperature).exp()).collect();
            let sum: f32 = powers.iter().sum();
            powers.into_iter().map(|power| power / sum).collect()
        };
        let joined = softmax(&current.join_logits(&logits, temperature));
        let added = current.add_up(&softmax(&logits));
        assert_eq!(joined.len(), 3);
        assert!(
            joined.iter().zip(&added).all(|(a, b)| (a - b).abs() < 1e-6),
            "{joined:?} {added:?}"
        );
    }

    #[test]
    fn a_former_name_and_the_present_one_are_one_category() {
        let current = current(&["Nanowires", "Wires"], &tree());
        assert_eq!(current.names(), ["Nanowires"]);
        assert_eq!(current.add_up(&[0.25, 0.5]), [0.75]);
    }

    #[test]
    fn names_that_the_library_does_not_know_stay_as_they_are() {
        let scores = [0.1, 0.7, 0.2];
        let current = current(&["Rods", "rods", "Dust"], &tree());
        assert_eq!(current.names(), ["Rods", "rods", "Dust"]);
        assert_eq!(current.add_up(&scores), scores);
    }

    #[test]
    fn another_name_alone_adds_up_the_same() {
        let before = current(&["Wires", "Films"], &CategoryTree::default());
        let after = current(&["Wires", "Films"], &tree());
        assert!(before.adds_up_as(&after) && before != after);
        let merged = current(&["Tips", "Needles"], &tree());
        assert!(!merged.adds_up_as(&before));
    }
}
