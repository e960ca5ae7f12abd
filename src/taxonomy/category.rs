//! A label that can be given.

use serde::{Deserialize, Serialize};

use super::Rgb;

/// A category within one library. Never reused, so renaming or moving touches no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryId(pub i64);

/// A label that can be given to an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Identity within this library.
    pub id: CategoryId,
    /// Identity across libraries: a ULID, made when the category was added.
    pub uid: String,
    /// As shown; unique in a library without regard to case.
    pub name: String,
    /// Marks the category in grids and plots.
    pub color: Rgb,
    /// The key that gives this category; none when all keys are taken.
    pub key: Option<char>,
}
