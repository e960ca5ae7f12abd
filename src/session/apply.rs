//! What each command does.

use super::decisions::{Decision, LabelChange, MarkChange};
use super::{Command, Direction, MOST_COMPARED, Middle, MoveBy, NoticeLevel, Session};
use crate::catalog::{Answer, Filter};
use crate::query::Query;

impl Session {
    /// Does what the user asked for. Decisions are written in their order and long work goes on, both
    /// in the background. What is about the selection waits while something is being taken back. What
    /// goes wrong becomes a notice.
    pub fn apply(&mut self, command: Command) {
        if command.is_signed() && self.person.is_none() {
            return self.refuse_unsigned();
        }
        self.work_count += u64::from(command.is_work());
        if let Some(command) = self.hold(command) {
            self.act(command);
        }
    }

    /// Does it now.
    pub(super) fn act(&mut self, command: Command) {
        match command {
            Command::OpenFolder(folder) => self.open_folder(&folder),
            Command::OpenSample(folder) => self.start_sample(&folder),
            Command::Rescan => self.start_scan(true),
            Command::SetFilter(filter) => self.set_filter(&filter),
            Command::SetQuery(query) => self.change_view(|view| view.query.clone_from(&query)),
            Command::TryQuery(query) => self.try_query(query),
            Command::ShowSaved(name) => self.show_saved(&name),
            Command::SaveSearch(saved) => self.decide(Decision::SaveSearch(saved)),
            Command::RemoveSaved(name) => self.decide(Decision::RemoveSearch(name)),
            Command::SetSort(sort) => self.change_view(|view| view.sort = sort),
            // With one image on screen nobody would see what else is selected.
            Command::Select { position, extend, toggle } => {
                let is_grid = self.middle == Middle::Grid;
                self.select(position, extend && is_grid, toggle && is_grid);
            }
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
            Command::SelectCompared(position) => self.select_compared(position),
            Command::ShowGrid => self.show_grid(),
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
            Command::AddCategory(name) => {
                self.decide(Decision::AddCategory { name, parent: None });
            }
            Command::AddSubcategory { of, name } => {
                self.decide(Decision::AddCategory { name, parent: Some(of) });
            }
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

    /// Queues and the like are about all images: what else is chosen ends them.
    fn set_filter(&mut self, filter: &Filter) {
        let has_ended = self.is_query_of_its_own();
        self.change_view(|view| {
            view.filter.clone_from(filter);
            if has_ended {
                view.query = Query::default();
            }
        });
    }

    pub(super) fn select(&mut self, position: usize, extend: bool, toggle: bool) {
        let Some(open) = &mut self.open else { return };
        match (extend, toggle) {
            (true, _) => open.selection.extend_to(&open.image_ids, position),
            (false, true) => open.selection.toggle(&open.image_ids, position),
            (false, false) => open.selection.put(&open.image_ids, position),
        }
    }

    pub(super) fn move_cursor(&mut self, direction: Direction, by: MoveBy, extend: bool) {
        let Some(open) = &self.open else { return };
        let (count, cursor) = match &self.middle {
            Middle::Compare { images, current } => (images.len(), *current),
            Middle::Grid | Middle::Single => (open.image_ids.len(), open.selection.cursor()),
        };
        let last = count.saturating_sub(1);
        let position = match (direction, by) {
            (Direction::Backward, MoveBy::Images(count)) => cursor.saturating_sub(count),
            (Direction::Forward, MoveBy::Images(count)) => (cursor + count).min(last),
            (Direction::Backward, MoveBy::End) => 0,
            (Direction::Forward, MoveBy::End) => last,
        };
        match self.middle {
            Middle::Compare { .. } => self.select_compared(position),
            // With one image on screen nobody would see what else is selected.
            Middle::Single => self.select(position, false, false),
            Middle::Grid => self.select(position, extend, false),
        }
    }

    fn select_compared(&mut self, position: usize) {
        if let Middle::Compare { images, current } = &mut self.middle
            && position < images.len()
        {
            *current = position;
        }
    }

    /// Goes back to all images, the cursor on the one that was looked at.
    pub(super) fn show_grid(&mut self) {
        let looked_at = self.current_image().filter(|_| self.is_comparing());
        self.middle = Middle::Grid;
        let (Some(open), Some(looked_at)) = (&self.open, looked_at) else { return };
        let position = open.image_ids.iter().position(|image| *image == looked_at);
        // The others that were compared are not what the next decision is about.
        self.select(position.unwrap_or(open.selection.cursor()), false, false);
    }

    /// Shows the image at the cursor alone, and selects it alone: a decision is about what is seen.
    fn show_single(&mut self) {
        self.show_grid();
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
        let shown = open.image_ids.iter().copied();
        let images = shown.filter(|image| open.selection.contains(*image)).collect();
        self.middle = Middle::Compare { images, current: 0 };
    }
}
