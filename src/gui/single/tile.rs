//! Parts of an image as they are shown, and which of them are seen.

use egui::{ColorImage, Rect, Vec2, pos2, vec2};

use super::placement::Placement;
use crate::micrograph::{Pixels, Samples};

/// Side of a tile in pixels of its level.
pub(super) const TILE_PX: usize = 512;

/// A tile's place: how often the image was halved, then column and row of the tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TileKey {
    /// How often the image was halved.
    pub halvings: usize,
    /// Counted in tiles from the left.
    pub column: usize,
    /// Counted in tiles from the top.
    pub row: usize,
}

/// A part of an image: its corner and its size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// Left and top.
    pub corner: [usize; 2],
    /// Width and height.
    pub size: [usize; 2],
}

impl Part {
    /// All of it.
    pub(super) fn whole(pixels: &Pixels) -> Self {
        Self { corner: [0, 0], size: size_of(pixels) }
    }

    /// What a tile shows of its level.
    pub(super) fn of_tile(key: TileKey, pixels: &Pixels) -> Self {
        let corner = [key.column * TILE_PX, key.row * TILE_PX];
        let [width, height] = size_of(pixels);
        Self { corner, size: [TILE_PX.min(width - corner[0]), TILE_PX.min(height - corner[1])] }
    }

    /// With a pixel of each neighbour, so that smoothing shows no seam between tiles.
    pub(super) fn with_border(self, pixels: &Pixels) -> Self {
        let side = |axis: usize, most: usize| {
            let first = self.corner[axis].saturating_sub(1);
            (first, (self.corner[axis] + self.size[axis] + 1).min(most) - first)
        };
        let [width, height] = size_of(pixels);
        let ((left, width), (top, height)) = (side(0, width), side(1, height));
        Self { corner: [left, top], size: [width, height] }
    }

    /// Number of its pixels.
    pub(super) fn pixel_count(self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Where it is within its level, in the level's pixels.
    pub(super) fn rect(self) -> Rect {
        let [x, y] = self.corner.map(|at| at as f32);
        Rect::from_min_size(pos2(x, y), vec2(self.size[0] as f32, self.size[1] as f32))
    }
}

fn size_of(pixels: &Pixels) -> [usize; 2] {
    [pixels.width_px() as usize, pixels.height_px() as usize]
}

/// The tiles of a level that are seen, the nearest to the middle of the view first.
pub(super) fn visible_tiles(
    placement: &Placement,
    halvings: usize,
    pixels: &Pixels,
) -> Vec<TileKey> {
    let seen = placement.visible();
    if !seen.is_positive() {
        return Vec::new();
    }
    let level_size = vec2(pixels.width_px() as f32, pixels.height_px() as f32);
    let level_px = |point: egui::Pos2| -> Vec2 {
        (point - placement.target.min) / placement.target.size() * level_size
    };
    let tile_of = |px: f32, most: f32| (px.clamp(0.0, most - 1.0) / TILE_PX as f32) as usize;
    let (first, last) = (level_px(seen.min), level_px(seen.max));
    let mut tiles = Vec::new();
    for row in tile_of(first.y, level_size.y)..=tile_of(last.y, level_size.y) {
        for column in tile_of(first.x, level_size.x)..=tile_of(last.x, level_size.x) {
            tiles.push(TileKey { halvings, column, row });
        }
    }
    let middle = level_px(seen.center());
    let distance = |key: &TileKey| {
        let center = Part::of_tile(*key, pixels).rect().center().to_vec2();
        (center - middle).length_sq()
    };
    tiles.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    tiles
}

/// The part as it is shown, every value through `table`.
pub(super) fn shown_image(pixels: &Pixels, table: &[u8], part: Part) -> ColorImage {
    let width = pixels.width_px() as usize;
    let Part { corner: [left, top], size } = part;
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

    fn gray(width_px: u32, height_px: u32) -> Pixels {
        let count = (width_px * height_px) as usize;
        Pixels::new(width_px, height_px, Samples::Gray8(vec![0; count])).expect("size fits")
    }

    #[test]
    fn a_part_is_shown_through_the_table() {
        let pixels = Pixels::new(3, 2, Samples::Gray8(vec![0, 1, 2, 3, 4, 5])).expect("size fits");
        let table: Vec<u8> = (0..=255).map(|value: u8| 255 - value).collect();
        let tile = shown_image(&pixels, &table, Part { corner: [1, 0], size: [2, 2] });
        let shown: Vec<u8> = tile.pixels.iter().map(|pixel| pixel.r()).collect();
        assert_eq!(shown, [254, 253, 251, 250]);
    }

    #[test]
    fn tiles_cover_their_level_and_borders_stay_within_it() {
        let pixels = gray(1100, 600);
        let last = Part::of_tile(TileKey { halvings: 0, column: 2, row: 1 }, &pixels);
        assert_eq!(last, Part { corner: [1024, 512], size: [76, 88] });
        assert_eq!(last.with_border(&pixels), Part { corner: [1023, 511], size: [77, 89] });
        let first = Part::of_tile(TileKey { halvings: 0, column: 0, row: 0 }, &pixels);
        assert_eq!(first.with_border(&pixels), Part { corner: [0, 0], size: [513, 513] });
    }

    #[test]
    fn only_what_is_seen_is_asked_for_the_middle_first() {
        let pixels = gray(2048, 2048);
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 100.0));
        let at = |x: f32, y: f32| Placement::new(view, vec2(4096.0, 4096.0), pos2(x, y), 0.5, 1.0);
        // Half the size on the screen: level pixels are screen pixels.
        let seen = |placement: &Placement| -> Vec<[usize; 2]> {
            let tiles = visible_tiles(placement, 1, &pixels);
            tiles.iter().map(|key| [key.column, key.row]).collect()
        };
        assert_eq!(seen(&at(2.0 * 700.0, 2.0 * 800.0)), [[1, 1]]);
        assert_eq!(seen(&at(2.0 * 1000.0, 2.0 * 800.0)), [[1, 1], [2, 1]]);
        assert_eq!(seen(&at(0.0, 0.0)), [[0, 0]]);
        assert!(seen(&at(-9000.0, 0.0)).is_empty());
    }
}
