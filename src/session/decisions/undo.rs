//! Taking back and making again, without limit and across sessions.

use super::{Changed, Decided, Decider, Undoable};
use crate::catalog::{CatalogError, EntryId, Library};
use crate::session::NoticeLevel;
use crate::session::notice::Told;

/// What can be taken back, and made again.
pub(super) struct UndoStack {
    /// What Undo takes back, the newest last.
    undo: Vec<Undoable>,
    /// And after these: the newest decision of earlier sessions that holds.
    undo_earlier: Option<EntryId>,
    /// What Redo makes again.
    redo: Vec<Undoable>,
    /// And after these: what an earlier session took back last.
    redo_earlier: Option<EntryId>,
}

impl UndoStack {
    pub(super) fn of_earlier_sessions(library: &Library) -> Result<Self, CatalogError> {
        Ok(Self {
            undo: Vec::new(),
            undo_earlier: library.next_undo()?,
            redo: Vec::new(),
            redo_earlier: library.next_redo()?,
        })
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.undo.is_empty() || self.undo_earlier.is_some()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.redo.is_empty() || self.redo_earlier.is_some()
    }

    /// Something new was done: what was taken back before it is past.
    pub(super) fn push(&mut self, what: Undoable) {
        self.undo.push(what);
        self.redo.clear();
        self.redo_earlier = None;
    }
}

impl Decider {
    pub(super) fn undo(&mut self, by: &str, decided: &mut Decided) -> Result<(), CatalogError> {
        let earlier = self.undo.undo_earlier.clone().map(Undoable::Entry);
        let Some(last) = self.undo.undo.last().cloned().or(earlier) else { return Ok(()) };
        let inverse = self.reverse(&last, by, decided)?;
        decided.forgets_undoable = true;
        self.undo.redo.push(inverse);
        if self.undo.undo.pop().is_some() {
            return Ok(());
        }
        // Nobody has it before their eyes any more: so it is told. What cannot be read of it does not
        // mean that it was not taken back.
        if let Some(entry) = self.undo.undo_earlier.take() {
            let told = match self.library.describe_entry(&entry) {
                Ok(facts) => {
                    let text = format!("Taken back: {facts} (Redo makes it again)");
                    Told::new(NoticeLevel::Info, text)
                }
                Err(error) => Told::new(NoticeLevel::Error, error.to_string()),
            };
            decided.told.push(told);
        }
        self.undo.undo_earlier = next(self.library.next_undo(), decided);
        Ok(())
    }

    pub(super) fn redo(&mut self, by: &str, decided: &mut Decided) -> Result<(), CatalogError> {
        let earlier = self.undo.redo_earlier.clone().map(Undoable::Entry);
        let Some(last) = self.undo.redo.last().cloned().or(earlier) else { return Ok(()) };
        let inverse = self.reverse(&last, by, decided)?;
        self.undo.undo.push(inverse);
        if self.undo.redo.pop().is_none() {
            self.undo.redo_earlier = next(self.library.next_redo(), decided);
        }
        Ok(())
    }

    /// Takes one thing back; gives what makes it again.
    fn reverse(
        &mut self,
        what: &Undoable,
        by: &str,
        decided: &mut Decided,
    ) -> Result<Undoable, CatalogError> {
        Ok(match what {
            Undoable::Choices(changes) => Undoable::Choices(self.change_choices(changes, decided)?),
            Undoable::Entry(entry) => {
                let inverse = self.library.undo(entry, by)?;
                decided.changed = Changed::All;
                decided.changes_categories = true;
                // It is taken back, whether or not it can be read what that was about.
                match self.library.images_of_entry(&inverse) {
                    Ok(images) => decided.came_back = images,
                    Err(error) => {
                        decided.told.push(Told::new(NoticeLevel::Error, error.to_string()));
                    }
                }
                Undoable::Entry(inverse)
            }
            Undoable::SavedSearch { name, before } => {
                let before = self.put_saved(name, before.as_ref(), decided)?;
                Undoable::SavedSearch { name: name.clone(), before }
            }
        })
    }
}

/// What comes next; that it cannot be read is told.
pub(super) fn next(
    read: Result<Option<EntryId>, CatalogError>,
    decided: &mut Decided,
) -> Option<EntryId> {
    read.unwrap_or_else(|error| {
        decided.told.push(Told::new(NoticeLevel::Error, error.to_string()));
        None
    })
}
