//! How far a training of many steps has come, so that one that was stopped goes on from there.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::learning::{Examples, Recipe, SgdState, TrainOptions};
use crate::micrograph::content_sha256;
use crate::ops::features::Featured;

const FILE: &str = "unfinished.json";
/// Steps from one keeping to the next.
const EVERY: usize = 500;

/// Where the state of a training is kept, and which training it is the state of.
pub(super) struct Checkpoint {
    path: PathBuf,
    /// Of all that decides how the steps go.
    training_sha256: String,
    total_steps: usize,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    training_sha256: String,
    state: SgdState,
}

impl Checkpoint {
    pub(super) fn of(
        featured: &Featured,
        examples: &Examples,
        feature_key: &str,
        options: TrainOptions,
        folder: &Path,
    ) -> Self {
        let mut described = format!("{feature_key}\n{options:?}\n{:?}\n", examples.names);
        for ((content, category), side) in
            featured.contents.iter().zip(&examples.categories).zip(&examples.sides)
        {
            described += &format!("{content} {category} {side:?}\n");
        }
        let total_steps = match options.recipe {
            Recipe::Lbfgs => 0, // seconds of work, of which nothing is kept
            Recipe::Sgd(recipe) => recipe.steps,
        };
        let training_sha256 = content_sha256(described.as_bytes());
        Self { path: folder.join(FILE), training_sha256, total_steps }
    }

    /// The state of this very training, if it was stopped.
    pub(super) fn load(&self) -> Option<SgdState> {
        let kept: Kept = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        (kept.training_sha256 == self.training_sha256).then_some(kept.state)
    }

    /// Keeps the state now and then, and where the training is `ending`. One that cannot be kept
    /// costs time, no result.
    pub(super) fn keep(&self, step: usize, is_ending: bool, state: &dyn Fn() -> Option<SgdState>) {
        let is_due = step.is_multiple_of(EVERY) || is_ending;
        if self.total_steps == 0 || step == self.total_steps || !is_due {
            return;
        }
        let Some(state) = state() else { return };
        let kept = Kept { training_sha256: self.training_sha256.clone(), state };
        let part = self.path.with_extension("part");
        let write = || -> std::io::Result<()> {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&part, serde_json::to_vec(&kept)?)?;
            fs::rename(&part, &self.path)
        };
        let _ = write();
    }

    /// Forgets a training that is finished.
    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.path); // it need not be there
    }
}
