//! Labels come from files of other programs and people, and go to files for them.
//!
//! Knows files and text; knows nothing of the database, of which images there are and of which
//! categories a library has. What is read says what the file says, in the file's names.

mod cells;
mod choices;
mod column;
mod error;
mod folder_tree;
mod formula;
mod json;
mod json_writing;
mod label_studio;
mod named_rows;
mod one_hot;
mod problem;
mod read;
mod record;
mod table;
mod table_layout;
mod table_writing;
#[cfg(test)]
mod tests;

pub use error::LabelFileError;
pub use json_writing::write_json_lines;
pub use named_rows::read_named_rows;
pub use problem::{Place, Problem, RowProblem};
pub use read::{MAX_FILE_BYTES, ReadLabel, ReadLabels, read_labels};
pub use record::{CategoryChoice, Decision, LabelRecord};
pub use table_writing::{TableStyle, write_table};
