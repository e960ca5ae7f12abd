//! Decisions on the images that are selected: asked for here, written elsewhere.

use std::time::Instant;

use super::decisions::{Asked, Changed, Decided, Decision, LabelChange, MarkChange, Terms};
use super::opening::UNANSWERED;
use super::{Direction, Middle, MoveBy, NoticeLevel, Session};
use crate::catalog::{Answer, ImageId, ImageSet, Revision};
use crate::jobs::Answered;

impl Session {
    /// What decisions are made and counted under.
    pub(super) fn terms(&self) -> Terms {
        Terms {
            by: self.person.clone().unwrap_or_default(),
            model_name: self.model_name().unwrap_or_default().to_owned(),
            decide_below: self.decide_below(),
            seen: self.open.as_ref().map_or_else(Revision::default, |open| open.seen),
        }
    }

    pub(super) fn decide(&mut self, decision: Decision) {
        let terms = self.terms();
        if let Some(open) = &mut self.open {
            open.asked_count += 1;
            if matches!(decision, Decision::Undo | Decision::Redo) {
                open.holding.note_reversal(open.asked_count);
            }
            open.writing_since.get_or_insert_with(Instant::now);
            open.decider.ask(Asked { decision, terms, failed_count: open.failed_count });
        }
    }

    /// Labels the selected images; after one image, the next is looked at.
    pub(super) fn label(&mut self, change: LabelChange) {
        let images = self.selected_images();
        if images.is_empty() {
            return;
        }
        let goes_on = matches!(change, LabelChange::Answer(_));
        self.decide(Decision::Label { images, change });
        if goes_on {
            self.go_on();
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        self.label(LabelChange::Answer(answer));
    }

    pub(super) fn accept_prediction(&mut self) {
        let images = self.selected_images();
        if images.is_empty() {
            return;
        }
        // Of one image, what is seen is accepted, whatever a model has come to say meanwhile.
        let seen = match images.as_slice() {
            [image] => match self.row(*image).and_then(|row| row.top) {
                Some((category, _)) => Some(category),
                // Whoever sees no prediction does not want to go on.
                None => {
                    let text = "There is no prediction to accept: classify first";
                    return self.notify(NoticeLevel::Info, text);
                }
            },
            _ => None,
        };
        self.decide(Decision::Accept { images, seen });
        self.go_on();
    }

    pub(super) fn mark(&mut self, change: MarkChange) {
        let images = self.selected_images();
        if !images.is_empty() {
            self.decide(Decision::Mark { images, change });
        }
    }

    /// Asks for what is about the image at the cursor alone.
    pub(super) fn decide_current(&mut self, decision: impl FnOnce(ImageId) -> Decision) {
        if let Some(image) = self.current_image() {
            self.decide(decision(image));
        }
    }

    /// Takes in what has been written.
    pub(super) fn receive_decided(&mut self) {
        let Some(open) = &mut self.open else { return };
        let answers = open.decider.take_answers();
        self.take_answers(answers);
    }

    /// Goes back to what was taken back, or could not be saved, and then does what waits for that.
    pub(super) fn take_answers(&mut self, answers: Vec<Answered<Decided>>) {
        for answer in answers {
            let was_reversing = self.is_reversing();
            if let Some(open) = &mut self.open {
                open.holding.note_answer();
            }
            let is_reversed = was_reversing && !self.is_reversing();
            match answer {
                Some(decided) => {
                    let is_lost = decided.is_failed || !self.shows_any(&decided.came_back);
                    self.take_decided(decided);
                    if is_reversed && is_lost {
                        self.drop_held();
                    }
                }
                None => {
                    if is_reversed {
                        self.drop_held();
                    }
                    if let Some(open) = &mut self.open {
                        open.failed_count += 1;
                    }
                    self.notify(NoticeLevel::Error, UNANSWERED);
                    self.refresh();
                }
            }
        }
        let Some(open) = &mut self.open else { return };
        if !open.decider.is_busy() {
            open.writing_since = None;
        }
        // Whoever went on comes back to what was not saved, once that is all known.
        if !open.failed_images.is_empty() && !open.decider.is_busy() {
            let failed = std::mem::take(&mut open.failed_images);
            self.go_back_to(&failed);
        }
        self.act_on_held();
    }

    /// Whether one of these images is shown, if there are any.
    fn shows_any(&self, images: &[ImageId]) -> bool {
        let shown = match &self.middle {
            Middle::Compare { images, .. } => images.as_slice(),
            Middle::Grid | Middle::Single => self.image_ids(),
        };
        let wanted: ImageSet = images.iter().copied().collect();
        images.is_empty() || shown.iter().any(|image| wanted.contains(*image))
    }

    /// Selects these images again, as far as they are seen: the next decision is about them.
    fn go_back_to(&mut self, images: &[ImageId]) {
        let Some(open) = &mut self.open else { return };
        match &mut self.middle {
            Middle::Grid => open.selection.select_again(&open.image_ids, images),
            Middle::Single => {
                open.selection.select_again(&open.image_ids, images);
                open.selection.put(&open.image_ids, open.selection.cursor());
            }
            Middle::Compare { images: compared, current } => {
                let first = compared.iter().position(|image| images.contains(image));
                *current = first.unwrap_or(*current);
            }
        }
    }

    fn take_decided(&mut self, decided: Decided) {
        if decided.forgets_undoable {
            self.notices.retain(|notice| !notice.is_undoable);
        }
        decided.told.into_iter().for_each(|told| self.tell(told));
        if decided.labelled > 0 {
            self.pace.note(Instant::now(), decided.labelled);
        }
        let Some(open) = &mut self.open else { return };
        open.failed_count += u64::from(decided.is_failed);
        (open.can_undo, open.can_redo) = (decided.can_undo, decided.can_redo);
        match decided.changed {
            Changed::Nothing => {}
            Changed::These(images) => open.take_decided_about(&images),
            Changed::All => open.forget_rows(),
        }
        if let Some(tallies) = decided.tallies {
            open.tallies = tallies;
        }
        if let Some(tree) = decided.category_tree {
            open.take_categories(tree);
        }
        if let Some(saved) = decided.saved_searches {
            open.saved_searches = saved;
        }
        if let Some(count) = decided.unclassified_count {
            open.unclassified_count = count;
        }
        open.seen = decided.seen.unwrap_or(open.seen).max(open.seen);
        decided.stale_images.iter().for_each(|image| open.forget_row(*image));
        open.stale_images.extend(decided.stale_images);
        open.to_classify_again.extend(decided.unclassified);
        open.failed_images.extend(decided.failed);
        if !decided.came_back.is_empty() {
            decided.came_back.iter().for_each(|image| open.decided_about.insert(*image));
            self.go_back_to(&decided.came_back);
        }
    }

    /// The images that a decision is about.
    pub(super) fn selected_images(&self) -> Vec<ImageId> {
        match self.is_comparing() {
            true => self.current_image().into_iter().collect(),
            false => self.selection().map_or_else(Vec::new, super::Selection::images),
        }
    }

    /// After a decision on one image, the next one is looked at.
    fn go_on(&mut self) {
        let is_one = self.open.as_ref().is_some_and(|open| open.selection.len() == 1);
        if self.goes_on_after_label() && (self.is_comparing() || is_one) {
            self.move_cursor(Direction::Forward, MoveBy::Images(1), false);
        }
    }
}
