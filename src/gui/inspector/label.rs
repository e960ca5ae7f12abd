//! What was decided about the image, and what was said beside it.

use egui::{Label as Text, RichText, Ui};

use crate::catalog::{ImageRow, LabelSource};
use crate::gui::actions::Action;
use crate::gui::category_chip::LabelWords;
use crate::gui::keymap::Keymap;
use crate::gui::text::heading;
use crate::gui::tick_box::tick_box_ui;
use crate::gui::tokens::{GAP, Tokens, strong};
use crate::session::{Command, Session};

pub(super) fn label_ui(
    ui: &mut Ui,
    session: &Session,
    row: &ImageRow,
    keymap: &Keymap,
    commands: &mut Vec<Command>,
) {
    heading(ui, "Label");
    given_ui(ui, session, row, keymap, commands);
    ui.add_space(GAP / 2.0);
    mark_ui(ui, row, commands);
}

fn given_ui(
    ui: &mut Ui,
    session: &Session,
    row: &ImageRow,
    keymap: &Keymap,
    commands: &mut Vec<Command>,
) {
    let tokens = Tokens::of(ui);
    let Some(label) = &row.label else {
        ui.label(RichText::new("None yet: press a category's key").color(tokens.text_weak));
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let words = LabelWords::of(session, &label.value);
        ui.label(RichText::new(words.first).font(strong()));
        if let Some(subcategory) = words.subcategory {
            ui.label(subcategory);
        }
        if let Some(second) = words.second {
            ui.label(format!("and {second}"));
        }
    });
    if row.is_label_outdated {
        ui.label(RichText::new("The file has changed since it was labelled").color(tokens.warning));
    }
    let at = label.at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
    let text = format!("by {}, {at}{}", label.by, how(label.source));
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(text).small().color(tokens.text_weak));
        let remove = ui.small_button("Remove label");
        if remove.on_hover_text(keymap.hint(Action::ClearLabel)).clicked() {
            commands.push(Command::ClearLabel);
        }
    });
}

/// How a decision came about, where that is worth a word.
pub(super) fn how(source: LabelSource) -> &'static str {
    match source {
        LabelSource::Person => "",
        LabelSource::AcceptedPrediction => ", accepted prediction",
        LabelSource::AcceptedAutomatically => ", accepted automatically",
        LabelSource::Import => ", imported",
        LabelSource::Merge => ", from another library",
        LabelSource::SameContent => ", of the same content",
        LabelSource::Undo => ", taken back",
        LabelSource::Redo => ", made again",
    }
}

/// The note and the flags.
fn mark_ui(ui: &mut Ui, row: &ImageRow, commands: &mut Vec<Command>) {
    let mark = &row.mark;
    if let Some(note) = &mark.note {
        ui.add(Text::new(RichText::new(note).italics()).wrap());
    }
    // Both send what undoes itself: a tick is there when the library says so.
    let (mut is_annotated, mut is_excluded) = (mark.is_annotated, mark.is_excluded);
    ui.horizontal_wrapped(|ui| {
        let annotated = tick_box_ui(ui, &mut is_annotated, "Drawn into");
        let hint = "Arrows, text or frames in it are not of the sample";
        if annotated.on_hover_text(hint).clicked() {
            commands.push(Command::ToggleAnnotated);
        }
        let excluded = tick_box_ui(ui, &mut is_excluded, "Never trains");
        let hint = "Kept out of training and measuring, whatever its label";
        if excluded.on_hover_text(hint).clicked() {
            commands.push(Command::ToggleExcluded);
        }
    });
}
