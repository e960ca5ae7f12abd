//! The colours that tell categories apart.

use serde::{Deserialize, Serialize};

/// An opaque sRGB colour, 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Rgb {
    /// The colour written `0xRRGGBB`; bits above the lowest 24 are ignored.
    pub const fn from_hex(hex: u32) -> Self {
        let [_, r, g, b] = hex.to_be_bytes();
        Self { r, g, b }
    }

    /// The colour as `0xRRGGBB`.
    pub const fn to_hex(self) -> u32 {
        u32::from_be_bytes([0, self.r, self.g, self.b])
    }
}

/// Category colours in the order they are given out.
///
/// The first seven are Okabe and Ito's, told apart with any common colour blindness; the rest are
/// from Paul Tol's "muted" scheme, leaving out those close to the first seven.
pub const PALETTE: [Rgb; 12] = [
    Rgb::from_hex(0xE69F00), // orange
    Rgb::from_hex(0x56B4E9), // sky blue
    Rgb::from_hex(0x009E73), // bluish green
    Rgb::from_hex(0xF0E442), // yellow
    Rgb::from_hex(0x0072B2), // blue
    Rgb::from_hex(0xD55E00), // vermillion
    Rgb::from_hex(0xCC79A7), // reddish purple
    Rgb::from_hex(0x44AA99), // teal
    Rgb::from_hex(0x882255), // wine
    Rgb::from_hex(0x999933), // olive
    Rgb::from_hex(0xAA4499), // purple
    Rgb::from_hex(0xBBBBBB), // grey
];

/// The colour of the category with this position (from 0); colours repeat after the twelfth.
pub fn palette_color(position: usize) -> Rgb {
    PALETTE[position % PALETTE.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn palette_colors_differ_and_survive_hex() {
        assert_eq!(PALETTE.iter().collect::<HashSet<_>>().len(), PALETTE.len());
        for color in PALETTE {
            assert_eq!(Rgb::from_hex(color.to_hex()), color);
        }
    }

    #[test]
    fn colors_repeat_after_the_twelfth() {
        assert_eq!(palette_color(12), palette_color(0));
        assert_ne!(palette_color(11), palette_color(0));
    }
}
