//! The choices that a backbone's card makes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Order of the axes of a network's input; N is 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Channels first, one plane after the other: PyTorch.
    #[default]
    Nchw,
    /// Channels last, pixel by pixel: TensorFlow.
    Nhwc,
}

impl Layout {
    /// The shape of an input of one square picture.
    pub fn shape(self, channels: usize, side_px: u32) -> [usize; 4] {
        let side = side_px as usize;
        match self {
            Self::Nchw => [1, channels, side, side],
            Self::Nhwc => [1, side, side, channels],
        }
    }
}

/// How a picture becomes the square that a network takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResizeRule {
    /// The central square is cut out and scaled; shapes stay as they are.
    #[default]
    CenterCrop,
    /// The whole picture is scaled to the square; nothing is cut off, and shapes change.
    Squash,
}

/// What becomes of the data bar before a network sees the image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataBarRule {
    /// It is cut off: a network that sees it learns the session instead of the sample.
    #[default]
    Masked,
    /// It is part of the picture, as in models that were trained on whole images.
    Kept,
}

/// In which orientations a network sees an image. A micrograph has no up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrientationRule {
    /// As it is.
    #[default]
    Upright,
    /// In all eight (see [`Orientation::ALL`](crate::classifier::Orientation::ALL)); the features are
    /// their mean. Eight times the work.
    MeanOfEight,
}

/// What the values of the tensor are that holds the features.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TensorValues {
    /// The features, as they are.
    #[default]
    AsTheyAre,
    /// Probabilities; the features are their logarithms, so that a softmax gives them back.
    Probabilities,
}

/// The lowest probability whose logarithm is taken: that of 0 is no number.
pub const LEAST_PROBABILITY: f32 = 1e-7;

impl TensorValues {
    /// The features, out of values that are finite.
    pub fn to_features(self, values: Vec<f32>) -> Vec<f32> {
        match self {
            Self::AsTheyAre => values,
            Self::Probabilities => {
                values.into_iter().map(|value| value.max(LEAST_PROBABILITY).ln()).collect()
            }
        }
    }
}

/// One number for all channels, or one each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerChannel {
    /// The same for all.
    All(f32),
    /// In the order of the channels.
    Each(Vec<f32>),
}

impl PerChannel {
    /// `channels` numbers, or `None` where there are others.
    pub fn values(&self, channels: usize) -> Option<Vec<f32>> {
        match self {
            Self::All(value) => Some(vec![*value; channels]),
            Self::Each(values) => (values.len() == channels).then(|| values.clone()),
        }
    }

    /// Whether it is the same for all channels, and this.
    pub(super) fn is_always(&self, expected: f32) -> bool {
        match self {
            Self::All(value) => *value == expected,
            Self::Each(values) => values.iter().all(|value| *value == expected),
        }
    }
}

impl fmt::Display for PerChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(value) => write!(f, "{value}"),
            Self::Each(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                f.write_str(&values.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_probabilities_the_features_are_logarithms_also_of_zero() {
        let features = TensorValues::Probabilities.to_features(vec![1.0, 0.0]);
        assert_eq!(features, [0.0, LEAST_PROBABILITY.ln()]);
    }

    #[test]
    fn one_number_is_for_all_channels_and_others_must_be_as_many() {
        assert_eq!(PerChannel::All(2.0).values(3), Some(vec![2.0; 3]));
        let each = PerChannel::Each(vec![1.0, 2.0]);
        assert_eq!((each.values(2), each.values(3)), (Some(vec![1.0, 2.0]), None));
        assert_eq!(
            (PerChannel::All(0.5).to_string(), each.to_string()),
            ("0.5".to_owned(), "1,2".to_owned())
        );
    }
}
