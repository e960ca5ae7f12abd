//! Thumbnails on the graphics card, at the sizes at which they are shown, within a budget of bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::catalog::ImageId;
use crate::ops::{THUMBNAIL_SIZES_PX, Thumbnail, ThumbnailKey};

/// What is kept unless somebody chooses otherwise: some 700 thumbnails of 320×240 px.
const DEFAULT_BUDGET_MB: usize = 256;
/// Most that goes to the graphics card in one frame, so that a burst of thumbnails makes no frame
/// long; one always goes.
const UPLOAD_BYTES: usize = 3 << 19;
const UPLOADS: usize = 16;
/// Most thumbnails that wait for it; those that came first are dropped, and asked for again if they
/// are still wanted.
const MOST_WAITING: usize = 512;

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
    /// The frame in which it was last shown.
    last_shown: u64,
}

/// Thumbnails by image and size; the longest unseen go first when the budget is used up.
pub(super) struct ThumbnailTextures {
    entries: HashMap<ThumbnailKey, Entry>,
    /// The keys of the entries, the longest unseen first.
    by_last_shown: BTreeSet<(u64, ThumbnailKey)>,
    bytes: usize,
    budget_bytes: usize,
    frame: u64,
    /// Loaded, but not on the graphics card yet.
    waiting: BTreeMap<ThumbnailKey, Thumbnail>,
    /// What may still be uploaded in this frame.
    uploads_left: usize,
    upload_bytes_left: usize,
}

impl Default for ThumbnailTextures {
    fn default() -> Self {
        let mut textures = Self {
            entries: HashMap::new(),
            by_last_shown: BTreeSet::new(),
            bytes: 0,
            budget_bytes: 0,
            frame: 0,
            waiting: BTreeMap::new(),
            uploads_left: UPLOADS,
            upload_bytes_left: UPLOAD_BYTES,
        };
        textures.set_budget_mb(DEFAULT_BUDGET_MB);
        textures
    }
}

impl ThumbnailTextures {
    /// Keeps no more than this many megabytes, but what is on screen in any case.
    pub(super) fn set_budget_mb(&mut self, budget_mb: usize) {
        self.budget_bytes = budget_mb << 20;
        self.keep_to_budget();
    }

    /// Forgets everything: another library was opened.
    pub(super) fn clear(&mut self) {
        let budget_bytes = self.budget_bytes;
        *self = Self { budget_bytes, ..Self::default() };
    }

    /// Takes in a thumbnail; it goes to the graphics card when there is time.
    pub(super) fn insert(&mut self, key: ThumbnailKey, loaded: Result<Thumbnail, String>) {
        match loaded {
            Ok(thumbnail) => {
                if self.waiting.len() >= MOST_WAITING {
                    self.waiting.pop_first();
                }
                self.waiting.insert(key, thumbnail);
            }
            Err(_) => self.put(key, Picture::Unreadable, 0),
        }
    }

    /// What is known of this image is old.
    pub(super) fn forget(&mut self, image: ImageId) {
        for size_px in THUMBNAIL_SIZES_PX {
            let key = ThumbnailKey { image, size_px };
            self.waiting.remove(&key);
            self.remove(key);
        }
    }

    /// The thumbnail at whatever size there is, the one nearest above the usual one first.
    #[allow(dead_code, reason = "for views that show an image while it is decoded")]
    pub(super) fn get(&mut self, image: ImageId) -> Option<&Picture> {
        self.at_size(image, crate::ops::THUMBNAIL_SIZE_PX)
    }

    /// The thumbnail at this size, else at the next larger size, else at the largest there is.
    pub(super) fn at_size(&mut self, image: ImageId, size_px: u32) -> Option<&Picture> {
        let larger = THUMBNAIL_SIZES_PX.iter().filter(|size| **size >= size_px);
        let smaller = THUMBNAIL_SIZES_PX.iter().rev().filter(|size| **size < size_px);
        let mut refused = None;
        let mut found = None;
        for size_px in larger.chain(smaller) {
            let key = ThumbnailKey { image, size_px: *size_px };
            match self.entries.get(&key).map(|entry| &entry.picture) {
                Some(Picture::Texture(_)) => {
                    found = Some(key);
                    break;
                }
                Some(Picture::Unreadable) => refused = Some(key),
                None => {}
            }
        }
        let key = found.or(refused)?;
        let entry = self.entries.get_mut(&key)?;
        if entry.last_shown != self.frame {
            self.by_last_shown.remove(&(entry.last_shown, key));
            self.by_last_shown.insert((self.frame, key));
            entry.last_shown = self.frame;
        }
        Some(&entry.picture)
    }

    /// Whether this thumbnail need not be asked for. One that waits is uploaded, if this frame has
    /// room for it: so what is asked about first is on screen first.
    pub(super) fn is_there(&mut self, context: &Context, key: ThumbnailKey) -> bool {
        if self.entries.contains_key(&key) {
            return true;
        }
        match self.waiting.remove(&key) {
            Some(thumbnail) => {
                self.upload(context, key, thumbnail);
                true
            }
            None => false,
        }
    }

    /// A new frame begins. What the last one had no use for is uploaded with what it left.
    pub(super) fn next_frame(&mut self, context: &Context) {
        while self.uploads_left > 0
            && let Some((key, thumbnail)) = self.waiting.pop_first()
        {
            self.upload(context, key, thumbnail);
        }
        self.frame += 1;
        (self.uploads_left, self.upload_bytes_left) = (UPLOADS, UPLOAD_BYTES);
        self.keep_to_budget();
        if !self.waiting.is_empty() {
            context.request_repaint();
        }
    }

    /// Uploads a thumbnail, or lets it wait where this frame has no room left.
    fn upload(&mut self, context: &Context, key: ThumbnailKey, thumbnail: Thumbnail) {
        let size = [thumbnail.width_px as usize, thumbnail.height_px as usize];
        let bytes = size[0] * size[1] * 4;
        let is_first = self.uploads_left == UPLOADS;
        if self.uploads_left == 0 || (bytes > self.upload_bytes_left && !is_first) {
            self.uploads_left = 0;
            self.waiting.insert(key, thumbnail);
            context.request_repaint();
            return;
        }
        self.uploads_left -= 1;
        self.upload_bytes_left = self.upload_bytes_left.saturating_sub(bytes);
        let pixels = ColorImage::from_rgb(size, &thumbnail.rgb);
        let texture = context.load_texture("thumbnail", pixels, TextureOptions::LINEAR);
        self.put(key, Picture::Texture(texture), bytes);
    }

    fn put(&mut self, key: ThumbnailKey, picture: Picture, bytes: usize) {
        self.remove(key);
        self.bytes += bytes;
        self.by_last_shown.insert((self.frame, key));
        self.entries.insert(key, Entry { picture, bytes, last_shown: self.frame });
        self.keep_to_budget();
    }

    fn remove(&mut self, key: ThumbnailKey) {
        if let Some(removed) = self.entries.remove(&key) {
            self.bytes -= removed.bytes;
            self.by_last_shown.remove(&(removed.last_shown, key));
        }
    }

    /// Drops the longest unseen, but nothing that was on screen a frame ago.
    fn keep_to_budget(&mut self) {
        while self.bytes > self.budget_bytes
            && let Some((last_shown, key)) = self.by_last_shown.first().copied()
            && last_shown + 1 < self.frame
        {
            self.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(image: u32, size_px: u32) -> ThumbnailKey {
        ThumbnailKey { image: ImageId(image), size_px }
    }

    fn thumbnail(width_px: u32) -> Thumbnail {
        let pixels = (width_px * width_px) as usize;
        Thumbnail { width_px, height_px: width_px, rgb: vec![0; pixels * 3] }
    }

    fn shown_width(textures: &mut ThumbnailTextures, image: u32, size_px: u32) -> Option<usize> {
        match textures.at_size(ImageId(image), size_px)? {
            Picture::Texture(texture) => Some(texture.size()[0]),
            Picture::Unreadable => None,
        }
    }

    #[test]
    fn the_nearest_size_is_shown_until_the_right_one_is_there() {
        let (context, mut textures) = (Context::default(), ThumbnailTextures::default());
        for size in [80, 320] {
            textures.insert(key(1, size), Ok(thumbnail(size)));
            assert!(textures.is_there(&context, key(1, size)));
        }
        assert_eq!(shown_width(&mut textures, 1, 80), Some(80));
        assert_eq!(shown_width(&mut textures, 1, 160), Some(320), "larger rather than smaller");
        assert_eq!(shown_width(&mut textures, 1, 640), Some(320));
        assert!(!textures.is_there(&context, key(1, 640)));
        textures.insert(key(1, 640), Err("cut off".to_owned()));
        assert!(textures.is_there(&context, key(1, 640)), "not asked for again");
        assert_eq!(shown_width(&mut textures, 1, 640), Some(320));
        textures.forget(ImageId(1));
        assert!(textures.get(ImageId(1)).is_none());
    }

    #[test]
    fn a_burst_is_uploaded_over_several_frames_and_what_is_asked_about_first() {
        let (context, mut textures) = (Context::default(), ThumbnailTextures::default());
        for image in 0..40 {
            textures.insert(key(image, 320), Ok(thumbnail(320)));
        }
        for image in (20..40).rev() {
            assert!(textures.is_there(&context, key(image, 320)));
        }
        let on_card = |textures: &ThumbnailTextures| textures.entries.len();
        assert_eq!(on_card(&textures), UPLOAD_BYTES / (320 * 320 * 4));
        assert!(shown_width(&mut textures, 39, 320).is_some());
        for _ in 0..40 {
            textures.next_frame(&context);
        }
        assert_eq!((on_card(&textures), textures.waiting.len()), (40, 0));
    }

    #[test]
    fn what_was_unseen_longest_goes_first_and_what_is_on_screen_stays() {
        let (context, mut textures) = (Context::default(), ThumbnailTextures::default());
        textures.set_budget_mb(1);
        for image in 0..8 {
            textures.insert(key(image, 320), Ok(thumbnail(320)));
            textures.next_frame(&context);
            shown_width(&mut textures, 0, 320);
        }
        textures.next_frame(&context);
        textures.next_frame(&context);
        assert!(textures.bytes <= 1 << 20);
        assert!(shown_width(&mut textures, 0, 320).is_some(), "it was shown all the time");
        assert!(shown_width(&mut textures, 1, 320).is_none());
        assert!(shown_width(&mut textures, 7, 320).is_some());
        assert_eq!(textures.entries.len(), textures.by_last_shown.len());
    }
}
