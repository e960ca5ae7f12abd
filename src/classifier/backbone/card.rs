//! What is written beside a backbone: how it is fed, and where its features are.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::rules::{DataBarRule, Layout, OrientationRule, PerChannel, ResizeRule, TensorValues};
use crate::classifier::PREPARATION;

/// The side of a square input that is still believed, in pixels. Networks for images take a few
/// hundred; a slip in a card must not fill the memory.
const LARGEST_INPUT_PX: u32 = 4096;

/// What a backbone is and how an image is prepared for it (its `backbone.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackboneCard {
    /// Its name.
    pub name: String,
    /// The ONNX file, in the card's folder.
    pub file: String,
    /// The ONNX file's SHA-256, hexadecimal.
    pub sha256: String,
    /// Side of the square input, in pixels.
    pub input_size_px: u32,
    /// Order of the input's axes.
    #[serde(default)]
    pub layout: Layout,
    /// Channels of the input: 1, or 3 that all get the same grey.
    #[serde(default = "three")]
    pub channels: usize,
    /// Subtracted from each value of 0 to 255.
    pub mean: PerChannel,
    /// Each value is divided by this after `mean` is subtracted.
    pub std: PerChannel,
    /// How a picture becomes a square.
    #[serde(default)]
    pub resize: ResizeRule,
    /// Share of the shorter side that the central square covers, with [`ResizeRule::CenterCrop`].
    #[serde(default = "whole")]
    pub crop_share: f64,
    /// Whether the data bar is shown to the network.
    #[serde(default)]
    pub data_bar: DataBarRule,
    /// In which orientations the network sees the picture.
    #[serde(default)]
    pub orientations: OrientationRule,
    /// The tensor of the graph that holds the features: an output, or any other.
    #[serde(alias = "features_output")]
    pub features_tensor: String,
    /// What the tensor's values are.
    #[serde(default)]
    pub tensor_values: TensorValues,
    /// Number of features.
    pub feature_count: usize,
    /// SPDX expression.
    pub licence: String,
}

impl BackboneCard {
    /// Whether an image can be prepared as the card says.
    ///
    /// # Errors
    /// Gives the reason where not.
    pub fn check(&self) -> Result<(), String> {
        let finite = |values: &PerChannel| match values.values(self.channels) {
            Some(values) => values.iter().all(|value| value.is_finite()),
            None => false,
        };
        let has_zero_std = match &self.std {
            PerChannel::All(value) => *value == 0.0,
            PerChannel::Each(values) => values.contains(&0.0),
        };
        let reason = if !(1..=LARGEST_INPUT_PX).contains(&self.input_size_px) {
            format!(
                "its input_size_px is {}, which must be 1 to {LARGEST_INPUT_PX}",
                self.input_size_px
            )
        } else if !matches!(self.channels, 1 | 3) {
            format!("it takes {} channels; only 1 and 3 can be given", self.channels)
        } else if !finite(&self.mean) || !finite(&self.std) || has_zero_std {
            format!(
                "mean {} and std {} must be one number or {} each, and std not 0",
                self.mean, self.std, self.channels
            )
        } else if !(self.crop_share > 0.0 && self.crop_share <= 1.0) {
            format!("its crop_share is {}, which must be above 0 and at most 1", self.crop_share)
        } else if self.feature_count == 0 {
            "it has no features (feature_count is 0)".to_owned()
        } else if self.file.is_empty() || self.file.contains(['/', '\\']) {
            format!("its file {:?} is not the name of a file in its folder", self.file)
        } else {
            return Ok(());
        };
        Err(reason)
    }

    /// The same network, with the data bar shown to it or not.
    #[must_use]
    pub fn with_data_bar(self, data_bar: DataBarRule) -> Self {
        Self { data_bar, ..self }
    }

    /// The same network, seeing pictures in these orientations.
    #[must_use]
    pub fn with_orientations(self, orientations: OrientationRule) -> Self {
        Self { orientations, ..self }
    }

    /// The shape of the network's input.
    pub fn input_shape(&self) -> [usize; 4] {
        self.layout.shape(self.channels, self.input_size_px)
    }

    /// Names the features: the same key means comparable values.
    pub fn feature_key(&self) -> String {
        format!("{}/{}", self.sha256, self.preparation())
    }

    /// [`PREPARATION`], and in what this card differs from the first backbone's, whose keys stand
    /// without additions in models and caches.
    fn preparation(&self) -> String {
        // Spelt out, so that nobody adds a field without deciding whether it belongs to the key.
        let Self {
            name: _,
            file: _,
            sha256: _,
            input_size_px,
            layout,
            channels,
            mean,
            std,
            resize,
            crop_share,
            data_bar,
            orientations,
            features_tensor,
            tensor_values,
            feature_count: _,
            licence: _,
        } = self;
        let mut key = PREPARATION.to_owned();
        let mut add_if = |differs: bool, what: std::fmt::Arguments<'_>| {
            if differs {
                let _ = write!(key, "+{what}"); // writing to a String cannot fail
            }
        };
        add_if(*input_size_px != 224, format_args!("{input_size_px}px"));
        add_if(*layout == Layout::Nhwc, format_args!("nhwc"));
        add_if(*channels != 3, format_args!("channels{channels}"));
        add_if(!mean.is_always(127.0), format_args!("mean{mean}"));
        add_if(!std.is_always(128.0), format_args!("std{std}"));
        let is_cropped = *resize == ResizeRule::CenterCrop;
        add_if(!is_cropped, format_args!("squash"));
        add_if(is_cropped && *crop_share != 0.875, format_args!("crop{crop_share}"));
        add_if(*data_bar == DataBarRule::Kept, format_args!("bar"));
        add_if(*orientations == OrientationRule::MeanOfEight, format_args!("mean8"));
        add_if(features_tensor != "features", format_args!("tensor:{features_tensor}"));
        add_if(*tensor_values == TensorValues::Probabilities, format_args!("log"));
        key
    }
}

fn three() -> usize {
    3
}

fn whole() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// As cards were before there was more than one backbone.
    const OLD: &str = r#"{
        "name": "old", "file": "backbone.onnx", "sha256": "abc", "input_size_px": 224,
        "mean": 127.0, "std": 128.0, "crop_share": 0.875, "features_output": "features",
        "feature_count": 1280, "licence": "Apache-2.0"
    }"#;

    fn old() -> BackboneCard {
        serde_json::from_str(OLD).unwrap()
    }

    #[test]
    fn a_card_of_the_first_layout_reads_and_keeps_its_key() {
        assert_eq!(old().check(), Ok(()));
        assert_eq!(old().input_shape(), [1, 3, 224, 224]);
        assert_eq!(old().feature_key(), "abc/gray8-nobar-center-bicubic-2");
    }

    #[test]
    fn a_card_survives_its_file() {
        let card = BackboneCard {
            mean: PerChannel::Each(vec![1.0, 2.5, 3.0]),
            layout: Layout::Nhwc,
            resize: ResizeRule::Squash,
            data_bar: DataBarRule::Kept,
            orientations: OrientationRule::MeanOfEight,
            ..old()
        };
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<BackboneCard>(&json).unwrap(), card);
    }

    #[test]
    fn every_way_to_prepare_an_image_has_a_key_of_its_own() {
        let cards = [
            old(),
            BackboneCard { sha256: "def".to_owned(), ..old() },
            BackboneCard { input_size_px: 260, ..old() },
            BackboneCard { layout: Layout::Nhwc, ..old() },
            BackboneCard { channels: 1, ..old() },
            BackboneCard { mean: PerChannel::All(0.0), ..old() },
            BackboneCard { mean: PerChannel::Each(vec![127.0, 0.0, 0.0]), ..old() },
            BackboneCard { std: PerChannel::All(0.0), ..old() },
            BackboneCard { resize: ResizeRule::Squash, ..old() },
            BackboneCard { crop_share: 1.0, ..old() },
            old().with_data_bar(DataBarRule::Kept),
            old().with_orientations(OrientationRule::MeanOfEight),
            BackboneCard { features_tensor: "logits".to_owned(), ..old() },
            BackboneCard { tensor_values: TensorValues::Probabilities, ..old() },
        ];
        let keys: BTreeSet<String> = cards.iter().map(BackboneCard::feature_key).collect();
        assert_eq!(keys.len(), cards.len());
    }

    #[test]
    fn what_makes_no_difference_makes_no_other_key() {
        let same = BackboneCard {
            mean: PerChannel::Each(vec![127.0; 3]),
            name: "other".to_owned(),
            ..old()
        };
        assert_eq!(same.feature_key(), old().feature_key());
        let squashed = BackboneCard { resize: ResizeRule::Squash, ..old() };
        let cropped_too = BackboneCard { crop_share: 0.5, ..squashed.clone() };
        assert_eq!(squashed.feature_key(), cropped_too.feature_key());
    }

    #[test]
    fn a_card_that_no_image_can_be_prepared_by_is_refused_with_the_reason() {
        let cases = [
            (BackboneCard { input_size_px: 0, ..old() }, "input_size_px"),
            (BackboneCard { input_size_px: 1 << 20, ..old() }, "input_size_px"),
            (BackboneCard { channels: 4, ..old() }, "channels"),
            (BackboneCard { mean: PerChannel::Each(vec![1.0]), ..old() }, "mean"),
            (BackboneCard { std: PerChannel::All(0.0), ..old() }, "std"),
            (BackboneCard { crop_share: f64::NAN, ..old() }, "crop_share"),
            (BackboneCard { feature_count: 0, ..old() }, "feature_count"),
            (BackboneCard { file: "../x.onnx".to_owned(), ..old() }, "file"),
        ];
        for (card, word) in cases {
            let reason = card.check().unwrap_err();
            assert!(reason.contains(word), "{word}: {reason}");
        }
    }
}
