//! The backbone: an image network without its last layer.

mod built_in;
mod card;
mod folder;
mod rules;
mod second_stage;

pub use built_in::{BUILT_IN_BACKBONES, DEFAULT_BACKBONE};
pub use card::BackboneCard;
pub(super) use folder::write_backbone;
pub use rules::{
    DataBarRule, LEAST_PROBABILITY, Layout, OrientationRule, PerChannel, ResizeRule, TensorValues,
};
pub use second_stage::RetrainedBackbone;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::engine::{Engine, OnnxFile, TractEngine};
use super::{ModelError, Orientation, Prepared, network_input, nm_per_input_px, prepare};
use crate::micrograph::Micrograph;

/// A loaded backbone, shared by all workers.
pub struct Backbone {
    card: BackboneCard,
    engine: Box<dyn Engine>,
    /// `None` of one inside the program.
    folder: Option<PathBuf>,
}

/// A backbone that is not loaded.
pub(super) struct StoredBackbone {
    pub(super) card: BackboneCard,
    /// Its ONNX file.
    pub(super) onnx: Cow<'static, [u8]>,
    /// `None` of one inside the program.
    folder: Option<PathBuf>,
}

impl StoredBackbone {
    /// Loads it; `threads` is per forward pass.
    ///
    /// # Errors
    /// Fails where the engine cannot load it.
    pub(super) fn load(self, threads: usize) -> Result<Backbone, ModelError> {
        let Self { card, onnx, folder } = self;
        let file = OnnxFile::parse(&onnx)
            .map_err(|reason| ModelError::Invalid { model: card.name.clone(), reason })?;
        let engine =
            TractEngine::new(file, card.input_shape(), &card.features_tensor, threads.max(1))?;
        Ok(Backbone { card, engine: Box::new(engine), folder })
    }

    fn built_in(name: &str) -> Option<Result<Self, ModelError>> {
        let found = built_in::built_in(name)?;
        Some(found.map(|(card, onnx)| Self { card, onnx: Cow::Borrowed(onnx), folder: None }))
    }

    fn in_folder(folder: &Path) -> Result<Self, ModelError> {
        let (card, onnx) = folder::read_backbone(folder)?;
        Ok(Self { card, onnx: Cow::Owned(onnx), folder: Some(folder.to_owned()) })
    }

    /// It, as it gives features of this key; `None` where it gives others.
    fn with_key(self, feature_key: &str) -> Option<Self> {
        [OrientationRule::Upright, OrientationRule::MeanOfEight]
            .into_iter()
            .flat_map(|orientations| {
                let card = self.card.clone().with_orientations(orientations);
                [DataBarRule::Masked, DataBarRule::Kept]
                    .map(|data_bar| card.clone().with_data_bar(data_bar))
            })
            .find(|card| card.feature_key() == feature_key)
            .map(|card| Self { card, ..self })
    }
}

impl Backbone {
    /// The backbone that `name` means: a folder with `backbone.json` and its ONNX file, or one of
    /// [`BUILT_IN_BACKBONES`]. `threads` is per forward pass.
    ///
    /// # Errors
    /// Fails, naming the backbone, where it does not exist, is not complete, fails its checksum or
    /// cannot be loaded by the engine.
    pub fn find(name: &str, threads: usize) -> Result<Self, ModelError> {
        let stored = if Path::new(name).is_dir() {
            StoredBackbone::in_folder(Path::new(name))?
        } else {
            StoredBackbone::built_in(name).unwrap_or_else(|| Err(ModelError::no_backbone(name)))?
        };
        stored.load(threads)
    }

    /// The backbone that gives features of this key: one inside the program, or the one in
    /// `folder`; `None` where neither does.
    ///
    /// # Errors
    /// Fails where the folder holds a backbone that is not whole.
    pub(super) fn stored(
        feature_key: &str,
        folder: Option<&Path>,
    ) -> Result<Option<StoredBackbone>, ModelError> {
        for name in BUILT_IN_BACKBONES {
            let stored = StoredBackbone::built_in(name).transpose()?;
            if let Some(found) = stored.and_then(|stored| stored.with_key(feature_key)) {
                return Ok(Some(found));
            }
        }
        match folder.filter(|folder| folder::holds_backbone(folder)) {
            Some(folder) => Ok(StoredBackbone::in_folder(folder)?.with_key(feature_key)),
            None => Ok(None),
        }
    }

    /// The card of a backbone inside the program, its checksum verified.
    ///
    /// # Errors
    /// Fails where there is none of this name, or the program itself is damaged.
    pub fn built_in_card(name: &str) -> Result<BackboneCard, ModelError> {
        let found = built_in::built_in(name).unwrap_or_else(|| Err(ModelError::no_backbone(name)));
        found.map(|(card, _)| card)
    }

    /// The card of a backbone in a folder, its checksum verified.
    ///
    /// # Errors
    /// Fails, naming the folder, where it holds no whole backbone.
    pub fn card_in(folder: &Path) -> Result<BackboneCard, ModelError> {
        folder::read_backbone(folder).map(|(card, _)| card)
    }

    /// The same network, with the data bar shown to it or not: other features, under another key.
    #[must_use]
    pub fn with_data_bar(self, data_bar: DataBarRule) -> Self {
        Self { card: self.card.with_data_bar(data_bar), ..self }
    }

    /// The same network, seeing pictures in these orientations: other features, under another key.
    #[must_use]
    pub fn with_orientations(self, orientations: OrientationRule) -> Self {
        Self { card: self.card.with_orientations(orientations), ..self }
    }

    /// Puts a copy of it into the folder of a model that needs it; a backbone inside the program is
    /// everywhere already.
    ///
    /// # Errors
    /// Fails where its own folder has changed since, or nothing can be written.
    pub fn copy_into(&self, folder: &Path) -> Result<(), ModelError> {
        if self.folder.is_none() {
            return Ok(());
        }
        let (card, onnx) = self.own_file()?;
        write_backbone(folder, &card, &onnx)
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
        self.card.feature_key()
    }

    /// Size of a pixel of the network's input in nanometres; nothing where the image does not tell.
    pub fn nm_per_input_px(&self, micrograph: &Micrograph) -> Option<f64> {
        nm_per_input_px(micrograph, &self.card)
    }

    /// The square that the network is shown of a micrograph, upright.
    ///
    /// # Errors
    /// See [`prepare`].
    pub fn prepare(&self, micrograph: &Micrograph) -> Result<Prepared, ModelError> {
        prepare(micrograph, &self.card)
    }

    /// The features of a prepared image, [`BackboneCard::feature_count`] values.
    ///
    /// # Errors
    /// Fails where the engine does, or gives another number of values, or one that is not finite.
    pub fn features(&self, prepared: &Prepared) -> Result<Vec<f32>, ModelError> {
        match self.card.orientations {
            OrientationRule::Upright => self.features_of_one(prepared),
            OrientationRule::MeanOfEight => {
                let mut mean = vec![0.0; self.card.feature_count];
                for orientation in Orientation::ALL {
                    let features = self.features_of_one(&prepared.oriented(orientation))?;
                    mean.iter_mut().zip(features).for_each(|(sum, value)| *sum += value / 8.0);
                }
                Ok(mean)
            }
        }
    }

    fn features_of_one(&self, prepared: &Prepared) -> Result<Vec<f32>, ModelError> {
        let values = self.engine.run(network_input(prepared, &self.card))?;
        let all_finite = values.iter().all(|value| value.is_finite());
        if values.len() != self.card.feature_count || !all_finite {
            return Err(ModelError::Engine {
                engine: self.engine.name(),
                reason: format!(
                    "{} gave {} features (finite: {all_finite}), {} are expected",
                    self.card.name,
                    values.len(),
                    self.card.feature_count
                ),
            });
        }
        Ok(self.card.tensor_values.to_features(values))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::folder::CARD_FILE;
    use super::*;

    #[test]
    fn built_in_backbones_are_whole_and_keep_their_keys() {
        let keys = BUILT_IN_BACKBONES.map(|name| {
            let card = Backbone::built_in_card(name).unwrap();
            assert_eq!((card.check(), card.name.as_str()), (Ok(()), name));
            card.feature_key()
        });
        // Cached features and trained heads are found by them.
        assert_eq!(
            keys,
            [
                "d976cf4c57e7b7d717854d5e3303150306873946627a2fed29041ce180bf3688/\
                 gray8-nobar-center-bicubic-2",
                "8f58c5067bc7f0c44e579ea61cc7887d807b62523b31516f58dac208a1c0693e/\
                 gray8-nobar-center-bicubic-2+260px",
            ]
        );
    }

    #[test]
    fn an_unknown_backbone_is_answered_with_the_known_ones() {
        let message = Backbone::find("resnet", 1).err().unwrap().to_string();
        assert!(BUILT_IN_BACKBONES.iter().all(|name| message.contains(name)), "{message}");
    }

    #[test]
    fn a_folder_that_is_not_whole_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let find = || Backbone::find(&folder.path().display().to_string(), 1).err().unwrap();
        assert!(find().to_string().contains(CARD_FILE));
        let card = Backbone::built_in_card(DEFAULT_BACKBONE).unwrap();
        fs::write(folder.path().join(CARD_FILE), serde_json::to_vec(&card).unwrap()).unwrap();
        assert!(find().to_string().contains("backbone.onnx"));
        fs::write(folder.path().join("backbone.onnx"), "another").unwrap();
        let error = find();
        assert!(matches!(error, ModelError::WrongChecksum { .. }), "{error}");
        assert!(error.to_string().contains(&folder.path().display().to_string()));
    }
}
