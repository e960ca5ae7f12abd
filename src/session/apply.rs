//! What each command does.

use std::collections::HashMap;

use super::{Command, Direction, MoveBy, NoticeLevel, Session, Undoable};
use crate::catalog::{CatalogError, EntryId, ImageId, Label, LabelSource, LabelValue, View};
use crate::query::Query;
use crate::taxonomy::CategoryId;

impl Session {
    /// Does what the user asked for. Decisions are on disk when this returns; long work goes on in
    /// the background. What goes wrong becomes a notice.
    pub fn apply(&mut self, command: Command) {
        if command.is_signed() && self.person.is_none() {
            return self.refuse_unsigned();
        }
        match command {
            Command::OpenFolder(folder) => self.open_folder(&folder),
            Command::OpenSample(folder) => self.start_sample(&folder),
            Command::Rescan => self.start_scan(),
            Command::SetFilter(filter) => self.change_view(|view| view.filter = filter),
            Command::SetQuery(query) => self.change_view(|view| view.query = query),
            Command::TryQuery(query) => self.try_query(query),
            Command::ShowSaved(name) => self.show_saved(&name),
            Command::SaveSearch(saved) => self.save_search(saved),
            Command::RemoveSaved(name) => self.remove_saved(&name),
            Command::SetSort(sort) => self.change_view(|view| view.sort = sort),
            Command::Select { position, extend, toggle } => self.select(position, extend, toggle),
            Command::SelectAll => {
                // With one image on screen nobody would see what else is selected.
                if let (false, Some(open)) = (self.is_single, &mut self.open) {
                    open.selection.select_all(&open.image_ids);
                }
            }
            Command::Move { direction, by, extend } => self.move_cursor(direction, by, extend),
            Command::ShowSingle => self.show_single(),
            Command::ShowGrid => self.is_single = false,
            Command::SetCategory(category) => self.set_category(category),
            Command::SetSecondCategory(category) => self.set_second_category(category),
            Command::AcceptPrediction => self.accept_prediction(),
            Command::ClearLabel => {
                self.decide(LabelSource::Person, |_, _| Some(None));
            }
            Command::SetNoneOfThese
            | Command::SetUnusable
            | Command::SetNote(_)
            | Command::ToggleAnnotated
            | Command::ToggleExcluded
            | Command::ShowCompare
            | Command::SetPaused(_) => {}
            Command::SetDataBar(bar) => self.set_data_bar(bar),
            Command::SetFolderDataBar(bar) => self.set_folder_data_bar(bar),
            Command::SetPage(page) => self.set_page(page),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::AddCategory(name) => self.add_category(&name),
            Command::SetPerson { name, ask_at_start } => self.set_person(&name, ask_at_start),
            Command::UseModel(name) => self.use_model(&name),
            Command::ShowNearDuplicates => self.show_near_duplicates(),
            Command::ShowSimilar => self.start_similar(),
            Command::GroupUnlabelled => self.start_groups(),
            Command::Classify => self.start_classification(None),
            Command::ExportHdf5(folder) => self.start_export(folder),
            Command::Cancel => {
                if let Some(running) = &self.running {
                    running.task.cancel();
                }
            }
            Command::ChangeSettings(settings) => self.change_settings(settings),
            Command::DismissNotice(position) => {
                if position < self.notices.len() {
                    self.notices.remove(position);
                }
            }
        }
    }

    /// Shows other images, or the same in another order.
    pub(super) fn change_view(&mut self, change: impl FnOnce(&mut View)) {
        let Some(open) = &mut self.open else { return };
        open.fruitless = None;
        change(&mut open.view);
        // Another program may have changed what is counted, too.
        if open.library.is_read_only() {
            return self.refresh();
        }
        match open.library.image_ids(&open.view) {
            Ok(images) => open.show(images),
            Err(error) => self.notify_error(&error),
        }
    }

    /// Searches for what is being written. As long as that finds nothing, it may not be what is
    /// meant: `category:N` is on the way to `category:Nanowires`.
    fn try_query(&mut self, query: Query) {
        let Some(open) = &mut self.open else { return };
        let view = View { query, ..open.view.clone() };
        match open.library.image_ids(&view) {
            Ok(images) if images.is_empty() => open.fruitless = Some(view.query),
            Ok(images) => {
                open.fruitless = None;
                open.view = view;
                open.show(images);
            }
            Err(error) => self.notify_error(&error),
        }
    }

    fn select(&mut self, position: usize, extend: bool, toggle: bool) {
        let Some(open) = &mut self.open else { return };
        match (extend, toggle) {
            (true, _) => open.selection.extend_to(&open.image_ids, position),
            (false, true) => open.selection.toggle(&open.image_ids, position),
            (false, false) => open.selection.put(&open.image_ids, position),
        }
    }

    fn move_cursor(&mut self, direction: Direction, by: MoveBy, extend: bool) {
        let Some(open) = &self.open else { return };
        let last = open.image_ids.len().saturating_sub(1);
        let cursor = open.selection.cursor();
        let position = match (direction, by) {
            (Direction::Backward, MoveBy::Images(count)) => cursor.saturating_sub(count),
            (Direction::Forward, MoveBy::Images(count)) => (cursor + count).min(last),
            (Direction::Backward, MoveBy::End) => 0,
            (Direction::Forward, MoveBy::End) => last,
        };
        self.select(position, extend, false);
    }

    /// Shows the image at the cursor alone, and selects it alone: a decision is about what is seen.
    fn show_single(&mut self) {
        self.is_single = true;
        let cursor = self.selection().map(super::Selection::cursor);
        if let Some(cursor) = cursor {
            self.select(cursor, false, false);
        }
    }

    fn set_category(&mut self, category: CategoryId) {
        let is_saved = self.decide(LabelSource::Person, |_, before| Some(first(category, before)));
        if is_saved {
            self.go_on();
        }
    }

    fn set_second_category(&mut self, category: CategoryId) {
        self.decide(LabelSource::Person, |_, before| {
            let mut label = before?;
            let first = label.category()?; // without a first category there is no second
            let is_same = label.second_category == Some(category);
            label.second_category = (!is_same && first != category).then_some(category);
            Some(Some(label))
        });
    }

    fn accept_prediction(&mut self) {
        let Some(open) = &self.open else { return };
        let accept = || -> Result<HashMap<ImageId, CategoryId>, CatalogError> {
            let rows = open.library.rows(&open.selection.images())?;
            let predicted: Vec<(ImageId, String)> =
                rows.into_iter().filter_map(|row| Some((row.id, row.top?.0))).collect();
            let names: Vec<String> = predicted.iter().map(|(_, name)| name.clone()).collect();
            let ids = open.library.ensure_categories(&names)?;
            Ok(predicted.into_iter().map(|(image, _)| image).zip(ids).collect())
        };
        let category_of = match accept() {
            Ok(predicted) => predicted,
            Err(error) => return self.notify_error(&error),
        };
        if category_of.is_empty() {
            self.notify(NoticeLevel::Info, "There is no prediction to accept: classify first");
            return;
        }
        let is_saved = self.decide(LabelSource::AcceptedPrediction, |image, before| {
            Some(first(*category_of.get(&image)?, before))
        });
        if is_saved {
            self.go_on();
        }
    }

    /// Labels the selected images: `decision` gives the label that an image shall have (or none),
    /// or nothing where the image is left alone. False where it could not be saved.
    fn decide(
        &mut self,
        source: LabelSource,
        decision: impl Fn(ImageId, Option<LabelValue>) -> Option<Option<LabelValue>>,
    ) -> bool {
        let (Some(open), Some(person)) = (&self.open, &self.person) else { return false };
        let rows = match open.library.rows(&open.selection.images()) {
            Ok(rows) => rows,
            Err(error) => {
                self.notify_error(&error);
                return false;
            }
        };
        let changes: Vec<(ImageId, Option<LabelValue>)> = rows
            .into_iter()
            .filter_map(|row| {
                // A label that a person confirms is a person's from then on.
                let is_automatic = row.label.as_ref().is_some_and(Label::is_automatic);
                let before = row.label.map(|label| label.value);
                let after = decision(row.id, before)?;
                let is_new =
                    after != before || is_automatic || source == LabelSource::AcceptedPrediction;
                is_new.then_some((row.id, after))
            })
            .collect();
        if changes.is_empty() {
            return true;
        }
        let images: Vec<ImageId> = changes.iter().map(|(image, _)| *image).collect();
        let outcome = open.library.set_labels(&changes, person, source);
        match self.finish_decision(outcome, &images) {
            Some(entry) => self.remember(Undoable::Decision(entry)),
            None => return false,
        }
        true
    }

    /// Lets Undo take this back next.
    pub(super) fn remember(&mut self, what: Undoable) {
        // What these tell of is not the newest thing any more.
        self.notices.retain(|notice| !notice.is_undoable);
        if let Some(open) = &mut self.open {
            open.undo.push(what);
            open.redo.clear();
            open.redo_earlier = None;
        }
    }

    fn undo(&mut self) {
        let Some(open) = &self.open else { return };
        let earlier = open.undo_earlier.clone().map(Undoable::Decision);
        let Some(last) = open.undo.last().cloned().or(earlier) else { return };
        let Some(inverse) = self.reverse(&last) else { return };
        // What was told of it holds no longer.
        self.notices.retain(|notice| !notice.is_undoable);
        let Some(open) = &mut self.open else { return };
        open.redo.push(inverse);
        if open.undo.pop().is_some() {
            return;
        }
        // Nobody has it before their eyes any more: so it is told.
        let told = open.undo_earlier.take().map(|entry| open.library.describe_entry(&entry));
        match (told.transpose(), open.library.next_undo()) {
            (Ok(told), Ok(next)) => {
                open.undo_earlier = next;
                if let Some(facts) = told {
                    self.notify(
                        NoticeLevel::Info,
                        format!("Taken back: {facts} (Ctrl+Y makes it again)"),
                    );
                }
            }
            (Err(error), _) | (_, Err(error)) => self.notify_error(&error),
        }
    }

    fn redo(&mut self) {
        let Some(open) = &self.open else { return };
        let earlier = open.redo_earlier.clone().map(Undoable::Decision);
        let Some(last) = open.redo.last().cloned().or(earlier) else { return };
        let Some(inverse) = self.reverse(&last) else { return };
        let Some(open) = &mut self.open else { return };
        open.undo.push(inverse);
        if open.redo.pop().is_none() {
            match open.library.next_redo() {
                Ok(next) => open.redo_earlier = next,
                Err(error) => self.notify_error(&error),
            }
        }
    }

    /// Takes one thing back; gives what makes it again, or nothing where it could not be saved.
    fn reverse(&mut self, what: &Undoable) -> Option<Undoable> {
        match what {
            Undoable::Choices(changes) => {
                self.change_choices(changes).map(|changed| Undoable::Choices(changed.inverse))
            }
            Undoable::Decision(entry) => {
                let (Some(open), Some(person)) = (&self.open, &self.person) else { return None };
                let outcome = open.library.undo(entry, person);
                self.finish_decision(outcome, &[]).map(Undoable::Decision)
            }
            Undoable::SavedSearch { name, before } => self.put_saved(name, before.clone()),
        }
    }

    /// Reads again what a decision changed, and gives its entry; nothing where it was not saved.
    fn finish_decision(
        &mut self,
        outcome: Result<EntryId, CatalogError>,
        images: &[ImageId],
    ) -> Option<EntryId> {
        let open = self.open.as_mut()?;
        let entry = match outcome {
            Ok(entry) => entry,
            Err(error) => {
                self.notify_error(&error);
                return None;
            }
        };
        let refresh = |open: &mut super::OpenLibrary| {
            if images.is_empty() {
                open.rows.borrow_mut().clear();
                open.refresh_categories()?;
            }
            open.refresh_decisions(images)
        };
        if let Err(error) = refresh(open) {
            self.notify_error(&error);
        }
        Some(entry)
    }

    /// After a decision on one image, the next one is looked at.
    fn go_on(&mut self) {
        let is_one = self.open.as_ref().is_some_and(|open| open.selection.len() == 1);
        if is_one && self.goes_on_after_label() {
            self.move_cursor(Direction::Forward, MoveBy::Images(1), false);
        }
    }

    fn add_category(&mut self, name: &str) {
        let (Some(open), Some(person)) = (&self.open, &self.person) else { return };
        match open.library.add_category(name, None, person) {
            Ok(_) => self.refresh(),
            Err(error) => self.notify_error(&error),
        }
    }
}

/// A label with this first category; one that has it already keeps what else it says.
fn first(category: CategoryId, before: Option<LabelValue>) -> Option<LabelValue> {
    let is_same = |label: &LabelValue| label.category() == Some(category);
    Some(before.filter(is_same).unwrap_or(LabelValue::of(category)))
}
