//! Saved filters: queries with a name.

use super::Session;
use crate::catalog::SavedSearch;
use crate::query::Query;

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

    /// What is wrong with the categories that a query names, where the library does not have them.
    pub fn category_problem(&self, query: &Query) -> Option<String> {
        let unknown = query.unknown_categories(&self.open.as_ref()?.known_names);
        unknown.first().map(ToString::to_string)
    }

    /// Why a saved filter does not find what it is meant to, if so.
    pub fn problem_of_saved(&self, saved: &SavedSearch) -> Option<String> {
        match saved.query() {
            Ok(query) => self.category_problem(&query),
            Err(error) => Some(error.problem.to_string()),
        }
    }
}
