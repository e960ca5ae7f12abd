//! Thumbnails and whole images, loaded in the background.

use std::sync::Arc;

use super::Wake;
use crate::cache::Cache;
use crate::catalog::{ImageId, Library};
use crate::jobs::WantedQueue;
use crate::micrograph::{DisplayMapping, Micrograph, histogram};
use crate::ops::{Thumbnail, load_thumbnail, read_image};

/// One image at a time: the current one is not to share the processor with its neighbours.
const IMAGE_WORKERS: usize = 1;

/// A whole image, ready to be drawn.
#[derive(Debug, Clone)]
pub struct LoadedImage {
    /// What was decoded.
    pub micrograph: Arc<Micrograph>,
    /// How often each value occurs.
    pub histogram: Vec<u32>,
    /// How it is shown until somebody asks for more or less contrast.
    pub fixed_mapping: DisplayMapping,
}

/// Loads what is wanted now; what is no longer wanted is not begun.
pub(super) struct ImageLoader {
    thumbnails: WantedQueue<ImageId, Result<Thumbnail, String>>,
    images: WantedQueue<ImageId, Result<LoadedImage, String>>,
}

impl ImageLoader {
    pub(super) fn new(library: Arc<Library>, cache: Arc<Cache>, wake: Wake) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let for_images = Arc::clone(&library);
        let (wake_thumbnails, wake_images) = (Arc::clone(&wake), wake);
        Self {
            thumbnails: WantedQueue::new(
                workers,
                move |image| load_thumbnail(&library, &cache, image),
                move || wake_thumbnails(),
            ),
            images: WantedQueue::new(
                IMAGE_WORKERS,
                move |image| load_image(&for_images, image),
                move || wake_images(),
            ),
        }
    }

    /// Replaces the thumbnails that are wanted, the most urgent first.
    pub(super) fn want_thumbnails(&self, images: Vec<ImageId>) {
        self.thumbnails.want(images);
    }

    /// Thumbnails that have come since the last call, or why there is none.
    pub(super) fn take_thumbnails(&self) -> Vec<(ImageId, Result<Thumbnail, String>)> {
        self.thumbnails.take_results()
    }

    /// Replaces the whole images that are wanted, the most urgent first.
    pub(super) fn want_images(&self, images: Vec<ImageId>) {
        self.images.want(images);
    }

    /// Whole images that have come since the last call, or why there is none.
    pub(super) fn take_images(&self) -> Vec<(ImageId, Result<LoadedImage, String>)> {
        self.images.take_results()
    }
}

fn load_image(library: &Library, image: ImageId) -> Result<LoadedImage, String> {
    let (_, micrograph) = read_image(library, image)?;
    Ok(LoadedImage {
        histogram: histogram(&micrograph),
        fixed_mapping: DisplayMapping::fixed(&micrograph),
        micrograph: Arc::new(micrograph),
    })
}
