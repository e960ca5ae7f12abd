//! Two to four images side by side, zoomed and moved together.

use std::collections::HashMap;

use egui::{
    CornerRadius, Label, PointerButton, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use super::linked_view::{Link, LinkedImage, LinkedView, is_scale_known, links};
use super::overlay::{
    paint_loading, paint_scale_bar, paint_thumbnail, picture_area, reason_ui, size_known,
};
use super::placement::wheel_factor;
use super::pyramid::{PixelBudget, Pyramid};
use super::{SingleView, are_keys_taken, size_of};
use crate::catalog::{ImageId, ImageRow};
use crate::gui::actions::Action;
use crate::gui::category_chip::{label_chips, label_words, paint_chip};
use crate::gui::keymap::Keymap;
use crate::gui::text::one_line;
use crate::gui::thumbnail_textures::{Picture, ThumbnailTextures};
use crate::gui::tokens::{GAP, IMAGE_BACKGROUND, Tokens, small};
use crate::session::{Command, Session};
use crate::taxonomy::readable;

const CAPTION_HEIGHT: f32 = 40.0;
/// Share of a pane's width for its label.
const LABEL_SHARE: f32 = 0.45;

/// What is seen of the images that are compared.
#[derive(Default)]
pub(super) struct Compare {
    images: Vec<ImageId>,
    view: LinkedView,
    is_same_scale: bool,
    pyramids: HashMap<ImageId, Pyramid>,
}

impl Compare {
    /// The images that are compared.
    pub(super) fn images(&self) -> &[ImageId] {
        &self.images
    }

    /// Nothing is compared any more: the next comparison begins with whole images.
    pub(super) fn end(&mut self) {
        self.images.clear();
        self.pyramids.clear();
    }

    /// Shows whole images.
    pub(super) fn fit(&mut self) {
        self.view = LinkedView::default();
    }

    /// Another image has come for this one.
    pub(super) fn forget(&mut self, image: ImageId) {
        self.pyramids.remove(&image);
    }
}

/// An image in its place.
struct Pane {
    image: ImageId,
    row: Option<ImageRow>,
    /// With the caption, in points.
    cell: Rect,
    response: Response,
    /// Nothing while its size is not known.
    linked: Option<(LinkedImage, Link)>,
}

impl SingleView {
    pub(super) fn compare_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        thumbnails: &mut ThumbnailTextures,
        commands: &mut Vec<Command>,
    ) {
        let images = session.compared().to_vec();
        if self.compare.images != images {
            self.compare.view = LinkedView::default();
            self.compare.pyramids.clear();
            self.compare.images.clone_from(&images);
        }
        session.want_images(self.decoded.want(&images, &[]));
        let without = |image: &ImageId| thumbnails.get(*image).is_none();
        session.want_thumbnails(images.iter().copied().filter(without).collect());
        self.compare_header_ui(ui, keymap, commands);
        let area = ui.available_rect_before_wrap();
        ui.allocate_rect(area, Sense::hover());
        let panes = self.panes(ui, session, area);
        // All follow in the same frame, so first what the pointer does to any of them.
        self.move_panes(ui, &panes, commands);
        let mut budget = PixelBudget::of_frame();
        let mut is_complete = true;
        for (index, pane) in panes.iter().enumerate() {
            let picture = thumbnails.get(pane.image);
            is_complete &= self.pane_ui(ui, session, pane, index, picture, &mut budget);
        }
        self.capture.go_on(ui.ctx(), &images, area, is_complete, "comparison.png");
        self.are_keys_taken = are_keys_taken(ui);
    }

    fn compare_header_ui(&mut self, ui: &mut Ui, keymap: &Keymap, commands: &mut Vec<Command>) {
        let pixel_sizes = self.compare.images.iter().map(|image| self.pixel_nm(*image));
        let is_scale_known = pixel_sizes.into_iter().all(|pixel_nm| pixel_nm.is_some());
        ui.horizontal_wrapped(|ui| {
            if self.hinted(ui.button("Grid"), &keymap.hint(Action::ShowGrid)).clicked() {
                commands.push(Command::ShowGrid);
            }
            if self.hinted(ui.button("Fit"), &keymap.hint(Action::FitView)).clicked() {
                self.compare.view = LinkedView::default();
            }
            let is_on = self.compare.is_same_scale && is_scale_known;
            let same = egui::Button::selectable(is_on, "Same scale");
            let same = ui.add_enabled(is_scale_known, same);
            let hint = "A micrometre is as long in every image";
            let same = same.on_hover_text(hint).on_disabled_hover_text("Not all scales are known");
            if same.clicked() {
                self.compare.is_same_scale = !is_on;
                self.compare.view = LinkedView::default();
            }
            self.save_ui(ui, keymap);
            let count = format!("{} images side by side", self.compare.images.len());
            ui.add(Label::new(RichText::new(count).color(Tokens::of(ui).text_weak)).truncate());
        });
    }

    fn pixel_nm(&self, image: ImageId) -> Option<f32> {
        let size = self.decoded.shown(image)?.micrograph.instrument.pixel_size_nm?;
        (size.x > 0.0).then_some(size.x as f32)
    }

    fn panes(&self, ui: &Ui, session: &Session, area: Rect) -> Vec<Pane> {
        let images = &self.compare.images;
        let mut panes = Vec::new();
        let mut linked = Vec::new();
        for (image, cell) in images.iter().zip(cells(area, images.len())) {
            let row = session.row(*image);
            let view = cell.with_min_y(cell.top() + CAPTION_HEIGHT);
            let size = self.decoded.shown(*image).map(size_of);
            let size = size.or_else(|| size_known(row.as_ref()?));
            let pixel_nm = self.pixel_nm(*image);
            linked.push(size.map(|size| LinkedImage { view, size, pixel_nm }));
            let id = ui.scope_id().with(("compared", *image));
            let response = ui.interact(cell, id, Sense::click_and_drag());
            panes.push(Pane { image: *image, row, cell, response, linked: None });
        }
        let known: Vec<LinkedImage> = linked.iter().flatten().copied().collect();
        let is_same = self.compare.is_same_scale && known.len() == panes.len();
        let mut links = links(&known, is_same && is_scale_known(&known)).into_iter();
        for (pane, linked) in panes.iter_mut().zip(linked) {
            pane.linked = linked.and_then(|linked| Some((linked, links.next()?)));
        }
        panes
    }

    fn move_panes(&mut self, ui: &Ui, panes: &[Pane], commands: &mut Vec<Command>) {
        let all: Vec<(LinkedImage, Link)> = panes.iter().filter_map(|pane| pane.linked).collect();
        let pixels_per_point = ui.ctx().pixels_per_point();
        for (position, pane) in panes.iter().enumerate() {
            if pane.response.clicked() {
                commands.push(Command::SelectCompared(position));
            }
            let Some((linked, link)) = &pane.linked else { continue };
            if pane.response.dragged_by(PointerButton::Primary)
                || pane.response.dragged_by(PointerButton::Middle)
            {
                self.compare.view.pan(pane.response.drag_delta(), *link, &all);
            }
            let factor = wheel_factor(ui);
            if let Some(pointer) = pane.response.hover_pos().filter(|_| factor != 1.0) {
                let pane = (linked, *link);
                self.compare.view.enlarge(factor, pointer, pane, &all, pixels_per_point);
            }
        }
    }

    /// One image with its caption; false while something of it is missing.
    fn pane_ui(
        &mut self,
        ui: &Ui,
        session: &Session,
        pane: &Pane,
        index: usize,
        thumbnail: Option<&Picture>,
        budget: &mut PixelBudget,
    ) -> bool {
        caption_ui(ui, session, pane);
        let view = pane.cell.with_min_y(pane.cell.top() + CAPTION_HEIGHT);
        let painter = ui.painter_at(view);
        painter.rect_filled(view, CornerRadius::same(2), IMAGE_BACKGROUND);
        let pixels_per_point = painter.pixels_per_point();
        let placement = pane
            .linked
            .map(|(linked, link)| self.compare.view.placement(&linked, link, pixels_per_point));
        let zoom = placement.map(|placement| placement.points_per_px() * pixels_per_point);
        let name = pane_name(session, pane, index, self.compare.images.len(), zoom);
        let is_current = session.current_image() == Some(pane.image);
        pane.response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_current, &name));
        let mut is_complete = false;
        match (self.decoded.get(pane.image), placement) {
            (Some((Ok(loaded), is_stale)), Some(placement)) => {
                let pyramid = self.compare.pyramids.entry(pane.image).or_default();
                let mapping = loaded.fixed_mapping;
                let is_sharp = pyramid.paint(&painter, &placement, loaded, mapping, budget);
                if !is_sharp {
                    ui.ctx().request_repaint();
                }
                let picture = picture_area(&placement, loaded.micrograph.data_bar);
                if let Some(pixel_size) = loaded.micrograph.instrument.pixel_size_nm {
                    paint_scale_bar(&painter, picture, &placement, pixel_size);
                }
                is_complete = is_sharp && !is_stale;
            }
            (Some((Err(reason), _)), _) => {
                reason_ui(ui, view, pane.image, reason);
                is_complete = true;
            }
            (_, placement) => {
                if let (Some(placement), Some(row), Some(Picture::Texture(texture))) =
                    (placement, &pane.row, thumbnail)
                {
                    paint_thumbnail(&painter, &placement, row, texture.id());
                }
                paint_loading(&painter, view);
            }
        }
        let is_reached = is_current || pane.response.has_focus();
        if is_reached && !self.capture.is_on() {
            let width = if is_current { 2.0 } else { 1.0 };
            let stroke = Stroke::new(width, Tokens::of(ui).accent);
            let outline = pane.cell.expand(2.0);
            ui.painter().rect_stroke(outline, CornerRadius::same(2), stroke, StrokeKind::Inside);
        }
        is_complete
    }
}

/// Images in a row, where so many are compared: two are side by side, three or four in two rows.
pub(in crate::gui) fn compared_columns(count: usize) -> usize {
    count.clamp(1, 2)
}

/// Where each of so many images is.
fn cells(area: Rect, count: usize) -> Vec<Rect> {
    let columns = compared_columns(count);
    let rows = count.div_ceil(columns).max(1);
    let gaps = vec2((columns - 1) as f32, (rows - 1) as f32) * 2.0 * GAP;
    let size = (area.size() - gaps).max(egui::Vec2::ZERO) / vec2(columns as f32, rows as f32);
    let cell = |index: usize| {
        let place = vec2((index % columns) as f32, (index / columns) as f32);
        Rect::from_min_size(area.min + place * (size + egui::Vec2::splat(2.0 * GAP)), size)
    };
    (0..count).map(cell).collect()
}

/// Name above; below it what a person said, and what the model says.
fn caption_ui(ui: &Ui, session: &Session, pane: &Pane) {
    let tokens = Tokens::of(ui);
    let caption = pane.cell.with_max_y(pane.cell.top() + CAPTION_HEIGHT);
    let painter = ui.painter_at(caption);
    let Some(row) = &pane.row else { return };
    let line = |text: String, at: egui::Pos2, width: f32, color| {
        painter.galley(at, one_line(&painter, text, small(), color, width), color);
    };
    line(file_name(row), caption.min + vec2(4.0, 3.0), caption.width() - 8.0, tokens.text);
    let mut at = caption.min + vec2(4.0, 20.0);
    let chips = match &row.label {
        Some(label) => label_chips(ui, session, &label.value),
        None => Vec::new(),
    };
    let width = caption.width() * LABEL_SHARE / chips.len().max(1) as f32;
    for (text, color) in &chips {
        at.x = paint_chip(&painter, at, text, *color, width).right() + GAP / 2.0;
    }
    if chips.is_empty() {
        line("No label yet".to_owned(), at + vec2(0.0, 2.0), width, tokens.text_weak);
        at.x = caption.left() + 4.0 + width;
    }
    if let Some((category, score)) = &row.top {
        let text = format!("Predicted {} {:.0} %", readable(category), score * 100.0);
        let left = pos2(at.x + GAP / 2.0, at.y + 2.0);
        line(text, left, caption.right() - left.x - 4.0, tokens.text_weak);
    }
}

fn file_name(row: &ImageRow) -> String {
    row.relative_path.file_name().unwrap_or_default().display().to_string()
}

/// What a screen reader says of a pane.
fn pane_name(
    session: &Session,
    pane: &Pane,
    index: usize,
    count: usize,
    zoom: Option<f32>,
) -> String {
    let mut name = format!("Compared {} of {count}", index + 1);
    if let Some(row) = &pane.row {
        name += &format!(": {}, {}", file_name(row), label_words(session, row));
        if let Some((category, score)) = &row.top {
            name += &format!(", predicted {} {:.0} %", readable(category), score * 100.0);
        }
    }
    zoom.map_or(name.clone(), |zoom| format!("{name}, zoom {:.0} %", zoom * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_in_a_row_and_more_in_two_rows() {
        let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(216.0, 116.0));
        let wide = cells(area, 2);
        assert_eq!(wide[1], Rect::from_min_max(pos2(126.0, 20.0), pos2(226.0, 136.0)));
        let square = cells(area, 3);
        assert_eq!(square[2], Rect::from_min_max(pos2(10.0, 86.0), pos2(110.0, 136.0)));
        assert_eq!(cells(area, 4)[3].max, area.max);
    }
}
