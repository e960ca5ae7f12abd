//! Above the single image: what can be done with the view, which image it is, and its label.

use egui::{Align, Button, Label, Layout, Response, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::SingleView;
use crate::catalog::{ImageId, ImageRow};
use crate::gui::actions::Action;
use crate::gui::category_chip::{label_chips, paint_chip};
use crate::gui::keymap::Keymap;
use crate::gui::tokens::{Tokens, small};
use crate::gui::view_action::ViewAction;
use crate::session::{Command, Session};
use crate::taxonomy::readable;

/// Widest chip in points.
const CHIP_WIDTH: f32 = 240.0;
const LABEL_HEIGHT: f32 = 20.0;

impl SingleView {
    pub(super) fn header_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        image: ImageId,
        keymap: &Keymap,
        commands: &mut Vec<Command>,
    ) {
        ui.horizontal_wrapped(|ui| {
            if self.hinted(ui.button("Grid"), &keymap.hint(Action::ShowGrid)).clicked() {
                commands.push(Command::ShowGrid);
            }
            if self.hinted(ui.button("Fit"), &keymap.hint(Action::FitView)).clicked() {
                self.act(ViewAction::Fit);
            }
            let hint = format!("{}, or double click", keymap.hint(Action::ActualSize));
            if self.hinted(ui.button("1:1"), &hint).clicked() {
                self.act(ViewAction::ActualSize);
            }
            self.display.button_ui(ui, self.decoded.shown(image));
            self.measure_ui(ui, keymap);
            self.save_ui(ui, keymap);
            let strip = ui.selectable_label(self.strip.is_shown(), "Session");
            if self.hinted(strip, "What was taken before and after it").clicked() {
                self.strip.toggle();
            }
            let row = session.row(image);
            page_ui(ui, row.as_ref(), session.read_choice(image).page, commands);
        });
        label_ui(ui, session, image);
    }

    fn measure_ui(&mut self, ui: &mut Ui, keymap: &Keymap) {
        let button = ui.selectable_label(self.measure.is_on(), "Measure");
        let hint = format!("{}: drag from point to point", keymap.hint(Action::Measure));
        if self.hinted(button, &hint).clicked() {
            self.act(ViewAction::Measure);
        }
        let clear = ui.add_enabled(self.measure.has_lines(), Button::new("Clear lines"));
        if clear.clicked() {
            self.measure.clear();
        }
    }

    /// A button that saves the view; the hint says how to copy it.
    pub(super) fn save_ui(&mut self, ui: &mut Ui, keymap: &Keymap) {
        let [save, copy] = [Action::SaveView, Action::CopyView].map(|action| keymap.hint(action));
        let hint = format!("{save}, {copy}: as it is seen, with its scale bar");
        if self.hinted(ui.button("Save view…"), &hint).clicked() {
            self.act(ViewAction::Save);
        }
    }

    /// With a hint, unless that would be on a picture of the view.
    pub(super) fn hinted(&self, response: Response, hint: &str) -> Response {
        if self.capture.is_on() { response } else { response.on_hover_text(hint) }
    }
}

/// The label, and which image it is, in a line that is there with or without a label.
fn label_ui(ui: &mut Ui, session: &Session, image: ImageId) {
    let tokens = Tokens::of(ui);
    let row = session.row(image);
    let chips = match row.as_ref().and_then(|row| row.label.as_ref()) {
        Some(label) => label_chips(ui, session, &label.value),
        None => Vec::new(),
    };
    let size = vec2(ui.available_width(), LABEL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        if chips.is_empty() {
            ui.label(RichText::new("No label yet").font(small()).color(tokens.text_weak));
        }
        for (text, color) in chips {
            let at = ui.cursor().min + vec2(0.0, 1.0);
            let chip = paint_chip(ui.painter(), at, &text, color, CHIP_WIDTH);
            let (_, response) = ui.allocate_exact_size(chip.size(), Sense::hover());
            response
                .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Labelled {text}")));
        }
        // Also where there is no room for the panel that says more.
        if let Some((category, score)) = row.as_ref().and_then(|row| row.top.as_ref()) {
            let text = format!("Predicted {} {:.0} %", readable(category), score * 100.0);
            ui.label(RichText::new(text).font(small()).color(tokens.text_weak));
        }
        let cursor = session.selection().map_or(0, |selection| selection.cursor());
        let place = format!("{} of {}", cursor + 1, session.image_ids().len());
        ui.label(RichText::new(place).color(tokens.text_weak));
        let name = row.map(|row| row.relative_path.display().to_string()).unwrap_or_default();
        ui.add(Label::new(name).truncate());
    });
}

/// Which page of the file is shown, where it has several.
/// A page that was chosen and cannot be read is left the same way.
fn page_ui(ui: &mut Ui, row: Option<&ImageRow>, chosen: Option<u32>, commands: &mut Vec<Command>) {
    let is_chosen = chosen.is_some();
    let known = row.and_then(|row| row.page).filter(|(_, pages)| *pages > 1 || is_chosen);
    let Some((page, pages)) = known.or(chosen.map(|page| (page, page))) else { return };
    let page = chosen.unwrap_or(page);
    let mut step = |ui: &mut Ui, text: &str, name: &str, to: u32| {
        let is_there = (1..=pages).contains(&to);
        let button = ui.add_enabled(is_there, Button::new(text));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, is_there, name));
        if button.on_hover_text(name).clicked() {
            commands.push(Command::SetPage(Some(to)));
        }
    };
    step(ui, "‹", "Earlier page of the file", page.saturating_sub(1));
    ui.label(format!("Page {page} of {pages}"));
    step(ui, "›", "Later page of the file", page.saturating_add(1));
    let automatic = ui.add_enabled(is_chosen, Button::new("Automatic page"));
    if automatic.on_hover_text("The first page that is no reduced copy of another").clicked() {
        commands.push(Command::SetPage(None));
    }
}
