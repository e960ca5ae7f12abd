//! The square that a network is shown.

use super::Orientation;

/// A square picture in 8-bit grey, of the size that a backbone takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// `[side_px, side_px]`, row-major.
    pixels: Vec<u8>,
    side_px: u32,
}

impl Prepared {
    /// A square of `side_px` rows and columns, or `None` where there are other than that many
    /// `pixels`.
    pub fn new(pixels: Vec<u8>, side_px: u32) -> Option<Self> {
        let side = side_px as usize;
        (side > 0 && pixels.len() == side * side).then_some(Self { pixels, side_px })
    }

    /// A square of `side_px` rows and columns, of what `pixel` gives for each row and column in
    /// turn.
    pub fn from_fn(side_px: u32, mut pixel: impl FnMut(u32, u32) -> u8) -> Self {
        let rows = (0..side_px).flat_map(|row| (0..side_px).map(move |column| (row, column)));
        Self { pixels: rows.map(|(row, column)| pixel(row, column)).collect(), side_px }
    }

    /// `[side_px, side_px]`, row-major.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Rows, and columns.
    pub fn side_px(&self) -> u32 {
        self.side_px
    }

    /// The same square, laid down in another way.
    #[must_use]
    pub fn oriented(&self, orientation: Orientation) -> Self {
        let pixels = orientation.apply(&self.pixels, self.side_px as usize);
        Self { pixels, side_px: self.side_px }
    }
}
