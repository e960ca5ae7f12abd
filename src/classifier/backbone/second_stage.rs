//! A network in two parts, so that its last convolution can be trained apart from the rest.

use std::borrow::Cow;
use std::path::Path;

use super::{Backbone, BackboneCard, OrientationRule, built_in, folder, write_backbone};
use crate::classifier::engine::{OnnxFile, TractEngine};
use crate::classifier::{LastConvolution, ModelError};
use crate::micrograph::content_sha256;

/// What is put behind the name of a network with another last convolution.
const TRAINED: &str = ", last convolution trained";
const FILE: &str = "backbone.onnx";

impl Backbone {
    /// The network up to what its last convolution takes, whose values are its features, and that
    /// convolution. `threads` is per forward pass.
    ///
    /// # Errors
    /// Fails where the features are made in another way, or are means over orientations.
    pub fn before_last_convolution(
        &self,
        threads: usize,
    ) -> Result<(Self, LastConvolution), ModelError> {
        let invalid =
            |reason: String| ModelError::Invalid { model: self.card.name.clone(), reason };
        if self.card.orientations != OrientationRule::Upright {
            let reason = "its features are means over orientations, which no convolution makes";
            return Err(invalid(reason.to_owned()));
        }
        let (_, onnx) = self.own_file()?;
        let file = OnnxFile::parse(&onnx).map_err(invalid)?;
        let found = file.last_convolution(&self.card.features_tensor).map_err(invalid)?;
        let engine = TractEngine::new(file, self.card.input_shape(), &found.takes, threads.max(1))?;
        let shape = engine.output_shape().unwrap_or_default();
        let channels = found.convolution.channel_count();
        if shape.len() != 4 || shape[1] != channels {
            return Err(invalid(format!("its last convolution takes a tensor of shape {shape:?}")));
        }
        let card = BackboneCard {
            features_tensor: found.takes,
            feature_count: shape.iter().product(),
            ..self.card.clone()
        };
        let before = Self { card, engine: Box::new(engine), folder: self.folder.clone() };
        Ok((before, found.convolution))
    }

    /// The network with another last convolution, not loaded.
    ///
    /// # Errors
    /// As of [`Backbone::before_last_convolution`].
    pub fn with_last_convolution(
        &self,
        convolution: &LastConvolution,
    ) -> Result<RetrainedBackbone, ModelError> {
        let invalid =
            |reason: String| ModelError::Invalid { model: self.card.name.clone(), reason };
        let (_, onnx) = self.own_file()?;
        let file = OnnxFile::parse(&onnx).map_err(invalid)?;
        let found = file.last_convolution(&self.card.features_tensor).map_err(invalid)?;
        let onnx = file.with_convolution(&found, convolution);
        let name = self.card.name.strip_suffix(TRAINED).unwrap_or(&self.card.name);
        let card = BackboneCard {
            name: format!("{name}{TRAINED}"),
            file: FILE.to_owned(),
            sha256: content_sha256(&onnx),
            ..self.card.clone()
        };
        Ok(RetrainedBackbone { card, onnx })
    }

    /// Its card and its ONNX file, read once more.
    pub(super) fn own_file(&self) -> Result<(BackboneCard, Cow<'static, [u8]>), ModelError> {
        let (card, onnx) = match &self.folder {
            Some(own_folder) => {
                let (card, onnx) = folder::read_backbone(own_folder)?;
                (card, Cow::Owned(onnx))
            }
            None => {
                let found = built_in::built_in(&self.card.name);
                let (card, onnx) =
                    found.unwrap_or_else(|| Err(ModelError::no_backbone(&self.card.name)))?;
                (card, Cow::Borrowed(onnx))
            }
        };
        let card = card.with_data_bar(self.card.data_bar).with_orientations(self.card.orientations);
        Ok((card, onnx))
    }
}

/// A network with a last convolution of its own.
pub struct RetrainedBackbone {
    card: BackboneCard,
    onnx: Vec<u8>,
}

impl RetrainedBackbone {
    /// What it is.
    pub fn card(&self) -> &BackboneCard {
        &self.card
    }

    /// Writes it into the folder of a model.
    ///
    /// # Errors
    /// Fails where nothing can be written.
    pub fn save(&self, folder: &Path) -> Result<(), ModelError> {
        write_backbone(folder, &self.card, &self.onnx)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::ArrayView2;

    use super::*;
    use crate::classifier::{BUILT_IN_BACKBONES, DEFAULT_BACKBONE, Prepared};

    fn picture(side_px: u32) -> Prepared {
        let pixel = |index: u32| (index * 7919 % 251) as u8;
        Prepared::new((0..side_px * side_px).map(pixel).collect(), side_px).unwrap()
    }

    #[test]
    fn both_parts_of_a_network_make_its_features() {
        for name in BUILT_IN_BACKBONES {
            let backbone = Backbone::find(name, 1).unwrap();
            let (before, convolution) = backbone.before_last_convolution(1).unwrap();
            assert_ne!(before.feature_key(), backbone.feature_key());
            let picture = picture(backbone.card().input_size_px);
            let whole = backbone.features(&picture).unwrap();
            let activations = before.features(&picture).unwrap();
            let channels = convolution.channel_count();
            let shape = (channels, activations.len() / channels);
            let activations = ArrayView2::from_shape(shape, &activations).unwrap();
            let parts = convolution.features(activations);
            let apart = whole.iter().zip(&parts).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart < 1e-4, "{name}: {apart}");
        }
    }

    #[test]
    fn a_network_with_another_convolution_makes_other_features_of_its_own() {
        let backbone = Backbone::find(DEFAULT_BACKBONE, 1).unwrap();
        let (_, mut convolution) = backbone.before_last_convolution(1).unwrap();
        convolution.weights.mapv_inplace(|weight| weight * 0.5);
        let retrained = backbone.with_last_convolution(&convolution).unwrap();
        let folder = tempfile::tempdir().unwrap();
        retrained.save(folder.path()).unwrap();
        let loaded = Backbone::find(&folder.path().display().to_string(), 1).unwrap();
        assert_eq!(loaded.feature_key(), retrained.card().feature_key());
        assert!(loaded.card().name.contains("last convolution trained"));
        let picture = picture(224);
        let [before, after] = [&backbone, &loaded].map(|it| it.features(&picture).unwrap());
        assert_ne!(before, after);
        // And once more, out of the folder.
        let (_, again) = loaded.before_last_convolution(1).unwrap();
        assert_eq!(again, convolution);
        let name = loaded.with_last_convolution(&again).unwrap().card().name.clone();
        assert_eq!(name.matches("trained").count(), 1, "{name}");
    }

    #[test]
    fn means_over_orientations_have_no_last_convolution() {
        let backbone = Backbone::find(DEFAULT_BACKBONE, 1).unwrap();
        let mean = backbone.with_orientations(OrientationRule::MeanOfEight);
        let error = mean.before_last_convolution(1).err().unwrap();
        assert!(error.to_string().contains("orientations"), "{error}");
    }
}
