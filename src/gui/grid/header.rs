//! The header of a group: its title, how many images it has; a click selects them.

use std::ops::Range;

use egui::{CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

use crate::catalog::{Group, Grouping};
use crate::gui::text::one_line;
use crate::gui::tokens::{GAP, RADIUS, Tokens, small, strong};
use crate::session::Command;
use crate::taxonomy::readable;

/// A group's title as it is read. Names of categories use underscores for spaces where they come out
/// of folders; a folder's own name is left alone.
pub(super) fn title_text(group: &Group, grouping: Grouping) -> String {
    match grouping {
        Grouping::Category | Grouping::Prediction => readable(&group.title),
        _ => group.title.clone(),
    }
}

/// Draws a header in `rect`; a click selects the group's images, which are at `positions`.
pub(super) fn header_ui(
    ui: &Ui,
    rect: Rect,
    group: &Group,
    positions: Range<usize>,
    grouping: Grouping,
    commands: &mut Vec<Command>,
) {
    let title = title_text(group, grouping);
    let id = ui.scope_id().with(("group", &group.title));
    let response = ui.interact(rect, id, Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Select group {title}")));
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let radius = CornerRadius::same(RADIUS);
    let fill = if response.hovered() { tokens.control } else { tokens.panel };
    painter.rect_filled(rect, radius, fill);
    if response.has_focus() {
        let line = Stroke::new(1.0, tokens.accent);
        painter.rect_stroke(rect, radius, line, StrokeKind::Inside);
    }
    let many = if positions.len() == 1 { "image" } else { "images" };
    let count = format!("{} {many}", positions.len());
    let count = painter.layout_no_wrap(count, small(), tokens.text_weak);
    let room = rect.width() - 4.0 * GAP - count.size().x;
    let title = one_line(painter, title, strong(), tokens.text, room);
    let middle = rect.center().y;
    let left = rect.left() + GAP;
    let right_of_title = left + title.size().x + 2.0 * GAP;
    let text_top = |height: f32| middle - height / 2.0;
    painter.galley(pos2(left, text_top(title.size().y)), title, tokens.text);
    painter.galley(pos2(right_of_title, text_top(count.size().y)), count, tokens.text_weak);

    let response = response.on_hover_text("Select the group's images (Ctrl: as well)");
    if response.clicked() {
        let add = ui.input(|input| input.modifiers.command);
        commands.push(Command::SelectMany { ranges: vec![positions], add });
    }
}
