//! Messages for the user.

use std::time::{Duration, Instant};

/// How serious a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Done, but not all of it.
    Warning,
    /// Not done.
    Error,
}

/// How long a message that asks for nothing is shown.
const INFO_SHOWN_FOR: Duration = Duration::from_secs(10);

/// A message, shown until it is dismissed, or for a while where it asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How serious it is.
    pub level: NoticeLevel,
    /// What happened, and what can be done about it.
    pub text: String,
    /// When it came.
    pub at: Instant,
    /// Whether it tells of the newest thing that Undo takes back.
    pub is_undoable: bool,
}

/// A message on its way to the user.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) level: NoticeLevel,
    pub(super) text: String,
    /// Whether it tells of the newest thing that Undo takes back.
    pub(super) is_undoable: bool,
}

impl Told {
    pub(super) fn new(level: NoticeLevel, text: impl Into<String>) -> Self {
        Self { level, text: text.into(), is_undoable: false }
    }

    /// Tells of the newest thing that Undo takes back.
    pub(super) fn undoable(done: impl std::fmt::Display) -> Self {
        let text = format!("{done}. Undo takes it back");
        Self { level: NoticeLevel::Info, text, is_undoable: true }
    }
}

impl Notice {
    pub(super) fn of(told: Told) -> Self {
        let Told { level, text, is_undoable } = told;
        Self { level, text, at: Instant::now(), is_undoable }
    }

    /// Whether it has been shown for long enough.
    pub(super) fn is_over(&self) -> bool {
        self.level == NoticeLevel::Info && self.at.elapsed() > INFO_SHOWN_FOR
    }
}
