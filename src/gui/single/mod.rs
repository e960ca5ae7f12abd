//! One image large: preview at once, then tiles; zoom to the pointer, pan, scale bar, data bar.

mod canvas;
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

use std::mem;

use egui::{Context, Popup, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::display_panel::DisplayPanel;
use super::keymap::Keymap;
use super::thumbnail_textures::ThumbnailTextures;
use super::view_action::ViewAction;
use crate::catalog::{ImageId, ImageRow};
use crate::session::{Command, LoadedImage, Session};
use capture::{Capture, Purpose};
use compare::Compare;
pub(super) use compare::compared_columns;
use decoded::DecodedImages;
use measure::Measure;
use placement::Zoom;
use pyramid::Pyramid;
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
    /// Whether a field was being edited or a menu was open when the last frame ended: the key that
    /// ends it is its own.
    are_keys_taken: bool,
}

impl SingleView {
    /// Another library was opened.
    pub(super) fn clear(&mut self) {
        let (strip, mut capture) = (mem::take(&mut self.strip), mem::take(&mut self.capture));
        capture.give_up("another folder was opened");
        *self = Self { strip, capture, ..Self::default() };
    }

    /// Something else is drawn.
    pub(super) fn leave(&mut self, context: &Context) {
        self.compare.end();
        if self.capture.is_on() {
            self.capture.give_up("it was left before");
            context.request_repaint(); // what is to be told is taken in the next frame
        }
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

    /// Does what a key or the palette asks for.
    pub(super) fn act(&mut self, action: ViewAction) {
        match action {
            ViewAction::Fit => {
                self.zoom.fit();
                self.compare.fit();
            }
            ViewAction::ActualSize => self.show_pixels(),
            ViewAction::Measure => self.measure.toggle(),
            ViewAction::Copy => self.ask_picture(Purpose::Copy),
            ViewAction::Save => self.ask_picture(Purpose::Save),
        }
    }

    fn ask_picture(&mut self, purpose: Purpose) {
        let images = match self.compare.images() {
            [] => self.shown.into_iter().collect(),
            compared => compared.to_vec(),
        };
        self.capture.ask(purpose, images);
    }

    /// Shows a pixel of the image as one of the screen.
    fn show_pixels(&mut self) {
        let shown = self.shown.and_then(|image| self.decoded.shown(image));
        if let Some(size) = shown.map(size_of) {
            self.zoom.show_pixels(size);
        }
    }

    /// What is to be told of views that were copied or saved.
    pub(super) fn take_commands(&mut self, context: &Context) -> Vec<Command> {
        self.capture.take_commands(context)
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        if session.is_comparing() {
            return self.compare_ui(ui, session, keymap, thumbnails, commands);
        }
        self.compare.end();
        let Some(image) = session.current_image() else { return self.leave(ui.ctx()) };
        if self.shown != Some(image) {
            self.shown = Some(image);
            self.pyramid = Pyramid::default();
            self.zoom.fit();
            self.display.next_image();
            self.measure.clear();
        }
        self.load(session, image, thumbnails);
        if !self.are_keys_taken && !are_keys_taken(ui) && !is_answering(ui) {
            self.measure.read_keys(ui);
        }
        self.header_ui(ui, session, image, keymap, commands);
        self.display.ui(ui, self.decoded.shown(image));
        let strip_height = self.strip.height(ui.available_height());
        let size = ui.available_size() - vec2(0.0, strip_height);
        let (rect, response) =
            ui.allocate_exact_size(size.max(Vec2::splat(1.0)), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Micrograph"));
        let is_complete = self.image_ui(ui, rect, &response, session, image, thumbnails, commands);
        if self.capture.is_on() {
            let name = session.row(image).map_or_else(String::new, |row| view_name(&row));
            let seen = self.visible(ui, rect, image);
            self.capture.go_on(ui.ctx(), &[image], seen, is_complete, &name);
        }
        if strip_height > 0.0 {
            self.strip.ui(ui, session, image, thumbnails, commands);
        }
        self.are_keys_taken = are_keys_taken(ui);
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
}

/// Whether keys are for a field that is being edited, or for a menu.
fn are_keys_taken(ui: &Ui) -> bool {
    ui.ctx().text_edit_focused() || Popup::is_any_open(ui.ctx())
}

/// Whether a question fills the window.
fn is_answering(ui: &Ui) -> bool {
    ui.memory(|memory| memory.top_modal_layer().is_some())
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
