//! One image large: zoom to the pointer, pan, scale bar, data bar outlined.

use std::collections::HashMap;

use egui::{
    Align2, Button, CornerRadius, Key, Modifiers, PointerButton, Pos2, Rect, RichText, Role, Sense,
    Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::category_chip::{label_chips, paint_chip};
use super::data_bar_controls::pending_bar;
use super::display_panel::DisplayPanel;
use super::level::{Level, halved};
use super::tokens::{GAP, IMAGE_BACKGROUND, IMAGE_PLATE, ON_IMAGE, RADIUS, Tokens, small};
use super::view_action::ViewAction;
use crate::catalog::{ImageId, ImageRow};
use crate::micrograph::{DisplayMapping, Pixels};
use crate::session::{Command, LoadedImage, Session};

/// Images kept decoded: the current one and its neighbours, and the way back.
const MOST_KEPT: usize = 5;
const GREATEST_ZOOM: f32 = 32.0;
/// From this magnification on, single pixels are drawn as squares.
const PIXELS_FROM: f32 = 2.0;
/// The scale bar is at most this share of the view's width.
const SCALE_BAR_SHARE: f64 = 0.25;

/// What is seen of which image.
#[derive(Default)]
pub(super) struct SingleView {
    loaded: HashMap<ImageId, Result<LoadedImage, String>>,
    /// The image that the level and the view belong to.
    shown: Option<ImageId>,
    level: Option<ShownLevel>,
    display: DisplayPanel,
    /// Screen pixels an image pixel; `None` fits the image into the view.
    zoom: Option<f32>,
    /// Image point at the centre of the view.
    center: Pos2,
}

/// The level on the graphics card, and what it was made for.
struct ShownLevel {
    halvings: u32,
    /// True values at this size, where it is not the image's own.
    reduced: Option<Pixels>,
    mapping: DisplayMapping,
    is_pixelated: bool,
    level: Level,
}

impl SingleView {
    /// Another library was opened.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes in a decoded image.
    pub(super) fn insert(&mut self, image: ImageId, loaded: Result<LoadedImage, String>) {
        if self.loaded.len() >= MOST_KEPT {
            let shown = self.shown;
            self.loaded.retain(|kept, _| Some(*kept) == shown);
        }
        self.loaded.insert(image, loaded);
    }

    /// What is known of this image is old.
    pub(super) fn forget(&mut self, image: ImageId) {
        self.loaded.remove(&image);
        if self.shown == Some(image) {
            self.level = None;
            self.display.next_image();
        }
    }

    /// Does what a key or the palette asks for.
    pub(super) fn act(&mut self, action: ViewAction) {
        match action {
            ViewAction::Fit => self.zoom = None,
            ViewAction::ActualSize => self.zoom = Some(1.0),
            ViewAction::Measure | ViewAction::Copy | ViewAction::Save => {}
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        let Some(image) = session.current_image() else { return };
        self.load(session, image);
        if self.shown != Some(image) {
            self.shown = Some(image);
            self.level = None;
            self.zoom = None;
            self.display.next_image();
        }
        self.header_ui(ui, session, image, commands);
        if let Some(Ok(loaded)) = self.loaded.get(&image) {
            self.display.ui(ui, loaded);
        }
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Micrograph"));
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, CornerRadius::same(2), IMAGE_BACKGROUND);
        let center_text = |text: &str| {
            let font = egui::TextStyle::Body.resolve(ui.style());
            painter.text(rect.center(), Align2::CENTER_CENTER, text, font, ON_IMAGE);
        };
        match self.loaded.get(&image) {
            None => center_text("Loading…"),
            Some(Err(reason)) => center_text(reason),
            Some(Ok(_)) => self.image_ui(ui, rect, &response, image),
        }
        if response.double_clicked() {
            self.toggle_fit(ui, rect, image, response.interact_pointer_pos());
        }
    }

    /// Asks for this image, then for its neighbours.
    fn load(&self, session: &Session, image: ImageId) {
        let images = session.image_ids();
        let cursor = session.selection().map_or(0, |selection| selection.cursor());
        let neighbours =
            [images.get(cursor + 1), cursor.checked_sub(1).and_then(|i| images.get(i))];
        let wanted = [Some(&image)].into_iter().chain(neighbours).flatten().copied();
        let missing = wanted.filter(|image| !self.loaded.contains_key(image)).collect();
        session.want_images(missing);
    }

    fn header_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        image: ImageId,
        commands: &mut Vec<Command>,
    ) {
        ui.horizontal(|ui| {
            if ui.button("Grid").on_hover_text("Esc").clicked() {
                commands.push(Command::ShowGrid);
            }
            let fit = ui.button("Fit").on_hover_text("Ctrl+0").clicked();
            if fit || ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Num0)) {
                self.zoom = None;
            }
            let pixels = ui.button("1:1").on_hover_text("Ctrl+1, or double click").clicked();
            if pixels || ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Num1)) {
                self.zoom = Some(1.0);
                self.center = self.image_center(image);
            }
            self.display.button_ui(ui);
            let tokens = Tokens::of(ui);
            let row = session.row(image);
            page_ui(ui, row.as_ref(), session.read_choice(image).page, commands);
            let cursor = session.selection().map_or(0, |selection| selection.cursor());
            let place = format!("{} of {}", cursor + 1, session.image_ids().len());
            ui.label(RichText::new(place).color(tokens.text_weak));
            let name = row.as_ref().map(|row| row.relative_path.display().to_string());
            ui.add(egui::Label::new(name.unwrap_or_default()).truncate());
        });
        self.label_ui(ui, session, image);
    }

    /// The label, in a line of its own that is there with or without one.
    fn label_ui(&self, ui: &mut Ui, session: &Session, image: ImageId) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
        let label = session.row(image).and_then(|row| row.label);
        let Some(label) = label else {
            let color = Tokens::of(ui).text_weak;
            ui.painter().text(
                rect.left_center(),
                Align2::LEFT_CENTER,
                "No label yet",
                small(),
                color,
            );
            return;
        };
        let mut at = rect.min;
        for (text, color) in label_chips(ui, session, &label.value) {
            let chip = paint_chip(ui.painter(), at, &text, color, 240.0);
            at.x = chip.right() + GAP;
        }
    }

    fn image_center(&self, image: ImageId) -> Pos2 {
        self.size_of(image).map_or(Pos2::ZERO, |size| (size / 2.0).to_pos2())
    }

    fn size_of(&self, image: ImageId) -> Option<Vec2> {
        let pixels = &self.loaded.get(&image)?.as_ref().ok()?.micrograph.pixels;
        Some(vec2(pixels.width_px() as f32, pixels.height_px() as f32))
    }

    fn toggle_fit(&mut self, ui: &Ui, rect: Rect, image: ImageId, pointer: Option<Pos2>) {
        let Some(size) = self.size_of(image) else { return };
        if self.zoom.take().is_none() {
            let points_per_px = fit_scale(rect, size);
            let at = pointer.unwrap_or(rect.center());
            self.center = (size / 2.0 + (at - rect.center()) / points_per_px).to_pos2();
            self.zoom = Some(1.0);
        }
        ui.ctx().request_repaint();
    }

    fn image_ui(&mut self, ui: &Ui, rect: Rect, response: &egui::Response, image: ImageId) {
        let Some(size) = self.size_of(image) else { return };
        let pixels_per_point = ui.ctx().pixels_per_point();
        let fit = fit_scale(rect, size);
        // Points an image pixel.
        let mut scale = self.zoom.map_or(fit, |zoom| zoom / pixels_per_point);
        if self.zoom.is_none() {
            self.center = (size / 2.0).to_pos2();
        }
        if response.dragged_by(PointerButton::Secondary)
            && let Some(Ok(loaded)) = self.loaded.get(&image)
        {
            let by = response.total_drag_delta().unwrap_or_default();
            self.display.drag(loaded, response.drag_started(), by);
        } else if response.dragged() && self.zoom.is_some() {
            self.center -= response.drag_delta() / scale;
        }
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        let pinch = ui.input(egui::InputState::zoom_delta);
        if response.hovered() && (wheel != 0.0 || pinch != 1.0) {
            let factor = (wheel / 200.0).exp() * pinch;
            let wanted = (scale * factor).clamp(fit.min(1.0), GREATEST_ZOOM / pixels_per_point);
            if let Some(pointer) = response.hover_pos() {
                // The image point under the pointer stays there.
                let offset = pointer - rect.center();
                self.center += offset / scale - offset / wanted;
            }
            scale = wanted;
            self.zoom = (wanted > fit * 1.001).then_some(wanted * pixels_per_point);
        }
        self.center = self.center.clamp(Pos2::ZERO, size.to_pos2());
        let target =
            Rect::from_min_size(rect.center() - self.center.to_vec2() * scale, size * scale);
        self.paint(ui, rect, target, image, size, scale * pixels_per_point);
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, target: Rect, image: ImageId, size: Vec2, zoom: f32) {
        let Some(Ok(loaded)) = self.loaded.get(&image) else { return };
        // Reduced by halves until a further half would lose detail on this screen.
        let halvings = (1.0 / zoom).log2().floor().clamp(0.0, 6.0) as u32;
        let is_pixelated = zoom >= PIXELS_FROM;
        let mapping = self.display.mapping(loaded);
        let is_right = |shown: &ShownLevel| {
            shown.halvings == halvings
                && shown.is_pixelated == is_pixelated
                && shown.mapping == mapping
        };
        if !self.level.as_ref().is_some_and(is_right) {
            let image = &loaded.micrograph.pixels;
            let reduced = match self.level.take() {
                Some(shown) if shown.halvings == halvings => shown.reduced,
                _ if halvings > 0 => Some(halved(image, halvings).into_owned()),
                _ => None,
            };
            let pixels = reduced.as_ref().unwrap_or(image);
            let level = Level::upload(ui.ctx(), pixels, image.width_px(), &mapping, is_pixelated);
            self.level = Some(ShownLevel { halvings, reduced, mapping, is_pixelated, level });
        }
        let painter = ui.painter_at(rect);
        if let Some(shown) = &self.level {
            shown.level.paint(&painter, target, size);
        }
        let tokens = Tokens::of(ui);
        let bar = pending_bar(ui, image).unwrap_or(loaded.micrograph.data_bar);
        let scale = target.height() / size.y;
        let outline = |first: f32, last: f32| {
            let rows = target.top() + first * scale..=target.top() + last * scale;
            let outline = Rect::from_x_y_ranges(target.x_range(), rows);
            // On black and on white alike.
            for line in [Stroke::new(4.0, IMAGE_PLATE), Stroke::new(2.0, tokens.accent)] {
                painter.rect_stroke(outline, CornerRadius::ZERO, line, StrokeKind::Inside);
            }
        };
        if bar.top > 0 {
            outline(0.0, bar.top as f32);
        }
        if bar.bottom > 0 {
            outline(size.y - bar.bottom as f32, size.y);
        }
        // Ours stand above the burnt-in bar, never on it.
        let bar_top = target.bottom() - bar.bottom as f32 * scale;
        let picture = Rect::from_min_max(rect.min, pos2(rect.right(), bar_top.min(rect.bottom())));
        if let Some(pixel_size) = loaded.micrograph.instrument.pixel_size_nm {
            let nm_per_point = pixel_size.x / f64::from(scale);
            paint_scale_bar(&painter, picture, nm_per_point);
        }
        let at = picture.right_bottom() - vec2(GAP, GAP);
        paint_on_plate(&painter, at, Align2::RIGHT_BOTTOM, &format!("{:.0} %", zoom * 100.0));
    }
}

/// Which page of the file is shown, where it has several.
/// A page that was chosen and cannot be read is left the same way.
fn page_ui(ui: &mut Ui, row: Option<&ImageRow>, chosen: Option<u32>, commands: &mut Vec<Command>) {
    let is_chosen = chosen.is_some();
    let known = row.and_then(|row| row.page).filter(|(_, pages)| *pages > 1 || is_chosen);
    let Some((page, pages)) = known.or(chosen.map(|page| (page, page))) else { return };
    let page = chosen.unwrap_or(page);
    let mut step = |ui: &mut Ui, text: &str, name: &str, to: u32| {
        let button = ui.add_enabled((1..=pages).contains(&to), Button::new(text));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        if button.on_hover_text(name).clicked() {
            commands.push(Command::SetPage(Some(to)));
        }
    };
    step(ui, "‹", "Earlier page of the file", page.saturating_sub(1));
    ui.label(format!("Page {page} of {pages}"));
    step(ui, "›", "Later page of the file", page.saturating_add(1));
    let automatic = ui.add_enabled(is_chosen, Button::new("Automatic page"));
    if automatic.on_hover_text("The first page that is no reduced copy of another").clicked() {
        commands.push(Command::SetPage(None));
    }
}

/// Points an image pixel at which the image just fits.
fn fit_scale(rect: Rect, size: Vec2) -> f32 {
    (rect.width() / size.x).min(rect.height() / size.y)
}

/// A scale bar at the lower left of `picture`, on a dark plate that is readable on any image.
fn paint_scale_bar(painter: &egui::Painter, picture: Rect, nm_per_point: f64) {
    let most_nm = f64::from(picture.width()) * SCALE_BAR_SHARE * nm_per_point;
    let (length_nm, text) = round_length(most_nm);
    let width = (length_nm / nm_per_point) as f32;
    let plate_size = vec2(width + 2.0 * GAP, 30.0);
    let corner = picture.left_bottom() + vec2(GAP, -GAP - plate_size.y);
    let plate = Rect::from_min_size(corner, plate_size);
    painter.rect_filled(plate, CornerRadius::same(RADIUS), IMAGE_PLATE);
    let bar =
        Rect::from_min_size(pos2(plate.left() + GAP, plate.bottom() - 10.0), vec2(width, 4.0));
    painter.rect_filled(bar, CornerRadius::ZERO, ON_IMAGE);
    let at = pos2(bar.center().x, bar.top() - 3.0);
    painter.text(at, Align2::CENTER_BOTTOM, text, small(), ON_IMAGE);
}

fn paint_on_plate(painter: &egui::Painter, at: Pos2, anchor: Align2, text: &str) {
    let galley = painter.layout_no_wrap(text.to_owned(), small(), ON_IMAGE);
    let plate = anchor.anchor_size(at, galley.size() + vec2(GAP, 4.0));
    painter.rect_filled(plate, CornerRadius::same(RADIUS), IMAGE_PLATE);
    painter.galley(plate.min + vec2(GAP / 2.0, 2.0), galley, ON_IMAGE);
}

/// The longest length of 1, 2 or 5 times a power of ten up to `most_nm`, with its text.
fn round_length(most_nm: f64) -> (f64, String) {
    let power = 10_f64.powf(most_nm.max(1e-3).log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= most_nm).unwrap_or(1.0);
    let length_nm = step * power;
    let (value, unit) = match length_nm {
        ..1.0 => (length_nm * 1e3, "pm"),
        1.0..1e3 => (length_nm, "nm"),
        1e3..1e6 => (length_nm / 1e3, "µm"),
        _ => (length_nm / 1e6, "mm"),
    };
    (length_nm, format!("{} {unit}", value.round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_bars_have_round_lengths_in_sensible_units() {
        assert_eq!(round_length(730.0), (500.0, "500 nm".to_owned()));
        assert_eq!(round_length(2_400.0), (2_000.0, "2 µm".to_owned()));
        assert_eq!(round_length(1.0), (1.0, "1 nm".to_owned()));
        assert_eq!(round_length(9_999_999.0), (5_000_000.0, "5 mm".to_owned()));
    }
}
