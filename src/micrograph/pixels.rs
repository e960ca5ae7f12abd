//! Pixels in their true depth.

use super::Orientation;
use super::exact::{ExactValues, map_values};
use super::halving::{half_side_px, halved_samples};

/// The values of an image, row-major, top row first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// One 8-bit value a pixel.
    Gray8(Vec<u8>),
    /// One 16-bit value a pixel.
    Gray16(Vec<u16>),
    /// Three 8-bit values a pixel: only for images that truly have colour, such as one with
    /// coloured drawings burnt in.
    Rgb8(Vec<u8>),
}

impl Samples {
    /// Memory that the values take.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Gray8(values) | Self::Rgb8(values) => values.len(),
            Self::Gray16(values) => values.len() * 2,
        }
    }
}

/// How far apart a grey pixel's three values may come out of lossy compression: measured on JPEG
/// copies of grey micrographs, whose least colourful true colour is twice as far.
const LOSSY_TINT: u8 = 16;

/// Brightness of a colour (ITU-R BT.709 weights).
pub(super) fn luma([r, g, b]: &[u8; 3]) -> u8 {
    // In 1/65536, rounded; the weights sum to 65536.
    let weighted = 13_933 * u32::from(*r) + 46_871 * u32::from(*g) + 4_732 * u32::from(*b);
    ((weighted + 32_768) >> 16) as u8
}

/// An image's pixels.
///
/// Invariant: the number of samples is `width_px * height_px`, times 3 for colour. [`Pixels::new`]
/// checks it, the fields are private.
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    width_px: u32,
    height_px: u32,
    samples: Samples,
    exact: Option<Exact>,
}

/// Values for which the samples stand.
#[derive(Debug, Clone, PartialEq)]
struct Exact {
    values: ExactValues,
    /// What the samples 0 and 65,535 stand for.
    ends: [f64; 2],
}

impl Pixels {
    /// Pixels of the given size, or `None` where the number of samples does not fit it or the
    /// image has no pixel at all.
    pub fn new(width_px: u32, height_px: u32, samples: Samples) -> Option<Self> {
        let pixel_count = width_px as usize * height_px as usize;
        let expected = match &samples {
            Samples::Gray8(values) => (values.len(), pixel_count),
            Samples::Gray16(values) => (values.len(), pixel_count),
            Samples::Rgb8(values) => (values.len(), pixel_count.checked_mul(3)?),
        };
        (pixel_count > 0 && expected.0 == expected.1).then_some(Self {
            width_px,
            height_px,
            samples,
            exact: None,
        })
    }

    /// Grey pixels of values that the samples cannot hold: 16-bit samples stand for them, the least
    /// the brightest where `is_white_low`.
    pub(super) fn of_exact(
        width_px: u32,
        height_px: u32,
        values: ExactValues,
        is_white_low: bool,
    ) -> Option<Self> {
        if values.len() != width_px as usize * height_px as usize {
            return None;
        }
        let mut ends = values.ends();
        if is_white_low {
            ends.reverse();
        }
        let samples = Samples::Gray16(values.in_16_bits(ends));
        let pixels = Self::new(width_px, height_px, samples)?;
        Some(Self { exact: Some(Exact { values, ends }), ..pixels })
    }

    /// Pixels out of interleaved 8-bit colour of `channels` values a pixel, red, green and blue
    /// first; grey stored as colour becomes grey. Where compression was lossy, grey comes back with
    /// a tint that nobody sees.
    pub(super) fn from_rgb8(
        width_px: u32,
        height_px: u32,
        values: &[u8],
        channels: usize,
        is_lossy: bool,
    ) -> Option<Self> {
        let tint = if is_lossy { LOSSY_TINT } else { 0 };
        let is_gray = values.chunks_exact(channels).all(|pixel| {
            let [r, g, b] = [pixel[0], pixel[1], pixel[2]];
            r.max(g).max(b) - r.min(g).min(b) <= tint
        });
        let colors = values.chunks_exact(channels);
        let samples = if is_gray {
            Samples::Gray8(colors.map(|pixel| luma(&[pixel[0], pixel[1], pixel[2]])).collect())
        } else if channels == 3 {
            Samples::Rgb8(values.to_vec())
        } else {
            Samples::Rgb8(colors.flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
        };
        Self::new(width_px, height_px, samples)
    }

    /// The same with 16 bits a value: grey keeps them, colour is brought to 8.
    pub(super) fn from_rgb16(
        width_px: u32,
        height_px: u32,
        values: &[u16],
        channels: usize,
    ) -> Option<Self> {
        let colors = values.chunks_exact(channels);
        let is_gray = colors.clone().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        let samples = if is_gray {
            Samples::Gray16(colors.map(|pixel| pixel[0]).collect())
        } else {
            let to_8_bit = |value: u16| (value >> 8) as u8;
            Samples::Rgb8(colors.flat_map(|p| [p[0], p[1], p[2]].map(to_8_bit)).collect())
        };
        Self::new(width_px, height_px, samples)
    }

    /// The image at half its width and height, rounded down but at least 1: every value is the mean
    /// of four. The last column or row of an odd side is left out.
    pub fn halved(&self) -> Self {
        let samples = halved_samples(&self.samples, [self.width_px, self.height_px]);
        let [width_px, height_px] = [self.width_px, self.height_px].map(half_side_px);
        Self { width_px, height_px, samples, exact: None }
    }

    /// The picture, of pixels as they are stored.
    pub(super) fn turned(self, orientation: Orientation) -> Self {
        if orientation == Orientation::AS_STORED {
            return self;
        }
        let stored_px = [self.width_px, self.height_px];
        let [width_px, height_px] = orientation.turned_size(stored_px);
        let samples = match self.samples {
            Samples::Gray8(values) => Samples::Gray8(orientation.turned(&values, stored_px)),
            Samples::Gray16(values) => Samples::Gray16(orientation.turned(&values, stored_px)),
            Samples::Rgb8(values) => {
                let pixels = orientation.turned(values.as_chunks::<3>().0, stored_px);
                Samples::Rgb8(pixels.into_flattened())
            }
        };
        let exact = self.exact.map(|Exact { values, ends }| {
            let values = map_values!(values, values => orientation.turned(&values, stored_px));
            Exact { values, ends }
        });
        Self { width_px, height_px, samples, exact }
    }

    /// Columns.
    pub fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Rows.
    pub fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The values, row-major, top row first.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The true values of an image whose samples only stand for them, between the two that the
    /// samples 0 and 65,535 stand for; nothing where the samples are the values.
    pub fn exact(&self) -> Option<(&ExactValues, [f64; 2])> {
        self.exact.as_ref().map(|exact| (&exact.values, exact.ends))
    }

    /// Memory that the values take.
    pub fn size_bytes(&self) -> usize {
        let exact = self.exact.as_ref().map_or(0, |exact| exact.values.size_bytes());
        self.samples.size_bytes() + exact
    }

    /// Whether the image has colour that grey cannot show.
    pub fn has_color(&self) -> bool {
        matches!(self.samples, Samples::Rgb8(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_of_samples_is_refused() {
        assert!(Pixels::new(2, 2, Samples::Gray8(vec![0; 3])).is_none());
        assert!(Pixels::new(2, 2, Samples::Rgb8(vec![0; 4])).is_none());
        assert!(Pixels::new(0, 2, Samples::Gray8(vec![])).is_none());
        assert!(Pixels::new(2, 2, Samples::Gray16(vec![0; 4])).is_some());
    }

    #[test]
    fn gray_saved_as_rgb_is_recognised_as_gray() {
        let gray = Pixels::new(2, 1, Samples::Gray8(vec![5, 9]));
        assert_eq!(Pixels::from_rgb8(2, 1, &[5, 5, 5, 9, 9, 9], 3, false), gray);
        assert_eq!(Pixels::from_rgb8(2, 1, &[5, 5, 5, 0, 9, 9, 9, 7], 4, false), gray);
        let colored = Pixels::from_rgb8(2, 1, &[5, 5, 5, 9, 0, 9], 3, false);
        assert!(colored.is_some_and(|pixels| pixels.has_color()));
        let wide = Pixels::from_rgb16(2, 1, &[700, 700, 700, 9, 9, 9], 3);
        assert_eq!(wide, Pixels::new(2, 1, Samples::Gray16(vec![700, 9])));
    }

    #[test]
    fn a_tint_of_compression_is_gray_and_exact_colour_is_not() {
        let tinted = [100, 104, 98, 200, 200, 205];
        let is_gray = |is_lossy| {
            !Pixels::from_rgb8(2, 1, &tinted, 3, is_lossy).is_some_and(|pixels| pixels.has_color())
        };
        assert!(is_gray(true));
        assert!(!is_gray(false));
    }

    #[test]
    fn white_stays_white_and_gray_keeps_its_value_as_luma() {
        assert_eq!(luma(&[255; 3]), 255);
        assert_eq!(luma(&[77; 3]), 77);
    }
}
