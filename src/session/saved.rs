//! Saved filters: queries with a name.

use super::Session;
use crate::catalog::SavedSearch;

impl Session {
    /// The library's saved filters, by name.
    pub fn saved_searches(&self) -> &[SavedSearch] {
        self.open.as_ref().map_or(&[], |open| &open.saved_searches)
    }

    /// Whether exactly what this one finds is searched for.
    pub fn is_shown(&self, saved: &SavedSearch) -> bool {
        self.view().is_some_and(|view| saved.query().is_ok_and(|query| query == view.query))
    }

    pub(super) fn show_saved(&mut self, name: &str) {
        let saved = self.saved_searches().iter().find(|saved| saved.name == name);
        // The search field shows where a text is wrong that is no query any more.
        if let Some(Ok(query)) = saved.map(SavedSearch::query) {
            self.change_view(|view| view.query.clone_from(&query));
        }
    }
}
