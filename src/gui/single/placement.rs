//! Where an image lies on the screen, and how zooming and panning move it.

use egui::{Pos2, Rect, Vec2};

/// Most screen pixels a side of an image pixel.
pub(super) const GREATEST_ZOOM: f32 = 32.0;
/// A turn of the wheel over this many points zooms by e.
const WHEEL_POINTS: f32 = 200.0;

/// What makes no difference to be seen: a thousandth.
const SAME: f32 = 1.001;

/// Where an image lies on the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placement {
    /// The part of the screen that is for it, in points.
    pub view: Rect,
    /// The whole image, in points; parts of it may be outside the view.
    pub target: Rect,
    /// Columns and rows of the image.
    pub size: Vec2,
}

impl Placement {
    /// The image point `center` in the middle of the view. The image's corner lies on a pixel of the
    /// screen, so that at 1:1 each pixel is one of the screen's.
    pub(super) fn new(
        view: Rect,
        size: Vec2,
        center: Pos2,
        points_per_px: f32,
        pixels_per_point: f32,
    ) -> Self {
        let corner = view.center() - center.to_vec2() * points_per_px;
        let corner = ((corner.to_vec2() * pixels_per_point).round() / pixels_per_point).to_pos2();
        Self { view, target: Rect::from_min_size(corner, size * points_per_px), size }
    }

    /// Points a side of an image pixel.
    pub(super) fn points_per_px(&self) -> f32 {
        self.target.width() / self.size.x
    }

    /// Where an image point is on the screen.
    pub(super) fn screen_from_image(&self, point: Pos2) -> Pos2 {
        self.target.min + point.to_vec2() * self.points_per_px()
    }

    /// Which image point is there on the screen.
    pub(super) fn image_from_screen(&self, point: Pos2) -> Pos2 {
        ((point - self.target.min) / self.points_per_px()).to_pos2()
    }

    /// Rows of the image on the screen.
    pub(super) fn rows(&self, first: f32, end: f32) -> Rect {
        let y = |row: f32| self.target.top() + row * self.points_per_px();
        Rect::from_x_y_ranges(self.target.x_range(), y(first)..=y(end))
    }

    /// The part of the image that is seen, in points.
    pub(super) fn visible(&self) -> Rect {
        self.view.intersect(self.target)
    }
}

/// Points an image pixel at which the image just fits.
pub(super) fn fit_scale(view: Rect, size: Vec2) -> f32 {
    (view.width() / size.x).min(view.height() / size.y)
}

/// By how much this frame's wheel and pinch enlarge.
pub(super) fn wheel_factor(ui: &egui::Ui) -> f32 {
    let wheel = ui.input(|input| input.smooth_scroll_delta().y);
    (wheel / WHEEL_POINTS).exp() * ui.input(egui::InputState::zoom_delta)
}

/// What is seen of one image.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Zoom {
    /// Screen pixels a side of an image pixel; `None` fits the image into the view.
    factor: Option<f32>,
    /// Image point at the centre of the view.
    center: Pos2,
}

impl Zoom {
    /// Shows the whole image.
    pub(super) fn fit(&mut self) {
        self.factor = None;
    }

    /// Shows a pixel of the image as one of the screen, the middle of an image of this size in the
    /// middle of the view.
    pub(super) fn show_pixels(&mut self, size: Vec2) {
        *self = Self { factor: Some(1.0), center: (size / 2.0).to_pos2() };
    }

    /// Where the image lies now.
    pub(super) fn placement(&mut self, view: Rect, size: Vec2, pixels_per_point: f32) -> Placement {
        let points_per_px = match self.factor {
            Some(factor) => factor / pixels_per_point,
            None => {
                self.center = (size / 2.0).to_pos2();
                fit_scale(view, size)
            }
        };
        self.center = self.center.clamp(Pos2::ZERO, size.to_pos2());
        Placement::new(view, size, self.center, points_per_px, pixels_per_point)
    }

    /// Moves the image by so many points.
    pub(super) fn pan(&mut self, by: Vec2, points_per_px: f32) {
        if self.factor.is_some() {
            self.center -= by / points_per_px;
        }
    }

    /// Enlarges by `factor`; the image point under the pointer stays there.
    pub(super) fn enlarge(
        &mut self,
        factor: f32,
        pointer: Pos2,
        placement: &Placement,
        pixels_per_point: f32,
    ) {
        let fit = fit_scale(placement.view, placement.size);
        let before = placement.points_per_px();
        let most = GREATEST_ZOOM / pixels_per_point;
        let after = (before * factor).clamp(fit.min(1.0).min(most), most);
        let offset = pointer - placement.view.center();
        self.center += offset / before - offset / after;
        // It fits again where it was larger; an image that is smaller than the view may get smaller
        // still.
        let is_fit = |zoom: f32| zoom <= fit * SAME && zoom * SAME >= fit;
        let has_shrunk = before > fit * SAME && after <= fit * SAME;
        let is_fitted = has_shrunk || is_fit(before) && is_fit(after);
        self.factor = (!is_fitted).then_some(after * pixels_per_point);
    }

    /// From the whole image to 1:1 at the pointer, or back.
    pub(super) fn toggle(&mut self, pointer: Pos2, placement: &Placement) {
        if self.factor.take().is_none() {
            self.center = placement.image_from_screen(pointer);
            self.factor = Some(1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    fn view() -> Rect {
        Rect::from_min_size(pos2(100.0, 50.0), vec2(400.0, 400.0))
    }

    #[test]
    fn a_fitted_image_is_whole_and_in_the_middle() {
        let placed = Zoom::default().placement(view(), vec2(800.0, 400.0), 1.0);
        assert_eq!(placed.target, Rect::from_min_size(pos2(100.0, 150.0), vec2(400.0, 200.0)));
        assert_eq!(placed.rows(100.0, 400.0).y_range(), egui::Rangef::new(200.0, 350.0));
        let point = pos2(123.0, 45.0);
        let there_and_back = placed.image_from_screen(placed.screen_from_image(point));
        assert!((there_and_back - point).length() < 1e-3);
    }

    #[test]
    fn enlarging_keeps_the_point_under_the_pointer() {
        let size = vec2(800.0, 800.0);
        let mut zoom = Zoom::default();
        let pointer = pos2(250.0, 300.0);
        let before = zoom.placement(view(), size, 2.0);
        zoom.enlarge(3.0, pointer, &before, 2.0);
        let after = zoom.placement(view(), size, 2.0);
        let moved = after.image_from_screen(pointer) - before.image_from_screen(pointer);
        assert!(moved.length() < 0.5, "{moved:?}"); // less than a pixel of the screen
        assert!((after.points_per_px() - 1.5).abs() < 1e-4);
        zoom.enlarge(0.01, pointer, &after, 2.0);
        assert_eq!(zoom.placement(view(), size, 2.0).target, before.target);
    }

    #[test]
    fn an_image_smaller_than_the_view_gets_smaller_step_by_step() {
        let size = vec2(100.0, 100.0); // four times as large where it fits
        let mut zoom = Zoom::default();
        let mut step = |factor| {
            let placed = zoom.placement(view(), size, 1.0);
            zoom.enlarge(factor, view().center(), &placed, 1.0);
            zoom.placement(view(), size, 1.0).points_per_px()
        };
        let is = |zoom: f32, expected: f32| assert!((zoom - expected).abs() < 1e-3, "{zoom}");
        is(step(0.75), 3.0);
        is(step(0.5), 1.5);
        is(step(0.5), 1.0);
        is(step(2.0), 2.0);
        is(step(4.0), 8.0);
        is(step(0.4), 4.0); // stops where it fits
        is(step(0.75), 3.0);
    }

    #[test]
    fn one_to_one_is_a_pixel_of_the_screen_and_lies_on_one() {
        let mut zoom = Zoom::default();
        zoom.show_pixels(vec2(801.0, 600.0));
        let placed = zoom.placement(view(), vec2(801.0, 600.0), 1.5);
        assert!((placed.points_per_px() * 1.5 - 1.0).abs() < 1e-6);
        let corner = placed.target.min.to_vec2() * 1.5;
        assert!((corner - corner.round()).length() < 1e-3);
    }

    #[test]
    fn what_fits_cannot_be_moved_away() {
        let mut zoom = Zoom::default();
        let placed = zoom.placement(view(), vec2(100.0, 100.0), 1.0);
        zoom.pan(vec2(50.0, 50.0), placed.points_per_px());
        assert_eq!(zoom.placement(view(), vec2(100.0, 100.0), 1.0).target, placed.target);
    }
}
