//! Labelled images with the features that the cache has of them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::super::counted::image_count;
use super::super::features::Featured;
use super::super::labelled_set::{LabelledImage, LabelledSet};
use super::super::likeness::BackboneFeatures;
use super::super::sessions::sessions_of;
use super::ReviewError;
use crate::cache::CachedFeatures;
use crate::catalog::{ImageContent, ImageId, Library, NamedLabel};

/// The images of a library that would train a model, as far as they were classified: people gave them
/// a category, and nobody excluded them.
pub(super) struct CachedSet {
    /// The images and their features; none has failed.
    pub featured: Featured,
    /// The label of each one, in the same order.
    pub labels: Vec<NamedLabel>,
    /// Labelled images without features.
    pub without_features: usize,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// A labelled image that was read.
struct Row {
    image: LabelledImage,
    label: NamedLabel,
    content: ImageContent,
    /// Once the cache had them.
    features: Option<CachedFacts>,
}

/// What the cache tells of an image beside its features.
struct CachedFacts {
    nm_per_px: Option<f64>,
    day_at_instrument: Option<String>,
}

impl CachedSet {
    /// Looks them up. Where `cancel` is set, it is not all of them.
    pub(super) fn of(
        library: &Library,
        features: &BackboneFeatures<'_>,
        cancel: &AtomicBool,
    ) -> Result<Self, ReviewError> {
        let set = LabelledSet::from_library(library, None)?;
        if set.images.is_empty() {
            return Err(ReviewError::NothingLabelled);
        }
        let (labelled, contents) = (set.images.len(), library.contents()?);
        let mut rows = rows(library, set.images, &contents)?;
        let values = read(&mut rows, contents.len(), features, cancel);
        if rows.is_empty() {
            return Err(ReviewError::NoneClassified(image_count(labelled)));
        }
        let without_features = labelled - rows.len();
        let shape = (rows.len(), features.feature_count);
        // Whole rows, as they were read.
        let Ok(values) = Array2::from_shape_vec(shape, values) else {
            return Err(ReviewError::NoneClassified(image_count(labelled)));
        };
        let mut featured = Featured {
            images: Vec::with_capacity(rows.len()),
            contents: Vec::with_capacity(rows.len()),
            features: values,
            nm_per_px: Vec::with_capacity(rows.len()),
            sessions: Vec::new(),
            failed: Vec::new(),
        };
        let (mut labels, mut days) = (Vec::with_capacity(rows.len()), Vec::new());
        for Row { image, label, content, features } in rows {
            let facts = features.map(|facts| (facts.nm_per_px, facts.day_at_instrument));
            let (nm_per_px, day) = facts.unwrap_or_default();
            featured.images.push(image);
            featured.contents.push(content.content_sha256);
            featured.nm_per_px.push(nm_per_px);
            labels.push(label);
            days.push(day);
        }
        featured.sessions = sessions_of(&days, &featured.images);
        Ok(Self { featured, labels, without_features, notes: set.notes })
    }
}

/// Those of `images` that were read, with their labels.
fn rows(
    library: &Library,
    images: Vec<LabelledImage>,
    contents: &[ImageContent],
) -> Result<Vec<Row>, ReviewError> {
    let labels = library.named_labels()?.into_iter();
    let mut labels: HashMap<PathBuf, NamedLabel> =
        labels.map(|label| (library.root().join(&label.relative_path), label)).collect();
    let row = |image: LabelledImage| {
        let label = labels.remove(&image.file.path)?;
        // Decided anew since the images were listed: the doubt would be about another label.
        let is_the_same = label.name.as_ref().is_some_and(|name| name.category == image.category);
        if !is_the_same {
            return None;
        }
        let position = contents.binary_search_by_key(&label.image, |content| content.image).ok()?;
        Some(Row { image, label, content: contents[position].clone(), features: None })
    };
    Ok(images.into_iter().filter_map(row).collect())
}

/// Reads the features, in the order of the rows; those without are removed.
fn read(
    rows: &mut Vec<Row>,
    library_images: usize,
    features: &BackboneFeatures<'_>,
    cancel: &AtomicBool,
) -> Vec<f32> {
    let count = features.feature_count;
    let wanted: Vec<ImageContent> = rows.iter().map(|row| row.content.clone()).collect();
    let row_of: HashMap<ImageId, usize> =
        wanted.iter().map(|content| content.image).zip(0..).collect();
    let mut values = vec![0.0; rows.len() * count];
    let Ok(()) = features.in_blocks::<Infallible>(&wanted, library_images, cancel, &mut |block| {
        for (image, found) in block {
            let Some(row) = row_of.get(&image).copied() else { continue };
            let CachedFeatures { values: of_image, nm_per_px, day_at_instrument } = found;
            values[row * count..(row + 1) * count].copy_from_slice(&of_image);
            rows[row].features = Some(CachedFacts { nm_per_px, day_at_instrument });
        }
        Ok(())
    });
    // In place: of very many images, a second copy would not fit.
    let mut kept = 0;
    for (number, row) in rows.iter().enumerate() {
        if row.features.is_some() {
            values.copy_within(number * count..(number + 1) * count, kept * count);
            kept += 1;
        }
    }
    values.truncate(kept * count);
    rows.retain(|row| row.features.is_some());
    values
}
