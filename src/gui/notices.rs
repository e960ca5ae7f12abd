//! Messages, above the images until they are put away.

use egui::{Frame, Margin, Sides, Ui};

use super::tokens::{RADIUS, Tokens};
use crate::session::{Command, NoticeLevel, Session};

/// Most messages shown at once; the newest.
const MOST_SHOWN: usize = 3;

pub(super) fn notices_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let tokens = Tokens::of(ui);
    let notices = session.notices();
    let hidden = notices.len().saturating_sub(MOST_SHOWN);
    for (position, notice) in notices.iter().enumerate().skip(hidden) {
        let color = match notice.level {
            NoticeLevel::Info => tokens.accent,
            NoticeLevel::Warning => tokens.warning,
            NoticeLevel::Error => tokens.error,
        };
        let frame = Frame::new()
            .fill(tokens.panel)
            .stroke(egui::Stroke::new(1.0, color))
            .corner_radius(RADIUS)
            .inner_margin(Margin::symmetric(12, 6));
        frame.show(ui, |ui| {
            Sides::new().shrink_left().show(
                ui,
                |ui| ui.add(egui::Label::new(&notice.text).wrap()),
                |ui| {
                    if ui.button("Dismiss").clicked() {
                        commands.push(Command::DismissNotice(position));
                    }
                    if notice.is_undoable && ui.button("Take back").clicked() {
                        commands.push(Command::Undo);
                    }
                },
            );
        });
    }
    if !notices.is_empty() {
        ui.add_space(4.0);
    }
}
