//! One cell of the grid: picture, label, score, marks, name.

use egui::{
    Align2, Color32, CornerRadius, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, accesskit, pos2, vec2,
};

use super::marks::{Flag, paint_marks};
use crate::catalog::{ImageId, ImageRow};
use crate::gui::category_chip::{LabelWords, answer_text, label_chips, paint_chip};
use crate::gui::text::{one_line, one_line_cut_within};
use crate::gui::thumbnail_textures::{Picture, ThumbnailTextures};
use crate::gui::tokens::{GAP, RADIUS, Tokens, category_color, small};
use crate::session::Session;
use crate::taxonomy::readable;

/// Height of a picture to its width.
pub(super) const PICTURE_ASPECT: f32 = 0.75;
/// Between the edge of a cell and its picture.
const FRAME: f32 = 4.0;
const BAR_HEIGHT: f32 = 4.0;
/// Below the picture: score bar, file name, prediction.
const CAPTION_HEIGHT: f32 = 46.0;
/// Below the picture where there is no room for words: the score bar.
const SMALL_CAPTION_HEIGHT: f32 = 7.0;
/// Narrower cells have no words.
const WORDS_FROM_WIDTH: f32 = 110.0;

/// What is below the picture of a cell of this width.
pub(super) fn caption_height(cell_width: f32) -> f32 {
    if has_words(cell_width) { CAPTION_HEIGHT } else { SMALL_CAPTION_HEIGHT }
}

/// Width of the picture in a cell of this width.
pub(super) fn picture_width(cell_width: f32) -> f32 {
    cell_width - 2.0 * FRAME
}

fn has_words(cell_width: f32) -> bool {
    cell_width >= WORDS_FROM_WIDTH
}

/// Which image a cell shows, and how.
pub(super) struct Cell {
    pub(super) image: ImageId,
    pub(super) position: usize,
    /// Longest side of the thumbnail that suits it, in pixels.
    pub(super) size_px: u32,
    pub(super) is_cursor: bool,
}

impl Cell {
    /// The id is the image's, so that a click that began before a refresh ends on the same image.
    pub(super) fn id(&self, ui: &Ui) -> Id {
        ui.scope_id().with(("image", self.image.0))
    }

    /// Takes part in what pointer, keys and screen readers do to the cell in `rect`. Tab reaches only
    /// the one at the cursor.
    pub(super) fn interact(
        &self,
        ui: &Ui,
        session: &Session,
        rect: Rect,
        row: Option<&ImageRow>,
    ) -> Response {
        let sense = if self.is_cursor { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, self.id(ui), sense);
        let is_selected = self.is_selected(session);
        let count = session.image_ids().len();
        response.widget_info(|| {
            let name = accessible_name(session, row, self.position, count);
            WidgetInfo::selected(Role::Button, true, is_selected, name)
        });
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.add_action(accesskit::Action::Focus);
        });
        response
    }

    fn is_selected(&self, session: &Session) -> bool {
        session.selection().is_some_and(|selection| selection.contains(self.image))
    }

    /// Draws the cell in `rect`.
    pub(super) fn ui(
        &self,
        ui: &Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        rect: Rect,
    ) -> Response {
        let row = session.row(self.image);
        let row = row.as_ref();
        let response = self.interact(ui, session, rect, row);
        let is_selected = self.is_selected(session);
        self.paint(ui, session, thumbnails, rect, row, is_selected);
        if self.is_cursor {
            // Around the cell, in another colour than what is selected; wider with the keyboard.
            let width = if response.has_focus() { 3.0 } else { 2.0 };
            let (ring, radius) =
                (Stroke::new(width, Tokens::of(ui).text), CornerRadius::same(RADIUS));
            ui.painter().rect_stroke(rect.expand(1.0), radius, ring, StrokeKind::Outside);
        }
        if response.hovered() && !is_selected {
            let line = Stroke::new(1.0, Tokens::of(ui).text_weak);
            ui.painter().rect_stroke(rect, CornerRadius::same(RADIUS), line, StrokeKind::Inside);
        }
        // It is also the description for a screen reader; without one, nobody reads the others.
        match row {
            Some(row) if response.hovered() || ui.ctx().has_accesskit_node(response.id) => {
                response.on_hover_text(description(session, row))
            }
            _ => response,
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        rect: Rect,
        row: Option<&ImageRow>,
        is_selected: bool,
    ) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let radius = CornerRadius::same(RADIUS);
        let fill = if is_selected { tokens.selected } else { tokens.panel };
        painter.rect_filled(rect, radius, fill);
        let picture_height = rect.height() - caption_height(rect.width());
        let frame = Rect::from_min_size(rect.min, vec2(rect.width(), picture_height)).shrink(FRAME);
        self.paint_picture(ui, thumbnails, frame, row);
        if is_selected {
            painter.rect_stroke(rect, radius, Stroke::new(2.0, tokens.accent), StrokeKind::Inside);
        }
        let Some(row) = row else { return };
        paint_label(ui, session, frame, row, has_words(rect.width()));
        paint_score(ui, session, frame, row);
        if has_words(rect.width()) {
            paint_caption(ui, rect, frame, row);
        }
    }

    fn paint_picture(
        &self,
        ui: &Ui,
        thumbnails: &mut ThumbnailTextures,
        frame: Rect,
        row: Option<&ImageRow>,
    ) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        painter.rect_filled(frame, CornerRadius::same(2), tokens.control);
        let is_unreadable = row.is_some_and(|row| row.read_error.is_some());
        match thumbnails.at_size(self.image, self.size_px) {
            Some(Picture::Texture(texture)) => {
                let [width, height] = texture.size();
                let full = vec2(width as f32, height as f32);
                // Fill the frame, cutting off what sticks out: a grid of like cells is easier to
                // scan.
                let scale = (frame.width() / full.x).max(frame.height() / full.y);
                let seen = vec2(frame.width(), frame.height()) / (full * scale);
                let uv = Rect::from_center_size(pos2(0.5, 0.5), seen);
                painter.image(texture.id(), frame, uv, Color32::WHITE);
            }
            Some(Picture::Unreadable) => paint_unreadable(ui, frame),
            None if is_unreadable => paint_unreadable(ui, frame),
            None => {}
        }
    }
}

/// A cross, and words where there is room.
fn paint_unreadable(ui: &Ui, frame: Rect) {
    let color = Tokens::of(ui).error;
    let painter = ui.painter();
    let has_words = frame.width() >= WORDS_FROM_WIDTH - 2.0 * FRAME;
    let above = if has_words { 10.0 } else { 0.0 };
    let center = frame.center() - vec2(0.0, above);
    let arm = vec2(7.0, 7.0);
    let line = Stroke::new(2.0, color);
    painter.line_segment([center - arm, center + arm], line);
    let arm = vec2(7.0, -7.0);
    painter.line_segment([center - arm, center + arm], line);
    if has_words {
        let at = frame.center() + vec2(0.0, 14.0);
        painter.text(at, Align2::CENTER_CENTER, "Cannot be read", small(), color);
    }
}

/// What it is labelled with and its marks, on the picture.
fn paint_label(ui: &Ui, session: &Session, frame: Rect, row: &ImageRow, has_words: bool) {
    let painter = ui.painter();
    let side = if has_words { 16.0 } else { 11.0 };
    let inset = if has_words { 4.0 } else { 2.0 };
    let right_top = frame.right_top() + vec2(-inset, inset);
    let end = paint_marks(painter, right_top, side, row);
    let Some(label) = &row.label else { return };
    let mut at = frame.min + vec2(inset, inset);
    for (text, color) in label_chips(ui, session, &label.value) {
        if has_words {
            let room = end - at.x - 2.0;
            at.x = paint_chip(painter, at, &text, color, room).right() + 4.0;
        } else {
            let dot = Rect::from_min_size(at, vec2(side, side));
            painter.rect_filled(dot, CornerRadius::same(RADIUS), color);
            let rim = Stroke::new(1.0, Tokens::of(ui).panel);
            painter.rect_stroke(dot, CornerRadius::same(RADIUS), rim, StrokeKind::Outside);
            at.x = dot.right() + 3.0;
        }
    }
}

/// Below the picture, as long as the best score is high, in the category's colour.
fn paint_score(ui: &Ui, session: &Session, frame: Rect, row: &ImageRow) {
    let Some((category, score)) = &row.top else { return };
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let top = frame.bottom() + 2.0;
    let track = Rect::from_min_size(pos2(frame.left(), top), vec2(frame.width(), BAR_HEIGHT));
    let radius = CornerRadius::same(2);
    painter.rect_filled(track, radius, tokens.control);
    let color = session.category_named(category).map_or(tokens.accent, |c| category_color(c.color));
    let width = track.width() * score.clamp(0.0, 1.0);
    painter.rect_filled(Rect::from_min_size(track.min, vec2(width, BAR_HEIGHT)), radius, color);
}

/// The file's name; below it the best prediction with its score.
fn paint_caption(ui: &Ui, rect: Rect, frame: Rect, row: &ImageRow) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let left = rect.left() + GAP;
    let name = row.relative_path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (name, room) = (name.unwrap_or_default(), rect.width() - 2.0 * GAP);
    let name = one_line_cut_within(painter, name, small(), tokens.text, room);
    painter.galley(pos2(left, frame.bottom() + 9.0), name, tokens.text);
    let Some((category, score)) = &row.top else { return };
    let percent = painter.text(
        pos2(rect.right() - GAP, rect.bottom() - 4.0),
        Align2::RIGHT_BOTTOM,
        format!("{:.0} %", score * 100.0),
        small(),
        tokens.text_weak,
    );
    let room = percent.left() - GAP - left;
    let text = one_line(painter, readable(category), small(), tokens.text_weak, room);
    let top = percent.center().y - text.size().y / 2.0;
    painter.galley(pos2(left, top), text, tokens.text_weak);
}

/// Such as `Image 3 of 240, Nanowires`.
fn accessible_name(
    session: &Session,
    row: Option<&ImageRow>,
    position: usize,
    count: usize,
) -> String {
    let label = row.and_then(|row| row.label.as_ref());
    let state =
        label.map_or_else(|| "unlabelled".to_owned(), |label| answer_text(session, &label.value));
    format!("Image {} of {count}, {state}", position + 1)
}

/// All that is known of an image at a glance, line by line.
fn description(session: &Session, row: &ImageRow) -> String {
    let mut lines = vec![row.relative_path.display().to_string()];
    if let (Some(width_px), Some(height_px)) = (row.width_px, row.height_px) {
        lines.push(format!("{width_px} × {height_px} px"));
    }
    if let Some(label) = &row.label {
        let words = LabelWords::of(session, &label.value);
        let at = label.at.to_zoned(jiff::tz::TimeZone::system());
        let at = at.strftime("%Y-%m-%d %H:%M");
        lines.push(format!("Label: {words}, by {}, {at}", label.by));
    }
    if let Some((category, score)) = &row.top {
        lines.push(format!("Prediction: {} {:.0} %", readable(category), score * 100.0));
    }
    lines.extend(Flag::of(row).filter(|flag| *flag != Flag::Note).map(|f| f.meaning().to_owned()));
    if let Some(note) = &row.mark.note {
        lines.push(format!("Note: {note}"));
    }
    if let Some(error) = &row.read_error {
        lines.push(format!("Cannot be read: {error}"));
    }
    lines.join("\n")
}
