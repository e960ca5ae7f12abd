//! Saved filters: queries with a name.

use std::time::Instant;

use super::{Notice, NoticeLevel, Session, Undoable};
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
            self.change_view(|view| view.query = query);
        }
    }

    pub(super) fn save_search(&mut self, saved: SavedSearch) {
        let name = saved.name.clone();
        let Some(Undoable::SavedSearch { name, before }) = self.put_saved(&name, Some(saved))
        else {
            return;
        };
        let replaced = before.as_ref().map(|before| before.text.clone());
        self.remember(Undoable::SavedSearch { name: name.clone(), before });
        if let Some(text) = replaced {
            self.tell_undoable(format!("The saved filter “{name}” was {text} before"));
        }
    }

    pub(super) fn remove_saved(&mut self, name: &str) {
        if let Some(undoable) = self.put_saved(name, None) {
            self.remember(undoable);
            self.tell_undoable(format!("The saved filter “{name}” is removed"));
        }
    }

    /// Makes `saved` the filter of this name, or takes the filter away; gives what takes that back.
    pub(super) fn put_saved(&mut self, name: &str, saved: Option<SavedSearch>) -> Option<Undoable> {
        let open = self.open.as_mut()?;
        let outcome = match &saved {
            Some(saved) => open.library.save_search(saved),
            None => open.library.remove_saved_search(name).map(Some),
        };
        let refreshed = outcome.and_then(|before| {
            open.saved_searches = open.library.saved_searches()?;
            Ok(before)
        });
        match refreshed {
            Ok(before) => Some(Undoable::SavedSearch { name: name.to_owned(), before }),
            Err(error) => {
                self.notify_error(&error);
                None
            }
        }
    }

    /// Tells of the newest thing that Undo takes back.
    pub(super) fn tell_undoable(&mut self, done: String) {
        let (level, at) = (NoticeLevel::Info, Instant::now());
        let text = format!("{done}. Ctrl+Z takes it back");
        self.notices.push(Notice { level, text, at, is_undoable: true });
    }
}
