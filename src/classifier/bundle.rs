//! A model as a folder: `model.json`, `head.safetensors` and `MODEL.md`, a card for people.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Backbone, CategoryScore, Head, ModelError, ranked, softmax};
use crate::micrograph::content_sha256;

/// Models inside the program, by name.
pub const BUILT_IN_MODELS: [&str; 2] = ["starter", "sample"];

const FORMAT: u32 = 1;
const MANIFEST_FILE: &str = "model.json";
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
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
    /// SHA-256 of `head.safetensors`.
    pub head_sha256: String,
    /// Data, split and measured accuracy.
    pub training: TrainingRecord,
    /// When it was trained, RFC 3339.
    pub created_at: String,
    /// The version of this program that trained it.
    pub program_version: String,
}

/// What a model was trained on and how well it did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Where the images came from.
    pub data: String,
    /// Licences of the images, with the number of images under each.
    pub data_licences: BTreeMap<String, usize>,
    /// Images a category.
    pub images_per_category: BTreeMap<String, usize>,
    /// Images on each side: training, validation, test.
    pub split: [usize; 3],
    /// Groups (same paper, sample or series) kept on one side; 0 where no groups were given.
    pub groups: usize,
    /// Images that are in no group: each stood alone in the split.
    #[serde(default)]
    pub ungrouped: usize,
    /// The L2 penalty chosen on the validation side.
    pub l2: f64,
    /// Share of right answers on each side, where it has images: training, validation, test.
    pub accuracy: [Option<f64>; 3],
    /// Mean cross-entropy in nats: training, validation.
    pub cross_entropy: [Option<f64>; 2],
    /// Grouped cross-validation, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidationRecord>,
}

/// The outcome of a cross-validation in which groups stay in one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidationRecord {
    /// Number of folds.
    pub folds: usize,
    /// Share of right answers over all images, each predicted by a head that never saw its group.
    pub accuracy: f64,
    /// Share of images whose category is among the first two.
    pub top2_accuracy: f64,
    /// Mean F1 over categories.
    pub macro_f1: f64,
    /// Share of right answers in each fold.
    pub fold_accuracy: Vec<f64>,
}

/// A head with everything needed to use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    manifest: ModelManifest,
    head: Head,
    sha256: String,
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
        if Path::new(name).is_dir() {
            return Self::load(Path::new(name));
        }
        Self::built_in(name).unwrap_or_else(|| {
            Err(ModelError::NotFound {
                name: name.to_owned(),
                built_in: BUILT_IN_MODELS.join(", "),
            })
        })
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
        Self::from_bytes(&name, &read(MANIFEST_FILE)?, &read(HEAD_FILE)?)
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
        } else {
            let sha256 = content_sha256(
                format!(
                    "{}\n{}\n{}",
                    manifest.feature_key, manifest.head_sha256, manifest.temperature
                )
                .as_bytes(),
            );
            return Ok(Self { manifest, head, sha256 });
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

    /// Category names, in the order of [`Model::scores`].
    pub fn categories(&self) -> &[String] {
        &self.manifest.categories
    }

    /// Whether the features of `backbone` are those that the head was trained on.
    ///
    /// # Errors
    /// Fails, naming the model, where they are not: another network's features may be as many.
    pub fn require_backbone(&self, backbone: &Backbone) -> Result<(), ModelError> {
        if self.manifest.feature_key == backbone.feature_key() {
            return Ok(());
        }
        Err(ModelError::Invalid {
            model: self.manifest.name.clone(),
            reason: format!(
                "it was trained on the features of another backbone ({}), or on images prepared \
                 in another way; this program has {}. Train it again",
                self.manifest.backbone,
                backbone.card().name
            ),
        })
    }

    /// One probability a category; they sum to 1.
    ///
    /// # Errors
    /// Fails where the features are not those of the model's backbone.
    pub fn scores(&self, features: &[f32]) -> Result<Vec<f32>, ModelError> {
        if features.len() != self.head.feature_count() {
            return Err(ModelError::Invalid {
                model: self.manifest.name.clone(),
                reason: format!(
                    "it takes {} features, the backbone gives {}",
                    self.head.feature_count(),
                    features.len()
                ),
            });
        }
        Ok(softmax(&self.head.logits(features), self.manifest.temperature))
    }

    /// All categories with their scores, the highest first.
    ///
    /// # Errors
    /// See [`Model::scores`].
    pub fn classify(&self, features: &[f32]) -> Result<Vec<CategoryScore>, ModelError> {
        Ok(ranked(self.categories(), &self.scores(features)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let manifest = ModelManifest {
            format: 0,
            name: "test".to_owned(),
            description: String::new(),
            feature_key: "key".to_owned(),
            backbone: "none".to_owned(),
            categories: vec!["Fibres".to_owned(), "Powder".to_owned()],
            temperature: 1.0,
            head_sha256: String::new(),
            training: TrainingRecord::default(),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
            program_version: "0".to_owned(),
        };
        Model::new(manifest, Head::new(vec![1.0, 0.0, 0.0, 1.0], vec![0.0, 0.0], 2).unwrap())
            .unwrap()
    }

    #[test]
    fn a_saved_model_comes_back_the_same() {
        let folder = tempfile::tempdir().unwrap();
        model().save(folder.path(), "card").unwrap();
        assert_eq!(Model::load(folder.path()).unwrap(), model());
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
            let card = Backbone::built_in_card().unwrap();
            assert!(model.manifest().feature_key.starts_with(&card.sha256), "{name}");
            assert_eq!(model.head.feature_count(), card.feature_count, "{name}");
        }
    }
}
