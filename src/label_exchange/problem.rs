//! What is wrong with single rows of a file that can otherwise be read.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Where in what was read something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A line of the file, counted from 1; of a row with several lines the first.
    Line(u64),
    /// An item of the file's JSON array, counted from 1.
    Item(usize),
    /// A file or folder, from the folder that was read.
    Entry(PathBuf),
}

/// Something wrong with one row; the others were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The row.
    pub place: Place,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// The row does not say which image it is about.
    #[error("no image is named")]
    NoPath,
    /// A second category or subcategory, but no category.
    #[error("{0:?} is a further category without a first one")]
    NoFirstCategory(String),
    /// A category and at the same time another answer.
    #[error("the category {category:?} contradicts the answer {answer:?}")]
    Contradiction {
        /// The category.
        category: String,
        /// The answer.
        answer: String,
    },
    /// An answer that is not known.
    #[error("{0:?} is not an answer (it is either none_of_these or unusable)")]
    UnknownAnswer(String),
    /// More cells than the table has columns, as from a delimiter in a text without quotes.
    #[error("{cells} cells, where the table has {columns} columns")]
    TooManyCells {
        /// Cells with something in them or before one that has.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A quotation mark that opens a text and is not closed up to the file's end.
    #[error("a quotation mark is not closed; what follows could not be read")]
    UnclosedQuote,
    /// A line that is not JSON from this character on, counted from 1.
    #[error("not JSON from character {character}")]
    NotJson {
        /// The first that does not fit.
        character: usize,
    },
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A JSON list or object where a text belongs.
    #[error("{0:?} is not a text")]
    NotAText(String),
    /// More categories than one and a second, or several of which none is said to be the first.
    #[error("several categories ({}), and no word which of them is first and second", .0.join(", "))]
    SeveralCategories(Vec<String>),
    /// An annotation that is no category for the whole image.
    #[error("an annotation of the kind {0:?}, which is no category for the whole image")]
    OtherKind(String),
    /// A row, folder or file that could not be read.
    #[error("{0}")]
    Unreadable(String),
    /// A time that is not one, or one in a notation that could mean two days.
    #[error("{0:?} is not a time (such as 2025-03-31T14:05:00Z); the label is kept without it")]
    UnknownTime(String),
    /// A flag that is neither yes nor no.
    #[error("{0:?} is neither yes nor no; the label is kept without it")]
    UnknownFlag(String),
    /// A text that is no SHA-256.
    #[error("{0:?} is not a SHA-256 (64 hexadecimal digits); the label is kept without it")]
    UnknownSha256(String),
}

impl Problem {
    /// Whether the row's label is there all the same, only without the part that is wrong.
    pub const fn keeps_label(&self) -> bool {
        matches!(self, Self::UnknownTime(_) | Self::UnknownFlag(_) | Self::UnknownSha256(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(to, "Line {line}"),
            Self::Item(item) => write!(to, "Item {item}"),
            Self::Entry(path) => write!(to, "{}", path.display()),
        }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.place, self.problem)
    }
}
