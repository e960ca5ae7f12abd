//! The settings of the program, in one place.

use egui::{Button, Context, DragValue, Label, RichText, Slider, Ui, vec2};

use super::actions::Action;
use super::effect::scale;
use super::icons;
use super::keymap::Keymap;
use super::popup_frame::PopupFrame;
use super::settings_keys::KeysPage;
use super::tick_box::{choice_ui, tick_box_ui};
use super::tokens::{GAP, GROUP_GAP, Tokens, icon_font, small, strong};
use crate::session::Session;
use crate::settings::{
    AfterLabel, DECIDE_BELOW_PERCENT, Settings, THUMBNAIL_BUDGET_MB, THUMBNAIL_WIDTH_POINTS,
    ThemeChoice,
};

const WIDTH: f32 = 680.0;
const HEIGHT: f32 = 480.0;
const SECTIONS_WIDTH: f32 = 130.0;
const LABEL_WIDTH: f32 = 170.0;
/// Most threads that can be chosen here.
const MOST_WORKERS: u16 = 64;

/// A section of the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Appearance,
    Labelling,
    Classifying,
    Keys,
}

/// Which section is shown, and what is being changed there.
#[derive(Default)]
pub(super) struct SettingsWindow {
    section: Section,
    keys: KeysPage,
    has_keyboard: bool,
}

/// What became of the window in this frame.
pub(super) struct Changed {
    /// The settings as they are to be, where they were changed.
    pub(super) settings: Option<Settings>,
    pub(super) is_closed: bool,
}

impl SettingsWindow {
    pub(super) fn ui(&mut self, context: &Context, session: &Session, keymap: &Keymap) -> Changed {
        let mut settings = session.settings().clone();
        let mut is_closed = false;
        let shown = PopupFrame::middle("Settings of the program").show(context, WIDTH, |ui| {
            ui.set_height(HEIGHT.min(ui.ctx().content_rect().height() - 4.0 * GROUP_GAP));
            ui.horizontal_top(|ui| {
                ui.allocate_ui(vec2(SECTIONS_WIDTH, ui.available_height()), |ui| {
                    ui.vertical(|ui| {
                        self.sections_ui(ui);
                        ui.add_space(GROUP_GAP);
                        let close = Button::new("Close").min_size(vec2(SECTIONS_WIDTH, 0.0));
                        is_closed = ui.add(close).clicked();
                    });
                });
                ui.add_space(GROUP_GAP);
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    match self.section {
                        Section::Appearance => appearance_ui(ui, &mut settings),
                        Section::Labelling => labelling_ui(ui, &mut settings),
                        Section::Classifying => {
                            classifying_ui(ui, &mut settings);
                            files_ui(ui, keymap, &mut settings);
                        }
                        Section::Keys => self.keys.ui(ui, session, keymap, &mut settings),
                    }
                    if self.section != Section::Keys {
                        place_ui(ui, session);
                    }
                })
            });
        });
        let is_changed = settings != *session.settings();
        Changed {
            settings: is_changed.then_some(settings),
            is_closed: shown.is_closed || is_closed,
        }
    }

    fn sections_ui(&mut self, ui: &mut Ui) {
        ui.set_width(SECTIONS_WIDTH);
        ui.label(RichText::new("Settings").font(strong()));
        ui.add_space(GAP);
        for (section, name) in [
            (Section::Appearance, "Appearance"),
            (Section::Labelling, "Labelling"),
            (Section::Classifying, "Files and classifying"),
            (Section::Keys, "Keys"),
        ] {
            let is_shown = self.section == section;
            let button = Button::selectable(is_shown, name).min_size(vec2(SECTIONS_WIDTH, 0.0));
            let response = ui.add(button);
            if is_shown && !std::mem::replace(&mut self.has_keyboard, true) {
                response.request_focus();
            }
            if response.clicked() {
                self.section = section;
                self.keys = KeysPage::default();
            }
        }
    }
}

/// A line with its name at the left.
fn line_ui(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui, egui::Id)) {
    ui.horizontal(|ui| {
        let size = vec2(LABEL_WIDTH, ui.spacing().interact_size.y);
        let label = ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            ui.horizontal_centered(|ui| ui.label(name)).inner
        });
        content(ui, label.inner.id);
    });
    ui.add_space(GAP);
}

fn appearance_ui(ui: &mut Ui, settings: &mut Settings) {
    line_ui(ui, "Theme", |ui, _| {
        for choice in ThemeChoice::ALL {
            let name = match choice {
                ThemeChoice::System => "As the system",
                ThemeChoice::Light => "Light",
                ThemeChoice::Dark => "Dark",
            };
            choice_ui(ui, &mut settings.theme, choice, name);
        }
    });
    line_ui(ui, "Size of everything", |ui, _| {
        for (icon, name, is_up) in [(icons::MINUS, "Smaller", false), (icons::PLUS, "Larger", true)]
        {
            let button = ui.button(RichText::new(icon).font(icon_font())).on_hover_text(name);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
            if button.clicked() {
                scale(settings, is_up);
            }
        }
        ui.label(format!("{} %", settings.scale_percent));
    });
    line_ui(ui, "Width of thumbnails", |ui, label| {
        let slider = Slider::new(&mut settings.thumbnail_width_points, THUMBNAIL_WIDTH_POINTS);
        ui.add(slider.step_by(8.0).suffix(" points")).labelled_by(label);
    });
    line_ui(ui, "Memory for thumbnails", |ui, label| {
        let value = DragValue::new(&mut settings.thumbnail_budget_mb);
        ui.add(value.range(THUMBNAIL_BUDGET_MB).suffix(" MB")).labelled_by(label);
    });
}

fn labelling_ui(ui: &mut Ui, settings: &mut Settings) {
    line_ui(ui, "After a label", |ui, _| {
        for choice in AfterLabel::ALL {
            let name = match choice {
                AfterLabel::GoOn => "Go on to the next image",
                AfterLabel::Stay => "Stay",
            };
            choice_ui(ui, &mut settings.after_label, choice, name);
        }
    });
    line_ui(ui, "To decide below", |ui, label| {
        let slider = Slider::new(&mut settings.decide_below_percent, DECIDE_BELOW_PERCENT);
        ui.add(slider.suffix(" %")).labelled_by(label);
    });
    weak_ui(ui, "Predictions with a lower score wait for a person under “To decide”");
}

fn classifying_ui(ui: &mut Ui, settings: &mut Settings) {
    line_ui(ui, "Threads", |ui, label| {
        let by_itself = settings.classify_worker_count();
        let mut is_automatic = settings.classify_workers.is_none();
        if tick_box_ui(ui, &mut is_automatic, "One for each core").changed() {
            let count = u16::try_from(by_itself).unwrap_or(MOST_WORKERS);
            settings.classify_workers = (!is_automatic).then_some(count.min(MOST_WORKERS));
        }
        if let Some(workers) = &mut settings.classify_workers {
            ui.add(DragValue::new(workers).range(1..=MOST_WORKERS)).labelled_by(label);
        }
    });
    weak_ui(
        ui,
        "Fewer are slower, and leave more to other programs. Counts from the next start of \
                 classifying",
    );
}

fn files_ui(ui: &mut Ui, keymap: &Keymap, settings: &mut Settings) {
    line_ui(ui, "Opening a folder", |ui, _| {
        tick_box_ui(ui, &mut settings.looks_for_files, "Look for new and changed files");
    });
    let rescan = match keymap.first_key(Action::Rescan) {
        Some(key) => format!("{key} looks"),
        None => format!("“{}” does so", Action::Rescan.text()),
    };
    let text =
        format!("A share with very many files is opened sooner without; {rescan} at any time");
    weak_ui(ui, &text);
}

/// Where it all is.
fn place_ui(ui: &mut Ui, session: &Session) {
    let text = match session.settings_path() {
        Some(path) => format!("Kept in {}", path.display()),
        None => "Kept until the window is closed".to_owned(),
    };
    ui.add_space(GROUP_GAP);
    weak_ui(ui, &text);
}

fn weak_ui(ui: &mut Ui, text: &str) {
    let color = Tokens::of(ui).text_weak;
    ui.add(Label::new(RichText::new(text).font(small()).color(color)).wrap());
}
