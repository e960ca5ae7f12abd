//! The subcategories that can be given.

use super::Session;
use crate::taxonomy::{Category, CategoryId, CategoryState};

impl Session {
    /// The subcategories of a category that can be given.
    pub fn subcategories(&self, of: CategoryId) -> impl Iterator<Item = &Category> {
        let tree = self.open.iter().map(|open| &open.category_tree);
        tree.flat_map(move |tree| tree.subcategories(of))
            .filter(|category| category.state == CategoryState::Active)
    }

    /// The subcategory of this name, or which it means now.
    pub fn subcategory_named(&self, of: CategoryId, name: &str) -> Option<CategoryId> {
        self.open.as_ref()?.category_tree.find_subcategory(of, name)
    }
}
