//! Models: from a micrograph to scores for every category.
//!
//! A *backbone* turns a prepared image into features, a *head* turns features into one score a
//! category. They are separate, so that a retrained head needs only the cached features.

mod backbone;
mod bundle;
mod engine;
mod error;
mod head;
mod preparation;
mod score;

pub use backbone::{Backbone, BackboneCard};
pub use bundle::{BUILT_IN_MODELS, CrossValidationRecord, Model, ModelManifest, TrainingRecord};
pub use error::ModelError;
pub use head::{Head, Layer};
pub use preparation::{PREPARATION, prepare};
pub use score::{CategoryScore, ranked, softmax};
