//! Messages, over the lower end of the images until they are put away: what is below stays where it
//! is.

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, Rect, Sides, Ui, vec2};

use super::tokens::{GAP, RADIUS, Tokens};
use crate::session::{Command, Notice, NoticeLevel, Session};

/// Most messages shown at once; the newest.
const MOST_SHOWN: usize = 3;
/// Widest, in points: longer lines are hard to read.
const WIDTH: f32 = 640.0;
/// Room below for the line that ends the grid.
const FROM_BOTTOM: f32 = 40.0;

/// Draws the messages over `middle`.
pub(super) fn notices_ui(
    context: &Context,
    middle: Rect,
    session: &Session,
    commands: &mut Vec<Command>,
) {
    let notices = session.notices();
    if notices.is_empty() {
        return;
    }
    let hidden = notices.len().saturating_sub(MOST_SHOWN);
    Area::new(Id::unique("notices"))
        .order(Order::Middle)
        .movable(false)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(middle.center_bottom() - vec2(0.0, FROM_BOTTOM))
        .constrain_to(middle)
        .accessible_name("Messages")
        .show(context, |ui| {
            ui.set_width((middle.width() - 2.0 * GAP).clamp(0.0, WIDTH));
            for (position, notice) in notices.iter().enumerate().skip(hidden) {
                notice_ui(ui, position, notice, commands);
            }
        });
}

fn notice_ui(ui: &mut Ui, position: usize, notice: &Notice, commands: &mut Vec<Command>) {
    let tokens = Tokens::of(ui);
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
