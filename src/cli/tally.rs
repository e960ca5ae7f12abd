//! How many files of a run went well, while their results are printed.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Outcome, Output};

/// The count so far. Where nobody reads what is printed, it stops the run.
pub(super) struct Tally {
    total: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
    failure: Option<anyhow::Error>,
}

impl Tally {
    pub(super) fn new(total: usize) -> Self {
        Self { total, done: 0, failed: 0, failure: None }
    }

    /// Counts a file after its result was `printed`; `verb` is what was done with it.
    pub(super) fn count<T, E>(
        &mut self,
        verb: &str,
        result: &Result<T, E>,
        printed: anyhow::Result<()>,
        output: &mut Output,
        cancel: &AtomicBool,
    ) {
        match result {
            Ok(_) => self.done += 1,
            Err(_) => self.failed += 1,
        }
        if let Err(error) = printed {
            cancel.store(true, Ordering::Relaxed);
            self.failure.get_or_insert(error);
        }
        output.progress(verb, self.done + self.failed, self.total);
    }

    /// How the run ended.
    ///
    /// # Errors
    /// Fails where a result could not be printed.
    pub(super) fn finish(self) -> anyhow::Result<Outcome> {
        self.failure.map_or(Ok(()), Err)?;
        Ok(Outcome::of(self.done, self.failed))
    }
}
