//! The image itself, and what the pointer does to it.

use egui::{Align2, CornerRadius, Painter, PointerButton, Rect, Response, Ui, Vec2, vec2};

use super::data_bar_edge::data_bar_edges_ui;
use super::overlay::{
    paint_data_bar, paint_loading, paint_on_plate, paint_scale_bar, paint_thumbnail, picture_area,
    reason_ui, size_known,
};
use super::placement::{Placement, Zoom, wheel_factor};
use super::pyramid::PixelBudget;
use super::{SingleView, size_of};
use crate::catalog::ImageId;
use crate::gui::data_bar_controls::end_drag;
use crate::gui::thumbnail_textures::{Picture, ThumbnailTextures};
use crate::gui::tokens::{GAP, IMAGE_BACKGROUND, Tokens};
use crate::session::{Command, Session};

impl SingleView {
    /// The part of the view that the image fills.
    pub(super) fn visible(&mut self, ui: &Ui, rect: Rect, image: ImageId) -> Rect {
        let size = self.decoded.shown(image).map(size_of);
        let pixels_per_point = ui.ctx().pixels_per_point();
        size.map_or(rect, |size| self.zoom.placement(rect, size, pixels_per_point).visible())
    }

    /// The image; false while something of it is missing.
    #[expect(clippy::too_many_arguments, reason = "what a view needs")]
    pub(super) fn image_ui(
        &mut self,
        ui: &Ui,
        rect: Rect,
        response: &Response,
        session: &Session,
        image: ImageId,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) -> bool {
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, CornerRadius::same(2), IMAGE_BACKGROUND);
        match self.decoded.get(image) {
            Some((Ok(_), is_stale)) => {
                let placement = self.move_ui(ui, rect, response, image);
                self.measure.pointer_ui(ui, response, &placement);
                let is_sharp = self.paint(ui, &painter, session, image, placement, commands);
                if is_stale {
                    paint_loading(&painter, rect);
                }
                is_sharp && !is_stale
            }
            Some((Err(reason), _)) => {
                reason_ui(ui, rect, image, reason);
                true
            }
            None => {
                paint_undecoded(&painter, rect, session, image, thumbnails);
                false
            }
        }
    }

    /// Zooms, pans, and changes the contrast; gives where the image lies then.
    fn move_ui(&mut self, ui: &Ui, rect: Rect, response: &Response, image: ImageId) -> Placement {
        let pixels_per_point = ui.ctx().pixels_per_point();
        let loaded = self.decoded.shown(image);
        let size = loaded.map_or(Vec2::splat(1.0), size_of);
        let placement = self.zoom.placement(rect, size, pixels_per_point);
        let is_measuring = self.measure.is_on();
        if response.dragged_by(PointerButton::Secondary) {
            let by = response.total_drag_delta().unwrap_or_default();
            if let Some(loaded) = loaded {
                self.display.drag(loaded, response.drag_started(), by);
            }
        } else if response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Primary) && !is_measuring
        {
            self.zoom.pan(response.drag_delta(), placement.points_per_px());
        }
        let factor = wheel_factor(ui);
        // Also where a length or an edge lies on the image.
        let pointer = ui.input(|input| input.pointer.hover_pos());
        if let Some(pointer) = pointer.filter(|_| factor != 1.0 && ui.rect_contains_pointer(rect)) {
            self.zoom.enlarge(factor, pointer, &placement, pixels_per_point);
        }
        if response.double_clicked() && !is_measuring {
            let pointer = response.interact_pointer_pos().unwrap_or(rect.center());
            self.zoom.toggle(pointer, &placement);
        }
        self.zoom.placement(rect, size, pixels_per_point)
    }

    /// Paints the image and what lies on it; false while a part of it is not sharp yet.
    fn paint(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        session: &Session,
        image: ImageId,
        placement: Placement,
        commands: &mut Vec<Command>,
    ) -> bool {
        let Some((Ok(loaded), is_stale)) = self.decoded.get(image) else { return false };
        let mapping = self.display.mapping(loaded);
        let mut budget = PixelBudget::of_frame();
        let is_sharp = self.pyramid.paint(painter, &placement, loaded, mapping, &mut budget);
        if !is_sharp {
            ui.ctx().request_repaint();
        }
        // What was just chosen is shown before the image has been read again.
        let chosen = || session.read_choice(image).data_bar.filter(|_| is_stale);
        let kept = chosen().unwrap_or(loaded.micrograph.data_bar);
        let is_bare = self.capture.is_on();
        let bar = if self.measure.is_on() || is_bare {
            if end_drag(ui, image).is_some() {
                ui.ctx().request_repaint(); // the fields show it no more
            }
            kept
        } else {
            data_bar_edges_ui(ui, image, &placement, kept, commands)
        };
        if !is_bare {
            paint_data_bar(painter, &placement, bar, Tokens::of(ui));
        }
        let pixel_size = loaded.micrograph.instrument.pixel_size_nm;
        self.measure.lines_ui(ui, painter, &placement, pixel_size, is_bare);
        let picture = picture_area(&placement, bar);
        if let Some(pixel_size) = pixel_size {
            paint_scale_bar(painter, picture, &placement, pixel_size);
        }
        if !is_bare {
            let zoom = placement.points_per_px() * painter.pixels_per_point();
            let at = picture.right_bottom() - vec2(GAP, GAP);
            paint_on_plate(painter, at, Align2::RIGHT_BOTTOM, &format!("{:.0} %", zoom * 100.0));
        }
        is_sharp
    }
}

/// What is known of an image that is not decoded yet: its thumbnail, where it will be.
fn paint_undecoded(
    painter: &Painter,
    rect: Rect,
    session: &Session,
    image: ImageId,
    thumbnails: &mut ThumbnailTextures,
) {
    let row = session.row(image);
    if let Some(row) = &row
        && let Some(size) = size_known(row)
        && let Some(Picture::Texture(thumbnail)) = thumbnails.get(image)
    {
        let placement = Zoom::default().placement(rect, size, painter.pixels_per_point());
        paint_thumbnail(painter, &placement, row, thumbnail.id());
    }
    paint_loading(painter, rect);
}
