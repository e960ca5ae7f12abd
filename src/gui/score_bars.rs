//! The best categories of a prediction as bars.

use egui::{CornerRadius, Rect, Role, Ui, WidgetInfo, pos2, vec2};

use super::tokens::{RADIUS, Tokens, category_color};
use crate::session::Session;
use crate::taxonomy::readable;

const BAR_HEIGHT: f32 = 6.0;
/// Height of one category's name and bar.
pub(super) const ROW_HEIGHT: f32 = 30.0;

/// The first `count` of `scores` (descending), each with its name, score and bar.
pub(super) fn score_bars_ui(
    ui: &mut Ui,
    session: &Session,
    scores: &[(String, f32)],
    count: usize,
) {
    let tokens = Tokens::of(ui);
    for (name, score) in scores.iter().take(count) {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
        let percent = format!("{:.1} %", score * 100.0);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Label, true, format!("Prediction {name} {percent}"))
        });
        let painter = ui.painter();
        let font = egui::TextStyle::Body.resolve(ui.style());
        painter.text(
            rect.left_top(),
            egui::Align2::LEFT_TOP,
            readable(name),
            font.clone(),
            tokens.text,
        );
        painter.text(rect.right_top(), egui::Align2::RIGHT_TOP, percent, font, tokens.text_weak);

        let radius = CornerRadius::same(RADIUS.min(3));
        let top = rect.bottom() - BAR_HEIGHT - 3.0;
        let track = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), BAR_HEIGHT));
        painter.rect_filled(track, radius, tokens.control);
        let color = session.category_named(name).map_or(tokens.accent, |c| category_color(c.color));
        let filled = Rect::from_min_size(track.min, vec2(track.width() * score, BAR_HEIGHT));
        painter.rect_filled(filled, radius, color);
    }
}
