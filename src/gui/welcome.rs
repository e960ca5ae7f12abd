//! The first page: open a folder, or try the sample library.

use egui::{Button, ProgressBar, RichText, Role, TextStyle, Ui, WidgetInfo, vec2};

use super::dialogs::Dialogs;
use super::text::{heading, one_line_cut_within};
use super::tokens::{GAP, GROUP_GAP, Tokens};
use crate::session::{Command, Session, default_sample_folder};

const BUTTON_SIZE: egui::Vec2 = vec2(280.0, 40.0);
/// Folders that are offered again.
const MOST_RECENT: usize = 5;
const RECENT_WIDTH: f32 = 480.0;

pub(super) fn welcome_ui(
    ui: &mut Ui,
    session: &Session,
    dialogs: &mut Dialogs,
    commands: &mut Vec<Command>,
) {
    let tokens = Tokens::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.24).max(24.0));
        ui.heading("Look at, classify and label electron micrographs");
        ui.add_space(GAP);
        ui.label(
            RichText::new("Everything happens on this computer. Nothing leaves it.")
                .color(tokens.text_weak),
        );
        ui.add_space(2.0 * GROUP_GAP);
        if let Some(folder) = session.opening() {
            ui.add(egui::Spinner::new().color(tokens.accent));
            ui.add_space(GAP);
            ui.label(format!("Opening {}…", folder.display()));
            return;
        }
        if let Some(task) = session.tasks().next() {
            let progress = task.progress;
            ui.label(task.name);
            ui.add_space(GAP);
            let share = progress.done as f32 / progress.total.max(1) as f32;
            let bar = ProgressBar::new(share).desired_height(8.0).fill(tokens.accent);
            ui.add(bar.desired_width(BUTTON_SIZE.x));
            ui.add_space(GAP);
            if ui.button("Cancel").clicked() {
                commands.push(Command::Cancel(task.kind));
            }
            return;
        }
        let open = RichText::new("Open a folder of micrographs…").color(tokens.on_accent);
        if ui.add(Button::new(open).fill(tokens.accent).min_size(BUTTON_SIZE)).clicked() {
            dialogs.open_folder(ui.ctx());
        }
        ui.add_space(GAP);
        if let Some(folder) = default_sample_folder()
            && ui.add(Button::new("Try the sample library").min_size(BUTTON_SIZE)).clicked()
        {
            commands.push(Command::OpenSample(folder));
        }
        ui.add_space(GAP);
        ui.label(
            RichText::new("240 synthetic micrographs, drawn on the spot in about 20 seconds.")
                .color(tokens.text_weak),
        );
        recent_ui(ui, session, commands);
    });
}

/// Folders that were opened before.
fn recent_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let recent = &session.settings().recent_folders;
    if recent.is_empty() {
        return;
    }
    ui.add_space(2.0 * GROUP_GAP);
    heading(ui, "Opened before");
    let font = TextStyle::Button.resolve(ui.style());
    let width = RECENT_WIDTH.min(ui.available_width());
    for folder in recent.iter().take(MOST_RECENT) {
        let path = folder.display().to_string();
        let room = width - 2.0 * ui.spacing().button_padding.x;
        let color = Tokens::of(ui).text;
        let text = one_line_cut_within(ui.painter(), path.clone(), font.clone(), color, room);
        let button = Button::new(text).frame_when_inactive(false).min_size(vec2(width, 0.0));
        let button = ui.add(button);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Open {path}")));
        if button.clicked() {
            commands.push(Command::OpenFolder(folder.clone()));
        }
    }
}
