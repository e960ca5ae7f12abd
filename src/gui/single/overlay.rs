//! What is painted on an image: scale bar, data bar outline, texts on plates.

use egui::text::LayoutJob;
use egui::{
    Align, Align2, CornerRadius, Id, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind,
    TextureId, Ui, WidgetInfo, pos2, vec2,
};

use super::lengths::round_length;
use super::placement::Placement;
use crate::catalog::{ImageId, ImageRow};
use crate::gui::tokens::{GAP, IMAGE_PLATE, ON_IMAGE, RADIUS, Tokens, small};
use crate::micrograph::{DataBar, PixelSizeNm};

/// The scale bar is at most this share of the picture's width.
const SCALE_BAR_SHARE: f64 = 0.25;
/// Height of the scale bar's plate in points.
const PLATE_HEIGHT: f32 = 30.0;

/// The part of the picture that is seen, where ours is painted: never on the burnt-in bar.
pub(super) fn picture_area(placement: &Placement, bar: DataBar) -> Rect {
    let picture = placement.rows(bar.top as f32, placement.size.y - bar.bottom as f32);
    placement.view.intersect(picture)
}

/// A scale bar at the lower left of `picture`, on a dark plate that is readable on any image.
pub(super) fn paint_scale_bar(
    painter: &Painter,
    picture: Rect,
    placement: &Placement,
    pixel_size: PixelSizeNm,
) {
    let nm_per_point = pixel_size.x / f64::from(placement.points_per_px());
    let most_nm = f64::from(picture.width()) * SCALE_BAR_SHARE * nm_per_point;
    if most_nm <= 0.0 || picture.height() < PLATE_HEIGHT + 2.0 * GAP {
        return;
    }
    let (length_nm, text) = round_length(most_nm);
    let width = (length_nm / nm_per_point) as f32;
    let galley = painter.layout_no_wrap(text, small(), ON_IMAGE);
    let plate_size = vec2(width.max(galley.size().x) + 2.0 * GAP, PLATE_HEIGHT);
    let corner = picture.left_bottom() + vec2(GAP, -GAP - plate_size.y);
    let plate = Rect::from_min_size(corner, plate_size);
    painter.rect_filled(plate, CornerRadius::same(RADIUS), IMAGE_PLATE);
    let bar = Rect::from_min_size(
        pos2(plate.center().x - width / 2.0, plate.bottom() - 10.0),
        vec2(width, 4.0),
    );
    painter.rect_filled(bar, CornerRadius::ZERO, ON_IMAGE);
    let at = pos2(plate.center().x - galley.size().x / 2.0, bar.top() - 3.0 - galley.size().y);
    painter.galley(at, galley, ON_IMAGE);
}

/// Outlines the burnt-in strips.
pub(super) fn paint_data_bar(
    painter: &Painter,
    placement: &Placement,
    bar: DataBar,
    tokens: &Tokens,
) {
    let height = placement.size.y;
    for (rows, first, end) in
        [(bar.top, 0.0, bar.top as f32), (bar.bottom, height - bar.bottom as f32, height)]
    {
        if rows == 0 {
            continue;
        }
        // On black and on white alike.
        for line in [Stroke::new(4.0, IMAGE_PLATE), Stroke::new(2.0, tokens.accent)] {
            let outline = placement.rows(first, end);
            painter.rect_stroke(outline, CornerRadius::ZERO, line, StrokeKind::Inside);
        }
    }
}

/// A text on a dark plate, within what is painted on; gives the plate.
pub(super) fn paint_on_plate(painter: &Painter, at: Pos2, anchor: Align2, text: &str) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), small(), ON_IMAGE);
    let plate = anchor.anchor_size(at, galley.size() + vec2(GAP, 4.0));
    let area = painter.clip_rect();
    let corner = plate.min.min(area.max - plate.size()).max(area.min);
    let plate = Rect::from_min_size(corner, plate.size());
    painter.rect_filled(plate, CornerRadius::same(RADIUS), IMAGE_PLATE);
    painter.galley(plate.min + vec2(GAP / 2.0, 2.0), galley, ON_IMAGE);
    plate
}

/// Where an image that is not decoded yet will be, as far as the library knows.
pub(super) fn size_known(row: &ImageRow) -> Option<egui::Vec2> {
    Some(vec2(row.width_px? as f32, row.height_px? as f32))
}

/// The image's thumbnail where the image will be. It has no data bar, so without knowing the bar one
/// could not say where.
pub(super) fn paint_thumbnail(
    painter: &Painter,
    placement: &Placement,
    row: &ImageRow,
    thumbnail: TextureId,
) {
    if let Some((bar, _)) = row.data_bar {
        let rows = placement.rows(bar.top as f32, placement.size.y - bar.bottom as f32);
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(thumbnail, rows, all, egui::Color32::WHITE);
    }
}

/// Why there is no image, in the middle of its place, on as many lines as that takes.
pub(super) fn reason_ui(ui: &Ui, view: Rect, image: ImageId, reason: &str) {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = (view.width() - 2.0 * GAP).max(0.0);
    let mut job = LayoutJob::simple(reason.to_owned(), font, ON_IMAGE, width);
    job.halign = Align::Center;
    let painter = ui.painter_at(view);
    let galley = painter.layout_job(job);
    let place = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), view);
    let response = ui.interact(place, Id::unique(("reason", image)), Sense::hover());
    let text = format!("Cannot be read: {reason}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    painter.galley(place.center_top(), galley, ON_IMAGE); // centred lines are around it
}

/// Says that something better is on its way.
pub(super) fn paint_loading(painter: &Painter, view: Rect) {
    let at = view.right_top() + vec2(-GAP, GAP);
    paint_on_plate(painter, at, Align2::RIGHT_TOP, "Loading…");
}
