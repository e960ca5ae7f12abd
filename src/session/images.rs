//! Thumbnails and whole images, loaded in the background.

use std::panic::resume_unwind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Wake;
use crate::cache::Cache;
use crate::catalog::{ImageId, Library, PictureState};
use crate::jobs::WantedQueue;
use crate::micrograph::{DisplayMapping, Micrograph, Pixels, histogram};
use crate::ops::{Thumbnail, ThumbnailKey, file_of, load_sized_thumbnail, read_pixels};

/// Two, so that the current image need not wait until a neighbour that is in work is done.
const IMAGE_WORKERS: usize = 2;
/// Thumbnails that come within this time are drawn together: a frame takes longer than reading one.
const THUMBNAIL_PAUSE: Duration = Duration::from_millis(60);
/// Images are halved until their longer side has no more than this: what a small part of a screen
/// shows.
const SMALLEST_LEVEL_PX: u32 = 256;

/// A whole image, ready to be drawn at every size.
#[derive(Debug, Clone)]
pub struct LoadedImage {
    /// What was decoded.
    pub micrograph: Arc<Micrograph>,
    /// How often each value occurs.
    pub histogram: Vec<u32>,
    /// How it is shown until somebody asks for more or less contrast.
    pub fixed_mapping: DisplayMapping,
    /// Halved once, twice and so on, with true values.
    reduced: Vec<Pixels>,
}

impl LoadedImage {
    /// Counts and reduces what was decoded: takes a while for a large image.
    pub fn new(micrograph: Micrograph) -> Self {
        // In a thread of its own, not in the common pool, which long work may fill.
        let (histogram, reduced) = thread::scope(|scope| {
            let counted = scope.spawn(|| histogram(&micrograph));
            let reduced = levels(&micrograph.pixels);
            (counted.join().unwrap_or_else(|panic| resume_unwind(panic)), reduced)
        });
        let fixed_mapping = DisplayMapping::fixed_of_counted(&micrograph, &histogram);
        Self { micrograph: Arc::new(micrograph), histogram, fixed_mapping, reduced }
    }

    /// How often it is halved at most.
    pub fn most_halvings(&self) -> usize {
        self.reduced.len()
    }

    /// The image halved so many times, [as often as it is](Self::most_halvings) at most.
    pub fn level(&self, halvings: usize) -> &Pixels {
        let reduced = halvings.min(self.reduced.len()).checked_sub(1);
        reduced.map_or(&self.micrograph.pixels, |at| &self.reduced[at])
    }

    /// Memory that its pixels take.
    pub fn size_bytes(&self) -> usize {
        let whole = [&self.micrograph.pixels];
        whole.into_iter().chain(&self.reduced).map(Pixels::size_bytes).sum()
    }
}

fn levels(pixels: &Pixels) -> Vec<Pixels> {
    let mut levels: Vec<Pixels> = Vec::new();
    loop {
        let last = levels.last().unwrap_or(pixels);
        if last.width_px().max(last.height_px()) <= SMALLEST_LEVEL_PX {
            return levels;
        }
        levels.push(last.halved());
    }
}

/// What was loaded, or why not.
struct Loaded<T> {
    /// What the image was when loading began; nothing where the library could not say.
    state: Option<PictureState>,
    outcome: Result<T, String>,
}

impl<T> Loaded<T> {
    /// Loads the image as it is now.
    fn by(library: &Library, image: ImageId, load: impl FnOnce() -> Result<T, String>) -> Self {
        let state = match library.picture_state(image) {
            Ok(state) => state,
            // Without what was chosen for it, other pixels might be shown.
            Err(error) => return Self { state: None, outcome: Err(error.to_string()) },
        };
        // Without an answer it would be asked for again in every frame.
        let outcome = catch_unwind(AssertUnwindSafe(load))
            .unwrap_or_else(|_| Err("An error in the program; please report it".to_owned()));
        Self { state: Some(state), outcome }
    }
}

/// The results of images that are still the same and read in the same way; the others are wanted
/// again.
fn current<K: Copy, T>(
    library: &Library,
    loaded: Vec<(K, Loaded<T>)>,
    image_of: impl Fn(K) -> ImageId,
) -> Vec<(K, Result<T, String>)> {
    let result_of = |(key, loaded): (K, Loaded<T>)| {
        let Some(state) = loaded.state else { return Some((key, loaded.outcome)) };
        match library.picture_state(image_of(key)) {
            Ok(now) => (now == state).then_some((key, loaded.outcome)),
            Err(error) => Some((key, Err(error.to_string()))),
        }
    };
    loaded.into_iter().filter_map(result_of).collect()
}

/// Loads what is wanted now; what is no longer wanted is not begun.
pub(super) struct ImageLoader {
    thumbnails: WantedQueue<ThumbnailKey, Loaded<Thumbnail>>,
    images: WantedQueue<ImageId, Loaded<LoadedImage>>,
}

impl ImageLoader {
    pub(super) fn new(library: Arc<Library>, cache: Arc<Cache>, wake: Wake) -> Self {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let for_images = Arc::clone(&library);
        let (wake_thumbnails, wake_images) = (Arc::clone(&wake), wake);
        Self {
            thumbnails: WantedQueue::new(
                workers,
                move |key: ThumbnailKey| {
                    Loaded::by(&library, key.image, || load_sized_thumbnail(&library, &cache, key))
                },
                move || wake_thumbnails(THUMBNAIL_PAUSE),
            ),
            images: WantedQueue::new(
                IMAGE_WORKERS,
                move |image| Loaded::by(&for_images, image, || load_image(&for_images, image)),
                move || wake_images(Duration::ZERO),
            ),
        }
    }

    /// Whether something that is wanted has not come.
    pub(super) fn is_loading(&self) -> bool {
        !self.thumbnails.is_idle() || !self.images.is_idle()
    }

    /// Replaces the thumbnails that are wanted, the most urgent first.
    pub(super) fn want_thumbnails(&self, keys: Vec<ThumbnailKey>) {
        self.thumbnails.want(keys);
    }

    /// Thumbnails that have come since the last call, or why there is none.
    pub(super) fn take_thumbnails(
        &self,
        library: &Library,
    ) -> Vec<(ThumbnailKey, Result<Thumbnail, String>)> {
        current(library, self.thumbnails.take_results(), |key| key.image)
    }

    /// Replaces the whole images that are wanted, the most urgent first.
    pub(super) fn want_images(&self, images: Vec<ImageId>) {
        self.images.want(images);
    }

    /// Whole images that have come since the last call, or why there is none.
    pub(super) fn take_images(
        &self,
        library: &Library,
    ) -> Vec<(ImageId, Result<LoadedImage, String>)> {
        current(library, self.images.take_results(), |image| image)
    }
}

/// What the picture looks like is left to the reading of its thumbnail.
fn load_image(library: &Library, image: ImageId) -> Result<LoadedImage, String> {
    let file = file_of(library, image).map_err(|error| error.to_string())?;
    let (_, micrograph) = read_pixels(library, image, &file)?;
    Ok(LoadedImage::new(micrograph))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::Samples;

    #[test]
    fn an_image_is_halved_until_it_is_small() {
        let sizes = |width_px: u32, height_px: u32| -> Vec<(u32, u32)> {
            let values = vec![0; (width_px * height_px) as usize];
            let pixels = Pixels::new(width_px, height_px, Samples::Gray8(values));
            let levels = levels(&pixels.expect("size fits"));
            levels.iter().map(|level| (level.width_px(), level.height_px())).collect()
        };
        assert_eq!(sizes(1025, 400), [(512, 200), (256, 100)]);
        assert!(sizes(256, 256).is_empty());
        assert_eq!(sizes(1, 600), [(1, 300), (1, 150)]);
    }
}
