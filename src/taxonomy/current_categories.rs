//! A model's categories are names; what each means now, the library's categories say.

use std::collections::BTreeMap;

use super::CategoryTree;

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
    /// What these names mean: the category that each finds, by its own name, a former or an imported
    /// one; of a subcategory, the category that it is part of. A name that finds none stays what it
    /// is.
    pub fn of(model_categories: &[String], tree: &CategoryTree) -> Self {
        Self::named(model_categories.iter().map(|name| {
            let category = tree.find(name).and_then(|id| tree.name(id));
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
        CurrentCategories::of(&names, tree)
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
