//! What an image is compared with others by: what its picture looks like, and its features.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::thumbnail::thumbnail_key;
use crate::cache::{Cache, CachedFeatures};
use crate::catalog::{ImageContent, ImageId};
use crate::classifier::Backbone;
use crate::micrograph::{Micrograph, ReadChoice, SIDECAR_SUFFIX, to_gray8};
use crate::similarity::{PerceptualHash, perceptual_hash};

/// Images whose features are in memory at a time.
const BLOCK: usize = 4096;
/// Up to this part of the images is few: each is looked up.
const FEW: usize = 8;

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
    pub(super) cache: &'a Cache,
    pub(super) feature_key: String,
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

    /// Hands over those of `contents` that have features, block by block, in no order. Where they
    /// are a good part of the library's images, `library_images`, the cache is read from end to end,
    /// which takes a fraction of the time of asking for each. Ends early where `cancel` is set.
    pub(super) fn in_blocks<E>(
        &self,
        contents: &[ImageContent],
        library_images: usize,
        cancel: &AtomicBool,
        on_block: &mut dyn FnMut(Vec<(ImageId, CachedFeatures)>) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_read_whole = contents.len() * FEW >= library_images;
        let is_found =
            |content: &&ImageContent| is_read_whole && content.choice == ReadChoice::default();
        let (mut found, others): (Vec<&ImageContent>, Vec<&ImageContent>) =
            contents.iter().partition(is_found);
        if !found.is_empty() {
            found.sort_by(|a, b| a.content_sha256.cmp(&b.content_sha256));
            self.read_whole(&found, cancel, on_block)?;
        }
        for block in others.chunks(BLOCK) {
            if cancel.load(Ordering::Relaxed) {
                break;
            }
            let cached = |content: &&ImageContent| Some((content.image, self.cached(content)?));
            on_block(block.iter().filter_map(cached).collect())?;
        }
        Ok(())
    }

    /// `contents` are sorted by their hashes, and nothing was chosen of them.
    fn read_whole<E>(
        &self,
        contents: &[&ImageContent],
        cancel: &AtomicBool,
        on_block: &mut dyn FnMut(Vec<(ImageId, CachedFeatures)>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut last = String::new();
        while !cancel.load(Ordering::Relaxed) {
            let rows = self.cache.features_after(&last, &self.feature_key, SIDECAR_SUFFIX, BLOCK);
            let Some((content, _)) = rows.last() else { break };
            last.clone_from(content);
            let mut block = Vec::with_capacity(rows.len());
            for (sha256, features) in rows {
                let Some(features) = features.filter(|it| it.values.len() == self.feature_count)
                else {
                    continue;
                };
                let first = contents.partition_point(|content| content.content_sha256 < sha256);
                let same = contents[first..].iter().take_while(|it| it.content_sha256 == sha256);
                block.extend(same.map(|content| (content.image, features.clone())));
            }
            on_block(block)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::micrograph::DataBar;

    const FEATURES: usize = 2;

    /// Contents of which some have no features, one has those of a picture with texts beside it, and
    /// one was read by choice.
    fn contents(cache: &Cache) -> Vec<ImageContent> {
        let content = |number: u32| {
            let choice = match number {
                7 => ReadChoice {
                    data_bar: Some(DataBar { top: 0, bottom: 5 }),
                    ..ReadChoice::default()
                },
                _ => ReadChoice::default(),
            };
            // Not in the order of the images.
            let content_sha256 = format!("{:064x}", number.wrapping_mul(2_654_435_761));
            let key = match number {
                3 => format!("key{SIDECAR_SUFFIX}12"),
                _ => format!("key{}", choice.cache_suffix()),
            };
            let values = vec![number as f32; FEATURES];
            let features = CachedFeatures { values, nm_per_px: None, day_at_instrument: None };
            if !number.is_multiple_of(5) {
                cache.store_features(&content_sha256, &key, &features);
            }
            ImageContent { image: ImageId(number), content_sha256, choice }
        };
        (1..=20).map(content).collect()
    }

    #[test]
    fn reading_the_cache_whole_gives_what_looking_up_gives() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path());
        let contents = contents(&cache);
        let features =
            BackboneFeatures { cache: &cache, feature_key: "key".into(), feature_count: FEATURES };
        let read = |library_images: usize| {
            let mut found: Vec<(ImageId, f32)> = Vec::new();
            let never = AtomicBool::new(false);
            let Ok(()) =
                features.in_blocks::<Infallible>(&contents, library_images, &never, &mut |block| {
                    found.extend(block.iter().map(|(image, it)| (*image, it.values[0])));
                    Ok(())
                });
            found.sort_by_key(|(image, _)| *image);
            found
        };
        let whole = read(contents.len());
        assert_eq!(whole, read(contents.len() * FEW * 2));
        let numbers: Vec<u32> = whole.iter().map(|(image, _)| image.0).collect();
        let expected: Vec<u32> = (1..=20).filter(|number| number % 5 != 0).collect();
        assert_eq!(numbers, expected);
        assert!(whole.iter().all(|(image, value)| *value == image.0 as f32));
    }
}
