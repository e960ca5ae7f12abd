//! What a model's description tells of its training.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// How the head was fitted.
    #[serde(default = "lbfgs")]
    pub recipe: String,
    /// The L2 penalty chosen on the validation side; 0 for a recipe without one.
    pub l2: f64,
    /// Share of right answers on each side, where it has images: training, validation, test.
    pub accuracy: [Option<f64>; 3],
    /// Mean cross-entropy in nats: training, validation.
    pub cross_entropy: [Option<f64>; 2],
    /// Grouped cross-validation, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidationRecord>,
    /// What a split by file name alone would have leaked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain_split: Option<PlainSplitRecord>,
    /// The second stage, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_stage: Option<SecondStageRecord>,
    /// Images that belong to two sides of the split, and so are on neither.
    #[serde(default)]
    pub left_out_images: usize,
}

fn lbfgs() -> String {
    "lbfgs".to_owned() // models of before there was another
}

/// What training the network's last convolution too has brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondStageRecord {
    /// Passes over the training images that helped; where none did, the network stayed what it was.
    pub passes: usize,
    /// Mean cross-entropy in nats of images that did not train: before the first pass, and after each.
    pub cross_entropy: Vec<f64>,
    /// What it brought on the test side; absent without images there, or where no pass helped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<GainRecord>,
    /// What it brought in cross-validation, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<GainRecord>,
}

/// How much more often one of two ways is right on the same images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GainRecord {
    /// Images.
    pub images: usize,
    /// Share right with the head alone.
    pub accuracy_before: f64,
    /// Share right with the second stage.
    pub accuracy_after: f64,
    /// Where the gain lies with 95 % confidence, by resampling groups.
    pub gain_interval_95: [f64; 2],
}

/// How a split by file name alone would have flattered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlainSplitRecord {
    /// Pairs that show nearly the same, one of which would have measured what the other taught.
    pub leaked_near_duplicates: usize,
    /// Such pairs of one group.
    pub leaked_groups: usize,
    /// Such pairs of one session.
    pub leaked_sessions: usize,
    /// The accuracy it would have claimed, where that was measured.
    pub accuracy: Option<f64>,
    /// What the leak-free split gave in the same way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouped_accuracy: Option<f64>,
    /// Images on which that would have been measured.
    pub images: usize,
}

/// A score above which a promise is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// The share that is to be right.
    pub accuracy: f64,
    /// How sure that is.
    pub confidence: f64,
    /// The lowest score that keeps it; absent where none does.
    pub score: Option<f64>,
    /// Share of images at or above the score.
    pub coverage: f64,
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
