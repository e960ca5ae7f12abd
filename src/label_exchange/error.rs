//! Why a file or folder cannot be read for labels at all.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why nothing could be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabelFileError {
    /// Nothing has this path.
    #[error("There is no file or folder with labels: {}", path.display())]
    NotThere {
        /// What was to be read.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("Could not read labels: {}", path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file's name says it is something else, or it is no regular file.
    #[error(
        "Labels are read from a table (.csv, .tsv, .txt), from JSON (.json, .jsonl) or from a \
         folder with a folder for each category: {}",
        path.display()
    )]
    UnknownKind {
        /// What was to be read.
        path: PathBuf,
    },
    /// Larger than any table of labels.
    #[error("Too large for a file of labels (at most {limit_bytes} bytes): {}", path.display())]
    TooLarge {
        /// What was to be read.
        path: PathBuf,
        /// The most that is read.
        limit_bytes: u64,
    },
    /// Not one of the columns that are needed, or not all of them.
    #[error(
        "Found no columns to read labels from (found: {}; needed: path, and one of {}): {}",
        found.join(", "),
        wanted.join(", "),
        path.display()
    )]
    NoUsableColumns {
        /// What was to be read.
        path: PathBuf,
        /// The names of the columns there are.
        found: Vec<String>,
        /// The columns of which one is needed, beside the path.
        wanted: Vec<&'static str>,
    },
    /// A table without so much as column names.
    #[error("The file is empty: {}", path.display())]
    Empty {
        /// What was to be read.
        path: PathBuf,
    },
    /// A JSON array that breaks off or has a mistake.
    #[error("Not a JSON array: {}", path.display())]
    NotJson {
        /// What was to be read.
        path: PathBuf,
        /// The mistake and where it is.
        source: serde_json::Error,
    },
    /// JSON of another shape, or none.
    #[error("Neither a JSON array nor a JSON object on each line: {}", path.display())]
    NoObjects {
        /// What was to be read.
        path: PathBuf,
    },
}
