//! All categories of a library together: what each means now, and which is which's subcategory.

use std::collections::BTreeMap;
use std::fmt;

use super::{Category, CategoryId, CategoryState, KnownNames};
use crate::text::folded;

/// All categories of a library, those that were merged or retired too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: BTreeMap<CategoryId, Category>,
    /// Other names that mean a category, as names are compared.
    aliases: BTreeMap<String, CategoryId>,
    /// Former names of subcategories, in lower case, below the category that they were a part of.
    subcategory_aliases: BTreeMap<(CategoryId, String), CategoryId>,
}

/// What a label's category is called; written `CATEGORY` or `CATEGORY/SUBCATEGORY`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryName {
    /// The category.
    pub category: String,
    /// The finer division of it that was given, if one was.
    pub subcategory: Option<String>,
}

impl fmt::Display for CategoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subcategory {
            Some(subcategory) => write!(f, "{}/{subcategory}", self.category),
            None => f.write_str(&self.category),
        }
    }
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
            subcategory_aliases: BTreeMap::new(),
        }
    }

    /// The tree with these former names of subcategories (in lower case), each below the category
    /// that it was a part of.
    pub fn with_subcategory_aliases(
        mut self,
        aliases: impl IntoIterator<Item = ((CategoryId, String), CategoryId)>,
    ) -> Self {
        self.subcategory_aliases.extend(aliases);
        self
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

    /// The category that a model knows by this uid, if it does, or else by this name.
    pub fn find_known(&self, uid: Option<&str>, name: &str) -> Option<CategoryId> {
        let by_uid = uid.filter(|uid| !uid.is_empty()).and_then(|uid| self.find_uid(uid));
        by_uid.filter(|id| self.is_there(*id)).or_else(|| self.find(name))
    }

    /// The category with this identity across libraries, as it stands.
    pub fn find_uid(&self, uid: &str) -> Option<CategoryId> {
        self.categories.values().find(|category| category.uid == uid).map(|category| category.id)
    }

    /// Whether its adding was not taken back.
    pub fn is_there(&self, id: CategoryId) -> bool {
        let meaning = self.get(self.meaning(id));
        meaning.is_some_and(|category| category.state != CategoryState::Withdrawn)
    }

    /// The subcategory of this name, without regard to case and Unicode form: a present one before what became of one
    /// that was moved, renamed or merged.
    pub fn find_subcategory(&self, of: CategoryId, name: &str) -> Option<CategoryId> {
        let wanted = folded(name.trim());
        let is_of = |parent: CategoryId| self.meaning(parent) == of;
        let is_named = |category: &&Category| folded(&category.name) == wanted;
        let former = || {
            let mut aliases = self.subcategory_aliases.iter();
            aliases
                .find(|((parent, name), id)| {
                    is_of(*parent) && *name == wanted && self.is_there(**id)
                })
                .map(|(_, id)| *id)
        };
        let merged = || {
            let mut merged = self.categories.values().filter(|category| {
                category.merged_into.is_some() && category.parent.is_some_and(is_of)
            });
            merged.find(is_named).map(|category| category.id)
        };
        self.subcategories(of)
            .find(is_named)
            .map(|sub| sub.id)
            .or_else(former)
            .or_else(merged)
            .map(|id| self.meaning(id))
    }

    /// The category written `CATEGORY` or `CATEGORY/SUBCATEGORY`, by present or other names.
    pub fn find_written(&self, written: &str) -> Option<CategoryId> {
        match written.split_once('/') {
            Some((category, subcategory)) => {
                self.find_subcategory(self.find(category)?, subcategory)
            }
            None => self.find(written),
        }
    }

    /// Whether this is what the category is called now, and not a name that it had or that is used
    /// elsewhere.
    pub fn is_written(&self, id: CategoryId, written: &str) -> bool {
        let folded = |name: &str| folded(name.trim());
        let (category, subcategory) = match written.split_once('/') {
            Some((category, subcategory)) => (category, Some(folded(subcategory))),
            None => (written, None),
        };
        self.name(id).is_some_and(|name| {
            folded(&name.category) == folded(category)
                && name.subcategory.as_deref().map(folded) == subcategory
        })
    }

    /// The subcategories that a former or present name leads to, in whatever category: those that have
    /// it now before those that had it.
    pub fn subcategories_named(&self, name: &str) -> Vec<CategoryId> {
        let wanted = folded(name.trim());
        let is_named =
            |category: &&Category| category.parent.is_some() && folded(&category.name) == wanted;
        let present: Vec<CategoryId> = self.present().filter(is_named).map(|it| it.id).collect();
        if !present.is_empty() {
            return present;
        }
        let merged = self.categories.values().filter(is_named).map(|category| category.id);
        let former = self.subcategory_aliases.iter();
        let former = former.filter(|((_, name), _)| *name == wanted).map(|(_, id)| *id);
        merged.chain(former).filter(|id| self.is_there(*id)).map(|id| self.meaning(id)).collect()
    }

    /// Every name by which a category or subcategory can be found.
    pub fn known_names(&self) -> KnownNames {
        let mut known = KnownNames::default();
        known.categories.extend(self.named().map(|category| category.name.clone()));
        let aliases = self.aliases.iter().filter(|(_, id)| self.is_there(**id));
        known.categories.extend(aliases.map(|(name, _)| name.clone()));
        let own = self.categories.values().filter(|category| self.is_there(category.id));
        let own = own.filter_map(|category| Some((category.parent?, category.name.clone())));
        let former = self.subcategory_aliases.iter().filter(|(_, id)| self.is_there(**id));
        let former = former.map(|((parent, name), _)| (*parent, name.clone()));
        for (parent, name) in own.chain(former) {
            if let Some(parent) = self.get(self.meaning(parent)) {
                known.categories.insert(format!("{}/{name}", parent.name));
            }
            known.subcategories.insert(name);
        }
        known
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
