//! Measuring distances on the image: lines that are drawn, moved and taken away.

use egui::{
    Align2, CursorIcon, Id, Key, Modifiers, Painter, PointerButton, Pos2, Response, Role, Sense,
    Stroke, Ui, WidgetInfo, vec2,
};

use super::line::Line;
use super::overlay::paint_on_plate;
use super::placement::Placement;
use crate::gui::tokens::{GAP, IMAGE_PLATE, ON_IMAGE, Tokens};
use crate::micrograph::PixelSizeNm;

/// How near the pointer must be to an end point or a line, in points.
const REACH: f32 = 8.0;
const HANDLE_RADIUS: f32 = 4.0;

/// The lines on the image that is shown.
#[derive(Default)]
pub(super) struct Measure {
    is_on: bool,
    lines: Vec<Line>,
    selected: Option<usize>,
    /// The line and the end of it that follow the pointer.
    held: Option<(usize, usize)>,
}

impl Measure {
    /// Whether a drag draws a line.
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Begins or ends measuring; the lines stay.
    pub(super) fn toggle(&mut self) {
        self.is_on = !self.is_on;
        self.selected = None;
        self.held = None;
    }

    /// Whether there is a line.
    pub(super) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Takes all lines away: as asked, or since another image is shown.
    pub(super) fn clear(&mut self) {
        *self = Self { is_on: self.is_on, ..Self::default() };
    }

    /// Escape and Delete take the selected line away, and nothing else.
    pub(super) fn read_keys(&mut self, ui: &Ui) {
        let Some(selected) = self.selected else { return };
        let is_asked = [Key::Escape, Key::Delete, Key::Backspace]
            .map(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
        if is_asked.contains(&true) {
            self.lines.remove(selected);
            self.selected = None;
            self.held = None;
        }
    }

    /// Draws and moves lines with the pointer, while measuring.
    pub(super) fn pointer_ui(&mut self, ui: &Ui, response: &Response, placement: &Placement) {
        if !self.is_on {
            return;
        }
        if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        }
        let pointer = response.interact_pointer_pos();
        if response.drag_started_by(PointerButton::Primary) {
            // Where the button was pressed, not where the move became a drag.
            let origin = ui.input(|input| input.pointer.press_origin()).or(pointer);
            self.held = origin.map(|origin| self.take_hold(origin, placement));
            self.selected = self.held.map(|(line, _)| line);
        }
        if let (Some((line, end)), Some(pointer)) = (self.held, pointer) {
            self.lines[line].ends[end] = point_on_image(pointer, placement);
        }
        if response.drag_stopped() {
            self.held = None;
        }
        if response.clicked()
            && let Some(pointer) = pointer
        {
            self.selected = self.line_at(pointer, placement);
        }
    }

    /// The end point there, or that of a new line.
    fn take_hold(&mut self, pointer: Pos2, placement: &Placement) -> (usize, usize) {
        for (index, line) in self.lines.iter().enumerate().rev() {
            let ends = line.ends.map(|end| placement.screen_from_image(end));
            if let Some(end) = ends.iter().position(|end| end.distance(pointer) <= REACH) {
                return (index, end);
            }
        }
        self.lines.push(Line { ends: [point_on_image(pointer, placement); 2] });
        (self.lines.len() - 1, 1)
    }

    fn line_at(&self, pointer: Pos2, placement: &Placement) -> Option<usize> {
        self.lines.iter().rposition(|line| {
            line.map(|end| placement.screen_from_image(end)).distance(pointer) <= REACH
        })
    }

    /// The lines with their lengths; a click on a length selects its line. Without handles where the
    /// view is taken as a picture.
    pub(super) fn lines_ui(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        placement: &Placement,
        pixel_size: Option<PixelSizeNm>,
        is_bare: bool,
    ) {
        let mut clicked = None;
        for (index, line) in self.lines.iter().enumerate() {
            let is_selected = self.selected == Some(index) && !is_bare;
            let seen = line.map(|end| placement.screen_from_image(end));
            paint_line(painter, &seen, is_selected, Tokens::of(ui));
            // Beside the end further to the right, away from the line.
            let [left, right] = if seen.ends[0].x <= seen.ends[1].x {
                seen.ends
            } else {
                [seen.ends[1], seen.ends[0]]
            };
            if !placement.view.intersects(egui::Rect::from_two_pos(left, right)) {
                continue;
            }
            let text = line.text(pixel_size);
            let at = right + vec2(GAP, 0.0);
            let plate = paint_on_plate(painter, at, Align2::LEFT_CENTER, &text);
            let id = Id::unique(("measured line", index));
            let response = ui.interact(plate, id, Sense::click());
            let name = format!("Measured {text}");
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
            if response.clicked() {
                clicked = Some(index);
            }
        }
        self.selected = clicked.or(self.selected);
    }
}

/// The nearest point of the image.
fn point_on_image(pointer: Pos2, placement: &Placement) -> Pos2 {
    placement.image_from_screen(pointer).clamp(Pos2::ZERO, placement.size.to_pos2())
}

fn paint_line(painter: &Painter, line: &Line, is_selected: bool, tokens: &Tokens) {
    let color = if is_selected { tokens.accent } else { ON_IMAGE };
    // Bright on dark: to be seen on any grey.
    for stroke in [Stroke::new(4.0, IMAGE_PLATE), Stroke::new(1.5, color)] {
        painter.line_segment(line.ends, stroke);
        let along = (line.ends[1] - line.ends[0]).normalized() * HANDLE_RADIUS;
        for end in line.ends {
            painter.line_segment([end - along.rot90(), end + along.rot90()], stroke);
        }
    }
    if is_selected {
        for end in line.ends {
            painter.circle(end, HANDLE_RADIUS, ON_IMAGE, Stroke::new(1.5, color));
        }
    }
}
