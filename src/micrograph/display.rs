//! The fixed mapping from true pixel values to the 8 bits that a screen and a network take.
//!
//! 8-bit images are taken as they are. 16-bit images are stretched linearly between the 0.1 % and
//! the 99.9 % quantile of their values: many instruments store 12 bits in 16, so that the full
//! range would be nearly black. The mapping never changes what is stored or exported.

use super::pixels::{Pixels, Samples};

/// The values shown as black and as white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayRange {
    /// Shown as 0.
    pub black: u16,
    /// Shown as 255.
    pub white: u16,
}

impl DisplayRange {
    /// The range for `pixels`: 0 to 255 for 8 bits, the central 99.8 % of the values for 16.
    pub fn of(pixels: &Pixels) -> Self {
        let Samples::Gray16(values) = pixels.samples() else {
            return Self { black: 0, white: 255 };
        };
        let mut histogram = vec![0_u32; 1 << 16];
        for value in values {
            histogram[usize::from(*value)] += 1;
        }
        let tail = values.len() / 1000;
        let black = first_beyond(histogram.iter().enumerate(), tail);
        let white = first_beyond(histogram.iter().enumerate().rev(), tail);
        Self { black, white: white.max(black.saturating_add(1)) }
    }

    fn to_8_bit(self, value: u16) -> u8 {
        let black = i32::from(self.black);
        let span = (i32::from(self.white) - black).max(1);
        let scaled = ((i32::from(value) - black) * 255 + span / 2) / span;
        scaled.clamp(0, 255) as u8
    }
}

/// The first value, in the order given, with more than `tail` pixels at or before it.
fn first_beyond<'a>(histogram: impl Iterator<Item = (usize, &'a u32)>, tail: usize) -> u16 {
    let mut seen = 0_usize;
    for (value, count) in histogram {
        seen += *count as usize;
        if seen > tail {
            return value as u16;
        }
    }
    0
}

/// The image as 8-bit grey, one value a pixel. Colour becomes luma (Rec. 709 weights).
pub fn to_gray8(pixels: &Pixels) -> Vec<u8> {
    match pixels.samples() {
        Samples::Gray8(values) => values.clone(),
        Samples::Gray16(values) => {
            let range = DisplayRange::of(pixels);
            values.iter().map(|value| range.to_8_bit(*value)).collect()
        }
        Samples::Rgb8(rgb) => rgb.as_chunks::<3>().0.iter().map(luma).collect(),
    }
}

/// The image as interleaved 8-bit RGB, three values a pixel, colour kept.
pub fn to_rgb8(pixels: &Pixels) -> Vec<u8> {
    match pixels.samples() {
        Samples::Rgb8(rgb) => rgb.clone(),
        _ => to_gray8(pixels).into_iter().flat_map(|v| [v; 3]).collect(),
    }
}

fn luma([r, g, b]: &[u8; 3]) -> u8 {
    // ITU-R BT.709 in 1/65536, rounded; the weights sum to 65536.
    let weighted = 13_933 * u32::from(*r) + 46_871 * u32::from(*g) + 4_732 * u32::from(*b);
    ((weighted + 32_768) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_bits_in_sixteen_fill_the_screen_range() -> Result<(), &'static str> {
        let values = (0..4096).map(|value| value as u16).collect();
        let pixels = Pixels::new(64, 64, Samples::Gray16(values)).ok_or("size")?;
        let gray = to_gray8(&pixels);
        assert_eq!((gray[0], gray[4095]), (0, 255));
        assert!(gray[2048].abs_diff(128) <= 1);
        Ok(())
    }

    #[test]
    fn a_constant_image_does_not_divide_by_zero() -> Result<(), &'static str> {
        let pixels = Pixels::new(2, 2, Samples::Gray16(vec![700; 4])).ok_or("size")?;
        assert_eq!(to_gray8(&pixels), vec![0; 4]);
        Ok(())
    }

    #[test]
    fn white_stays_white_and_gray_keeps_its_value_as_luma() {
        assert_eq!(luma(&[255; 3]), 255);
        assert_eq!(luma(&[77; 3]), 77);
    }
}
