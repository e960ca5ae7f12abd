//! A picture in shades from 0 to 1 that text and lines can be drawn on.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Size};

/// Row-major, `grey.len() == width_px * height_px`.
pub struct GreyPlane {
    pub width_px: usize,
    pub height_px: usize,
    pub grey: Vec<f32>,
}

impl GreyPlane {
    pub fn filled(width_px: usize, height_px: usize, grey: f32) -> Self {
        Self { width_px, height_px, grey: vec![grey; width_px * height_px] }
    }
}

impl OriginDimensions for GreyPlane {
    fn size(&self) -> Size {
        Size::new(self.width_px as u32, self.height_px as u32)
    }
}

impl DrawTarget for GreyPlane {
    type Color = Gray8;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Gray8>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(point, colour) in pixels {
            let (Ok(column), Ok(row)) = (usize::try_from(point.x), usize::try_from(point.y)) else {
                continue;
            };
            if column < self.width_px && row < self.height_px {
                self.grey[row * self.width_px + column] = f32::from(colour.luma()) / 255.0;
            }
        }
        Ok(())
    }
}
