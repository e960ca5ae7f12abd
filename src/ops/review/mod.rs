//! What review looks for: labels that are likely wrong, and images unlike all that people labelled.
//!
//! Works on the features that classifying left in the cache, and opens no file.

mod cached_set;
mod label_errors;
#[cfg(test)]
mod tests;
mod unlike;

use super::counted::image_count;
use super::labelled_set::LabelledSetError;
use crate::catalog::CatalogError;
use crate::learning::TrainError;
use crate::similarity::SimilarityError;

pub use label_errors::{FoundLabelError, LabelErrors, find_label_errors};
pub use unlike::{Unlike, find_unlike};

/// Why review could not look.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The library failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The labelled images could not be listed.
    #[error(transparent)]
    LabelledSet(#[from] LabelledSetError),
    /// Learning from the labels failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The features failed.
    #[error(transparent)]
    Similarity(#[from] SimilarityError),
    /// Nobody has labelled anything to compare with.
    #[error(
        "No image has a category from a person, of those that may train: there is nothing to compare \
         with. Label some first"
    )]
    NothingLabelled,
    /// There are labels, but not of images that were classified.
    #[error(
        "None of the {0} that people labelled has features to compare by: classify the library first"
    )]
    NoneClassified(String),
    /// Too few categories can be judged.
    #[error(
        "Finding label errors takes two categories with at least {least} labelled images each, not all \
         of one session or nearly the same, and there {}{}. {}",
        if .judged.is_empty() { "is none" } else { "is only " }, .judged.join(", "),
        remedy(*.without_features)
    )]
    TooFewCategories {
        /// Images that a category needs.
        least: usize,
        /// Those that have so many.
        judged: Vec<String>,
        /// Labelled images that were not classified.
        without_features: usize,
    },
    /// Too few images tell what is usual.
    #[error(
        "Telling what is unlike the labelled images takes at least {least} that do not show nearly the \
         same, and there are {found}. {}",
        remedy(*.without_features)
    )]
    TooFewKnown {
        /// How many it takes.
        least: usize,
        /// How many there are.
        found: usize,
        /// Labelled images that were not classified.
        without_features: usize,
    },
}

/// That images were left out for want of a classification.
fn unclassified_note(count: usize, one: &str) -> Option<String> {
    let (plural, them) = if count == 1 { ("", "it") } else { ("s", "them") };
    (count > 0).then(|| {
        format!(
            "Left out {count} {one}{plural} that the model in use has not classified: classify {them} \
             first"
        )
    })
}

fn remedy(without_features: usize) -> String {
    match without_features {
        0 => "Label more images".to_owned(),
        images => format!(
            "Label more images, or classify the library first (labelled, but not classified: {})",
            image_count(images)
        ),
    }
}
