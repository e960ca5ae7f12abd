//! The bar at the top: folder, search, model, classify, export.

use egui::{Align, Button, ComboBox, Layout, Response, RichText, Role, Ui, WidgetInfo};

use super::actions::Action;
use super::dialogs::Dialogs;
use super::effect::Effect;
use super::grouping_menu::grouping_menu_ui;
use super::icons;
use super::keymap::Keymap;
use super::popup::PopupKind;
use super::search_field::SearchField;
use super::tokens::{GROUP_GAP, Tokens, icon_font, strong};
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
/// Still narrower ones, or those in which everything is large, have no room for words that an icon
/// says as well.
const WORDS_WIDTH: f32 = 760.0;
/// The narrowest have a third line for what is done.
const TWO_LINES_WIDTH: f32 = 600.0;

/// Enough for all of them.
const SORTS_HEIGHT: f32 = 460.0;

/// Orders and their names on screen.
pub(super) const SORTS: [(Sort, &str); 9] = [
    (Sort::Path, "Name"),
    (Sort::TakenAscending, "Taken, oldest first"),
    (Sort::TakenDescending, "Taken, newest first"),
    (Sort::Newest, "File, newest first"),
    (Sort::UncertaintyDescending, "Most uncertain first"),
    (Sort::ScoreAscending, "Lowest score first"),
    (Sort::ScoreDescending, "Highest score first"),
    (Sort::DoubtDescending, "Least likely label first"),
    (Sort::UnlikeDescending, "Most unlike first"),
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

    /// The search field takes the keyboard at the next drawing.
    pub(super) fn search(&mut self) {
        self.search.take_keyboard();
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        dialogs: &mut Dialogs,
        commands: &mut Vec<Command>,
    ) {
        let has_library = session.root().is_some();
        let is_narrow = ui.available_width() < ONE_LINE_WIDTH;
        let is_very_narrow = ui.available_width() < TWO_LINES_WIDTH;
        let has_words = !has_library || ui.available_width() >= WORDS_WIDTH;
        ui.horizontal(|ui| {
            let open = if has_words {
                ui.label(RichText::new("Semblance").font(strong()));
                ui.add_space(GROUP_GAP / 2.0);
                ui.button(format!("{} Open folder…", icons::FOLDER_OPEN))
            } else {
                ui.button(icon_text(icons::FOLDER_OPEN))
            };
            if named(open, "Open folder…", &keymap.hint(Action::OpenFolder)).clicked() {
                dialogs.open_folder(ui.ctx());
            }
            if has_library {
                undo_ui(ui, session, keymap, commands);
                if !is_narrow {
                    ui.add_space(GROUP_GAP / 2.0);
                    self.view_ui(ui, session, commands);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                settings_ui(ui, session, keymap, dialogs);
                if has_library && !is_very_narrow {
                    actions_ui(ui, session, dialogs, commands);
                }
            });
        });
        if has_library && is_very_narrow {
            ui.horizontal_wrapped(|ui| actions_ui(ui, session, dialogs, commands));
        }
        if has_library && is_narrow {
            ui.horizontal_wrapped(|ui| self.view_ui(ui, session, commands));
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
        let hint = "Which images come first; those without such a value come last";
        named_choice(combo.response, "Order", shown).on_hover_text(hint);
        grouping_menu_ui(ui, session, commands);
    }
}

fn undo_ui(ui: &mut Ui, session: &Session, keymap: &Keymap, commands: &mut Vec<Command>) {
    for (icon, action, is_possible, command) in [
        (icons::UNDO, Action::Undo, session.can_undo(), Command::Undo),
        (icons::REDO, Action::Redo, session.can_redo(), Command::Redo),
    ] {
        let button = ui.add_enabled(is_possible, Button::new(icon_text(icon)));
        if named(button, action.text(), &keymap.hint(action)).clicked() {
            commands.push(command);
        }
    }
}

/// Right to left: export, classify, model.
fn actions_ui(ui: &mut Ui, session: &Session, dialogs: &mut Dialogs, commands: &mut Vec<Command>) {
    let tokens = Tokens::of(ui);
    let can_export = !session.is_running(TaskKind::Export);
    let has_images = !session.image_ids().is_empty();
    let export = ui.add_enabled(can_export && has_images, Button::new("Export HDF5…"));
    if export.on_hover_text("Write the images shown, with all that is known about them").clicked() {
        dialogs.perform(Effect::Open(PopupKind::Export), ui.ctx(), session);
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
    named_choice(combo.response, "Model", model).on_hover_text("What classifies the images");
}

/// Right to left: settings, keys.
fn settings_ui(ui: &mut Ui, session: &Session, keymap: &Keymap, dialogs: &mut Dialogs) {
    for (icon, action, kind) in [
        (icons::SETTINGS, Action::Settings, PopupKind::Settings),
        (icons::KEYBOARD, Action::Keys, PopupKind::Keys),
    ] {
        let button = ui.add(Button::new(icon_text(icon)));
        if named(button, action.text(), &keymap.hint(action)).clicked() {
            dialogs.perform(Effect::Open(kind), ui.ctx(), session);
        }
    }
}

fn icon_text(icon: &str) -> RichText {
    RichText::new(icon).font(icon_font())
}

/// Gives a menu its name; what is chosen there is its value.
pub(super) fn named_choice(choice: Response, name: &str, chosen: &str) -> Response {
    choice.widget_info(|| {
        let info = WidgetInfo::labeled(Role::ComboBox, choice.enabled(), name);
        WidgetInfo { current_text_value: Some(chosen.to_owned()), ..info }
    });
    choice
}

/// Gives a button with an icon its name, and a hint.
fn named(button: Response, name: &str, hint: &str) -> Response {
    button.widget_info(|| WidgetInfo::labeled(Role::Button, button.enabled(), name));
    button.on_hover_text(hint).on_disabled_hover_text(hint)
}
