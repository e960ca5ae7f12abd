//! Texts that are laid out by hand.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Painter};

/// Room in points that a text has at least, else nothing of it would be seen.
const LEAST_WIDTH: f32 = 8.0;

/// One line, cut with an ellipsis where it is wider than `width` points.
pub(super) fn one_line(
    painter: &Painter,
    text: String,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text, font, color);
    job.wrap = TextWrapping::truncate_at_width(width.max(LEAST_WIDTH));
    painter.layout_job(job)
}
