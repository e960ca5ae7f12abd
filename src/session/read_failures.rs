//! What could not be read of the library on the way to the screen: shown once, not in every frame.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

use super::{NoticeLevel, Session};

/// Failures since the last frame, each once.
#[derive(Default)]
pub(super) struct ReadFailures(RefCell<BTreeSet<String>>);

impl ReadFailures {
    /// What was read; nothing where that failed, which is then shown.
    pub(super) fn noted<T, E: Display>(&self, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.0.borrow_mut().insert(error.to_string())).ok()
    }
}

impl Session {
    /// Shows what could not be read, unless it is on screen already.
    pub(super) fn receive_read_failures(&mut self) {
        let Some(open) = &self.open else { return };
        for text in open.read_failures.0.take() {
            if !self.notices.iter().any(|notice| notice.text == text) {
                self.notify(NoticeLevel::Error, text);
            }
        }
    }
}
