//! A box to tick. An empty one shows that it is empty: egui fills boxes as it fills sliders.

use egui::{Response, Stroke, Ui};

use super::tokens::Tokens;

/// A box with its text.
pub(super) fn tick_box_ui(ui: &mut Ui, is_ticked: &mut bool, text: &str) -> Response {
    ui.scope(|ui| {
        let tokens = Tokens::of(ui);
        let widgets = &mut ui.visuals_mut().widgets;
        for state in [&mut widgets.inactive, &mut widgets.hovered] {
            state.bg_fill = tokens.background;
            state.bg_stroke = Stroke::new(1.0, tokens.text_weak);
        }
        ui.checkbox(is_ticked, text)
    })
    .inner
}
