//! An image on the graphics card: whole and coarse at once, fine in tiles as they are seen.

use std::collections::BTreeMap;

use egui::{Color32, Context, Painter, Rect, TextureHandle, TextureOptions, pos2};

use super::placement::Placement;
use super::tile::{Part, TileKey, shown_image, visible_tiles};
use crate::micrograph::{DisplayMapping, Pixels};
use crate::session::LoadedImage;

/// Pixels that are made ready in a frame, beyond what is always shown at once.
const PIXELS_A_FRAME: usize = 1 << 20;
/// The largest level that is made ready whole, in the frame in which it is first shown.
const WHOLE_PX: u32 = 1024;
/// Most pixels of tiles kept on the graphics card, four bytes each.
const MOST_TILE_PIXELS: usize = 32 << 20;
/// From this magnification on, single pixels are drawn as squares.
const SQUARES_FROM: f32 = 2.0;
const ALL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// Pixels that may still be made ready in this frame.
pub(super) struct PixelBudget(usize);

impl PixelBudget {
    /// The budget of a new frame.
    pub(super) fn of_frame() -> Self {
        Self(PIXELS_A_FRAME)
    }

    /// Takes so many pixels, if any is left: the last piece may be larger than what is.
    fn take(&mut self, pixel_count: usize) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(pixel_count);
        is_left
    }
}

/// One image on the graphics card.
#[derive(Default)]
pub(super) struct Pyramid {
    /// What everything here was made with.
    mapping: Option<DisplayMapping>,
    /// What becomes of each value.
    table: Vec<u8>,
    whole: Option<Whole>,
    tiles: BTreeMap<TileKey, Tile>,
    frame: u64,
}

struct Whole {
    halvings: usize,
    texture: TextureHandle,
    has_squares: bool,
}

struct Tile {
    texture: TextureHandle,
    has_squares: bool,
    pixel_count: usize,
    last_shown: u64,
}

impl Pyramid {
    /// Paints the image, as sharp as it is ready; false while something is missing, which the next
    /// frames bring.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        placement: &Placement,
        image: &LoadedImage,
        mapping: DisplayMapping,
        budget: &mut PixelBudget,
    ) -> bool {
        self.frame += 1;
        if self.mapping != Some(mapping) {
            self.mapping = Some(mapping);
            self.table = mapping.table(&image.micrograph.pixels);
            self.whole = None;
            self.tiles.clear();
        }
        let zoom = placement.points_per_px() * painter.pixels_per_point();
        let halvings = halvings_for(zoom, image.most_halvings());
        let has_squares = zoom >= SQUARES_FROM;
        let whole = halvings.max(whole_halvings(image));
        self.paint_whole(painter, placement, image, whole, has_squares && whole == 0, budget);
        // What is there of the levels between stays beneath until the right one has come.
        for beneath in (halvings + 1..whole).rev() {
            self.paint_tiles(painter, placement, image, beneath, false, None);
        }
        let is_complete = halvings == whole
            || self.paint_tiles(painter, placement, image, halvings, has_squares, Some(budget));
        self.keep_to_budget();
        is_complete
    }

    fn paint_whole(
        &mut self,
        painter: &Painter,
        placement: &Placement,
        image: &LoadedImage,
        halvings: usize,
        has_squares: bool,
        budget: &mut PixelBudget,
    ) {
        let is_right =
            |whole: &&Whole| whole.halvings == halvings && whole.has_squares == has_squares;
        let texture = match self.whole.as_ref().filter(is_right) {
            Some(whole) => whole.texture.id(),
            None => {
                let pixels = image.level(halvings);
                let part = Part::whole(pixels);
                budget.take(part.pixel_count());
                let texture = upload(painter.ctx(), pixels, &self.table, part, has_squares);
                let id = texture.id();
                self.whole = Some(Whole { halvings, texture, has_squares });
                id
            }
        };
        painter.image(texture, placement.target, ALL, Color32::WHITE);
    }

    /// Paints the tiles of a level that are there, and makes missing ones ready where there is a
    /// budget for that. False where one is missing.
    fn paint_tiles(
        &mut self,
        painter: &Painter,
        placement: &Placement,
        image: &LoadedImage,
        halvings: usize,
        has_squares: bool,
        mut budget: Option<&mut PixelBudget>,
    ) -> bool {
        let pixels = image.level(halvings);
        let mut is_complete = true;
        for key in visible_tiles(placement, halvings, pixels) {
            let part = Part::of_tile(key, pixels);
            let bordered = part.with_border(pixels);
            let is_right = self.tiles.get(&key).is_some_and(|tile| tile.has_squares == has_squares);
            if !is_right && let Some(budget) = budget.as_deref_mut() {
                if budget.take(bordered.pixel_count()) {
                    let texture = upload(painter.ctx(), pixels, &self.table, bordered, has_squares);
                    let pixel_count = bordered.pixel_count();
                    let tile = Tile { texture, has_squares, pixel_count, last_shown: 0 };
                    self.tiles.insert(key, tile);
                } else {
                    is_complete = false;
                }
            }
            if let Some(tile) = self.tiles.get_mut(&key) {
                tile.last_shown = self.frame;
                let uv = within(part.rect(), bordered.rect());
                let rect = on_screen(placement, pixels, part.rect());
                painter.image(tile.texture.id(), rect, uv, Color32::WHITE);
            }
        }
        is_complete
    }

    fn keep_to_budget(&mut self) {
        let total: usize = self.tiles.values().map(|tile| tile.pixel_count).sum();
        if total <= MOST_TILE_PIXELS {
            return;
        }
        let mut by_age: Vec<(u64, TileKey)> =
            self.tiles.iter().map(|(key, tile)| (tile.last_shown, *key)).collect();
        by_age.sort_unstable();
        let mut excess = total - MOST_TILE_PIXELS;
        for (last_shown, key) in by_age {
            if excess == 0 || last_shown == self.frame {
                break;
            }
            let removed = self.tiles.remove(&key).map_or(0, |tile| tile.pixel_count);
            excess = excess.saturating_sub(removed);
        }
    }
}

/// How often the image is halved for this magnification, in screen pixels an image pixel: until a
/// further half would lose detail on this screen.
fn halvings_for(zoom: f32, most: usize) -> usize {
    ((1.0 / zoom).log2().floor().max(0.0) as usize).min(most)
}

/// The level that is made ready whole.
fn whole_halvings(image: &LoadedImage) -> usize {
    let is_small = |halvings: &usize| {
        let level = image.level(*halvings);
        level.width_px().max(level.height_px()) <= WHOLE_PX
    };
    (0..image.most_halvings()).find(is_small).unwrap_or(image.most_halvings())
}

fn upload(
    context: &Context,
    pixels: &Pixels,
    table: &[u8],
    part: Part,
    has_squares: bool,
) -> TextureHandle {
    let options = if has_squares { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
    context.load_texture("image", shown_image(pixels, table, part), options)
}

/// Where `part` is in `whole`, in shares of it.
fn within(part: Rect, whole: Rect) -> Rect {
    let share = |point: egui::Pos2| ((point - whole.min) / whole.size()).to_pos2();
    Rect::from_min_max(share(part.min), share(part.max))
}

/// Where a part of a level is on the screen.
fn on_screen(placement: &Placement, level: &Pixels, part: Rect) -> Rect {
    let size = egui::vec2(level.width_px() as f32, level.height_px() as f32);
    let at =
        |point: egui::Pos2| placement.target.min + point.to_vec2() / size * placement.target.size();
    Rect::from_min_max(at(part.min), at(part.max))
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;

    #[test]
    fn a_level_has_at_least_the_screens_pixels_and_less_than_twice_as_many() {
        let halvings = [8.0, 1.0, 0.51, 0.5, 0.26, 0.25, 0.01].map(|zoom| halvings_for(zoom, 5));
        assert_eq!(halvings, [0, 0, 0, 1, 1, 2, 5]);
    }

    #[test]
    fn a_budget_ends_with_the_piece_that_uses_it_up() {
        let mut budget = PixelBudget(100);
        assert_eq!([60, 60, 60].map(|count| budget.take(count)), [true, true, false]);
    }

    #[test]
    fn a_tiles_border_is_not_shown() {
        let part = Rect::from_min_size(pos2(512.0, 0.0), vec2(512.0, 512.0));
        let bordered = Rect::from_min_size(pos2(511.0, 0.0), vec2(514.0, 513.0));
        let uv = within(part, bordered);
        assert!((uv.left() - 1.0 / 514.0).abs() < 1e-6 && uv.top() == 0.0);
        assert!((uv.bottom() - 512.0 / 513.0).abs() < 1e-6);
    }
}
