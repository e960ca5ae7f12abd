//! The backbone: an image network without its last layer.

use serde::{Deserialize, Serialize};

use super::engine::{Engine, TractEngine};
use super::{ModelError, PREPARATION, prepare};
use crate::micrograph::{Micrograph, content_sha256};

/// What a backbone is and how an image is prepared for it (its `backbone.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackboneCard {
    /// Its name.
    pub name: String,
    /// The ONNX file.
    pub file: String,
    /// The ONNX file's SHA-256, hexadecimal.
    pub sha256: String,
    /// Side of the square input, in pixels.
    pub input_size_px: u32,
    /// Subtracted from each 0–255 value.
    pub mean: f32,
    /// Each value is divided by this after `mean` is subtracted.
    pub std: f32,
    /// Share of the shorter side that the central square covers.
    pub crop_share: f64,
    /// The output that holds the features.
    pub features_output: String,
    /// Number of features.
    pub feature_count: usize,
    /// SPDX expression.
    pub licence: String,
}

/// A loaded backbone, shared by all workers.
pub struct Backbone {
    card: BackboneCard,
    engine: Box<dyn Engine>,
}

const CARD: &str = include_str!("../../models/efficientnet-lite0/backbone.json");
const ONNX: &[u8] = include_bytes!("../../models/efficientnet-lite0/backbone.onnx");

impl Backbone {
    /// The backbone inside the program, EfficientNet-Lite0. `threads` is per forward pass.
    ///
    /// # Errors
    /// Fails where the engine cannot load the network.
    pub fn built_in(threads: usize) -> Result<Self, ModelError> {
        let card = Self::built_in_card()?;
        let engine =
            TractEngine::new(ONNX, card.input_size_px, &card.features_output, threads.max(1))?;
        Ok(Self { card, engine: Box::new(engine) })
    }

    /// The card of the backbone inside the program, its checksum verified.
    ///
    /// # Errors
    /// Fails where the program itself is damaged.
    pub fn built_in_card() -> Result<BackboneCard, ModelError> {
        let card: BackboneCard =
            serde_json::from_str(CARD).map_err(|error| ModelError::Invalid {
                model: "efficientnet-lite0".to_owned(),
                reason: error.to_string(),
            })?;
        let actual = content_sha256(ONNX);
        if actual != card.sha256 {
            return Err(ModelError::WrongChecksum {
                model: card.name,
                file: card.file,
                expected: card.sha256,
                actual,
            });
        }
        Ok(card)
    }

    /// What it is.
    pub fn card(&self) -> &BackboneCard {
        &self.card
    }

    /// The engine that runs it.
    pub fn engine_name(&self) -> &'static str {
        self.engine.name()
    }

    /// Names the features: the same key means comparable values.
    pub fn feature_key(&self) -> String {
        format!("{}/{PREPARATION}", self.card.sha256)
    }

    /// The network's input for a micrograph.
    ///
    /// # Errors
    /// See [`prepare`].
    pub fn prepare(&self, micrograph: &Micrograph) -> Result<Vec<f32>, ModelError> {
        prepare(micrograph, &self.card)
    }

    /// The features of a prepared image, [`BackboneCard::feature_count`] values.
    ///
    /// # Errors
    /// Fails where the engine does, or gives another number of values, or one that is not finite.
    pub fn features(&self, prepared: Vec<f32>) -> Result<Vec<f32>, ModelError> {
        let features = self.engine.run(prepared)?;
        let all_finite = features.iter().all(|value| value.is_finite());
        if features.len() != self.card.feature_count || !all_finite {
            return Err(ModelError::Engine {
                engine: self.engine.name(),
                reason: format!(
                    "{} gave {} features (finite: {all_finite}), {} are expected",
                    self.card.name,
                    features.len(),
                    self.card.feature_count
                ),
            });
        }
        Ok(features)
    }
}
