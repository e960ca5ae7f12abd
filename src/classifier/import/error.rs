//! Why a network cannot be taken over.

use std::io;
use std::path::PathBuf;

use crate::classifier::ModelError;

/// Why a network, its card or its list of labels cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("Cannot read the file: {source}: {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The network will not do.
    #[error("Cannot use this network: {reason}: {path}")]
    Network {
        /// The ONNX file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Something that neither the file nor its card tells.
    #[error("{question}: {path}")]
    Unknown {
        /// The ONNX file.
        path: PathBuf,
        /// What is to be said, and how.
        question: String,
    },
    /// The card will not do.
    #[error("Cannot use this card: {reason}: {path}")]
    Card {
        /// The card.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The list of labels will not do.
    #[error("Cannot use this list of labels: {reason}: {path}")]
    Labels {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The engine cannot run the network, or the result cannot be written.
    #[error(transparent)]
    Model(#[from] ModelError),
}
