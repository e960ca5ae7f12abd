//! Fitting a head to features: the recipes, and what they are made of.

mod lbfgs;
mod joint_fit;
mod sgd;
mod softmax_loss;
mod softmax_regression;
mod standardised;

pub use joint_fit::{Activations, Moment, fit_jointly};
pub use sgd::{SgdRecipe, SgdState, fit_by_steps};
pub use softmax_regression::{FitStep, fit};
pub use standardised::Standardised;

/// The categories of training images.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// A category index an image, each below `category_count`.
    pub categories: &'a [usize],
    /// How much an image counts, beside others; none may be negative, and not all 0.
    pub image_weights: &'a [f32],
    /// Categories that the head is to know.
    pub category_count: usize,
}

/// Why a head could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// There is nothing to learn from.
    #[error("There are no training images")]
    NoImages,
    /// A feature is infinite or no number.
    #[error("The features hold a value that is not finite; delete the cache and train again")]
    NotFinite,
    /// The weights grew beyond all limits.
    #[error("Training did not settle: {0}")]
    Diverged(&'static str),
}
