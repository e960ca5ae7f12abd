//! What an image is compared with others by: what its picture looks like, and its features.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::thumbnail::thumbnail_key;
use crate::cache::{Cache, CachedFeatures};
use crate::catalog::{ImageContent, ImageId};
use crate::classifier::Backbone;
use crate::micrograph::{Micrograph, ReadChoice, SIDECAR_SUFFIX, to_gray8};
use crate::similarity::{FeatureRows, PerceptualHash, SimilarityError, perceptual_hash};

/// Images whose features are in memory at a time.
const BLOCK: usize = 1024;

/// Keeps what the picture looks like, without its data bar, unless it is known already.
pub(super) fn keep_picture_hash(
    cache: &Cache,
    content_sha256: &str,
    choice: &ReadChoice,
    micrograph: &Micrograph,
) {
    let key = thumbnail_key(content_sha256, choice);
    if cache.picture_hash(&key).is_some() {
        return;
    }
    let rows = micrograph.picture_rows();
    let hash = perceptual_hash(
        &to_gray8(micrograph),
        micrograph.pixels.width_px() as usize,
        rows.start as usize,
        rows.end as usize,
    );
    // A picture without rows is refused elsewhere; here it has no hash.
    if let Ok(hash) = hash {
        cache.store_picture_hash(&key, hash.map(PerceptualHash::bits));
    }
}

/// What the picture looks like, once it was read; within, nothing for a blank one.
pub(super) fn picture_hash(
    cache: &Cache,
    content: &ImageContent,
) -> Option<Option<PerceptualHash>> {
    let key = thumbnail_key(&content.content_sha256, &content.choice);
    Some(cache.picture_hash(&key)?.map(PerceptualHash::from_bits))
}

/// Features in the cache, of one backbone.
pub(super) struct BackboneFeatures<'a> {
    cache: &'a Cache,
    feature_key: String,
    pub(super) feature_count: usize,
}

impl<'a> BackboneFeatures<'a> {
    pub(super) fn of_backbone(cache: &'a Cache, backbone: &Backbone) -> Self {
        let feature_count = backbone.card().feature_count;
        Self { cache, feature_key: backbone.feature_key(), feature_count }
    }

    /// What there is of the image, where it was classified with this backbone.
    pub(super) fn cached(&self, content: &ImageContent) -> Option<CachedFeatures> {
        let key = format!("{}{}", self.feature_key, content.choice.cache_suffix());
        let found =
            self.cache.features_of_content(&content.content_sha256, &key, SIDECAR_SUFFIX)?;
        (found.values.len() == self.feature_count).then_some(found)
    }

    /// The image's features, where it was classified with this backbone.
    pub(super) fn of(&self, content: &ImageContent) -> Option<Vec<f32>> {
        Some(self.cached(content)?.values)
    }

    /// As [`near_duplicates`](crate::similarity::near_duplicates) asks for them.
    pub(super) fn borrowed(&self, content: &ImageContent) -> Option<Cow<'static, [f32]>> {
        self.of(content).map(Cow::Owned)
    }

    /// Hands over those of `contents` that have features, block by block: the images, and their
    /// rows. Ends early where `cancel` is set.
    pub(super) fn in_blocks(
        &self,
        contents: &[ImageContent],
        cancel: &AtomicBool,
        mut on_block: impl FnMut(&[ImageId], FeatureRows<'_>) -> Result<(), SimilarityError>,
    ) -> Result<(), SimilarityError> {
        let (mut images, mut values) = (Vec::new(), Vec::new());
        for block in contents.chunks(BLOCK) {
            images.clear();
            values.clear();
            for content in block {
                if let Some(features) = self.of(content) {
                    images.push(content.image);
                    values.extend(features);
                }
            }
            let rows = FeatureRows::new(&values, self.feature_count)?;
            if !images.is_empty() {
                on_block(&images, rows)?;
            }
            if cancel.load(Ordering::Relaxed) {
                break;
            }
        }
        Ok(())
    }
}
