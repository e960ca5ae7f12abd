//! A model as a folder: `model.json`, `head.safetensors` and `MODEL.md`, a card for people.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::backbone::StoredBackbone;
use super::training_images::{parse as parse_training_images, training_images};
use super::training_record::{Promise, TrainingRecord};
use super::{
    Backbone, BackboneCard, CategoryScore, Head, ModelError, PixelSizeInput, ranked, softmax,
};
use crate::catalog::Side;
use crate::micrograph::content_sha256;

/// Models inside the program, by name.
pub const BUILT_IN_MODELS: [&str; 2] = ["starter", "sample"];

const FORMAT: u32 = 1;
/// A model's description within its folder.
pub const MANIFEST_FILE: &str = "model.json";
const HEAD_FILE: &str = "head.safetensors";
const CARD_FILE: &str = "MODEL.md";

/// A model's `model.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelManifest {
    /// Version of this description's layout.
    pub format: u32,
    /// The model's name.
    pub name: String,
    /// One sentence on what it is for.
    pub description: String,
    /// Key of the features it takes: backbone checksum and preparation.
    pub feature_key: String,
    /// The backbone's name.
    pub backbone: String,
    /// Category names, in the order of the head's rows.
    pub categories: Vec<String>,
    /// What the library that it was trained on calls them by, whatever their names become; empty
    /// without a library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category_uids: Vec<String>,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// How the pixel size is an input beside the features, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_size_input: Option<PixelSizeInput>,
    /// SHA-256 of `head.safetensors`.
    pub head_sha256: String,
    /// Scores above which so many were right that more than so many are, with this confidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// Data, split and measured accuracy.
    pub training: TrainingRecord,
    /// When it was trained, RFC 3339.
    pub created_at: String,
    /// The version of this program that trained it.
    pub program_version: String,
}

/// A head with everything needed to use it.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: ModelManifest,
    head: Head,
    sha256: String,
    /// Where it was read from; `None` of one inside the program, and of a new one.
    folder: Option<PathBuf>,
}

impl Model {
    /// A freshly trained model. `manifest.head_sha256` and `manifest.format` are filled in.
    ///
    /// # Errors
    /// Fails where the head does not fit the categories.
    pub fn new(mut manifest: ModelManifest, head: Head) -> Result<Self, ModelError> {
        let head_bytes = head
            .to_safetensors()
            .map_err(|reason| ModelError::Invalid { model: manifest.name.clone(), reason })?;
        manifest.head_sha256 = content_sha256(&head_bytes);
        manifest.format = FORMAT;
        Self::checked(manifest, head)
    }

    /// The model that `name` means: a folder, or the name of a built-in model.
    ///
    /// # Errors
    /// Fails, naming the model, where it does not exist, is not complete or fails its checksum.
    pub fn find(name: &str) -> Result<Self, ModelError> {
        // One inside the program first: a folder of images called `sample` must not hide it. A model's
        // folder of that name is `./sample`.
        if let Some(built_in) = Self::built_in(name) {
            return built_in;
        }
        if Path::new(name).is_dir() {
            return Self::load(Path::new(name));
        }
        Err(ModelError::NotFound { name: name.to_owned(), built_in: BUILT_IN_MODELS.join(", ") })
    }

    /// A model inside the program, or `None` where none has this name.
    fn built_in(name: &str) -> Option<Result<Self, ModelError>> {
        let (manifest, head): (&[u8], &[u8]) = match name {
            "starter" => (
                include_bytes!("../../models/starter/model.json"),
                include_bytes!("../../models/starter/head.safetensors"),
            ),
            "sample" => (
                include_bytes!("../../models/sample/model.json"),
                include_bytes!("../../models/sample/head.safetensors"),
            ),
            _ => return None,
        };
        Some(Self::from_bytes(name, manifest, head))
    }

    /// Reads a model's folder.
    ///
    /// # Errors
    /// Fails, naming the model, where a file is missing, damaged or not the one described.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let name = folder.display().to_string();
        let read = |file: &str| {
            fs::read(folder.join(file)).map_err(|source| ModelError::MissingFile {
                model: name.clone(),
                file: file.to_owned(),
                source,
            })
        };
        let model = Self::from_bytes(&name, &read(MANIFEST_FILE)?, &read(HEAD_FILE)?)?;
        Ok(Self { folder: Some(folder.to_owned()), ..model })
    }

    fn from_bytes(name: &str, manifest: &[u8], head: &[u8]) -> Result<Self, ModelError> {
        let invalid = |reason: String| ModelError::Invalid { model: name.to_owned(), reason };
        let manifest: ModelManifest = serde_json::from_slice(manifest)
            .map_err(|error| invalid(format!("{MANIFEST_FILE}: {error}")))?;
        if manifest.format > FORMAT {
            return Err(invalid(format!(
                "its format {} is newer than this program's {FORMAT}; update the program",
                manifest.format
            )));
        }
        let actual = content_sha256(head);
        if actual != manifest.head_sha256 {
            return Err(ModelError::WrongChecksum {
                model: name.to_owned(),
                file: HEAD_FILE.to_owned(),
                expected: manifest.head_sha256,
                actual,
            });
        }
        let head = Head::from_safetensors(head)
            .map_err(|reason| invalid(format!("{HEAD_FILE}: {reason}")))?;
        Self::checked(manifest, head)
    }

    fn checked(manifest: ModelManifest, head: Head) -> Result<Self, ModelError> {
        let reason = if head.category_count() != manifest.categories.len() {
            format!(
                "the head has {} rows for {} categories",
                head.category_count(),
                manifest.categories.len()
            )
        } else if !(manifest.temperature.is_finite() && manifest.temperature > 0.0) {
            format!("the temperature is {}", manifest.temperature)
        } else if manifest.pixel_size_input.is_some_and(|input| !input.is_usable()) {
            "its pixel size input is no number".to_owned()
        } else {
            let mut computed = format!(
                "{}\n{}\n{}",
                manifest.feature_key, manifest.head_sha256, manifest.temperature
            );
            if let Some(PixelSizeInput { mean, deviation }) = manifest.pixel_size_input {
                computed += &format!("\n{mean} {deviation}");
            }
            let sha256 = content_sha256(computed.as_bytes());
            return Ok(Self { manifest, head, sha256, folder: None });
        };
        Err(ModelError::Invalid { model: manifest.name, reason })
    }

    /// Writes the model into `folder`, creating it; `card` is the text of `MODEL.md`.
    ///
    /// # Errors
    /// Fails where a file cannot be written.
    pub fn save(&self, folder: &Path, card: &str) -> Result<(), ModelError> {
        let failed = |source| ModelError::Write { path: folder.to_owned(), source };
        let json = serde_json::to_string_pretty(&self.manifest)
            .map_err(|error| failed(io::Error::other(error)))?;
        let head = self.head.to_safetensors().map_err(|reason| failed(io::Error::other(reason)))?;
        let write = || {
            fs::create_dir_all(folder)?;
            fs::write(folder.join(HEAD_FILE), head)?;
            fs::write(folder.join(CARD_FILE), card)?;
            fs::write(folder.join(MANIFEST_FILE), json + "\n")
        };
        write().map_err(failed)
    }

    /// Its description.
    pub fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// Identifies what it computes: features, head and temperature.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Where it was read from; nothing of one inside the program.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Category names, in the order of [`Model::scores`].
    pub fn categories(&self) -> &[String] {
        &self.manifest.categories
    }

    /// The backbone whose features the head takes: one inside the program, or the one in the model's
    /// own folder. `threads` is per forward pass.
    ///
    /// # Errors
    /// Fails, naming the model, where neither is the one it was trained on, or cannot be loaded.
    pub fn backbone(&self, threads: usize) -> Result<Backbone, ModelError> {
        self.stored_backbone()?.load(threads)
    }

    /// The same, not loaded.
    pub(super) fn stored_backbone(&self) -> Result<StoredBackbone, ModelError> {
        let found = Backbone::stored(&self.manifest.feature_key, self.folder.as_deref())?;
        found.ok_or_else(|| ModelError::Invalid {
            model: self.manifest.name.clone(),
            reason: format!(
                "it was trained on the features of another backbone ({}), or on images prepared \
                 in another way, and that backbone is neither in its folder nor inside this \
                 program. Copy the model again from where it came, or train it again",
                self.manifest.backbone
            ),
        })
    }

    /// The card of its backbone.
    ///
    /// # Errors
    /// As of [`Model::backbone`].
    pub fn backbone_card(&self) -> Result<BackboneCard, ModelError> {
        Ok(self.stored_backbone()?.card)
    }

    /// One probability a category; they sum to 1. `nm_per_px` is the size of a pixel of the network's
    /// input, where it is known; it matters only to models that take it.
    ///
    /// # Errors
    /// Fails where the features are not those of the model's backbone.
    pub fn scores(&self, features: &[f32], nm_per_px: Option<f64>) -> Result<Vec<f32>, ModelError> {
        let logits = match &self.manifest.pixel_size_input {
            None => self.logits(features),
            Some(input) => self.logits(&[features, &input.terms(nm_per_px)].concat()),
        };
        Ok(softmax(&logits?, self.manifest.temperature))
    }

    fn logits(&self, inputs: &[f32]) -> Result<Vec<f32>, ModelError> {
        if inputs.len() == self.head.feature_count() {
            return Ok(self.head.logits(inputs));
        }
        Err(ModelError::Invalid {
            model: self.manifest.name.clone(),
            reason: format!(
                "it takes {} values, the backbone gives {}",
                self.head.feature_count(),
                inputs.len()
            ),
        })
    }

    /// All categories with their scores, the highest first.
    ///
    /// # Errors
    /// See [`Model::scores`].
    pub fn classify(
        &self,
        features: &[f32],
        nm_per_px: Option<f64>,
    ) -> Result<Vec<CategoryScore>, ModelError> {
        Ok(ranked(self.categories(), &self.scores(features, nm_per_px)?))
    }

    /// The images it was made with, by their content: of one in a folder as `images.csv` there tells,
    /// of `starter` as the program does; nothing where neither does.
    ///
    /// # Errors
    /// See [`training_images`].
    pub fn training_images(&self) -> Result<Option<BTreeMap<String, Side>>, ModelError> {
        match (&self.folder, self.name()) {
            (Some(folder), _) => training_images(folder),
            (None, "starter") => {
                let text = include_str!("../../models/starter/images.csv");
                parse_training_images(text, "starter").map(Some)
            }
            (None, _) => Ok(None),
        }
    }

    /// The trained last layer.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::DEFAULT_BACKBONE;

    fn model() -> Model {
        let manifest = ModelManifest {
            format: 0,
            name: "test".to_owned(),
            description: String::new(),
            feature_key: "key".to_owned(),
            backbone: "none".to_owned(),
            categories: vec!["Fibres".to_owned(), "Powder".to_owned()],
            category_uids: Vec::new(),
            temperature: 1.0,
            pixel_size_input: None,
            head_sha256: String::new(),
            promises: Vec::new(),
            training: TrainingRecord::default(),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
            program_version: "0".to_owned(),
        };
        Model::new(manifest, Head::new(vec![1.0, 0.0, 0.0, 1.0], vec![0.0, 0.0], 2).unwrap())
            .unwrap()
    }

    #[test]
    fn the_starter_model_tells_which_images_it_was_made_with() {
        let starter = Model::find("starter").unwrap();
        let images = starter.training_images().unwrap().unwrap();
        let on = |side| images.values().filter(|of_image| **of_image == side).count();
        let split = [Side::Training, Side::Validation, Side::Test].map(on);
        assert_eq!(split, starter.manifest().training.split);
        assert!(split[0] > 200, "{split:?}");
        assert_eq!(Model::find("sample").unwrap().training_images().unwrap(), None);
    }

    #[test]
    fn a_saved_model_comes_back_the_same() {
        let folder = tempfile::tempdir().unwrap();
        model().save(folder.path(), "card").unwrap();
        let loaded = Model::load(folder.path()).unwrap();
        assert_eq!((loaded.manifest(), loaded.head()), (model().manifest(), model().head()));
    }

    #[test]
    fn a_model_without_its_head_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        model().save(folder.path(), "card").unwrap();
        fs::remove_file(folder.path().join(HEAD_FILE)).unwrap();
        let message = Model::load(folder.path()).unwrap_err().to_string();
        assert!(message.contains(HEAD_FILE), "{message}");
        assert!(message.contains(&folder.path().display().to_string()), "{message}");
    }

    #[test]
    fn a_changed_head_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        model().save(folder.path(), "card").unwrap();
        let path = folder.path().join(HEAD_FILE);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        let error = Model::load(folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::WrongChecksum { .. }), "{error}");
        assert!(error.to_string().contains(&folder.path().display().to_string()));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = Model::find("no such model").unwrap_err().to_string();
        assert!(message.contains("starter"), "{message}");
    }

    #[test]
    fn every_built_in_model_loads_and_fits_the_built_in_backbone() {
        for name in BUILT_IN_MODELS {
            let model = Model::find(name).unwrap();
            let card = Backbone::built_in_card(DEFAULT_BACKBONE).unwrap();
            assert_eq!(model.manifest().feature_key, card.feature_key(), "{name}");
            assert_eq!(model.head.feature_count(), card.feature_count, "{name}");
        }
    }
}
