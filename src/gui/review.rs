//! The queues of review on screen: their names, and the bar above the images of one.

use std::borrow::Cow;

use egui::{Button, DragValue, RichText, Ui};

use super::actions::Action;
use super::keymap::Keymap;
use super::tokens::{GAP, GROUP_GAP, Tokens, strong};
use crate::catalog::ReviewQueue;
use crate::session::{Command, Session, TaskKind};

/// From which score on predictions are accepted unless another is chosen, in per cent.
const USUAL_PERCENT: u8 = 95;
/// Below that, nobody should accept without a look.
const PERCENTS: std::ops::RangeInclusive<u8> = 50..=100;

/// A queue's name.
pub(super) const fn queue_name(queue: ReviewQueue) -> &'static str {
    match queue {
        ReviewQueue::ToDecide => "To decide",
        ReviewQueue::Disagreements => "Label and prediction differ",
        ReviewQueue::Doubtful => "Likely label errors",
        ReviewQueue::Unlike => "Unlike anything labelled",
        ReviewQueue::Conflicting => "Near-duplicates that differ",
        ReviewQueue::Changed => "Changed since labelled",
        ReviewQueue::Unreadable => "Unreadable files",
    }
}

/// What to do with the images of a queue.
fn what_to_do(queue: ReviewQueue, keymap: &Keymap) -> Cow<'static, str> {
    let text = match queue {
        ReviewQueue::ToDecide => {
            "No label, and no prediction that is sure: the least certain first"
        }
        ReviewQueue::Disagreements => {
            return match keymap.first_key(Action::AcceptPrediction) {
                Some(key) => format!("Look which is right: {key} accepts the prediction").into(),
                None => "Look which is right".into(),
            };
        }
        ReviewQueue::Doubtful => {
            "Judged by models that never saw the image: the least likely label first"
        }
        ReviewQueue::Unlike => "Farther from all labelled images than these are from one another",
        ReviewQueue::Conflicting => "The same scene was labelled in two ways",
        ReviewQueue::Changed => {
            "The file holds another picture than the one that was labelled: label it again"
        }
        ReviewQueue::Unreadable => "The panel on the right says what is wrong with each file",
    };
    text.into()
}

/// The bar above the images of a queue.
#[derive(Debug)]
pub(super) struct QueueBar {
    percent: u8,
}

impl Default for QueueBar {
    fn default() -> Self {
        Self { percent: USUAL_PERCENT }
    }
}

impl QueueBar {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        commands: &mut Vec<Command>,
    ) {
        let Some(queue) = session.queue() else { return };
        let tokens = Tokens::of(ui);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(queue_name(queue)).font(strong()));
            if let Some(count) = session.review_counts().known(queue) {
                ui.label(format!("{count} left"));
            }
            ui.label(RichText::new(what_to_do(queue, keymap)).color(tokens.text_weak));
            ui.add_space(GROUP_GAP);
            match queue {
                ReviewQueue::ToDecide => self.accept_ui(ui, session, keymap, commands),
                ReviewQueue::Doubtful => {
                    let hint = "Trains on the labels in five parts, each judged by the other four";
                    let command = Command::FindLabelErrors;
                    look_ui(ui, session, Action::FindLabelErrors, hint, command, commands);
                }
                ReviewQueue::Unlike => {
                    let hint = "Compares every classified image with those that people labelled";
                    let command = Command::FindUnlike;
                    look_ui(ui, session, Action::FindUnlike, hint, command, commands);
                }
                _ => {}
            }
        });
        ui.add_space(GAP / 2.0);
    }

    /// All that is sure enough becomes labels, at once and taken back at once.
    fn accept_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        commands: &mut Vec<Command>,
    ) {
        let label = ui.label("Predictions from");
        let percent = DragValue::new(&mut self.percent).range(PERCENTS).suffix(" %");
        ui.add(percent).labelled_by(label.id);
        let text = format!("Accept all of {} % or more in the library", self.percent);
        let accept = ui.add_enabled(!session.is_read_only(), Button::new(text));
        let hint = format!(
            "In the whole library, not only in this queue: labels every image without a label whose \
             best prediction has this score or more. Such labels never train nor measure; {} takes \
             all of them back",
            keymap.hint(Action::Undo)
        );
        if accept.on_hover_text(hint).clicked() {
            commands.push(Command::AcceptAbove(self.percent));
        }
    }
}

fn look_ui(
    ui: &mut Ui,
    session: &Session,
    action: Action,
    hint: &str,
    command: Command,
    commands: &mut Vec<Command>,
) {
    let is_idle = !session.is_running(TaskKind::Search);
    let look = ui.add_enabled(is_idle, Button::new(action.text()));
    if look.on_hover_text(hint).clicked() {
        commands.push(command);
    }
}
