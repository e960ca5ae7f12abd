//! The data bar: the strip of text that the instrument burns into the picture.
//!
//! A network that sees it can learn the session instead of the sample, so it is cut off before
//! classification. Where no header tells its height, it is found from the pixels.

use serde::{Deserialize, Serialize};

use super::display::to_gray8;
use super::pixels::Pixels;

/// Heights of the burnt-in strips of text, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataBar {
    /// Rows at the top.
    pub top: u32,
    /// Rows at the bottom.
    pub bottom: u32,
    /// Whether anybody has looked.
    #[serde(skip)]
    known: bool,
}

impl DataBar {
    /// Not looked for yet.
    pub(super) const UNKNOWN: Self = Self { top: 0, bottom: 0, known: false };

    /// A bar of `bottom` rows at the lower edge; 0 for none.
    pub fn at_bottom(bottom: u32) -> Self {
        Self { top: 0, bottom, known: true }
    }

    pub(super) fn is_unknown(self) -> bool {
        !self.known
    }
}

/// A bar taller than this share of the image is no bar.
const MAX_SHARE: f64 = 0.2;
/// A bar lower than this holds no readable text.
const MIN_HEIGHT_PX: usize = 8;
/// Share of the image's height, at the lower edge, whose commonest tone is the bar's background.
const EDGE_SHARE: f64 = 0.04;
/// How near to the background a pixel must be to count as background.
const TOLERANCE: u8 = 10;
/// How near where nothing but the computer has drawn: no noise.
const DRAWN_TOLERANCE: u8 = 2;
/// Least share of background in a row of the bar.
const ROW_SHARE: f64 = 0.45;
/// Rows with less than that may follow one another this often: frame lines, dense text.
const MAX_FULL_ROWS: usize = 4;
/// Least share of background in the whole bar.
const BAR_SHARE: f64 = 0.6;
/// Share of the bar that its text covers.
const TEXT_SHARE: std::ops::Range<f64> = 0.004..0.4;
/// How far from the background text is.
const TEXT_CONTRAST: u8 = 80;
/// Most background just above the bar: more, and the "bar" is the sample's own flat background.
const MAX_SHARE_ABOVE: f64 = 0.25;
/// Rows looked at above the bar.
const ROWS_ABOVE: usize = 7;

/// Looks for a bar at the lower edge.
///
/// A bar is a strip of one flat tone (black, white or grey) that carries text: seen from the lower
/// edge upwards, rows with much of that tone, ending where the picture has hardly any of it. Tried
/// on some hundred real files by eye; how often it is right has not been counted yet.
pub(super) fn find(pixels: &Pixels) -> DataBar {
    let width_px = pixels.width_px() as usize;
    let height_px = pixels.height_px() as usize;
    let highest = (height_px as f64 * MAX_SHARE) as usize;
    if highest <= MIN_HEIGHT_PX {
        return DataBar::at_bottom(0);
    }
    let gray = to_gray8(pixels);
    let rows = |first: usize, last: usize| &gray[first * width_px..last * width_px];

    let edge_rows = MIN_HEIGHT_PX.max((height_px as f64 * EDGE_SHARE) as usize);
    let background = mode(rows(height_px - edge_rows, height_px));
    let is_flat = |y: usize| share_near(rows(y, y + 1), background, TOLERANCE) >= ROW_SHARE;
    let bar_rows = bar_height(height_px, highest, is_flat);
    if bar_rows < MIN_HEIGHT_PX || bar_rows >= highest - 1 {
        return DataBar::at_bottom(0);
    }

    let top = height_px - bar_rows;
    let bar = rows(top, height_px);
    let far = bar.iter().filter(|value| value.abs_diff(background) > TEXT_CONTRAST).count();
    // The row that touches the bar may be a blend of both.
    let above = rows(top - 1 - ROWS_ABOVE, top - 1);
    let has_text = TEXT_SHARE.contains(&(far as f64 / bar.len() as f64));
    // A dark sample above a black bar is told from it by its noise.
    let stands_out = [TOLERANCE, DRAWN_TOLERANCE].into_iter().any(|tolerance| {
        share_near(bar, background, tolerance) >= BAR_SHARE
            && share_near(above, background, tolerance) < MAX_SHARE_ABOVE
    });
    DataBar::at_bottom(if has_text && stands_out { bar_rows as u32 } else { 0 })
}

/// Rows from the lower edge up to the last flat one, with short interruptions.
fn bar_height(height_px: usize, highest: usize, is_flat: impl Fn(usize) -> bool) -> usize {
    let (mut height, mut interruption) = (0, 0);
    for row in 0..highest {
        if is_flat(height_px - 1 - row) {
            height = row + 1;
            interruption = 0;
        } else {
            interruption += 1;
            if interruption > MAX_FULL_ROWS {
                break;
            }
        }
    }
    height
}

fn share_near(values: &[u8], tone: u8, tolerance: u8) -> f64 {
    let near = values.iter().filter(|v| v.abs_diff(tone) <= tolerance).count();
    near as f64 / values.len() as f64
}

fn mode(values: &[u8]) -> u8 {
    let mut histogram = [0_u32; 256];
    for value in values {
        histogram[usize::from(*value)] += 1;
    }
    let most = histogram.iter().enumerate().max_by_key(|(_, count)| **count);
    most.map_or(0, |(tone, _)| tone as u8)
}

#[cfg(test)]
mod tests {
    use super::super::pixels::Samples;
    use super::*;

    /// A gradient picture of 200×100 px whose lower rows are drawn by `bar`, from (column, row).
    fn picture(bar_px: usize, bar: impl Fn(usize, usize) -> u8) -> Pixels {
        let (width_px, height_px) = (200_usize, 100_usize);
        let gray = (0..width_px * height_px).map(|i| {
            let (x, y) = (i % width_px, i / width_px);
            match y.checked_sub(height_px - bar_px) {
                Some(row) => bar(x, row),
                None => 60 + ((x * 7 + y * 13) % 150) as u8,
            }
        });
        Pixels::new(200, 100, Samples::Gray8(gray.collect())).expect("size fits")
    }

    fn text(x: usize, row: usize) -> bool {
        row % 4 == 1 && x.is_multiple_of(5)
    }

    #[test]
    fn a_black_strip_with_text_is_a_bar() {
        let bar = picture(12, |x, row| if text(x, row) { 255 } else { 0 });
        assert_eq!(find(&bar), DataBar::at_bottom(12));
    }

    #[test]
    fn a_white_strip_in_a_black_frame_is_a_bar() {
        let bar = picture(14, |x, row| if row == 13 || text(x, row) { 0 } else { 255 });
        assert_eq!(find(&bar), DataBar::at_bottom(14));
    }

    #[test]
    fn a_black_strip_below_a_dark_and_noisy_sample_is_a_bar() {
        let dark = picture(100, |x, row| match row.checked_sub(88) {
            Some(row) if text(x, row) => 255,
            Some(_) => 0,
            None => ((x * 31 + row * 17) % 32) as u8,
        });
        assert_eq!(find(&dark), DataBar::at_bottom(12));
    }

    #[test]
    fn a_picture_without_a_strip_has_no_bar() {
        assert_eq!(find(&picture(0, |_, _| 0)), DataBar::at_bottom(0));
    }

    #[test]
    fn a_dark_strip_without_text_is_no_bar() {
        assert_eq!(find(&picture(12, |_, _| 0)), DataBar::at_bottom(0));
    }

    #[test]
    fn a_sample_on_a_flat_background_has_no_bar() {
        let flat =
            picture(
                100,
                |x, row| if x.is_multiple_of(9) && row.is_multiple_of(3) { 220 } else { 20 },
            );
        assert_eq!(find(&flat), DataBar::at_bottom(0));
    }

    #[test]
    fn the_smallest_images_are_looked_at_without_harm() {
        for height_px in 1..60 {
            let pixels = Pixels::new(1, height_px, Samples::Gray8(vec![0; height_px as usize]));
            assert_eq!(find(&pixels.expect("size fits")), DataBar::at_bottom(0));
        }
    }
}
