//! What people, cards and files say of a network.

use serde::Deserialize;

use crate::classifier::{DataBarRule, Layout, PerChannel, ResizeRule};

/// What is said of a network; what is not, is read from its graph or asked for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct NetworkFacts {
    /// Its name.
    pub name: Option<String>,
    /// SHA-256 of the ONNX file, hexadecimal.
    pub sha256: Option<String>,
    /// Side of the square input, in pixels.
    pub input_size_px: Option<u32>,
    /// Order of the input's axes.
    pub layout: Option<Layout>,
    /// Channels of the input.
    pub channels: Option<usize>,
    /// Subtracted from each value of 0 to 255.
    pub mean: Option<PerChannel>,
    /// Each value is divided by this after `mean` is subtracted.
    pub std: Option<PerChannel>,
    /// How a picture becomes a square.
    pub resize: Option<ResizeRule>,
    /// Share of the shorter side that the central square covers.
    pub crop_share: Option<f64>,
    /// Whether the data bar is shown to the network.
    pub data_bar: Option<DataBarRule>,
    /// The tensor that holds the features, or a classifier's scores.
    #[serde(alias = "features_output")]
    pub features_tensor: Option<String>,
    /// SPDX expression.
    pub licence: Option<String>,
}

impl NetworkFacts {
    /// Reads a card: a `backbone.json`, of which anything may be left out, or a description with the
    /// keys `input`, `normalisation`, `resize_rule`, `outputs` and `license`.
    ///
    /// # Errors
    /// Gives the reason where it is neither.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let flat: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let described: Description =
            serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Ok(flat.or(described.facts()))
    }

    /// What is said here, and where nothing is, what `other` says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            sha256: self.sha256.or(other.sha256),
            input_size_px: self.input_size_px.or(other.input_size_px),
            layout: self.layout.or(other.layout),
            channels: self.channels.or(other.channels),
            mean: self.mean.or(other.mean),
            std: self.std.or(other.std),
            resize: self.resize.or(other.resize),
            crop_share: self.crop_share.or(other.crop_share),
            data_bar: self.data_bar.or(other.data_bar),
            features_tensor: self.features_tensor.or(other.features_tensor),
            licence: self.licence.or(other.licence),
        }
    }
}

/// A description as converters write it, with the input's shape and the outputs by what they are.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Description {
    input: DescribedInput,
    normalisation: Normalisation,
    resize_rule: String,
    outputs: DescribedOutputs,
    license: DescribedLicence,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedInput {
    /// Numbers, and names of axes left open.
    shape: Vec<serde_json::Value>,
    layout: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Normalisation {
    mean: Option<PerChannel>,
    std: Option<PerChannel>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedOutputs {
    features: Option<DescribedOutput>,
}

#[derive(Deserialize)]
struct DescribedOutput {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DescribedLicence {
    spdx: Option<String>,
}

impl Description {
    fn facts(self) -> NetworkFacts {
        let layout = match self.input.layout.to_lowercase().as_str() {
            "nchw" => Some(Layout::Nchw),
            "nhwc" => Some(Layout::Nhwc),
            _ => None,
        };
        // Rows are the third axis in one layout and the second in the other.
        let rows = layout.map(|layout| if layout == Layout::Nchw { 2 } else { 1 });
        let side = rows.and_then(|axis| self.input.shape.get(axis)?.as_u64());
        let is_cropped = self.resize_rule.to_lowercase().contains("center crop");
        NetworkFacts {
            input_size_px: side.and_then(|side| u32::try_from(side).ok()),
            layout,
            mean: self.normalisation.mean,
            std: self.normalisation.std,
            resize: is_cropped.then_some(ResizeRule::CenterCrop),
            crop_share: is_cropped.then(|| share_of_short_side(&self.resize_rule)).flatten(),
            features_tensor: self.outputs.features.map(|output| output.name),
            licence: self.license.spdx,
            ..Default::default()
        }
    }
}

/// The share that a rule in words names, as in `87.5% of the short side`.
fn share_of_short_side(rule: &str) -> Option<f64> {
    let before = rule.split("% of the short").next().filter(|before| before.len() < rule.len())?;
    let digits = before.trim_end().rsplit(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    Some(digits.parse::<f64>().ok()? / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_of_ours_may_leave_anything_out() {
        let facts = NetworkFacts::from_json(
            br#"{"name": "n", "mean": 127, "std": [1, 2, 3], "layout": "nhwc", "resize": "squash"}"#,
        )
        .unwrap();
        let expected = NetworkFacts {
            name: Some("n".to_owned()),
            mean: Some(PerChannel::All(127.0)),
            std: Some(PerChannel::Each(vec![1.0, 2.0, 3.0])),
            layout: Some(Layout::Nhwc),
            resize: Some(ResizeRule::Squash),
            ..Default::default()
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn a_converters_description_is_understood() {
        let facts = NetworkFacts::from_json(
            br#"{
                "name": "lite", "input": {"shape": ["N", 3, 260, 260], "layout": "NCHW"},
                "normalisation": {"mean": [127, 127, 127], "std": [128, 128, 128]},
                "resize_rule": "center crop a square (= 87.5% of the short side), then bicubic",
                "outputs": {"features": {"name": "pooled", "shape": ["N", 1280]}},
                "license": {"spdx": "Apache-2.0"}, "sha256": "abc"
            }"#,
        )
        .unwrap();
        let expected = NetworkFacts {
            name: Some("lite".to_owned()),
            sha256: Some("abc".to_owned()),
            input_size_px: Some(260),
            layout: Some(Layout::Nchw),
            mean: Some(PerChannel::Each(vec![127.0; 3])),
            std: Some(PerChannel::Each(vec![128.0; 3])),
            resize: Some(ResizeRule::CenterCrop),
            crop_share: Some(0.875),
            features_tensor: Some("pooled".to_owned()),
            licence: Some("Apache-2.0".to_owned()),
            ..Default::default()
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn what_is_said_first_holds() {
        let first = NetworkFacts { input_size_px: Some(1), ..Default::default() };
        let second =
            NetworkFacts { input_size_px: Some(2), crop_share: Some(0.5), ..Default::default() };
        let both = first.or(second);
        assert_eq!((both.input_size_px, both.crop_share), (Some(1), Some(0.5)));
    }

    #[test]
    fn what_is_no_card_is_refused() {
        assert!(NetworkFacts::from_json(b"words").is_err());
        assert!(NetworkFacts::from_json(br#"{"mean": "grey"}"#).is_err());
    }
}
