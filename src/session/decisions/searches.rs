//! Saved filters.

use super::{Decided, Decider, Undoable};
use crate::catalog::{CatalogError, SavedSearch};
use crate::session::notice::Told;

impl Decider {
    pub(super) fn save_search(
        &mut self,
        saved: &SavedSearch,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let name = saved.name.clone();
        let before = self.put_saved(&name, Some(saved), decided)?;
        if let Some(before) = &before {
            let text = format!("The saved filter “{name}” was {} before", before.text);
            decided.told.push(Told::undoable(text));
        }
        self.remember(Undoable::SavedSearch { name, before }, decided);
        Ok(())
    }

    pub(super) fn remove_search(
        &mut self,
        name: &str,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let before = self.put_saved(name, None, decided)?;
        self.remember(Undoable::SavedSearch { name: name.to_owned(), before }, decided);
        let text = format!("The saved filter “{name}” is removed");
        decided.told.push(Told::undoable(text));
        Ok(())
    }

    /// Makes `saved` the filter of this name, or takes the filter away; gives what it was.
    pub(super) fn put_saved(
        &self,
        name: &str,
        saved: Option<&SavedSearch>,
        decided: &mut Decided,
    ) -> Result<Option<SavedSearch>, CatalogError> {
        let before = match saved {
            Some(saved) => self.library.save_search(saved)?,
            None => Some(self.library.remove_saved_search(name)?),
        };
        decided.changes_searches = true;
        Ok(before)
    }
}
