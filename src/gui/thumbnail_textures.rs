//! Thumbnails on the graphics card, within a budget of bytes.

use std::collections::HashMap;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::catalog::ImageId;
use crate::ops::Thumbnail;

/// Most bytes of thumbnails kept: some 700 of 320×240 px.
const BUDGET_BYTES: usize = 256 << 20;

/// A thumbnail, or why there is none.
pub(super) enum Picture {
    /// On the graphics card.
    Texture(TextureHandle),
    /// The file cannot be read; the library knows why.
    Unreadable,
}

struct Entry {
    picture: Picture,
    bytes: usize,
    last_shown: u64,
}

/// Thumbnails by image; the longest unseen go first when the budget is used up.
#[derive(Default)]
pub(super) struct ThumbnailTextures {
    entries: HashMap<ImageId, Entry>,
    bytes: usize,
    frame: u64,
}

impl ThumbnailTextures {
    /// Forgets everything: another library was opened.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes in a thumbnail.
    pub(super) fn insert(
        &mut self,
        context: &Context,
        image: ImageId,
        loaded: Result<Thumbnail, String>,
    ) {
        let (picture, bytes) = match loaded {
            Ok(thumbnail) => {
                let size = [thumbnail.width_px as usize, thumbnail.height_px as usize];
                let pixels = ColorImage::from_rgb(size, &thumbnail.rgb);
                let texture = context.load_texture("thumbnail", pixels, TextureOptions::LINEAR);
                (Picture::Texture(texture), size[0] * size[1] * 4)
            }
            Err(_) => (Picture::Unreadable, 0),
        };
        let entry = Entry { picture, bytes, last_shown: self.frame };
        self.bytes += bytes;
        if let Some(replaced) = self.entries.insert(image, entry) {
            self.bytes -= replaced.bytes;
        }
        self.keep_to_budget();
    }

    /// What is known of this image is old.
    pub(super) fn forget(&mut self, image: ImageId) {
        if let Some(forgotten) = self.entries.remove(&image) {
            self.bytes -= forgotten.bytes;
        }
    }

    /// The thumbnail, if it is there.
    pub(super) fn get(&mut self, image: ImageId) -> Option<&Picture> {
        let entry = self.entries.get_mut(&image)?;
        entry.last_shown = self.frame;
        Some(&entry.picture)
    }

    /// A new frame begins.
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
    }

    fn keep_to_budget(&mut self) {
        if self.bytes <= BUDGET_BYTES {
            return;
        }
        let mut by_age: Vec<(u64, ImageId)> =
            self.entries.iter().map(|(image, entry)| (entry.last_shown, *image)).collect();
        by_age.sort_unstable();
        for (_, image) in by_age {
            // A quarter of room, so that this does not run for every new thumbnail.
            if self.bytes <= BUDGET_BYTES * 3 / 4 {
                break;
            }
            if let Some(entry) = self.entries.remove(&image) {
                self.bytes -= entry.bytes;
            }
        }
    }
}
