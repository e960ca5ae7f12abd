//! Models: from a micrograph to scores for every category.
//!
//! A *backbone* turns a prepared image into features, a *head* turns features into one score a
//! category. They are separate, so that a retrained head needs only the cached features.

mod backbone;
mod bundle;
mod engine;
mod error;
mod head;
mod import;
mod last_convolution;
mod onnx_export;
mod pixel_size_input;
mod preparation;
mod score;
mod training_images;
mod training_record;

pub use backbone::{
    BUILT_IN_BACKBONES, Backbone, BackboneCard, DEFAULT_BACKBONE, DataBarRule, LEAST_PROBABILITY,
    Layout, OrientationRule, PerChannel, ResizeRule, RetrainedBackbone, TensorValues,
};
pub use bundle::{BUILT_IN_MODELS, MANIFEST_FILE, Model, ModelManifest};
pub use error::ModelError;
pub use head::{Head, Layer};
pub use import::{ImportError, Network, NetworkFacts, NewBackbone, read_labels};
pub use last_convolution::LastConvolution;
pub use pixel_size_input::{PIXEL_SIZE_TERMS, PixelSizeInput};
pub use preparation::{Orientation, PREPARATION, Prepared, prepare};
pub use score::{CategoryScore, ranked, softmax};
pub use training_images::{save_training_images, training_images};
pub use training_record::{
    CrossValidationRecord, GainRecord, PlainSplitRecord, Promise, SecondStageRecord, TrainingRecord,
};

use backbone::write_backbone;
use preparation::{network_input, nm_per_input_px};
