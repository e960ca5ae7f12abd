//! Training the last layer on cached features, and saying honestly how good it is.
//!
//! Works on numbers alone: features, category indices and group names. Knows nothing of files,
//! images or the screen.

mod agreement;
mod calibration;
mod choosing;
mod cross_validation;
mod curve_measuring;
mod evaluation;
mod examples;
mod head_fit;
mod label_errors;
mod learning_curve;
mod merge_advice;
mod paired;
mod recipe;
mod second_stage;
mod split;
mod training;

pub use agreement::{Agreement, CategoryAgreement, DoubleLabel, Interval, compare};
pub use calibration::fit_temperature;
pub use choosing::Choice;
pub use cross_validation::{CrossValidation, cross_validate};
pub use curve_measuring::measure_learning_curve;
pub use evaluation::{
    AccuracyAtCoverage, AnnotatedResult, CalibrationErrorByChance, CategoryPairResult,
    CategoryResult, CorrectnessBin, CorrectnessCurve, CoverageCurve, CoveragePoint, Crossover,
    Difference, Evaluation, GroupHistogram, IsotonicStep, MoreLabels, Proportion, RankCounts,
    ReliabilityBin, ScoreHistogram, ScoredImage, SubcategoryResult, Threshold, evaluate,
    evaluate_each, threshold_for,
};
pub use examples::{Examples, ImageFacts};
pub use head_fit::{
    Activations, FitError, FitStep, Labels, SgdRecipe, SgdState, Standardised, fit,
};
pub use label_errors::{LabelError, likely_label_errors};
pub use learning_curve::{CurvePoint, LearningCurve, Spread};
pub use merge_advice::{MergeAdvice, MergedPair, UnlikePairs, advise_merges};
pub use paired::{PairedComparison, paired_difference};
pub use recipe::{HistoryPoint, Recipe, TrainOptions, TrainProgress, right_images};
pub use second_stage::{BeforeFeatures, SecondStage, cross_validate_second_stage, second_stage};
pub use split::{grouped_folds, leak_free_split, leaked_pairs, side_of, tied_together};
pub use training::{TrainError, TrainOutcome, train, train_as_chosen};
