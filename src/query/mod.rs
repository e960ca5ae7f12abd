//! The search language of the window's search field, `semblance search` and saved filters.
//!
//! ```text
//! category:Nanowires,Powder score:<0.5 kv:5..10 -detector:InLens "sample 12"
//! ```
//!
//! Terms stand side by side and must all hold; [`FORMS`] and [`FIELDS`] list what can be written.
//! Pure values and text: knows nothing of the database, of files or of today's date. `catalog`
//! turns a [`Query`] into SQL.

mod choice;
mod comparison;
mod condition;
mod date_range;
mod display;
mod error;
mod field;
mod help;
mod lexer;
mod number;
mod number_range;
mod number_reading;
mod parser;
mod pattern;
mod period;
mod problem;
mod quoting;
mod subject;
#[cfg(test)]
mod tests;
mod unknown_category;
mod value_reading;

pub use choice::{LabelOrigin, Property, State};
pub use condition::{Condition, FreeText};
pub use date_range::DateRange;
pub use error::QueryError;
pub use field::{CategoryField, DateField, Field, NumberField, TextField};
pub use help::{FIELDS, FORMS, FieldHelp, FormHelp};
pub use number::Number;
pub use number_range::{Bound, NumberRange};
pub use pattern::{Pattern, PatternPart};
pub use problem::QueryProblem;
pub use unknown_category::UnknownCategory;

/// What to search for: all terms must hold. The default has none and finds everything.
///
/// Comes only from [`Query::parse`], so its text can always be read again: `to_string` gives a
/// query that parses to an equal one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    terms: Vec<Term>,
}

/// One demand on an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Whether images that meet the conditions are excluded instead of found.
    pub is_negated: bool,
    /// Alternatives, at least one; one that holds is enough. In a negated term all are of one
    /// field, or it is a single one.
    pub any_of: Vec<Condition>,
}

impl Query {
    /// Reads a query. Blank text is the query that finds everything.
    ///
    /// # Errors
    /// When the text is not a query: what is wrong, how to write it, and where it stands.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::terms(text).map(|terms| Self { terms })
    }

    /// The terms in the order they were written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}
