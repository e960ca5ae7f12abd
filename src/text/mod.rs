//! Text of other programs and people: bytes become characters, names are compared as people read
//! them. Knows nothing of images, tables or the database.

mod decoding;
mod names;
mod nearest;

pub use decoding::decode;
pub use names::folded;
pub use nearest::{edit_distance, nearest};
