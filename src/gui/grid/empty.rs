//! Why there are no images, and what to do about it.

use egui::{RichText, Ui};

use crate::catalog::{Filter, ReviewQueue, View};
use crate::gui::tokens::GAP;
use crate::query::{Condition, Query, State};
use crate::session::{Command, Session, TaskKind};

/// Why there is nothing, and what to do about it.
pub(super) fn empty_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let (Some(view), Some(counts)) = (session.view(), session.counts()) else { return };
    let is_scanning = session.is_running(TaskKind::Files);
    let everything = || ("Show all images", Command::SetFilter(Filter::All));
    let (text, hint, remedy) = if counts.images == 0 && is_scanning {
        ("Looking for images…", None, None)
    } else if counts.images == 0 {
        let text = "There are no TIFF, PNG, JPEG or BMP images in this folder";
        (text, None, Some(("Look again", Command::Rescan)))
    } else if let Some((text, hint)) = not_looked_for(session) {
        (text, Some(hint), Some(("Show all images", Command::SetQuery(Query::default()))))
    } else if let Some((text, hint)) = reviewed(view, is_scanning) {
        (text, hint, Some(("Show all images", Command::SetQuery(Query::default()))))
    } else if !view.query.terms().is_empty() {
        let remedy = ("Clear the search", Command::SetQuery(Query::default()));
        ("No image is like this", None, Some(remedy))
    } else {
        match view.filter {
            Filter::Unlabelled => ("Every image has a label", None, Some(everything())),
            Filter::Unreadable => ("No file has a problem", None, Some(everything())),
            Filter::Category(_) => {
                let text = "No image has this category yet: select one and press its key";
                (text, None, Some(everything()))
            }
            _ => ("There are no such images", None, Some(everything())),
        }
    };
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        ui.label(RichText::new(text).heading());
        ui.add_space(GAP);
        if let Some(hint) = hint {
            ui.label(hint);
            ui.add_space(GAP);
        }
        if let Some((label, command)) = remedy
            && ui.button(label).clicked()
        {
            commands.push(command);
        }
    });
}

/// What is said of a queue that nobody has looked for yet, and what fills it.
fn not_looked_for(session: &Session) -> Option<(&'static str, &'static str)> {
    let queue = session.queue()?;
    if session.review_counts().known(queue).is_some() {
        return None;
    }
    let hint = match queue {
        ReviewQueue::Doubtful => {
            "“Look for label errors” judges all labels once some of two categories are there"
        }
        ReviewQueue::Unlike => {
            "“Look for images unlike anything labelled” compares them once some have a label"
        }
        _ => return None,
    };
    Some(("Not looked for yet", hint))
}

/// What it means that a query for one state alone finds nothing, and what would find something.
fn reviewed(view: &View, is_scanning: bool) -> Option<(&'static str, Option<&'static str>)> {
    let [term] = view.query.terms() else { return None };
    let [Condition::Is(state)] = term.any_of[..] else { return None };
    if term.is_negated || view.filter != Filter::All {
        return None;
    }
    let compared =
        "Compared are images that have a label and a prediction: classify, then label some";
    Some(match state {
        State::Labelled => {
            ("No image has a label yet", Some("Select one and press a category's key"))
        }
        State::Unlabelled => ("Every image has a label", None),
        State::Predicted => {
            ("No image is classified yet", Some("“Classify” gives each a prediction"))
        }
        State::Unpredicted => ("Every image is classified", None),
        State::Unreadable => ("No file has a problem", None),
        State::Annotated => ("No image is marked as drawn into", None),
        State::Excluded => ("No image is left out of training", None),
        State::NoneOfThese => ("Every labelled image fits a category", None),
        State::Unusable => ("No image is marked as unusable", None),
        State::Disagreement => ("No label differs from its prediction", Some(compared)),
        State::Duplicate => {
            ("No image is nearly the same as another", Some("They are looked for when classifying"))
        }
        State::Conflicting => ("No near-duplicates have different labels", None),
        State::Doubtful => {
            let remedy = "“Look for label errors” judges all labels once there are some";
            ("No label looks wrong", Some(remedy))
        }
        State::Unlike => {
            let remedy =
                "“Look for images unlike anything labelled” compares them once some have a label";
            ("No image is unlike all that is labelled", Some(remedy))
        }
        State::Changed if is_scanning => ("Looking for changed files…", None),
        State::Changed => ("No file was changed since it was labelled", None),
        _ => return None,
    })
}
