//! The files that paths on the command line mean.

use std::path::PathBuf;

use super::{Outcome, Output};
use crate::ops::expand_paths;

/// Links and folders that could not be read.
#[derive(Clone, Copy)]
pub(super) struct Losses(usize);

impl Losses {
    /// The outcome of a run that went well but for these.
    pub(super) fn and(self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Fine if self.0 > 0 => Outcome::SomeFailed,
            outcome => outcome,
        }
    }
}

/// The image files at the paths. What was passed over is named.
pub(super) fn find_files(paths: &[PathBuf], output: &mut Output) -> (Vec<PathBuf>, Losses) {
    let expanded = expand_paths(paths);
    for problem in &expanded.problems {
        output.message(&problem.to_string());
    }
    let losses = expanded.problems.iter().filter(|problem| problem.is_loss()).count();
    (expanded.files, Losses(losses))
}
