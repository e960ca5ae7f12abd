//! Categories as pure values: names, colours and keys.
//!
//! Knows the rules for a category; knows nothing of files, the database or the screen.

mod category;
mod color;
mod keys;
mod names;

pub use category::{Category, CategoryId};
pub use color::{PALETTE, Rgb, palette_color};
pub use keys::{CATEGORY_KEYS, next_free_key};
pub use names::{MAX_NAME_CHARS, NameError, validate_name};
