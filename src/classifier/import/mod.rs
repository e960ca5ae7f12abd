//! Networks that others made: any ONNX file of an image network becomes a backbone, any classifier
//! a model.
//!
//! What the graph tells is read from it; what only its makers know (how pixels are scaled, which
//! tensor is meant) must be said, and the question lists what there is to choose from. Nothing is
//! written that has not run.

mod error;
mod facts;
mod input;
mod labels;
mod network;
mod trial;

pub use error::ImportError;
pub use facts::NetworkFacts;
pub use labels::read_labels;
pub use network::{Network, NewBackbone};

/// Key of the facts about the input that an exported classifier carries, as JSON.
pub(super) const PREPARATION_KEY: &str = "semblance.preparation";
