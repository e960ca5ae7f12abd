//! Names in somebody else's file are matched to the category names of a library.
//!
//! Knows names; knows nothing of files, labels or the database. A certain match can be taken as it
//! is, a similar name is only a proposal for a person to confirm.

mod accents;
mod form;
mod likeness;
mod matching;

pub use likeness::{LEAST_SCORE, likeness};
pub use matching::{How, NameMatch, match_names};
