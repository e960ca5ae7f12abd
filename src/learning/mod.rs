//! Training the last layer on cached features, and saying honestly how good it is.
//!
//! Works on numbers alone: features, category indices and group names. Knows nothing of files,
//! images or the screen.

mod agreement;
mod calibration;
mod evaluation;
mod softmax_regression;
mod split;
mod training;

pub use agreement::{Agreement, CategoryAgreement, DoubleLabel, Interval, compare};
pub use calibration::fit_temperature;
pub use evaluation::{CategoryResult, Evaluation, Threshold, evaluate};
pub use softmax_regression::{FitError, fit};
pub use split::{Side, grouped_folds, side_of};
pub use training::{Examples, TrainError, TrainOutcome, cross_validate, train};
