//! An image at several sizes, each cut into tiles that fit every graphics card.

use std::borrow::Cow;

use egui::{ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, Vec2, pos2, vec2};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::micrograph::{DisplayMapping, Pixels, Samples};

/// Side of a tile: every graphics card takes textures of this size.
const TILE_PX: usize = 2048;

/// One size of an image, on the graphics card.
pub(super) struct Level {
    tiles: Vec<Tile>,
    /// Pixels of this level a pixel of the image.
    scale: f32,
}

struct Tile {
    texture: TextureHandle,
    /// Place within the level, in its pixels.
    rect: Rect,
}

/// The image with true values, `halvings` times halved; the image itself where that is impossible.
pub(super) fn halved(pixels: &Pixels, halvings: u32) -> Cow<'_, Pixels> {
    if halvings == 0 {
        return Cow::Borrowed(pixels);
    }
    let [width_px, height_px] =
        [pixels.width_px(), pixels.height_px()].map(|side| (side >> halvings).max(1));
    let reduced = match pixels.samples() {
        Samples::Gray8(values) => {
            resized(pixels, values, PixelType::U8, [width_px, height_px]).map(Samples::Gray8)
        }
        Samples::Rgb8(values) => {
            resized(pixels, values, PixelType::U8x3, [width_px, height_px]).map(Samples::Rgb8)
        }
        Samples::Gray16(values) => {
            let bytes = bytemuck::cast_slice(values);
            resized(pixels, bytes, PixelType::U16, [width_px, height_px]).map(|bytes| {
                let pairs = bytes.as_chunks::<2>().0;
                Samples::Gray16(pairs.iter().map(|pair| u16::from_ne_bytes(*pair)).collect())
            })
        }
    };
    let reduced = reduced.and_then(|samples| Pixels::new(width_px, height_px, samples));
    reduced.map_or(Cow::Borrowed(pixels), Cow::Owned)
}

fn resized(
    pixels: &Pixels,
    bytes: &[u8],
    kind: PixelType,
    [width_px, height_px]: [u32; 2],
) -> Option<Vec<u8>> {
    let source = ImageRef::new(pixels.width_px(), pixels.height_px(), bytes, kind).ok()?;
    let mut reduced = Image::new(width_px, height_px, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(&source, &mut reduced, &options).ok()?;
    Some(reduced.into_vec())
}

impl Level {
    /// Puts `pixels`, an image of `image_width_px` columns at some size, on the graphics card.
    pub(super) fn upload(
        context: &Context,
        pixels: &Pixels,
        image_width_px: u32,
        mapping: &DisplayMapping,
        is_pixelated: bool,
    ) -> Self {
        let [width, height] = [pixels.width_px() as usize, pixels.height_px() as usize];
        let table = mapping.table(pixels);
        let options = if is_pixelated { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
        let mut tiles = Vec::new();
        for top in (0..height).step_by(TILE_PX) {
            for left in (0..width).step_by(TILE_PX) {
                let size = [TILE_PX.min(width - left), TILE_PX.min(height - top)];
                let image = tile_image(pixels, &table, [left, top], size);
                let texture = context.load_texture("image", image, options);
                let min = pos2(left as f32, top as f32);
                let rect = Rect::from_min_size(min, vec2(size[0] as f32, size[1] as f32));
                tiles.push(Tile { texture, rect });
            }
        }
        Self { tiles, scale: width as f32 / image_width_px as f32 }
    }

    /// Paints the image so that it fills `target`.
    pub(super) fn paint(&self, painter: &Painter, target: Rect, image_size: Vec2) {
        let points_per_px = target.size() / (image_size * self.scale);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        for tile in &self.tiles {
            let rect = Rect::from_min_max(
                target.min + tile.rect.min.to_vec2() * points_per_px,
                target.min + tile.rect.max.to_vec2() * points_per_px,
            );
            painter.image(tile.texture.id(), rect, uv, egui::Color32::WHITE);
        }
    }
}

/// The part of the image at `corner` as it is shown.
fn tile_image(pixels: &Pixels, table: &[u8], corner: [usize; 2], size: [usize; 2]) -> ColorImage {
    let width = pixels.width_px() as usize;
    let [left, top] = corner;
    let rows = (top..top + size[1]).map(|y| y * width + left..y * width + left + size[0]);
    match pixels.samples() {
        Samples::Gray8(values) => {
            let shown = rows.flat_map(|row| &values[row]).map(|value| table[usize::from(*value)]);
            ColorImage::from_gray(size, &shown.collect::<Vec<u8>>())
        }
        Samples::Gray16(values) => {
            let shown = rows.flat_map(|row| &values[row]).map(|value| table[usize::from(*value)]);
            ColorImage::from_gray(size, &shown.collect::<Vec<u8>>())
        }
        Samples::Rgb8(values) => {
            let shown = rows
                .flat_map(|row| &values[row.start * 3..row.end * 3])
                .map(|value| table[usize::from(*value)]);
            ColorImage::from_rgb(size, &shown.collect::<Vec<u8>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_keeps_the_depth_and_averages_the_values() {
        let wide = Pixels::new(4, 2, Samples::Gray16(vec![0, 400, 1000, 1000, 0, 400, 1000, 1000]));
        let wide = wide.expect("size fits");
        let halved = halved(&wide, 1);
        assert_eq!(halved.samples(), &Samples::Gray16(vec![200, 1000]));
        assert_eq!((halved.width_px(), halved.height_px()), (2, 1));
    }

    #[test]
    fn a_tile_shows_its_part_through_the_table() {
        let pixels = Pixels::new(3, 2, Samples::Gray8(vec![0, 1, 2, 3, 4, 5])).expect("size fits");
        let table: Vec<u8> = (0..=255).map(|value: u8| 255 - value).collect();
        let tile = tile_image(&pixels, &table, [1, 0], [2, 2]);
        let shown: Vec<u8> = tile.pixels.iter().map(|pixel| pixel.r()).collect();
        assert_eq!(shown, [254, 253, 251, 250]);
    }
}
