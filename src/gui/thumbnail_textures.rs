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
/// Most thumbnails that wait for it; of more, those that came first are dropped, and asked for again
/// if they are still wanted.
const MOST_WAITING: usize = 160;
/// Of more images at once, all are forgotten: sooner loaded again than looked for one by one.
const MOST_FORGOTTEN: usize = 10_000;

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
    /// The frame in which it was last shown, or asked about.
    last_shown: u64,
}

struct Waiting {
    thumbnail: Thumbnail,
    arrival: u64,
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
    waiting: HashMap<ThumbnailKey, Waiting>,
    /// What waits, in the order in which it came.
    by_arrival: BTreeMap<u64, ThumbnailKey>,
    arrival_count: u64,
    /// What this frame has had a use for so far.
    used_bytes: usize,
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
            waiting: HashMap::new(),
            by_arrival: BTreeMap::new(),
            arrival_count: 0,
            used_bytes: 0,
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
                self.take_waiting(key);
                if self.waiting.len() >= MOST_WAITING
                    && let Some((_, first)) = self.by_arrival.pop_first()
                {
                    self.waiting.remove(&first);
                }
                self.arrival_count += 1;
                self.wait(key, Waiting { thumbnail, arrival: self.arrival_count });
            }
            Err(_) => self.put(key, Picture::Unreadable, 0),
        }
    }

    /// What is known of these images is old.
    pub(super) fn forget(&mut self, images: &[ImageId]) {
        if images.len() > MOST_FORGOTTEN {
            return self.clear();
        }
        for image in images {
            for size_px in THUMBNAIL_SIZES_PX {
                let key = ThumbnailKey { image: *image, size_px };
                self.take_waiting(key);
                self.remove(key);
            }
        }
    }

    /// The thumbnail at whatever size there is, the one nearest above the usual one first.
    pub(super) fn get(&mut self, image: ImageId) -> Option<&Picture> {
        self.at_size(image, crate::ops::THUMBNAIL_SIZE_PX)
    }

    /// The thumbnail at this size, else at the next larger size, else at the largest there is.
    pub(super) fn at_size(&mut self, image: ImageId, size_px: u32) -> Option<&Picture> {
        let key = self.shown_key(image, size_px)?;
        self.mark_used(key);
        Some(&self.entries.get(&key)?.picture)
    }

    /// Whether what is shown at `size_px` is at least as sharp as the thumbnail of `base_px`, so that
    /// this need not be asked for; or it was asked for in vain.
    pub(super) fn is_covered(&mut self, image: ImageId, base_px: u32, size_px: u32) -> bool {
        let Some(shown) = self.shown_key(image, size_px) else { return false };
        let base = ThumbnailKey { image, size_px: base_px };
        let is_sharp = shown.size_px >= base_px && self.is_texture(shown);
        self.mark_used(if is_sharp { shown } else { base })
    }

    /// What is shown of an image at this size, a picture before the news that there is none.
    fn shown_key(&self, image: ImageId, size_px: u32) -> Option<ThumbnailKey> {
        let larger = THUMBNAIL_SIZES_PX.into_iter().filter(|size| *size >= size_px);
        let smaller = THUMBNAIL_SIZES_PX.into_iter().rev().filter(|size| *size < size_px);
        let keys = larger.chain(smaller).map(|size_px| ThumbnailKey { image, size_px });
        let mut refused = None;
        for key in keys.filter(|key| self.entries.contains_key(key)) {
            if self.is_texture(key) {
                return Some(key);
            }
            refused = Some(key);
        }
        refused
    }

    fn is_texture(&self, key: ThumbnailKey) -> bool {
        let picture = self.entries.get(&key).map(|entry| &entry.picture);
        matches!(picture, Some(Picture::Texture(_)))
    }

    /// Room in the budget beside what this frame has had a use for so far, in bytes.
    pub(super) fn room_bytes(&self) -> usize {
        self.budget_bytes.saturating_sub(self.used_bytes)
    }

    /// Whether this thumbnail need not be asked for; it is kept as if it were on screen. One that
    /// waits is uploaded, if this frame has room for it: so what is asked about first is on screen
    /// first.
    pub(super) fn is_there(&mut self, context: &Context, key: ThumbnailKey) -> bool {
        if self.mark_used(key) {
            return true;
        }
        match self.take_waiting(key) {
            Some(waiting) => {
                self.upload(context, key, waiting);
                true
            }
            None => false,
        }
    }

    /// A new frame begins. What the last one had no use for is uploaded with what it left.
    pub(super) fn next_frame(&mut self, context: &Context) {
        while self.uploads_left > 0
            && let Some((_, key)) = self.by_arrival.pop_first()
            && let Some(waiting) = self.waiting.remove(&key)
        {
            self.upload(context, key, waiting);
        }
        self.frame += 1;
        self.used_bytes = 0;
        (self.uploads_left, self.upload_bytes_left) = (UPLOADS, UPLOAD_BYTES);
        self.keep_to_budget();
        if !self.waiting.is_empty() {
            context.request_repaint();
        }
    }

    /// Uploads a thumbnail, or lets it wait where this frame has no room left.
    fn upload(&mut self, context: &Context, key: ThumbnailKey, waiting: Waiting) {
        let thumbnail = &waiting.thumbnail;
        let size = [thumbnail.width_px as usize, thumbnail.height_px as usize];
        let bytes = size[0] * size[1] * 4;
        let is_first = self.uploads_left == UPLOADS;
        if self.uploads_left == 0 || (bytes > self.upload_bytes_left && !is_first) {
            self.uploads_left = 0;
            self.wait(key, waiting);
            context.request_repaint();
            return;
        }
        self.uploads_left -= 1;
        self.upload_bytes_left = self.upload_bytes_left.saturating_sub(bytes);
        let pixels = ColorImage::from_rgb(size, &thumbnail.rgb);
        let texture = context.load_texture("thumbnail", pixels, TextureOptions::LINEAR);
        self.put(key, Picture::Texture(texture), bytes);
    }

    fn wait(&mut self, key: ThumbnailKey, waiting: Waiting) {
        self.by_arrival.insert(waiting.arrival, key);
        self.waiting.insert(key, waiting);
    }

    fn take_waiting(&mut self, key: ThumbnailKey) -> Option<Waiting> {
        let waiting = self.waiting.remove(&key)?;
        self.by_arrival.remove(&waiting.arrival);
        Some(waiting)
    }

    /// This frame has a use for it; false where it is not there.
    fn mark_used(&mut self, key: ThumbnailKey) -> bool {
        let Some(entry) = self.entries.get_mut(&key) else { return false };
        if entry.last_shown != self.frame {
            self.by_last_shown.remove(&(entry.last_shown, key));
            self.by_last_shown.insert((self.frame, key));
            entry.last_shown = self.frame;
            self.used_bytes += entry.bytes;
        }
        true
    }

    fn put(&mut self, key: ThumbnailKey, picture: Picture, bytes: usize) {
        self.remove(key);
        self.bytes += bytes;
        self.used_bytes += bytes;
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
        textures.forget(&[ImageId(1)]);
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
    fn of_too_many_that_wait_those_that_came_first_are_dropped() {
        let (context, mut textures) = (Context::default(), ThumbnailTextures::default());
        let most = MOST_WAITING as u32;
        // The last in number comes first.
        for image in (0..=most).rev() {
            textures.insert(key(image, 80), Ok(thumbnail(1)));
        }
        textures.insert(key(5, 80), Ok(thumbnail(1)));
        assert_eq!(textures.waiting.len(), MOST_WAITING);
        assert_eq!(textures.by_arrival.len(), MOST_WAITING);
        assert!(!textures.is_there(&context, key(most, 80)));
        assert!(textures.is_there(&context, key(most - 1, 80)));
        textures.next_frame(&context);
        assert!(textures.is_there(&context, key(0, 80)));
        assert_eq!(textures.waiting.len(), textures.by_arrival.len());
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
