//! Pixels in their true depth.

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

/// An image's pixels.
///
/// Invariant: the number of samples is `width_px * height_px`, times 3 for colour. [`Pixels::new`]
/// checks it, the fields are private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width_px: u32,
    height_px: u32,
    samples: Samples,
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
        })
    }

    /// Pixels out of interleaved 8-bit RGB; grey stored as RGB becomes grey.
    pub(super) fn from_rgb8(width_px: u32, height_px: u32, rgb: Vec<u8>) -> Option<Self> {
        let is_gray = rgb.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b);
        let samples = if is_gray {
            Samples::Gray8(rgb.as_chunks::<3>().0.iter().map(|[r, _, _]| *r).collect())
        } else {
            Samples::Rgb8(rgb)
        };
        Self::new(width_px, height_px, samples)
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
        let pixels = Pixels::from_rgb8(2, 1, vec![5, 5, 5, 9, 9, 9]);
        assert_eq!(pixels, Pixels::new(2, 1, Samples::Gray8(vec![5, 9])));
        let colored = Pixels::from_rgb8(2, 1, vec![5, 5, 5, 9, 0, 9]);
        assert!(colored.is_some_and(|pixels| pixels.has_color()));
    }
}
