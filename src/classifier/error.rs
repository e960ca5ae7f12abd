//! Why a model cannot be used.

use std::io;
use std::path::PathBuf;

use super::BUILT_IN_BACKBONES;

/// Why a model or backbone is refused. Every message names it.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No folder and no built-in model has this name.
    #[error(
        "There is no model {name:?}: give a model's folder, one of a library's own models (semblance \
         models list), or one of the built-in models {built_in}"
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// What could be asked for.
        built_in: String,
    },
    /// No folder and no built-in backbone has this name.
    #[error(
        "There is no backbone {name:?}: give a folder with backbone.json, or one of the built-in \
         backbones {built_in}"
    )]
    NoBackbone {
        /// What was asked for.
        name: String,
        /// What could be asked for.
        built_in: String,
    },
    /// One of the model's files cannot be read.
    #[error("Model {model:?} is not complete: cannot read {file}: {source}")]
    MissingFile {
        /// The model.
        model: String,
        /// The file within it.
        file: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file is not the one the model was made with.
    #[error(
        "Model {model:?} is refused: the sha256 of {file} is {actual}, its description says \
         {expected}; copy the model again from where it came"
    )]
    WrongChecksum {
        /// The model.
        model: String,
        /// The file within it.
        file: String,
        /// As the description says.
        expected: String,
        /// As it is.
        actual: String,
    },
    /// The description or the weights make no sense.
    #[error("Model {model:?} is refused: {reason}")]
    Invalid {
        /// The model.
        model: String,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing in the picture that could be told apart.
    #[error("The picture is blank: all its pixels have one value, so there is nothing to classify")]
    BlankPicture,
    /// The inference engine failed.
    #[error("The engine {engine} failed: {reason}")]
    Engine {
        /// Its name.
        engine: &'static str,
        /// Its reason.
        reason: String,
    },
    /// A model could not be written.
    #[error("Cannot write the model: {source}: {path}")]
    Write {
        /// Where.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

impl ModelError {
    pub(super) fn no_backbone(name: &str) -> Self {
        Self::NoBackbone { name: name.to_owned(), built_in: BUILT_IN_BACKBONES.join(", ") }
    }
}
