//! Names in somebody else's file are matched to the category names of a library.
//!
//! Knows names; knows nothing of files, labels or the database. A certain match can be taken as it
//! is, a similar name is only a proposal for a person to confirm.

mod form;
mod given;
mod likeness;
mod matching;
mod spellings;

pub use given::given_meaning;
pub use likeness::{LEAST_SCORE, likeness};
pub use matching::{How, NameMatch, match_names};
pub use spellings::Spellings;
