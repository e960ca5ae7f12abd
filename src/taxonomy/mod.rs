//! Categories as pure values: names, colours, keys, and what became of each.
//!
//! Knows the rules for a category; knows nothing of files, the database or the screen.

mod category;
mod color;
mod current_categories; // what a model's categories mean
mod keys;
mod known_names; // what can be meant by a name
mod name_matching; // the names of imported labels
mod names;
mod tree;

pub use category::{Category, CategoryId, CategoryState};
pub use color::{PALETTE, Rgb, palette_color};
pub use current_categories::CurrentCategories;
pub use keys::{CATEGORY_KEYS, next_free_key};
pub use known_names::{KnownNames, names_like};
pub use name_matching::{How, LEAST_SCORE, NameMatch, Spellings, given_meaning, match_names};
pub use names::{MAX_NAME_CHARS, NameError, readable, validate_name};
pub use tree::{CategoryName, CategoryTree};
