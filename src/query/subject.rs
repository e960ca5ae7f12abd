//! What stands before a colon.

use super::{CategoryField, Field};

/// What the value after a colon is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Category(CategoryField),
    Value(Field),
    Folder,
    Near,
    Source,
    Is,
    Has,
}

impl Subject {
    /// The name that is printed; aliases are only read.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Category(field) => field.name(),
            Self::Value(field) => field.name(),
            Self::Folder => "folder",
            Self::Near => "near",
            Self::Source => "source",
            Self::Is => "is",
            Self::Has => "has",
        }
    }
}
