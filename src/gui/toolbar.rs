//! The bar at the top: folder, search, model, classify, export.

use egui::{Align, Button, ComboBox, Layout, RichText, Ui};

use super::dialogs::Dialogs;
use super::grouping_menu::grouping_menu_ui;
use super::search_field::SearchField;
use super::tokens::{GROUP_GAP, Tokens, strong};
use crate::catalog::Sort;
use crate::classifier::BUILT_IN_MODELS;
use crate::session::{Command, Session, TaskKind};

/// What the bar keeps.
#[derive(Default)]
pub(super) struct Toolbar {
    search: SearchField,
}

/// Narrower windows have a second line, for search and order.
const ONE_LINE_WIDTH: f32 = 1320.0;

/// Enough for all of them.
const SORTS_HEIGHT: f32 = 400.0;

const SORTS: [(Sort, &str); 7] = [
    (Sort::Path, "Name"),
    (Sort::TakenAscending, "Taken, oldest first"),
    (Sort::TakenDescending, "Taken, newest first"),
    (Sort::Newest, "File, newest first"),
    (Sort::UncertaintyDescending, "Most uncertain first"),
    (Sort::ScoreAscending, "Lowest score first"),
    (Sort::ScoreDescending, "Highest score first"),
];

impl Toolbar {
    /// Another library was opened.
    pub(super) fn clear(&mut self) {
        self.search.clear();
    }

    /// Takes note of a command that searches for something else.
    pub(super) fn follow(&mut self, command: &Command, session: &Session) {
        self.search.follow(command, session);
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        dialogs: &mut Dialogs,
        commands: &mut Vec<Command>,
    ) {
        let has_library = session.root().is_some();
        let is_narrow = ui.available_width() < ONE_LINE_WIDTH;
        ui.horizontal(|ui| {
            ui.label(RichText::new("Semblance").font(strong()));
            ui.add_space(GROUP_GAP / 2.0);
            if ui.button("Open folder…").on_hover_text("Ctrl+O").clicked() {
                dialogs.open_folder(ui.ctx());
            }
            if has_library {
                undo_ui(ui, session, commands);
                if !is_narrow {
                    ui.add_space(GROUP_GAP / 2.0);
                    self.view_ui(ui, session, commands);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                theme_button(ui);
                if has_library {
                    actions_ui(ui, session, dialogs, commands);
                }
            });
        });
        if has_library && is_narrow {
            ui.horizontal(|ui| self.view_ui(ui, session, commands));
        }
    }

    /// What is shown, and in which order.
    fn view_ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        self.search.ui(ui, session, commands);
        let sort = session.view().map(|view| view.sort).unwrap_or_default();
        let shown = SORTS.iter().find(|(known, _)| *known == sort).map_or("", |(_, name)| name);
        let combo = ComboBox::from_id_salt("sort").selected_text(shown).height(SORTS_HEIGHT);
        let combo = combo.show_ui(ui, |ui| {
            for (choice, name) in SORTS {
                if ui.selectable_label(choice == sort, name).clicked() {
                    commands.push(Command::SetSort(choice));
                }
            }
        });
        combo
            .response
            .on_hover_text("Which images come first; those without such a value come last");
        grouping_menu_ui(ui, session, commands);
    }
}

fn undo_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let undo = ui.add_enabled(session.can_undo(), Button::new("Undo"));
    if undo.on_hover_text("Ctrl+Z").clicked() {
        commands.push(Command::Undo);
    }
    let redo = ui.add_enabled(session.can_redo(), Button::new("Redo"));
    if redo.on_hover_text("Ctrl+Y").clicked() {
        commands.push(Command::Redo);
    }
}

/// Right to left: export, classify, model.
fn actions_ui(ui: &mut Ui, session: &Session, dialogs: &mut Dialogs, commands: &mut Vec<Command>) {
    let tokens = Tokens::of(ui);
    let can_export = !session.is_running(TaskKind::Export);
    let has_images = !session.image_ids().is_empty();
    let export = ui.add_enabled(can_export && has_images, Button::new("Export HDF5…"));
    if export.on_hover_text("Write the images shown, with all that is known about them").clicked() {
        dialogs.ask_export(session);
    }
    let left = session.unclassified_count();
    if left > 0 {
        let label = RichText::new(format!("Classify {left}")).color(tokens.on_accent);
        let can_classify = !session.is_running(TaskKind::Classify);
        let classify = ui.add_enabled(can_classify, Button::new(label).fill(tokens.accent));
        if classify.on_hover_text("Classify the images that have no prediction yet").clicked() {
            commands.push(Command::Classify);
        }
    }
    let model = session.model_name().unwrap_or_default();
    let combo = ComboBox::from_id_salt("model").selected_text(format!("Model: {model}")).show_ui(
        ui,
        |ui| {
            for name in session.own_models().chain(BUILT_IN_MODELS) {
                if ui.selectable_label(name == model, name).clicked() && name != model {
                    commands.push(Command::UseModel(name.to_owned()));
                }
            }
            if ui.button("A model's folder…").clicked() {
                dialogs.open_model(ui.ctx());
            }
        },
    );
    combo.response.on_hover_text("What classifies the images");
}

fn theme_button(ui: &mut Ui) {
    let is_dark = ui.visuals().dark_mode;
    let text = if is_dark { "Light" } else { "Dark" };
    if ui.button(text).on_hover_text("Switch between light and dark").clicked() {
        ui.ctx().set_theme(if is_dark { egui::Theme::Light } else { egui::Theme::Dark });
    }
}
