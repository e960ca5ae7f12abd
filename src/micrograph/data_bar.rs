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
/// Share of a bar row's pixels that have one of the bar's few flat tones.
const FLAT_SHARE: f64 = 0.5;
/// Share of the whole strip's pixels that have the strip's own background tone.
const BACKGROUND_SHARE: f64 = 0.6;
/// How near to the background a pixel must be to count as flat.
const TOLERANCE: u8 = 6;

/// Looks for a bar at the lower edge.
///
/// A bar is a strip of one flat tone (black, white or grey) that carries text: seen from the lower
/// edge upwards, rows in which at least half of the pixels have that tone, ending in a row where
/// hardly any has. How often this is right has not been measured yet.
pub(super) fn find(pixels: &Pixels) -> DataBar {
    let width_px = pixels.width_px() as usize;
    let height_px = pixels.height_px() as usize;
    let gray = to_gray8(pixels);
    let row = |y: usize| &gray[y * width_px..(y + 1) * width_px];

    let highest = (height_px as f64 * MAX_SHARE) as usize;
    if highest < MIN_HEIGHT_PX {
        return DataBar::at_bottom(0);
    }
    let lowest_rows = &gray[(height_px - MIN_HEIGHT_PX) * width_px..];
    let background = mode(lowest_rows);
    let flat = |y: usize| share_near(row(y), background);

    let bar_rows = (0..height_px).rev().take_while(|y| flat(*y) >= FLAT_SHARE).count();
    if bar_rows < MIN_HEIGHT_PX || bar_rows > highest {
        return DataBar::at_bottom(0);
    }
    let strip = &gray[(height_px - bar_rows) * width_px..];
    let above = row(height_px - bar_rows - 1);
    let is_bar = share_near(strip, background) >= BACKGROUND_SHARE
        && carries_text(strip, background)
        && share_near(above, background) < FLAT_SHARE / 2.0;
    DataBar::at_bottom(if is_bar { bar_rows as u32 } else { 0 })
}

/// Text is a small but real share of pixels far from the background.
fn carries_text(strip: &[u8], background: u8) -> bool {
    let far = strip.iter().filter(|v| v.abs_diff(background) > 80).count();
    let share = far as f64 / strip.len() as f64;
    (0.005..0.4).contains(&share)
}

fn share_near(values: &[u8], tone: u8) -> f64 {
    let near = values.iter().filter(|v| v.abs_diff(tone) <= TOLERANCE).count();
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

    /// A gradient picture of 200×100 px with a strip of `bar_px` rows below it, "text" included.
    fn picture_with_bar(bar_px: usize, text: bool) -> Pixels {
        let (width_px, height_px) = (200, 100);
        let mut gray = Vec::new();
        for y in 0..height_px {
            for x in 0..width_px {
                let in_bar = y >= height_px - bar_px;
                let letter = text && in_bar && y % 4 == 0 && x % 5 == 0;
                gray.push(match (in_bar, letter) {
                    (true, true) => 255,
                    (true, false) => 0,
                    (false, _) => 60 + ((x * 7 + y * 13) % 150) as u8,
                });
            }
        }
        Pixels::new(200, 100, Samples::Gray8(gray)).expect("size fits")
    }

    #[test]
    fn a_black_strip_with_text_is_a_bar() {
        assert_eq!(find(&picture_with_bar(12, true)), DataBar::at_bottom(12));
    }

    #[test]
    fn a_picture_without_a_strip_has_no_bar() {
        assert_eq!(find(&picture_with_bar(0, false)), DataBar::at_bottom(0));
    }

    #[test]
    fn a_dark_strip_without_text_is_no_bar() {
        assert_eq!(find(&picture_with_bar(12, false)), DataBar::at_bottom(0));
    }
}
