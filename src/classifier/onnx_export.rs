//! A model as one ONNX file that other programs run.

use serde_json::json;

use super::backbone::StoredBackbone;
use super::engine::{ClassifierParts, classifier_onnx};
use super::{BackboneCard, DataBarRule, Model, ModelError, ResizeRule};

impl Model {
    /// The whole classifier, its weights inside: `pixels`, `[1, 1, side, side]` of 32-bit floats
    /// from 0 to 255 (the grey square of [`Backbone::prepare`](super::Backbone::prepare)), becomes
    /// `final_result`, `[1, categories]`, the scores. A model that takes the pixel size has a second
    /// input for it, `nm_per_px`, `[1, 1]`; one that takes the mean over eight orientations makes them
    /// itself. What the file is, its `metadata_props` say.
    ///
    /// # Errors
    /// Fails where the backbone is missing, or is of a kind that no head can be added to.
    pub fn to_onnx(&self) -> Result<Vec<u8>, ModelError> {
        let StoredBackbone { card, onnx, .. } = self.stored_backbone()?;
        let invalid =
            |reason: String| ModelError::Invalid { model: self.name().to_owned(), reason };
        let parts = ClassifierParts {
            card: &card,
            head: self.head(),
            pixel_size_input: self.manifest().pixel_size_input,
            temperature: self.manifest().temperature,
            description: format!(
                "{}: a classifier of scanning electron micrographs, exported by Semblance {}. {}",
                self.name(),
                env!("CARGO_PKG_VERSION"),
                self.manifest().description
            ),
            input_description: steps(&card),
            metadata: self.facts(&card),
        };
        classifier_onnx(&onnx, &parts).map_err(invalid)
    }

    /// What an exported file says of itself, by key; lists and objects as JSON.
    fn facts(&self, card: &BackboneCard) -> Vec<(&'static str, String)> {
        let manifest = self.manifest();
        // What importing it asks for, as it stands in a card.
        let preparation = json!({
            "name": manifest.name, "licence": card.licence,
            "input_size_px": card.input_size_px, "mean": 0, "std": 1,
            "resize": card.resize, "crop_share": card.crop_share, "data_bar": card.data_bar,
        });
        vec![
            ("model", manifest.name.clone()),
            ("model_sha256", self.sha256().to_owned()),
            ("trained_at", manifest.created_at.clone()),
            ("program_version", env!("CARGO_PKG_VERSION").to_owned()),
            ("categories", json!(manifest.categories).to_string()),
            ("temperature", manifest.temperature.to_string()),
            ("backbone", card.name.clone()),
            ("backbone_licence", card.licence.clone()),
            ("input_size_px", card.input_size_px.to_string()),
            ("preparation_steps", steps(card)),
            ("preparation", preparation.to_string()),
        ]
    }
}

/// How a picture becomes the input, in words.
fn steps(card: &BackboneCard) -> String {
    let bar = match card.data_bar {
        DataBarRule::Masked => "data bar cut off",
        DataBarRule::Kept => "data bar kept",
    };
    let square = match card.resize {
        ResizeRule::CenterCrop => {
            format!("the central square of {} of the shorter side", card.crop_share)
        }
        ResizeRule::Squash => "the whole picture".to_owned(),
    };
    format!(
        "8-bit grey (16-bit images between the 0.1 % and 99.9 % quantiles of the picture), {bar}, \
         {square}, scaled bicubically (Catmull-Rom) to {0} x {0} pixels; values from 0 to 255",
        card.input_size_px
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::engine::{Engine as _, OnnxFile, TractEngine};
    use crate::classifier::{
        Backbone, DEFAULT_BACKBONE, Head, Layer, ModelManifest, Prepared, TrainingRecord,
    };

    const CATEGORIES: usize = 3;
    const HIDDEN_UNITS: usize = 16;

    /// Weights that look disordered, small enough for scores that are neither 0 nor 1.
    fn layer(output_count: usize, input_count: usize) -> Layer {
        let weight = |index: usize| ((index * 7919 % 1009) as f32 / 1009.0 - 0.5) * 0.2;
        let weights = (0..output_count * input_count).map(weight).collect();
        Layer::new(weights, (0..output_count).map(weight).collect(), input_count).unwrap()
    }

    fn model_with(head: Head, feature_key: String) -> Model {
        let manifest = ModelManifest {
            format: 0,
            name: "test".to_owned(),
            description: String::new(),
            feature_key,
            backbone: DEFAULT_BACKBONE.to_owned(),
            categories: (0..CATEGORIES).map(|index| format!("Category {index}")).collect(),
            category_uids: Vec::new(),
            temperature: 1.5,
            pixel_size_input: None,
            promises: Vec::new(),
            head_sha256: String::new(),
            training: TrainingRecord::default(),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
            program_version: "0".to_owned(),
        };
        Model::new(manifest, head).unwrap()
    }

    #[test]
    fn the_exported_network_scores_as_the_model_does_with_a_hidden_layer_and_without() {
        let backbone = Backbone::find(DEFAULT_BACKBONE, 1).unwrap();
        let feature_count = backbone.card().feature_count;
        let side_px = backbone.card().input_size_px;
        let picture = Prepared::from_fn(side_px, |row, column| (row * column % 251) as u8);
        let features = backbone.features(&picture).unwrap();
        let pixels: Vec<f32> = picture.pixels().iter().map(|pixel| f32::from(*pixel)).collect();
        let linear = Head::linear(layer(CATEGORIES, feature_count));
        let hidden = layer(HIDDEN_UNITS, feature_count);
        let deep = Head::with_hidden(hidden, layer(CATEGORIES, HIDDEN_UNITS)).unwrap();
        for head in [linear, deep] {
            let model = model_with(head, backbone.feature_key());
            let file = OnnxFile::parse(&model.to_onnx().unwrap()).unwrap();
            let side = side_px as usize;
            let engine = TractEngine::new(file, [1, 1, side, side], "final_result", 1).unwrap();
            let scores = engine.run(pixels.clone()).unwrap();
            for (exported, own) in scores.iter().zip(model.scores(&features, None).unwrap()) {
                assert!((exported - own).abs() < 1e-5, "{exported} is not {own}");
            }
        }
    }

    #[test]
    fn a_model_on_pictures_with_their_data_bar_finds_its_backbone() {
        let card = Backbone::built_in_card(DEFAULT_BACKBONE).unwrap();
        let head = Head::linear(layer(CATEGORIES, card.feature_count));
        let key = card.with_data_bar(DataBarRule::Kept).feature_key();
        let found = model_with(head, key).backbone_card().unwrap();
        assert_eq!(found.data_bar, DataBarRule::Kept);
    }
}
