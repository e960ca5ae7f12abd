//! Window and level: which values are shown as black and as white, with gamma and inversion.
//!
//! For the screen alone: what is stored, classified and exported stays as it is.

use egui::{
    Button, CornerRadius, DragValue, Id, Painter, Pos2, Rect, Role, ScrollArea, Sense, Slider,
    Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::tick_box::tick_box_ui;
use super::tokens::{GAP, GROUP_GAP, RADIUS, Tokens};
use crate::micrograph::{DisplayMapping, DisplayRange};
use crate::session::LoadedImage;

/// Wide enough for the mark that the contrast was changed.
const BUTTON_WIDTH: f32 = 86.0;
const HISTOGRAM_SIZE: Vec2 = vec2(280.0, 56.0);
/// Room that the controls take beside the histogram, in two lines.
const CONTROLS_WIDTH: f32 = 400.0;
/// Share of the pixels at either end that Auto leaves out.
const AUTO_TAIL: f64 = 0.005;
/// A drag over this many points moves the window over all values.
const DRAG_POINTS: f32 = 400.0;
const GAMMA: std::ops::RangeInclusive<f32> = 0.2..=5.0;

/// How the single image is shown.
#[derive(Default)]
pub(super) struct DisplayPanel {
    is_open: bool,
    /// Another mapping than the fixed one, for images of so many values.
    chosen: Option<(usize, DisplayMapping)>,
    /// Where a drag over the image began.
    dragged_from: Option<DisplayRange>,
    /// Whether the next images are shown like this one.
    is_kept: bool,
    /// In points, when it was last drawn.
    height: f32,
}

impl DisplayPanel {
    /// Another image is shown.
    pub(super) fn next_image(&mut self) {
        if !self.is_kept {
            self.chosen = None;
        }
    }

    /// How this image is shown.
    pub(super) fn mapping(&self, image: &LoadedImage) -> DisplayMapping {
        self.chosen_for(image).unwrap_or(image.fixed_mapping)
    }

    /// Another mapping than the fixed one, where it is one for so many values.
    fn chosen_for(&self, image: &LoadedImage) -> Option<DisplayMapping> {
        let (values, mapping) = self.chosen?;
        (values == image.histogram.len()).then_some(mapping)
    }

    /// The button that opens and closes the panel.
    pub(super) fn button_ui(&mut self, ui: &mut Ui, image: Option<&LoadedImage>) {
        let is_changed = image.is_some_and(|image| self.chosen_for(image).is_some());
        // What stands beside it stays where it is.
        let mut button = Button::new(if is_changed { "Contrast •" } else { "Contrast" });
        button = button.min_size(vec2(BUTTON_WIDTH, 0.0));
        if self.is_open {
            button = button.fill(Tokens::of(ui).selected);
        }
        let button = ui.add(button);
        let name = if is_changed { "Contrast, changed" } else { "Contrast" };
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        let hint = format!("{name}: window, level, gamma; or drag with the right button");
        if button.on_hover_text(hint).clicked() {
            self.is_open = !self.is_open;
        }
    }

    /// The panel, where it is open; while there is no image, its place stays free.
    pub(super) fn ui(&mut self, ui: &mut Ui, image: Option<&LoadedImage>) {
        if !self.is_open {
            return;
        }
        match image {
            Some(image) => {
                // In a small window the image keeps at least half of the room.
                let height = (ui.available_height() / 2.0).max(HISTOGRAM_SIZE.y);
                let scroll = ScrollArea::vertical().id_salt("contrast").max_height(height);
                let panel = scroll.show(ui, |ui| self.panel_ui(ui, image));
                self.height = panel.inner_rect.height();
            }
            None => {
                ui.allocate_space(vec2(ui.available_width(), self.height));
            }
        }
    }

    fn panel_ui(&mut self, ui: &mut Ui, image: &LoadedImage) {
        let before = self.mapping(image);
        let mut mapping = before;
        ui.add_space(GAP / 2.0);
        if ui.available_width() >= HISTOGRAM_SIZE.x + CONTROLS_WIDTH {
            ui.horizontal(|ui| {
                histogram_ui(ui, HISTOGRAM_SIZE, &image.histogram, &mut mapping.range);
                ui.add_space(GAP);
                ui.vertical(|ui| {
                    ui.horizontal(|ui| {
                        values_ui(ui, image, &mut mapping.range);
                        ui.add_space(GAP);
                        gamma_ui(ui, &mut mapping);
                    });
                    ui.horizontal(|ui| {
                        self.buttons_ui(ui, image, &mut mapping);
                        ui.add_space(GROUP_GAP);
                        tick_box_ui(ui, &mut mapping.is_inverted, "Invert");
                        tick_box_ui(ui, &mut self.is_kept, "Keep for the next images");
                    });
                });
            });
        } else {
            let size = HISTOGRAM_SIZE.min(vec2(ui.available_width(), HISTOGRAM_SIZE.y));
            histogram_ui(ui, size, &image.histogram, &mut mapping.range);
            ui.horizontal(|ui| values_ui(ui, image, &mut mapping.range));
            ui.horizontal(|ui| gamma_ui(ui, &mut mapping));
            ui.horizontal(|ui| {
                self.buttons_ui(ui, image, &mut mapping);
                tick_box_ui(ui, &mut mapping.is_inverted, "Invert");
            });
            tick_box_ui(ui, &mut self.is_kept, "Keep for the next images");
        }
        ui.add_space(GAP / 2.0);
        self.choose(image, before, mapping);
    }

    fn buttons_ui(&self, ui: &mut Ui, image: &LoadedImage, mapping: &mut DisplayMapping) {
        let auto = ui.button("Auto");
        if auto.on_hover_text("Leave out 0.5 % of the pixels at either end").clicked() {
            mapping.range = DisplayRange::central(&image.histogram, AUTO_TAIL);
        }
        let reset = ui.add_enabled(self.chosen_for(image).is_some(), Button::new("Reset"));
        if reset.on_hover_text("As it is classified").clicked() {
            *mapping = image.fixed_mapping;
        }
    }

    /// Dragging over the image with the right button: sideways the window's width, up and down its
    /// level.
    pub(super) fn drag(&mut self, image: &LoadedImage, is_new: bool, by: Vec2) {
        let before = self.mapping(image);
        let values = f32::from(axis_end(&image.histogram)) + 1.0;
        // From where the drag began: steps of less than a value would be lost.
        if is_new || self.dragged_from.is_none() {
            self.dragged_from = Some(before.range);
        }
        let DisplayRange { black, white } = self.dragged_from.unwrap_or(before.range);
        let width = (f32::from(white) - f32::from(black) + by.x * values / DRAG_POINTS).max(1.0);
        let level = (f32::from(white) + f32::from(black)) / 2.0 + by.y * values / DRAG_POINTS;
        let most = (image.histogram.len() - 1) as f32;
        let end = |value: f32| value.round().clamp(0.0, most) as u16;
        let (black, white) = (end(level - width / 2.0), end(level + width / 2.0));
        let range = DisplayRange::between(black, white, most as u16);
        self.choose(image, before, DisplayMapping { range, ..before });
    }

    fn choose(&mut self, image: &LoadedImage, before: DisplayMapping, after: DisplayMapping) {
        if after != before {
            let values = image.histogram.len();
            self.chosen = (after != image.fixed_mapping).then_some((values, after));
        }
    }
}

fn gamma_ui(ui: &mut Ui, mapping: &mut DisplayMapping) {
    let label = ui.label("Gamma");
    let gamma = Slider::new(&mut mapping.gamma, GAMMA).logarithmic(true);
    ui.add(gamma).labelled_by(label.id);
}

fn values_ui(ui: &mut Ui, image: &LoadedImage, range: &mut DisplayRange) {
    let greatest = (image.histogram.len() - 1) as u16;
    let speed = f64::from(axis_end(&image.histogram)) / 400.0;
    let field = |ui: &mut Ui, name: &str, value: &mut u16| {
        let label = ui.label(name);
        let mut field = DragValue::new(value).range(0..=greatest).speed(speed);
        // In the file's own values, where the samples only stand for them.
        if let Some((_, [first, last])) = image.micrograph.pixels.exact() {
            let step = (last - first) / f64::from(u16::MAX);
            let decimals = (-step.abs().log10()).ceil().clamp(0.0, 12.0) as usize;
            field = field
                .custom_formatter(move |sample, _| format!("{:.decimals$}", first + sample * step))
                .custom_parser(move |text| Some((text.parse::<f64>().ok()? - first) / step));
        }
        ui.add(field).labelled_by(label.id);
    };
    let (mut black, mut white) = (range.black, range.white);
    field(ui, "Black", &mut black);
    field(ui, "White", &mut white);
    if (black, white) != (range.black, range.white) {
        *range = DisplayRange::between(black, white, greatest);
    }
}

/// How often each value occurs, with handles for black and white.
fn histogram_ui(ui: &mut Ui, size: Vec2, histogram: &[u32], range: &mut DisplayRange) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Histogram"));
    let painter = ui.painter_at(rect.expand(1.0));
    painter.rect_filled(rect, CornerRadius::same(RADIUS), tokens.control);
    let most = axis_end(histogram).max(range.white);
    paint_counts(&painter, rect, &histogram[..=usize::from(most)], tokens);

    let most = f32::from(most);
    let x_of = |value: u16| rect.left() + f32::from(value) / most * rect.width();
    for value in [range.black, range.white] {
        let x = x_of(value);
        painter.line_segment(
            [pos2(x, rect.top()), pos2(x, rect.bottom())],
            Stroke::new(2.0, tokens.accent),
        );
    }
    let Some(pointer) = response.interact_pointer_pos() else { return };
    let value = ((pointer.x - rect.left()) / rect.width() * most).round().clamp(0.0, most) as u16;
    // The handle that was taken hold of moves until it is let go.
    let held = Id::unique("contrast handle");
    let is_taken_now = ui.input(|input| input.pointer.any_pressed());
    let before = ui.data(|data| data.get_temp(held)).filter(|_| !is_taken_now);
    let is_black = before.unwrap_or_else(|| nearer(pointer, x_of(range.black), x_of(range.white)));
    ui.data_mut(|data| data.insert_temp(held, is_black));
    let greatest = (histogram.len() - 1) as u16;
    *range = if is_black {
        DisplayRange::between(value.min(range.white.saturating_sub(1)), range.white, greatest)
    } else {
        DisplayRange::between(range.black, value, greatest)
    };
}

fn nearer(pointer: Pos2, x: f32, other_x: f32) -> bool {
    (pointer.x - x).abs() <= (pointer.x - other_x).abs()
}

/// The greatest value that the bits in use can hold: 4095 for 12 bits stored in 16.
fn axis_end(histogram: &[u32]) -> u16 {
    let greatest = histogram.iter().rposition(|count| *count > 0).unwrap_or(0);
    let end = (greatest + 1).next_power_of_two().clamp(1 << 8, histogram.len()) - 1;
    end as u16
}

/// Columns a point wide; the root keeps rare values visible beside common ones. The two ends, where
/// a detector collects all that it cannot tell apart, may be cut off.
fn paint_counts(painter: &Painter, rect: Rect, histogram: &[u32], tokens: &Tokens) {
    let columns = rect.width() as usize;
    let sums: Vec<f32> = (0..columns)
        .map(|column| {
            let start = column * histogram.len() / columns;
            let end = ((column + 1) * histogram.len() / columns).max(start + 1);
            histogram[start..end].iter().map(|count| *count as f32).sum::<f32>().sqrt()
        })
        .collect();
    let inner = sums.get(1..columns.saturating_sub(1)).unwrap_or_default();
    let highest = inner.iter().copied().fold(1.0, f32::max);
    for (column, sum) in sums.iter().enumerate() {
        let x = rect.left() + column as f32 + 0.5;
        let top = rect.bottom() - (sum / highest).min(1.0) * rect.height();
        let stroke = Stroke::new(1.0, tokens.text_weak);
        painter.line_segment([pos2(x, rect.bottom()), pos2(x, top)], stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_where_the_bits_in_use_do() {
        let with = |values: usize, greatest: usize| {
            let mut histogram = vec![0; values];
            histogram[greatest] = 1;
            axis_end(&histogram)
        };
        assert_eq!(with(1 << 16, 4000), 4095);
        assert_eq!(with(1 << 16, 3), 255);
        assert_eq!(with(1 << 16, 65_535), 65_535);
        assert_eq!(with(1 << 8, 128), 255);
    }
}
