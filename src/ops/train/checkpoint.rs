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
    /// Not of `lbfgs`: seconds of work.
    is_kept: bool,
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
        let training_sha256 = content_sha256(described.as_bytes());
        let is_kept = options.recipe != Recipe::Lbfgs;
        Self { path: folder.join(FILE), training_sha256, is_kept }
    }

    /// The state of this very training, if it was stopped.
    pub(super) fn load(&self) -> Option<SgdState> {
        let kept: Kept = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        (kept.training_sha256 == self.training_sha256).then_some(kept.state)
    }

    /// Keeps the state now and then, and where the training is ending. One that cannot be kept costs
    /// time, no result.
    pub(super) fn keep(&self, step: usize, is_ending: bool, state: &dyn Fn() -> Option<SgdState>) {
        let is_due = step.is_multiple_of(EVERY) || is_ending;
        if !self.is_kept || !is_due {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(folder: &Path, training: &str) -> Checkpoint {
        Checkpoint {
            path: folder.join("model").join(FILE),
            training_sha256: training.to_owned(),
            is_kept: true,
        }
    }

    #[test]
    fn a_state_is_kept_now_and_then_and_at_the_end_for_the_same_training_alone() {
        let folder = tempfile::tempdir().unwrap();
        let this = checkpoint(folder.path(), "this");
        let state = |step| SgdState { step, layers: vec![(vec![0.5, -0.25], vec![1.0])] };
        this.keep(EVERY - 1, false, &|| panic!("not due"));
        assert_eq!(this.load(), None);
        this.keep(EVERY, false, &|| Some(state(EVERY)));
        assert_eq!(this.load(), Some(state(EVERY)));
        this.keep(EVERY + 7, true, &|| Some(state(EVERY + 7)));
        assert_eq!(this.load(), Some(state(EVERY + 7)));
        assert_eq!(checkpoint(folder.path(), "another").load(), None);
        this.remove();
        assert_eq!(this.load(), None);
    }
}
