//! A network out of an ONNX file, made into a backbone.

use std::path::{Path, PathBuf};

use super::input::{InputKind, input_kind};
use super::trial::Trial;
use super::{ImportError, NetworkFacts, PREPARATION_KEY};
use crate::classifier::engine::{OnnxFailure, OnnxFile, vector_tensors};
use crate::classifier::{
    BackboneCard, ModelError, OrientationRule, PerChannel, TensorValues, write_backbone,
};
use crate::micrograph::content_sha256;

/// Tensors that a question lists.
const MOST_CANDIDATES: usize = 12;

const ONNX_FILE: &str = "backbone.onnx";
/// SPDX's word for a licence that nobody told.
const UNKNOWN_LICENCE: &str = "NOASSERTION";
/// The share that most networks are trained with.
const USUAL_CROP_SHARE: f64 = 0.875;

/// A network as its file describes it.
pub struct Network {
    path: PathBuf,
    file: OnnxFile,
    onnx: Vec<u8>,
}

/// A backbone that has run, to be written into a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBackbone {
    card: BackboneCard,
    onnx: Vec<u8>,
}

impl NewBackbone {
    /// What it is.
    pub fn card(&self) -> &BackboneCard {
        &self.card
    }

    /// Writes `backbone.json` and `backbone.onnx` into `folder`, creating it.
    ///
    /// # Errors
    /// Fails where a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), ModelError> {
        write_backbone(folder, &self.card, &self.onnx)
    }
}

impl Network {
    /// Reads an ONNX file, and the files beside it in which it keeps its weights.
    ///
    /// # Errors
    /// Fails where a file cannot be read, is no network, or is not whole.
    pub fn read(path: &Path) -> Result<Self, ImportError> {
        let (file, onnx) = OnnxFile::read(path).map_err(|failure| match failure {
            OnnxFailure::Unreadable(source) => ImportError::Read { path: path.to_owned(), source },
            OnnxFailure::Unusable(reason) => ImportError::Network { path: path.to_owned(), reason },
        })?;
        Ok(Self { path: path.to_owned(), file, onnx })
    }

    /// The backbone that it is, by what is said of it.
    ///
    /// # Errors
    /// [`ImportError::Unknown`] asks for all that neither the graph nor `facts` tell; else fails
    /// where the network contradicts the facts, or does not run.
    pub fn into_backbone(self, facts: NetworkFacts) -> Result<NewBackbone, ImportError> {
        let is_features = |name: &&str| *name == "features";
        let tensor = self.file.outputs().into_iter().find(is_features).map(str::to_owned);
        let ask = |candidates: &str| {
            format!(
                "the tensor that holds the features, with --features-tensor: the graph has these \
                 lists of numbers, the last first: {candidates}"
            )
        };
        let (mut card, trial) = self.tried(facts, tensor, &ask)?;
        card.feature_count = trial.length();
        Ok(NewBackbone { card, onnx: self.onnx })
    }

    /// The classifier that it is: a backbone whose features are its scores before the softmax, one
    /// a category. `values` says what the scores are, where that is known.
    ///
    /// # Errors
    /// As of [`Network::into_backbone`].
    pub fn into_classifier(
        self,
        facts: NetworkFacts,
        values: Option<TensorValues>,
    ) -> Result<NewBackbone, ImportError> {
        let tensor = match self.file.outputs().as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        };
        let outputs = self.file.outputs().join(", ");
        let ask = |_: &str| {
            format!("the tensor that holds the scores, with --output: the outputs are {outputs}")
        };
        let (mut card, trial) = self.tried(facts, tensor, &ask)?;
        let mut made = self.file.made_tensors().into_iter();
        let made_by = made.find(|(name, _)| *name == card.features_tensor).map(|(_, kind)| kind);
        let seen = match made_by {
            Some("Softmax") => Some(TensorValues::Probabilities),
            Some("LogSoftmax") => Some(TensorValues::AsTheyAre),
            _ => trial.values(),
        };
        card.tensor_values = values.or(seen).ok_or_else(|| {
            self.unknown(&[format!(
                "what {:?} holds, with --output-is logits or --output-is probabilities: its values \
                 are between 0 and 1, and do not add up to 1",
                card.features_tensor
            )])
        })?;
        card.feature_count = trial.length();
        Ok(NewBackbone { card, onnx: self.onnx })
    }

    /// The card, but for what the numbers of the tensor are, and what the network gives. `usual` is
    /// the tensor that is meant where none is named; `ask_tensor` asks for it, with a list.
    fn tried(
        &self,
        facts: NetworkFacts,
        usual: Option<String>,
        ask_tensor: &dyn Fn(&str) -> String,
    ) -> Result<(BackboneCard, Trial), ImportError> {
        let sha256 = content_sha256(&self.onnx);
        if let Some(expected) = facts.sha256.as_ref().filter(|expected| **expected != sha256) {
            return Err(self.refused(format!(
                "its sha256 is {sha256}, the card is of a file with {expected}"
            )));
        }
        let facts = facts.or(self.facts_within()?);
        let input = self.file.input().map_err(|reason| self.refused(reason))?;
        let kind = input_kind(&input, &facts).map_err(|reason| self.refused(reason))?;
        let tensor = facts.features_tensor.clone().or(usual);
        let card = self.card(&facts, sha256, kind, tensor.as_deref(), ask_tensor)?;
        card.check().map_err(|reason| self.refused(reason))?;
        let is_made =
            self.file.made_tensors().iter().any(|(name, _)| *name == card.features_tensor);
        if !is_made {
            return Err(self.refused(format!(
                "no node makes a tensor {:?}; it has the tensors {}",
                card.features_tensor,
                self.candidates(kind)
            )));
        }
        let trial = Trial::run(&self.file, &card).map_err(|reason| {
            self.refused(format!("{reason}; it has the tensors {}", self.candidates(kind)))
        })?;
        Ok((card, trial))
    }

    fn card(
        &self,
        facts: &NetworkFacts,
        sha256: String,
        kind: InputKind,
        tensor: Option<&str>,
        ask_tensor: &dyn Fn(&str) -> String,
    ) -> Result<BackboneCard, ImportError> {
        let (Some(input_size_px), Some(mean), Some(std), Some(tensor)) =
            (kind.size_px, &facts.mean, &facts.std, tensor)
        else {
            let mut questions = Vec::new();
            if kind.size_px.is_none() {
                questions.push("the side of its input in pixels, with --input-size-px".to_owned());
            }
            if facts.mean.is_none() || facts.std.is_none() {
                questions.push(
                    "how its pixels are scaled, with --mean and --std: from each value of 0 to 255 \
                     mean is subtracted, and the result divided by std"
                        .to_owned(),
                );
            }
            if tensor.is_none() {
                questions.push(ask_tensor(&self.candidates(kind)));
            }
            return Err(self.unknown(&questions));
        };
        Ok(BackboneCard {
            name: facts.name.clone().unwrap_or_else(|| self.name()),
            file: ONNX_FILE.to_owned(),
            sha256,
            input_size_px,
            layout: kind.layout,
            channels: kind.channels,
            mean: simplest(mean),
            std: simplest(std),
            resize: facts.resize.unwrap_or_default(),
            crop_share: facts.crop_share.unwrap_or(USUAL_CROP_SHARE),
            data_bar: facts.data_bar.unwrap_or_default(),
            orientations: OrientationRule::Upright,
            features_tensor: tensor.to_owned(),
            tensor_values: TensorValues::AsTheyAre,
            feature_count: 1, // counted in the trial
            licence: facts.licence.clone().unwrap_or_else(|| UNKNOWN_LICENCE.to_owned()),
        })
    }

    /// What a classifier that Semblance exported says of its input.
    fn facts_within(&self) -> Result<NetworkFacts, ImportError> {
        let Some(json) = self.file.metadata(PREPARATION_KEY) else {
            return Ok(NetworkFacts::default());
        };
        NetworkFacts::from_json(json.as_bytes())
            .map_err(|reason| self.refused(format!("its {PREPARATION_KEY} is damaged: {reason}")))
    }

    /// The tensors near the end that could hold features, for people.
    fn candidates(&self, kind: InputKind) -> String {
        // Without a size, the graph's shapes stay open; a usual one shows which are lists.
        let shape = kind.shape(kind.size_px.filter(|size| *size <= 1024).unwrap_or(224));
        let vectors = vector_tensors(&self.file, shape);
        let listed: Vec<String> = if vectors.is_empty() {
            let tensors = self.file.made_tensors().into_iter().take(MOST_CANDIDATES);
            tensors.map(|(name, made_by)| format!("{name} ({made_by})")).collect()
        } else {
            let vectors = vectors.iter().take(MOST_CANDIDATES);
            vectors.map(|v| format!("{} ({} of {})", v.name, v.length, v.made_by)).collect()
        };
        listed.join(", ")
    }

    /// The name of the file without its ending.
    fn name(&self) -> String {
        self.path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }

    fn refused(&self, reason: String) -> ImportError {
        ImportError::Network { path: self.path.clone(), reason }
    }

    fn unknown(&self, questions: &[String]) -> ImportError {
        let question = format!("Say of this network {}", questions.join("; and "));
        ImportError::Unknown { path: self.path.clone(), question }
    }
}

/// One number where all channels have the same.
fn simplest(values: &PerChannel) -> PerChannel {
    match values {
        PerChannel::Each(each) => match each.as_slice() {
            [first, others @ ..] if others.iter().all(|value| value == first) => {
                PerChannel::All(*first)
            }
            _ => values.clone(),
        },
        PerChannel::All(_) => values.clone(),
    }
}
