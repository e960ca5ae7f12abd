//! A band drawn over the grid with the pointer, which selects what it touches.

use std::ops::Range;

use egui::{
    CornerRadius, Key, Modifiers, PointerButton, Pos2, Rect, Response, Stroke, StrokeKind, Ui,
    Vec2, pos2,
};

use super::layout::{Area, Layout};
use super::scroll::Scroll;
use crate::catalog::ImageId;
use crate::gui::tokens::Tokens;
use crate::session::{Command, Session};

/// So near to the upper or lower edge, the grid scrolls by itself; in points.
const EDGE: f32 = 28.0;
/// Points a second, for each point beyond where that begins.
const SPEED: f32 = 14.0;

/// The band that is being drawn.
#[derive(Debug, Default)]
pub(super) struct RubberBand {
    drawn: Option<Drawn>,
}

#[derive(Debug)]
struct Drawn {
    /// Where it began, from the grid's top left corner; x on screen to the grid's left edge.
    begin: (f32, f64),
    /// What was selected before.
    former: Vec<Range<usize>>,
    is_added: bool,
    ground: Ground,
    /// What was selected last.
    sent: Vec<Range<usize>>,
}

/// What a band is drawn over. Where it changes, points and positions mean other images.
#[derive(Debug, PartialEq)]
struct Ground {
    list_number: u64,
    columns: usize,
    cell: Vec2,
}

impl RubberBand {
    /// Whether one is being drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.drawn.is_some()
    }

    /// Goes on with the band over the cells in `rect`; `response` is that of the ground below them.
    pub(super) fn update(
        &mut self,
        ui: &Ui,
        (response, rect): (&Response, Rect),
        layout: &Layout,
        scroll: &mut Scroll,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        let to_grid =
            |at: Pos2, offset: f64| (at.x - rect.left(), f64::from(at.y - rect.top()) + offset);
        let images = session.image_ids();
        let ground = Ground {
            list_number: session.list_number(),
            columns: layout.columns(),
            cell: layout.cell(),
        };
        if response.drag_started_by(PointerButton::Primary)
            && let Some(origin) = ui.input(|input| input.pointer.press_origin())
        {
            let modifiers = ui.input(|input| input.modifiers);
            let former = session
                .selection()
                .map_or_else(Vec::new, |selection| positions(images, &selection.images()));
            self.drawn = Some(Drawn {
                begin: to_grid(origin, scroll.offset()),
                sent: former.clone(),
                former,
                is_added: modifiers.command || modifiers.shift,
                ground,
            });
        } else if self.drawn.as_ref().is_some_and(|drawn| drawn.ground != ground) {
            // What it has selected stays selected: the session keeps that by image.
            self.drawn = None;
        }
        let Some(drawn) = &mut self.drawn else { return };
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            let former = std::mem::take(&mut drawn.former);
            if drawn.sent != former {
                commands.push(Command::SelectMany { ranges: former, add: false });
            }
            self.drawn = None;
            return;
        }
        let pointer = ui.input(|input| input.pointer.latest_pos());
        let is_shown = response.dragged() || response.drag_stopped();
        if let Some(pointer) = pointer.filter(|_| is_shown) {
            let above = (rect.top() + EDGE - pointer.y).max(0.0);
            let below = (pointer.y - rect.bottom() + EDGE).max(0.0);
            if above + below > 0.0 {
                let seconds = ui.input(|input| input.stable_dt.min(0.1));
                scroll.scroll_to(scroll.offset() + f64::from((below - above) * SPEED * seconds));
                ui.ctx().request_repaint();
            }
            let end = to_grid(pointer, scroll.offset());
            let (x, y) = drawn.begin;
            let area = Area {
                left: x.min(end.0),
                right: x.max(end.0),
                top: y.min(end.1),
                bottom: y.max(end.1),
            };
            let touched = layout.touched(area);
            let wanted = match (drawn.is_added, touched.is_empty()) {
                // Something is always selected.
                (_, true) => drawn.former.clone(),
                (true, false) => united(&drawn.former, &touched),
                (false, false) => touched,
            };
            if wanted != drawn.sent {
                drawn.sent.clone_from(&wanted);
                commands.push(Command::SelectMany { ranges: wanted, add: false });
            }
            paint(ui, rect, area, scroll.offset());
        }
        if !response.dragged() {
            self.drawn = None;
        }
    }
}

fn paint(ui: &Ui, rect: Rect, area: Area, offset: f64) {
    let accent = Tokens::of(ui).accent;
    let y = |height: f64| {
        rect.top() + (height - offset).clamp(-50.0, f64::from(rect.height()) + 50.0) as f32
    };
    let band = Rect::from_min_max(
        pos2(rect.left() + area.left, y(area.top)),
        pos2(rect.left() + area.right, y(area.bottom)),
    );
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(band, CornerRadius::ZERO, accent.gamma_multiply(0.18));
    let line = Stroke::new(1.0, accent);
    painter.rect_stroke(band, CornerRadius::ZERO, line, StrokeKind::Inside);
}

/// Where `selected` are among `images`, what follows each other in one range.
fn positions(images: &[ImageId], selected: &[ImageId]) -> Vec<Range<usize>> {
    let most = selected.iter().map(|image| image.0 as usize).max();
    let mut is_selected = vec![false; most.map_or(0, |most| most + 1)];
    for image in selected {
        is_selected[image.0 as usize] = true;
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (position, image) in images.iter().enumerate() {
        if !is_selected.get(image.0 as usize).is_some_and(|is_selected| *is_selected) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.end == position => last.end += 1,
            _ => ranges.push(position..position + 1),
        }
    }
    ranges
}

/// What is in either of two lists of ranges, each ascending.
fn united(one: &[Range<usize>], two: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut both: Vec<&Range<usize>> = one.iter().chain(two).collect();
    both.sort_unstable_by_key(|range| range.start);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in both {
        match ranges.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => ranges.push(range.clone()),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_selected_becomes_ranges_of_positions() {
        let images = [9, 4, 7, 1, 2].map(ImageId);
        let ranges = |selected: &[u32]| {
            positions(&images, &selected.iter().copied().map(ImageId).collect::<Vec<_>>())
        };
        assert_eq!(ranges(&[4, 7, 2]), [1..3, 4..5]);
        assert_eq!(ranges(&[3, 100]), [0..0; 0]);
        assert_eq!(ranges(&[]), [0..0; 0]);
    }

    #[test]
    fn ranges_are_united_without_overlap() {
        assert_eq!(united(&[0..2, 6..8], &[1..4, 8..9, 12..13]), [0..4, 6..9, 12..13]);
        assert_eq!(united(&[], &[3..5, 7..8]), [3..5, 7..8]);
    }
}
