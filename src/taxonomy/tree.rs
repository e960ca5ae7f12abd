//! All categories of a library together: what each means now, and which is which's subcategory.

use std::collections::BTreeMap;

use super::{Category, CategoryId, CategoryState};
use crate::text::folded;

/// All categories of a library, those that were merged or retired too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: BTreeMap<CategoryId, Category>,
    /// Other names that mean a category, as names are compared.
    aliases: BTreeMap<String, CategoryId>,
}

/// What a label's category is called now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryName {
    /// The category.
    pub category: String,
    /// The finer division of it that was given, if one was.
    pub subcategory: Option<String>,
}

impl CategoryTree {
    /// The tree of these categories and aliases, as names are compared.
    pub fn new(
        categories: impl IntoIterator<Item = Category>,
        aliases: impl IntoIterator<Item = (String, CategoryId)>,
    ) -> Self {
        Self {
            categories: categories.into_iter().map(|category| (category.id, category)).collect(),
            aliases: aliases.into_iter().collect(),
        }
    }

    /// The tree with one more category.
    pub fn with(mut self, category: Category) -> Self {
        self.categories.insert(category.id, category);
        self
    }

    /// The category with this id, as it stands: merged or retired ones too.
    pub fn get(&self, id: CategoryId) -> Option<&Category> {
        self.categories.get(&id)
    }

    /// All ids that labels may have.
    pub fn ids(&self) -> impl Iterator<Item = CategoryId> {
        self.categories.keys().copied()
    }

    /// What `id` means now: itself, or what it was merged into.
    pub fn meaning(&self, id: CategoryId) -> CategoryId {
        let mut id = id;
        // A circle of merges cannot be made; were one stored all the same, this ends.
        for _ in 0..self.categories.len() {
            match self.get(id).and_then(|category| category.merged_into) {
                Some(into) => id = into,
                None => break,
            }
        }
        id
    }

    /// The category that `id` now is, or is a subcategory of.
    pub fn top(&self, id: CategoryId) -> CategoryId {
        let id = self.meaning(id);
        match self.get(id).and_then(|category| category.parent) {
            Some(parent) => self.meaning(parent),
            None => id,
        }
    }

    /// What a label with this category says now.
    pub fn name(&self, id: CategoryId) -> Option<CategoryName> {
        let (meaning, top) = (self.meaning(id), self.top(id));
        let name = |id| self.get(id).map(|category| category.name.clone());
        let subcategory = if meaning == top { None } else { name(meaning) };
        Some(CategoryName { category: name(top)?, subcategory })
    }

    /// All ids, as they may stand in labels, that now mean `id` or a subcategory of it.
    pub fn meant_by(&self, id: CategoryId) -> Vec<CategoryId> {
        let wanted = self.meaning(id);
        let meant = |id: &CategoryId| self.meaning(*id) == wanted || self.top(*id) == wanted;
        self.categories.keys().copied().filter(meant).collect()
    }

    /// Categories that are offered for labelling, in the order they were added; no subcategories.
    pub fn offered(&self) -> impl Iterator<Item = &Category> {
        self.present()
            .filter(|category| category.parent.is_none() && category.state == CategoryState::Active)
    }

    /// Categories that are not merged into another, retired ones too; no subcategories.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.present().filter(|category| category.parent.is_none())
    }

    /// The subcategories of a category, retired ones too.
    pub fn subcategories(&self, of: CategoryId) -> impl Iterator<Item = &Category> {
        self.present().filter(move |category| {
            category.parent.is_some_and(|parent| self.meaning(parent) == of)
        })
    }

    /// The category of this name, without regard to case and Unicode form: a present one before a former name, an
    /// imported one or that of a category that was merged.
    pub fn find(&self, name: &str) -> Option<CategoryId> {
        let wanted = folded(name.trim());
        let is_named = |category: &&Category| folded(&category.name) == wanted;
        let merged = || self.named().find(is_named).map(|category| category.id);
        self.categories()
            .find(is_named)
            .map(|category| category.id)
            .or_else(|| self.aliases.get(&wanted).copied().filter(|id| self.is_there(*id)))
            .or_else(merged)
            .map(|id| self.meaning(id))
    }

    /// Whether its adding was not taken back.
    pub fn is_there(&self, id: CategoryId) -> bool {
        let meaning = self.get(self.meaning(id));
        meaning.is_some_and(|category| category.state != CategoryState::Withdrawn)
    }

    /// The subcategory of this name, without regard to case and Unicode form.
    pub fn find_subcategory(&self, of: CategoryId, name: &str) -> Option<CategoryId> {
        let wanted = folded(name.trim());
        let mut subcategories = self.subcategories(of);
        subcategories.find(|category| folded(&category.name) == wanted).map(|sub| sub.id)
    }

    /// Categories whose name is taken: also those that were merged into another; no subcategories.
    pub fn named(&self) -> impl Iterator<Item = &Category> {
        self.categories.values().filter(|category| {
            category.parent.is_none() && category.state != CategoryState::Withdrawn
        })
    }

    fn present(&self) -> impl Iterator<Item = &Category> {
        self.categories.values().filter(|category| {
            category.merged_into.is_none() && category.state != CategoryState::Withdrawn
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::taxonomy::palette_color;

    pub(in crate::taxonomy) fn category(id: i64, name: &str) -> Category {
        Category {
            id: CategoryId(id),
            uid: id.to_string(),
            name: name.to_owned(),
            color: palette_color(0),
            key: None,
            description: String::new(),
            parent: None,
            merged_into: None,
            state: CategoryState::Active,
        }
    }

    fn tree() -> CategoryTree {
        let bent = Category { parent: Some(CategoryId(2)), ..category(3, "bent") };
        let cantilevers =
            Category { merged_into: Some(CategoryId(1)), ..category(2, "Cantilevers") };
        let needles = Category { merged_into: Some(CategoryId(2)), ..category(4, "Needles") };
        let old = Category { state: CategoryState::Retired, ..category(5, "Old") };
        let never = Category { state: CategoryState::Withdrawn, ..category(6, "Never") };
        CategoryTree::new(
            [category(1, "Tips"), cantilevers, bent, needles, old, never],
            [("points".to_owned(), CategoryId(4))],
        )
    }

    #[test]
    fn a_merged_category_means_the_last_of_its_chain_and_takes_its_subcategories_along() {
        let tree = tree();
        assert_eq!(tree.meaning(CategoryId(4)), CategoryId(1));
        assert_eq!(tree.top(CategoryId(3)), CategoryId(1));
        let name = CategoryName { category: "Tips".into(), subcategory: Some("bent".into()) };
        assert_eq!(tree.name(CategoryId(3)), Some(name));
        assert_eq!(tree.meant_by(CategoryId(1)), [1, 2, 3, 4].map(CategoryId));
        assert_eq!(tree.meant_by(CategoryId(3)), [CategoryId(3)]);
        let subcategories: Vec<_> = tree.subcategories(CategoryId(1)).map(|sub| sub.id).collect();
        assert_eq!(subcategories, [CategoryId(3)]);
    }

    #[test]
    fn names_of_merged_categories_and_aliases_lead_to_what_they_mean() {
        let tree = tree();
        for name in ["tips", "CANTILEVERS", "Needles", "Points "] {
            assert_eq!(tree.find(name), Some(CategoryId(1)), "{name}");
        }
        assert_eq!(tree.find("old"), Some(CategoryId(5)));
        assert_eq!(tree.find("never"), None);
        assert_eq!(tree.find("bent"), None, "a subcategory is no category");
        assert_eq!(tree.find_subcategory(CategoryId(1), "Bent"), Some(CategoryId(3)));
    }

    #[test]
    fn only_active_categories_are_offered() {
        let tree = tree();
        let names = |categories: Vec<&Category>| -> Vec<String> {
            categories.iter().map(|category| category.name.clone()).collect()
        };
        assert_eq!(names(tree.offered().collect()), ["Tips"]);
        assert_eq!(names(tree.categories().collect()), ["Tips", "Old"]);
    }

    #[test]
    fn a_circle_of_merges_ends() {
        let one = Category { merged_into: Some(CategoryId(2)), ..category(1, "A") };
        let two = Category { merged_into: Some(CategoryId(1)), ..category(2, "B") };
        let tree = CategoryTree::new([one, two], []);
        assert!(tree.categories().next().is_none());
        tree.meaning(CategoryId(1));
    }
}
