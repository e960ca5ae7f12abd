//! Images like one, and images in groups: by their features.

use std::sync::atomic::{AtomicBool, Ordering};

use super::likeness::BackboneFeatures;
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageContent, ImageId, Library, View};
use crate::classifier::Backbone;
use crate::micrograph::ReadChoice;
use crate::similarity::{
    Centres, FeatureRows, Grouping, Member, Nearest, SimilarityError, cluster_count_for, sample,
};

/// Begins the search for groups: the same images give the same groups.
const SEED: u64 = 1;

/// Images that the groups are made by; the others are put to them.
const MOST_FITTED: usize = 10_000;

/// Why images cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum LikenessError {
    /// The library failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The features failed.
    #[error(transparent)]
    Similarity(#[from] SimilarityError),
    /// What is compared is not there.
    #[error("The image has no features to compare by yet: classify it first")]
    NotClassified,
    /// What is compared is not there, as the image is read now.
    #[error(
        "The image is read in another way now, with the page or the data bar that was chosen for it, \
         and has no features to compare by yet: classify it first"
    )]
    ReadOtherwise,
    /// What is compared is not there for any image.
    #[error("None of these images has features to compare by yet: classify them first")]
    NoneClassified,
}

/// An image, and how much it is like another or like its group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikeImage {
    /// The image.
    pub image: ImageId,
    /// The cosine between features, −1 to 1: 1 is the same.
    pub cosine: f32,
}

/// The `most_images` images of the library most like this one, the most alike first; only images
/// that were classified with `backbone` can be found.
///
/// # Errors
/// See [`LikenessError`].
pub fn more_like(
    library: &Library,
    cache: &Cache,
    backbone: &Backbone,
    image: ImageId,
    most_images: usize,
    cancel: &AtomicBool,
) -> Result<Vec<LikeImage>, LikenessError> {
    let features = BackboneFeatures::of_backbone(cache, backbone);
    let contents = library.contents()?;
    let content = contents
        .binary_search_by_key(&image, |content| content.image)
        .map(|position| &contents[position])
        .map_err(|_| LikenessError::NotClassified)?;
    let asked = features.of(content).ok_or(match content.choice == ReadChoice::default() {
        true => LikenessError::NotClassified,
        false => LikenessError::ReadOtherwise,
    })?;
    // Images go by their number in the search, which need not be that of a row.
    let mut nearest = Nearest::to(&asked, most_images)?.without(image.0 as usize);
    features.in_blocks(&contents, contents.len(), cancel, &mut |block| {
        block.iter().try_for_each(|(image, of_image)| {
            let row = FeatureRows::new(&of_image.values, features.feature_count)?;
            nearest.add_block(image.0 as usize, row)
        })
    })?;
    let found = nearest.finish().into_iter();
    Ok(found
        .map(|found| LikeImage { image: ImageId(found.image as u32), cosine: found.cosine })
        .collect())
}

/// The images of a view in groups of like ones, `group_count` of them or as many as suit their
/// number; the largest group first, and in it the most typical image. Only images that were
/// classified with `backbone` are in one.
///
/// # Errors
/// See [`LikenessError`].
pub fn group_by_likeness(
    library: &Library,
    cache: &Cache,
    backbone: &Backbone,
    view: &View,
    group_count: Option<usize>,
    cancel: &AtomicBool,
) -> Result<Vec<Vec<LikeImage>>, LikenessError> {
    let features = BackboneFeatures::of_backbone(cache, backbone);
    let mut wanted = library.image_ids(view)?;
    wanted.sort_unstable();
    let mut contents: Vec<ImageContent> = library.contents()?;
    let library_images = contents.len();
    contents.retain(|content| wanted.binary_search(&content.image).is_ok());

    let sampled = sample(contents.len(), MOST_FITTED, SEED);
    let mut fitted = Vec::new();
    for index in sampled {
        if cancel.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        fitted.extend(features.of(&contents[index]).into_iter().flatten());
    }
    if fitted.is_empty() {
        return Err(LikenessError::NoneClassified);
    }
    let group_count = group_count.unwrap_or_else(|| cluster_count_for(contents.len()));
    let fitted = FeatureRows::new(&fitted, features.feature_count)?;
    let mut grouping = Grouping::around(Centres::fit(fitted, group_count, SEED)?);
    features.in_blocks(&contents, library_images, cancel, &mut |block| {
        block.iter().try_for_each(|(image, of_image)| {
            let row = FeatureRows::new(&of_image.values, features.feature_count)?;
            grouping.add_block(image.0 as usize, row)
        })
    })?;
    // Images go by their number here too.
    let like = |member: Member| LikeImage {
        image: ImageId(member.image as u32),
        cosine: 1.0 - member.distance,
    };
    let groups = grouping.finish().into_iter();
    Ok(groups.map(|group| group.into_iter().map(like).collect()).collect())
}
