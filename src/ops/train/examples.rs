//! Labelled images with features as the numbers that learning takes.

use ndarray::{Array2, Axis, concatenate};

use super::split::Split;
use crate::classifier::{PIXEL_SIZE_TERMS, PixelSizeInput};
use crate::learning::{Examples, ImageFacts};
use crate::ops::features::Featured;

/// The examples of a split, with the pixel size as an input where it is one.
pub(super) fn examples_of(
    featured: &Featured,
    split: &Split,
    pixel_size_input: Option<PixelSizeInput>,
) -> Examples {
    let mut names: Vec<String> =
        featured.images.iter().map(|image| image.category.clone()).collect();
    names.sort();
    names.dedup();
    let index_of = |category: &String| names.binary_search(category).ok();
    Examples {
        features: inputs_of(featured, pixel_size_input),
        categories: featured
            .images
            .iter()
            .map(|image| index_of(&image.category).unwrap_or(0)) // all of them are names
            .collect(),
        sides: split.sides.clone(),
        groups: split.groups.clone(),
        facts: featured
            .images
            .iter()
            .map(|image| ImageFacts {
                second: image.second.as_ref().and_then(index_of),
                subcategory: image.subcategory.clone(),
                is_annotated: image.is_annotated,
            })
            .collect(),
        names,
    }
}

/// What a head takes, `[image_count, input_count]`: the features, and the pixel size where it is an
/// input.
pub(in crate::ops) fn inputs_of(
    featured: &Featured,
    pixel_size_input: Option<PixelSizeInput>,
) -> Array2<f32> {
    let Some(input) = pixel_size_input else { return featured.features.clone() };
    let mut terms = Array2::zeros((featured.images.len(), PIXEL_SIZE_TERMS));
    for (mut row, size) in terms.rows_mut().into_iter().zip(&featured.nm_per_px) {
        row.assign(&ndarray::arr1(&input.terms(*size)));
    }
    // Both have a row an image.
    concatenate(Axis(1), &[featured.features.view(), terms.view()])
        .unwrap_or_else(|_| featured.features.clone())
}
