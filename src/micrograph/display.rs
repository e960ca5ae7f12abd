//! From true pixel values to the 8 bits that a screen and a network take.
//!
//! The *fixed* mapping is what is classified, and what is shown until somebody asks for another:
//! 8-bit images are taken as they are, 16-bit images are stretched linearly between the 0.1 % and
//! the 99.9 % quantile of the picture's values, its data bar left out, since many instruments store
//! 12 bits in 16, so that the full range would be nearly black. Where 16-bit values stand for others,
//! these have ends of their own, and lie between the least and the greatest of the picture. Another [`DisplayMapping`] is for
//! the screen alone. No mapping changes what is stored or exported.

use std::cell::OnceCell;

use super::Micrograph;
use super::pixels::{Pixels, Samples, luma};

/// The values shown as black and as white, a window in microscopists' terms: its width is
/// `white - black`, its level the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayRange {
    /// Shown as 0.
    pub black: u16,
    /// Shown as 255.
    pub white: u16,
}

/// Share of the pixels at either end that the range leaves out.
const TAIL: f64 = 0.001;

fn tail(micrograph: &Micrograph) -> f64 {
    if micrograph.pixels.exact().is_some() { 0.0 } else { TAIL }
}

impl DisplayRange {
    /// The range of the fixed mapping: 0 to 255 for 8 bits, the central 99.8 % of the picture's
    /// values for 16, all of them where they stand for others.
    pub fn of(micrograph: &Micrograph) -> Self {
        match micrograph.pixels.samples() {
            Samples::Gray16(_) => Self::central(&histogram(micrograph), tail(micrograph)),
            _ => Self { black: 0, white: 255 },
        }
    }

    /// The range between the quantiles `tail` and `1 - tail` of the values counted, which is never
    /// empty.
    pub fn central(histogram: &[u32], tail: f64) -> Self {
        let total: u64 = histogram.iter().map(|count| u64::from(*count)).sum();
        let tail = (total as f64 * tail) as u64;
        let black = first_beyond(histogram.iter().enumerate(), tail);
        let white = first_beyond(histogram.iter().enumerate().rev(), tail);
        Self::between(black, white, (histogram.len() - 1) as u16)
    }

    /// From the least of the values to the greatest.
    fn whole<'a>(values: impl Iterator<Item = &'a u16>) -> Self {
        let (least, most) = values
            .fold((u16::MAX, 0), |(least, most), value| (least.min(*value), most.max(*value)));
        Self::between(least, most, u16::MAX)
    }

    /// From `black` to `white`, or to the next value where that is not above it; within 0 and
    /// `greatest`, which is at least 1.
    pub fn between(black: u16, white: u16, greatest: u16) -> Self {
        let black = black.min(greatest - 1);
        Self { black, white: white.clamp(black + 1, greatest) }
    }

    fn to_8_bit(self, value: u16) -> u8 {
        let black = i32::from(self.black);
        let span = (i32::from(self.white) - black).max(1);
        let scaled = ((i32::from(value) - black) * 255 + span / 2) / span;
        scaled.clamp(0, 255) as u8
    }

    /// What each of the 65,536 values becomes.
    fn table_16(self) -> Vec<u8> {
        (0..=u16::MAX).map(|value| self.to_8_bit(value)).collect()
    }
}

/// How often each value occurs in the picture, its data bar left out: 256 counts for 8 bits (of the
/// brightness, for colour), 65,536 for 16.
pub fn histogram(micrograph: &Micrograph) -> Vec<u32> {
    let pixels = &micrograph.pixels;
    let width = pixels.width_px() as usize;
    let rows = micrograph.picture_rows();
    let picture = rows.start as usize * width..rows.end as usize * width;
    match pixels.samples() {
        Samples::Gray16(values) => histogram_16(&values[picture]),
        Samples::Gray8(values) => histogram_8(values[picture].iter().copied()),
        Samples::Rgb8(rgb) => histogram_8(rgb.as_chunks::<3>().0[picture].iter().map(luma)),
    }
}

fn histogram_8(values: impl Iterator<Item = u8>) -> Vec<u32> {
    let mut histogram = vec![0_u32; 1 << 8];
    for value in values {
        histogram[usize::from(value)] += 1;
    }
    histogram
}

fn histogram_16(values: &[u16]) -> Vec<u32> {
    let mut histogram = vec![0_u32; 1 << 16];
    for value in values {
        histogram[usize::from(*value)] += 1;
    }
    histogram
}

/// The first value, in the order given, with more than `tail` pixels at or before it.
fn first_beyond<'a>(histogram: impl Iterator<Item = (usize, &'a u32)>, tail: u64) -> u16 {
    let mut seen = 0_u64;
    for (value, count) in histogram {
        seen += u64::from(*count);
        if seen > tail {
            return value as u16;
        }
    }
    0
}

/// How values are shown on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DisplayMapping {
    /// The values shown as black and as white.
    pub range: DisplayRange,
    /// Exponent of the brightness between them, above 0: less than 1 brightens the dark parts.
    pub gamma: f32,
    /// Whether black and white change places.
    pub is_inverted: bool,
}

impl DisplayMapping {
    /// The fixed mapping of this image.
    pub fn fixed(micrograph: &Micrograph) -> Self {
        Self::linear(DisplayRange::of(micrograph))
    }

    /// The same, where its values are counted already.
    pub fn fixed_of_counted(micrograph: &Micrograph, histogram: &[u32]) -> Self {
        Self::linear(match micrograph.pixels.samples() {
            Samples::Gray16(_) => DisplayRange::central(histogram, tail(micrograph)),
            _ => DisplayRange::of(micrograph),
        })
    }

    fn linear(range: DisplayRange) -> Self {
        Self { range, gamma: 1.0, is_inverted: false }
    }

    /// What every value becomes: 256 entries for 8 bits, 65,536 for 16.
    pub fn table(&self, pixels: &Pixels) -> Vec<u8> {
        let values: u32 =
            if matches!(pixels.samples(), Samples::Gray16(_)) { 1 << 16 } else { 1 << 8 };
        (0..values)
            .map(|value| {
                let linear = self.range.to_8_bit(value as u16);
                let curved = if self.gamma == 1.0 {
                    linear
                } else {
                    ((f32::from(linear) / 255.0).powf(self.gamma) * 255.0).round() as u8
                };
                if self.is_inverted { 255 - curved } else { curved }
            })
            .collect()
    }
}

/// The image as 8-bit grey by the fixed mapping, one value a pixel. Colour becomes luma (Rec. 709
/// weights).
pub fn to_gray8(micrograph: &Micrograph) -> Vec<u8> {
    match micrograph.pixels.samples() {
        Samples::Gray8(values) => values.clone(),
        Samples::Gray16(values) => {
            let table = DisplayRange::of(micrograph).table_16();
            values.iter().map(|value| table[usize::from(*value)]).collect()
        }
        Samples::Rgb8(rgb) => rgb.as_chunks::<3>().0.iter().map(luma).collect(),
    }
}

/// The image as interleaved 8-bit RGB by the fixed mapping, three values a pixel, colour kept.
pub fn to_rgb8(micrograph: &Micrograph) -> Vec<u8> {
    match micrograph.pixels.samples() {
        Samples::Rgb8(rgb) => rgb.clone(),
        _ => to_gray8(micrograph).into_iter().flat_map(|v| [v; 3]).collect(),
    }
}

/// Of a wider image, not every column of its edges is looked at.
const MOST_EDGE_COLUMNS: usize = 3000;

/// Rows at an edge of an image as 8-bit grey, counted from the edge. Rows are turned into grey as
/// they are looked at; of wide ones, columns at equal distances.
pub(super) struct EdgeRows<'a> {
    pixels: &'a Pixels,
    is_top: bool,
    /// From a column that is looked at to the next.
    step: usize,
    /// What becomes of 16-bit values.
    table: Vec<u8>,
    grays: Vec<OnceCell<Vec<u8>>>,
}

impl<'a> EdgeRows<'a> {
    /// The lowest `rows`, row 0 the lowest.
    pub(super) fn at_bottom(pixels: &'a Pixels, rows: usize) -> Self {
        Self::of(pixels, rows, false)
    }

    /// The topmost `rows`, row 0 the topmost.
    pub(super) fn at_top(pixels: &'a Pixels, rows: usize) -> Self {
        Self::of(pixels, rows, true)
    }

    /// A 16-bit image is stretched between the ends of some of these rows, which is as good as those
    /// of the whole, and quicker.
    fn of(pixels: &'a Pixels, rows: usize, is_top: bool) -> Self {
        let rows = rows.min(pixels.height_px() as usize);
        let step = (pixels.width_px() as usize).div_ceil(MOST_EDGE_COLUMNS);
        let mut edge =
            Self { pixels, is_top, step, table: Vec::new(), grays: vec![OnceCell::new(); rows] };
        if let Samples::Gray16(values) = pixels.samples() {
            let looked_at = (0..rows).step_by(step).flat_map(|row| &values[edge.range(row)]);
            edge.table = DisplayRange::whole(looked_at).table_16();
        }
        edge
    }

    /// A row, counted from the edge.
    pub(super) fn row(&self, index: usize) -> &[u8] {
        if let (Samples::Gray8(values), 1) = (self.pixels.samples(), self.step) {
            return &values[self.range(index)];
        }
        self.grays[index].get_or_init(|| self.gray_row(index))
    }

    fn gray_row(&self, index: usize) -> Vec<u8> {
        let (range, step) = (self.range(index), self.step);
        match self.pixels.samples() {
            Samples::Gray8(values) => values[range].iter().step_by(step).copied().collect(),
            Samples::Gray16(values) => {
                let gray = |value: &u16| self.table[usize::from(*value)];
                values[range].iter().step_by(step).map(gray).collect()
            }
            Samples::Rgb8(rgb) => {
                rgb.as_chunks::<3>().0[range].iter().step_by(step).map(luma).collect()
            }
        }
    }

    /// Where a row's pixels are.
    fn range(&self, index: usize) -> std::ops::Range<usize> {
        let (width_px, height_px) =
            (self.pixels.width_px() as usize, self.pixels.height_px() as usize);
        let from_top = if self.is_top { index } else { height_px - 1 - index };
        from_top * width_px..(from_top + 1) * width_px
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DataBar, DataBarSource, InstrumentRecord, Orientation};
    use super::*;

    fn micrograph(width_px: u32, height_px: u32, samples: Samples) -> Micrograph {
        let pixels = Pixels::new(width_px, height_px, samples).expect("size fits");
        Micrograph {
            pixels,
            orientation: Orientation::AS_STORED,
            bit_depth: 16,
            channels: 1,
            page: 1,
            pages: 1,
            instrument: InstrumentRecord::default(),
            raw_headers: Vec::new(),
            data_bar: DataBar::NONE,
            data_bar_source: DataBarSource::Pixels,
        }
    }

    fn twelve_bits() -> Micrograph {
        micrograph(64, 64, Samples::Gray16((0..4096).collect()))
    }

    #[test]
    fn twelve_bits_in_sixteen_fill_the_screen_range() {
        let gray = to_gray8(&twelve_bits());
        assert_eq!((gray[0], gray[4095]), (0, 255));
        assert!(gray[2048].abs_diff(128) <= 1);
    }

    #[test]
    fn the_data_bar_does_not_change_how_the_picture_is_shown() {
        let mut values: Vec<u16> = (0..4096).collect();
        values.extend([u16::MAX; 64 * 8]);
        let mut with_bar = micrograph(64, 72, Samples::Gray16(values));
        with_bar.data_bar = DataBar::at_bottom(8);
        assert_eq!(DisplayRange::of(&with_bar), DisplayRange::of(&twelve_bits()));
        with_bar.data_bar = DataBar::NONE;
        assert_eq!(DisplayRange::of(&with_bar).white, u16::MAX);
    }

    #[test]
    fn a_constant_image_does_not_divide_by_zero() {
        assert_eq!(to_gray8(&micrograph(2, 2, Samples::Gray16(vec![700; 4]))), vec![0; 4]);
    }

    #[test]
    fn the_fixed_mapping_on_the_screen_is_the_one_that_is_classified() {
        let image = twelve_bits();
        let Samples::Gray16(values) = image.pixels.samples() else { panic!("16 bits") };
        let table = DisplayMapping::fixed(&image).table(&image.pixels);
        let shown: Vec<u8> = values.iter().map(|value| table[usize::from(*value)]).collect();
        assert_eq!(shown, to_gray8(&image));
        let of_counted = DisplayMapping::fixed_of_counted(&image, &histogram(&image));
        assert_eq!(of_counted, DisplayMapping::fixed(&image));
    }

    #[test]
    fn a_window_gamma_and_inversion_act_in_this_order() {
        let image = micrograph(1, 1, Samples::Gray8(vec![0]));
        let shown = |gamma, is_inverted| {
            let range = DisplayRange { black: 100, white: 150 };
            let table = DisplayMapping { range, gamma, is_inverted }.table(&image.pixels);
            [0, 100, 125, 200].map(|value| table[value])
        };
        assert_eq!(shown(1.0, false), [0, 0, 128, 255]);
        assert_eq!(shown(1.0, true), [255, 255, 127, 0]);
        assert_eq!(shown(0.5, false), [0, 0, 181, 255]);
    }

    #[test]
    fn a_range_is_never_empty_and_stays_within_the_values() {
        let range = |black, white| DisplayRange { black, white };
        assert_eq!(DisplayRange::between(100, 50, 255), range(100, 101));
        assert_eq!(DisplayRange::between(255, 255, 255), range(254, 255));
        assert_eq!(DisplayRange::between(9, 300, 255), range(9, 255));
        let mut all_white = vec![0; 256];
        all_white[255] = 9;
        assert_eq!(DisplayRange::central(&all_white, 0.005), range(254, 255));
    }

    #[test]
    fn quantiles_leave_out_the_tails() {
        let mut histogram = vec![0; 256];
        histogram[0] = 1;
        histogram[50] = 500;
        histogram[60] = 498;
        histogram[255] = 1;
        assert_eq!(DisplayRange::central(&histogram, 0.01), DisplayRange { black: 50, white: 60 });
        assert_eq!(DisplayRange::central(&histogram, 0.0), DisplayRange { black: 0, white: 255 });
    }

    #[test]
    fn edge_rows_are_counted_from_the_edge() {
        let pixels = Pixels::new(2, 3, Samples::Gray8(vec![1, 1, 2, 2, 3, 3])).expect("size fits");
        assert_eq!(EdgeRows::at_bottom(&pixels, 2).row(0), [3, 3]);
        assert_eq!(EdgeRows::at_bottom(&pixels, 2).row(1), [2, 2]);
        assert_eq!(EdgeRows::at_top(&pixels, 2).row(0), [1, 1]);
        assert_eq!(EdgeRows::at_top(&pixels, 9).row(2), [3, 3]);
    }
}
