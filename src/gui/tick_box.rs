//! Boxes to tick and choices of one. Empty ones show that they are empty: egui fills them as it fills
//! sliders.

use egui::{Response, Stroke, Ui};

use super::tokens::Tokens;

/// A box with its text.
pub(super) fn tick_box_ui(ui: &mut Ui, is_ticked: &mut bool, text: &str) -> Response {
    ui.scope(|ui| {
        empty_boxes(ui);
        ui.checkbox(is_ticked, text)
    })
    .inner
}

/// One choice of several, with its text.
pub(super) fn choice_ui<T: PartialEq>(ui: &mut Ui, chosen: &mut T, choice: T, text: &str) {
    ui.scope(|ui| {
        empty_boxes(ui);
        ui.radio_value(chosen, choice, text);
    });
}

fn empty_boxes(ui: &mut Ui) {
    let tokens = Tokens::of(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    for state in [&mut widgets.inactive, &mut widgets.hovered] {
        state.bg_fill = tokens.background;
        state.bg_stroke = Stroke::new(1.0, tokens.text_weak);
    }
}
