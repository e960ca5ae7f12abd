//! A label that can be given.

use serde::{Deserialize, Serialize};

use super::Rgb;

/// A category within one library. Never reused, so that no change to categories touches a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryId(pub i64);

/// A label that can be given to an image: a category, or a subcategory of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Identity within this library.
    pub id: CategoryId,
    /// Identity across libraries: a ULID, made when the category was added.
    pub uid: String,
    /// As shown; unique among its siblings without regard to case.
    pub name: String,
    /// Marks the category in grids and plots.
    pub color: Rgb,
    /// The key that gives this category; none when all keys are taken.
    pub key: Option<char>,
    /// What belongs to it, in the curator's words; may be empty.
    pub description: String,
    /// The category it is a finer division of; a parent has none itself.
    pub parent: Option<CategoryId>,
    /// The category that it means since it was merged.
    pub merged_into: Option<CategoryId>,
    /// Whether it is offered.
    pub state: CategoryState,
}

/// Whether a category is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryState {
    /// It can be given.
    Active,
    /// It is given no longer; the images that have it keep it.
    Retired,
    /// Its adding was taken back: it is shown nowhere, and its name is free.
    Withdrawn,
}

impl CategoryState {
    const ALL: [Self; 3] = [Self::Active, Self::Retired, Self::Withdrawn];

    /// The name in database, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}
