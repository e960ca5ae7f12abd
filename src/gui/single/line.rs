//! A line between two points of an image: its length and angle on the sample.

use egui::{Pos2, Vec2};

use super::lengths::{digits_text, length_text};
use crate::micrograph::PixelSizeNm;

/// A line between two points, in pixels of the image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Its end points.
    pub ends: [Pos2; 2],
}

impl Line {
    /// Length and angle, such as `1.23 µm, 45.0°`; the length in pixels where their size is not
    /// known. The angle is to the image's rows, counter-clockwise, above −90° up to 90°.
    pub(super) fn text(&self, pixel_size: Option<PixelSizeNm>) -> String {
        let [x_px, y_px] = [0, 1].map(|axis| f64::from(self.along()[axis]));
        let (x, y, length) = match pixel_size {
            Some(size) => {
                let (x_nm, y_nm) = (x_px * size.x, y_px * size.y);
                (x_nm, y_nm, length_text(x_nm.hypot(y_nm)))
            }
            None => (x_px, y_px, format!("{} px", digits_text(x_px.hypot(y_px)))),
        };
        format!("{length}, {:.1}°", angle_deg(x, y))
    }

    /// How far `point` is from it, both in the same units.
    pub(super) fn distance(&self, point: Pos2) -> f32 {
        let along = self.along();
        let share = ((point - self.ends[0]).dot(along) / along.length_sq().max(f32::EPSILON))
            .clamp(0.0, 1.0);
        (self.ends[0] + along * share).distance(point)
    }

    /// The same line with every end point mapped.
    pub(super) fn map(&self, of: impl Fn(Pos2) -> Pos2) -> Self {
        Self { ends: self.ends.map(of) }
    }

    fn along(&self) -> Vec2 {
        self.ends[1] - self.ends[0]
    }
}

/// A line has no direction: the same from either end. Rows count downwards.
fn angle_deg(x: f64, y: f64) -> f64 {
    let angle = (-y).atan2(x).to_degrees();
    // To what is shown, so that neither −0.0 nor −90.0 appears.
    let angle = (angle * 10.0).round() / 10.0;
    let half = if angle > 90.0 { angle - 180.0 } else { angle };
    if half <= -90.0 { half + 180.0 } else { half + 0.0 }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn text(to: Pos2, pixel_size: Option<[f64; 2]>) -> String {
        let size = pixel_size.map(|[x, y]| PixelSizeNm { x, y });
        Line { ends: [pos2(10.0, 10.0), to] }.text(size)
    }

    #[test]
    fn lengths_are_real_where_the_pixel_size_is_known() {
        assert_eq!(text(pos2(13.0, 6.0), Some([100.0, 100.0])), "500 nm, 53.1°");
        assert_eq!(text(pos2(13.0, 6.0), Some([1000.0, 500.0])), "3.61 µm, 33.7°");
        assert_eq!(text(pos2(13.0, 6.0), None), "5.00 px, 53.1°");
    }

    #[test]
    fn a_line_has_the_same_angle_from_either_end() {
        let angle = |x: f64, y: f64| angle_deg(x, y);
        assert_eq!((angle(1.0, 0.0), angle(-1.0, 0.0)), (0.0, 0.0));
        assert_eq!((angle(0.0, 1.0), angle(0.0, -1.0)), (90.0, 90.0));
        assert_eq!((angle(1.0, -1.0), angle(-1.0, 1.0)), (45.0, 45.0));
        assert_eq!((angle(1.0, 1.0), angle(-1.0, -1.0)), (-45.0, -45.0));
        assert!(text(pos2(90.0, 10.0), None).ends_with(", 0.0°"));
        assert!(text(pos2(-90.0, 10.0), None).ends_with(", 0.0°"));
    }

    #[test]
    fn the_distance_is_to_the_nearest_point_of_the_line() {
        let line = Line { ends: [pos2(0.0, 0.0), pos2(10.0, 0.0)] };
        assert_eq!(line.distance(pos2(5.0, 3.0)), 3.0);
        assert_eq!(line.distance(pos2(13.0, 4.0)), 5.0);
    }
}
