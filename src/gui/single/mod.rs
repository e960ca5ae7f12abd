//! One image large: preview at once, then tiles; zoom to the pointer, pan, scale bar, data bar.

mod capture;
mod compare;
mod crop;
mod data_bar_edge;
mod decoded;
mod header;
mod lengths;
mod line;
mod linked_view;
mod measure;
mod overlay;
mod placement;
mod pyramid;
mod strip;
mod tile;
mod time_text;

use egui::text_selection::LabelSelectionState;
use egui::{
    Align2, Context, CornerRadius, Event, Key, Modifiers, Painter, PointerButton, Rect, Response,
    Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

use super::data_bar_controls::pending_bar;
use super::display_panel::DisplayPanel;
use super::thumbnail_textures::{Picture, ThumbnailTextures};
use super::tokens::{GAP, IMAGE_BACKGROUND, ON_IMAGE, Tokens};
use crate::catalog::{ImageId, ImageRow};
use crate::session::{Command, LoadedImage, Session};
use capture::{Capture, Purpose};
use compare::Compare;
use data_bar_edge::data_bar_edges_ui;
use decoded::DecodedImages;
use measure::Measure;
use overlay::{
    paint_data_bar, paint_loading, paint_on_plate, paint_scale_bar, paint_thumbnail, picture_area,
    size_known,
};
use placement::{Placement, Zoom, wheel_factor};
use pyramid::{PixelBudget, Pyramid};
use strip::Strip;

/// What is seen of which image.
#[derive(Default)]
pub(super) struct SingleView {
    decoded: DecodedImages,
    /// The image that the pyramid and the zoom belong to.
    shown: Option<ImageId>,
    pyramid: Pyramid,
    display: DisplayPanel,
    zoom: Zoom,
    measure: Measure,
    compare: Compare,
    strip: Strip,
    capture: Capture,
    /// Whether a field was being edited when the last frame ended: the key that ends it is its own.
    is_typing: bool,
}

impl SingleView {
    /// Another library was opened.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes in a decoded image.
    pub(super) fn insert(&mut self, image: ImageId, loaded: Result<LoadedImage, String>) {
        self.decoded.insert(image, loaded);
        if self.shown == Some(image) {
            self.pyramid = Pyramid::default();
        }
        self.compare.forget(image);
    }

    /// What is known of this image is old; it is shown until the new one has come.
    pub(super) fn forget(&mut self, image: ImageId) {
        self.decoded.set_stale(image);
        if self.shown == Some(image) {
            self.display.next_image();
        }
    }

    /// Shows the whole image.
    pub(super) fn fit(&mut self) {
        self.zoom.fit();
    }

    /// Shows a pixel of the image as one of the screen.
    pub(super) fn show_pixels(&mut self) {
        let shown = self.shown.and_then(|image| self.decoded.shown(image));
        if let Some(size) = shown.map(size_of) {
            self.zoom.show_pixels(size);
        }
    }

    /// Begins or ends measuring.
    pub(super) fn toggle_measure(&mut self) {
        self.measure.toggle();
    }

    /// What is to be told of views that were copied or saved.
    pub(super) fn take_commands(&mut self, context: &Context) -> Vec<Command> {
        self.capture.take_commands(context)
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        if session.is_comparing() {
            return self.compare_ui(ui, session, thumbnails, commands);
        }
        let Some(image) = session.current_image() else { return };
        if self.shown != Some(image) {
            self.shown = Some(image);
            self.pyramid = Pyramid::default();
            self.zoom.fit();
            self.display.next_image();
            self.measure.clear();
        }
        self.load(session, image, thumbnails);
        self.read_keys(ui);
        self.header_ui(ui, session, image, commands);
        self.display.ui(ui, self.decoded.shown(image));
        let size = ui.available_size() - vec2(0.0, self.strip.height());
        let (rect, response) =
            ui.allocate_exact_size(size.max(Vec2::splat(1.0)), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Micrograph"));
        let is_complete = self.image_ui(ui, rect, &response, session, image, thumbnails, commands);
        if self.capture.is_on() {
            let name = session.row(image).map_or_else(String::new, |row| view_name(&row));
            let seen = self.visible(ui, rect, image);
            self.capture.go_on(ui.ctx(), seen, is_complete, &name);
        }
        self.strip.ui(ui, session, image, thumbnails, commands);
        self.is_typing = ui.ctx().text_edit_focused();
    }

    /// Asks for this image, then for its neighbours and the way on.
    fn load(&mut self, session: &Session, image: ImageId, thumbnails: &mut ThumbnailTextures) {
        let images = session.image_ids();
        let cursor = session.selection().map_or(0, |selection| selection.cursor());
        let places = [Some(cursor + 1), cursor.checked_sub(1), Some(cursor + 2)];
        let next: Vec<ImageId> =
            places.into_iter().flatten().filter_map(|at| images.get(at).copied()).collect();
        session.want_images(self.decoded.want(&[image], &next));
        let around = self.strip.images(session, image);
        let wanted = [&image].into_iter().chain(&around).chain(&next).copied();
        session.want_thumbnails(wanted.filter(|image| thumbnails.get(*image).is_none()).collect());
    }

    fn read_keys(&mut self, ui: &Ui) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Num0)) {
            self.fit();
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Num1)) {
            self.show_pixels();
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::M)) {
            self.toggle_measure();
        }
        self.read_capture_keys(ui);
        let is_answering = ui.memory(|memory| memory.top_modal_layer().is_some());
        if !self.is_typing && !ui.ctx().text_edit_focused() && !is_answering {
            self.measure.read_keys(ui);
        }
    }

    fn read_capture_keys(&mut self, ui: &Ui) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::S)) {
            self.capture.ask(Purpose::Save);
        }
        let is_copy = ui.input(|input| input.events.contains(&Event::Copy));
        let has_text = ui.ctx().text_edit_focused()
            || ui.ctx().with_plugin(|labels: &mut LabelSelectionState| labels.has_selection())
                == Some(true);
        if is_copy && !has_text {
            self.capture.ask(Purpose::Copy);
        }
    }

    /// The part of the view that the image fills.
    fn visible(&mut self, ui: &Ui, rect: Rect, image: ImageId) -> Rect {
        let size = self.decoded.shown(image).map(size_of);
        let pixels_per_point = ui.ctx().pixels_per_point();
        size.map_or(rect, |size| self.zoom.placement(rect, size, pixels_per_point).visible())
    }

    /// The image; false while something of it is missing.
    #[expect(clippy::too_many_arguments, reason = "what a view needs")]
    fn image_ui(
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
                let font = egui::TextStyle::Body.resolve(ui.style());
                painter.text(rect.center(), Align2::CENTER_CENTER, reason, font, ON_IMAGE);
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
        if !self.measure.is_on() && !is_bare {
            data_bar_edges_ui(ui, image, &placement, kept, commands);
        }
        let bar = pending_bar(ui, image).unwrap_or(kept);
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

/// The file that a view of this image is saved as, unless the user says otherwise.
fn view_name(row: &ImageRow) -> String {
    let stem = row.relative_path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem} view.png")
}

fn size_of(image: &LoadedImage) -> Vec2 {
    let pixels = &image.micrograph.pixels;
    vec2(pixels.width_px() as f32, pixels.height_px() as f32)
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
