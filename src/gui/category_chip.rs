//! A category's name on its colour.

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, vec2};

use super::tokens::{RADIUS, caption, text_on};

const PADDING: egui::Vec2 = vec2(6.0, 2.0);

/// Paints a chip whose left top corner is `at`, no wider than `max_width`; gives its rectangle.
pub(super) fn paint_chip(
    painter: &Painter,
    at: Pos2,
    text: &str,
    color: Color32,
    max_width: f32,
) -> Rect {
    let ink = text_on(color);
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), caption(), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width((max_width - 2.0 * PADDING.x).max(8.0));
    let galley = painter.layout_job(job);
    let rect = Rect::from_min_size(at, galley.size() + 2.0 * PADDING);
    painter.rect_filled(rect, CornerRadius::same(RADIUS), color);
    painter.galley(at + PADDING, galley, ink);
    rect
}
