//! An image at several sizes, each cut into tiles that fit every graphics card.

use egui::{ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, Vec2, pos2, vec2};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// Side of a tile: every graphics card takes textures of this size.
const TILE_PX: usize = 2048;

/// One size of an image, on the graphics card.
pub(super) struct Level {
    tiles: Vec<Tile>,
    /// Pixels of this level a pixel of the image.
    scale: f32,
    is_pixelated: bool,
}

struct Tile {
    texture: TextureHandle,
    /// Place within the level, in its pixels.
    rect: Rect,
}

impl Level {
    /// The level of `rgb` (row-major, of the given size) that is `halvings` times halved.
    pub(super) fn upload(
        context: &Context,
        rgb: &[u8],
        size_px: [usize; 2],
        halvings: u32,
        is_pixelated: bool,
    ) -> Self {
        let level_px = size_px.map(|side| (side >> halvings).max(1));
        let reduced = (halvings > 0).then(|| reduce(rgb, size_px, level_px)).flatten();
        let (rgb, [width, height]) = match &reduced {
            Some(reduced) => (reduced.as_slice(), level_px),
            None => (rgb, size_px),
        };
        let options = if is_pixelated { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
        let mut tiles = Vec::new();
        for top in (0..height).step_by(TILE_PX) {
            for left in (0..width).step_by(TILE_PX) {
                let tile = [TILE_PX.min(width - left), TILE_PX.min(height - top)];
                let pixels: Vec<u8> = (top..top + tile[1])
                    .flat_map(|y| &rgb[(y * width + left) * 3..(y * width + left + tile[0]) * 3])
                    .copied()
                    .collect();
                let texture =
                    context.load_texture("image", ColorImage::from_rgb(tile, &pixels), options);
                let min = pos2(left as f32, top as f32);
                let rect = Rect::from_min_size(min, vec2(tile[0] as f32, tile[1] as f32));
                tiles.push(Tile { texture, rect });
            }
        }
        Self { tiles, scale: width as f32 / size_px[0] as f32, is_pixelated }
    }

    /// Whether single pixels are drawn as squares.
    pub(super) fn is_pixelated(&self) -> bool {
        self.is_pixelated
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

fn reduce(rgb: &[u8], from_px: [usize; 2], to_px: [usize; 2]) -> Option<Vec<u8>> {
    let [from_width, from_height] = from_px.map(|side| side as u32);
    let [to_width, to_height] = to_px.map(|side| side as u32);
    let source = ImageRef::new(from_width, from_height, rgb, PixelType::U8x3).ok()?;
    let mut reduced = Image::new(to_width, to_height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(&source, &mut reduced, &options).ok()?;
    Some(reduced.into_vec())
}
