//! What a report is made from.

use crate::learning::{Evaluation, HistoryPoint, LearningCurve, MergeAdvice};

/// What a report is made from. All text is plain; the report escapes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportInput {
    /// Heading of the report.
    pub title: String,
    /// Which images were measured and why that is fair, as the end of "Measured on …": "the test
    /// side, 412 images of 96 samples of which none took part in training".
    pub measured_on: String,
    /// What a reader must know before believing the figures; one sentence each.
    pub warnings: Vec<String>,
    /// The model that was measured.
    pub model: ModelFacts,
    /// The measures.
    pub evaluation: Evaluation,
    /// Share of the labelled images that is held out as the measured ones were: 0.1 for the test
    /// side of a split, 1 for cross-validation. Absent where it is not known.
    pub held_out_share: Option<f64>,
    /// Accuracy in each fold of a cross-validation; empty without one.
    pub fold_accuracies: Vec<f64>,
    /// What a split that ignores groups would have claimed.
    pub leak: Option<LeakComparison>,
    /// Accuracy and time against the number of images.
    pub learning_curve: Option<LearningCurve>,
    /// How training went, from the first step to the last; empty where nothing was recorded.
    pub history: Vec<HistoryPoint>,
    /// What merging categories would do.
    pub merge_advice: Option<MergeAdvice>,
}

/// What is known of a model and its training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelFacts {
    /// Its name.
    pub name: String,
    /// What turns images into features.
    pub backbone: String,
    /// When it was trained, as it is to be read.
    pub trained_at: String,
    /// Version of Semblance that trained it.
    pub program_version: String,
    /// What it was trained on.
    pub data: String,
    /// How the head was fitted, in words.
    pub recipe: String,
    /// L2 penalty of the head, where it has one.
    pub l2: Option<f64>,
    /// Each category with its labelled images.
    pub images_per_category: Vec<(String, usize)>,
    /// Images on the training, validation and test side.
    pub split: [usize; 3],
}

/// A grouped split beside a plain one, which tells images apart by their file names alone.
#[derive(Debug, Clone, PartialEq)]
pub struct LeakComparison {
    /// Pairs of near-duplicates that the plain split would put on both sides.
    pub leaked_near_duplicate_pairs: usize,
    /// Pairs of images of one group that the plain split would put on both sides.
    pub leaked_group_pairs: usize,
    /// Pairs of images of one session that the plain split would put on both sides.
    pub leaked_session_pairs: usize,
    /// With groups kept on one side: the honest figure.
    pub accuracy_grouped: Option<MeasuredAccuracy>,
    /// With the plain split.
    pub accuracy_plain: Option<MeasuredAccuracy>,
}

/// An accuracy with the number of images it was measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredAccuracy {
    /// Share of right answers.
    pub accuracy: f64,
    /// Images measured.
    pub images: usize,
}
