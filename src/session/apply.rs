//! What each command does.

use super::decisions::{Decision, LabelChange, MarkChange};
use super::{Command, Direction, MOST_COMPARED, Middle, MoveBy, NoticeLevel, Session};
use crate::catalog::{Answer, ImageId};

impl Session {
    /// Does what the user asked for. Decisions are written in their order and long work goes on, both
    /// in the background. What goes wrong becomes a notice.
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
            Command::SaveSearch(saved) => self.decide(Decision::SaveSearch(saved)),
            Command::RemoveSaved(name) => self.decide(Decision::RemoveSearch(name)),
            Command::SetSort(sort) => self.change_view(|view| view.sort = sort),
            Command::Select { position, extend, toggle } => self.select(position, extend, toggle),
            Command::SetGrouping(grouping) => self.change_view(|view| view.grouping = grouping),
            Command::SelectAll => {
                // With one image on screen nobody would see what else is selected.
                if let (Middle::Grid, Some(open)) = (&self.middle, &mut self.open) {
                    open.selection.select_all(&open.image_ids);
                }
            }
            Command::SelectMany { ranges, add } => {
                if let (Middle::Grid, Some(open)) = (&self.middle, &mut self.open) {
                    open.selection.select_many(&open.image_ids, &ranges, add);
                }
            }
            Command::Move { direction, by, extend } => self.move_cursor(direction, by, extend),
            Command::ShowSingle => self.show_single(),
            Command::ShowCompare => self.show_compare(),
            Command::ShowGrid => self.middle = Middle::Grid,
            Command::SetCategory(category) => self.answer(Answer::Category(category)),
            Command::SetSecondCategory(category) => self.label(LabelChange::Second(category)),
            Command::SetNoneOfThese => self.answer(Answer::NoneOfThese),
            Command::SetUnusable => self.answer(Answer::Unusable),
            Command::AcceptPrediction => self.accept_prediction(),
            Command::AcceptAbove(percent) => {
                let least_score = f32::from(percent) / 100.0;
                self.decide(Decision::AcceptAbove { least_score });
            }
            Command::ClearLabel => self.label(LabelChange::Clear),
            Command::SetNote(note) => self.mark(MarkChange::Note(note)),
            Command::ToggleAnnotated => self.mark(MarkChange::ToggleAnnotated),
            Command::ToggleExcluded => self.mark(MarkChange::ToggleExcluded),
            Command::SetDataBar(data_bar) => {
                self.decide_current(|image| Decision::DataBar { image, data_bar });
            }
            Command::SetFolderDataBar(data_bar) => {
                self.decide_current(|image| Decision::FolderDataBar { image, data_bar });
            }
            Command::SetPage(page) => self.decide_current(|image| Decision::Page { image, page }),
            Command::Undo => self.decide(Decision::Undo),
            Command::Redo => self.decide(Decision::Redo),
            Command::AddCategory(name) => self.decide(Decision::AddCategory(name)),
            Command::SetPerson { name, ask_at_start } => self.set_person(&name, ask_at_start),
            Command::UseModel(name) => self.start_using(name),
            Command::ShowNearDuplicates => self.show_near_duplicates(),
            Command::ShowSimilar => self.start_similar(),
            Command::GroupUnlabelled => self.start_groups(),
            Command::ShowQueue(queue) => self.show_queue(queue),
            Command::FindLabelErrors => self.start_label_errors(),
            Command::FindUnlike => self.start_unlike(),
            Command::Classify => self.start_classification(None),
            Command::SetPaused(is_paused) => self.set_paused(is_paused),
            Command::ExportHdf5(folder) => self.start_export(folder),
            Command::Cancel(kind) => self.cancel(kind),
            Command::Tell(level, text) => self.notify(level, text),
            Command::ChangeSettings(settings) => self.change_settings(settings),
            Command::DismissNotice(position) => {
                if position < self.notices.len() {
                    self.notices.remove(position);
                }
            }
        }
    }

    pub(super) fn select(&mut self, position: usize, extend: bool, toggle: bool) {
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
        self.middle = Middle::Single;
        let cursor = self.selection().map(super::Selection::cursor);
        if let Some(cursor) = cursor {
            self.select(cursor, false, false);
        }
    }

    /// Shows the selected images side by side, in the view's order.
    fn show_compare(&mut self) {
        let Some(open) = &self.open else { return };
        let count = open.selection.len();
        if !(2..=MOST_COMPARED).contains(&count) {
            let text = format!("Select 2 to {MOST_COMPARED} images to compare them");
            return self.notify(NoticeLevel::Info, text);
        }
        let is_selected = |(_, image): &(usize, &ImageId)| open.selection.contains(**image);
        let images: Vec<(usize, ImageId)> = open
            .image_ids
            .iter()
            .enumerate()
            .filter(is_selected)
            .map(|(position, image)| (position, *image))
            .collect();
        let Some((first, _)) = images.first().copied() else { return };
        self.middle = Middle::Compare(images.into_iter().map(|(_, image)| image).collect());
        self.select(first, false, false);
    }
}
