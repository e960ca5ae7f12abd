//! What can be wrong with a query, in words for the person who wrote it.

use std::ops::Range;

use super::QueryError;

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryProblem {
    /// The second quotation mark is missing.
    #[error(
        "The quotation marks are not closed: add a \" at the end (inside, \\\" is a quotation \
         mark, and \\\\ a backslash before one)"
    )]
    UnclosedQuote,
    /// A quotation mark in the middle of a word.
    #[error("A quotation mark can only begin a value: put the whole value in quotation marks")]
    QuoteInsideWord,
    /// Something stands right after a quotation mark that closes.
    #[error("Put a space after the quotation mark that closes")]
    TextAfterQuote,
    /// Parentheses group nothing.
    #[error(
        "Parentheses are not used: write alternatives as category:A,B or as a OR b, and put a \
         value that contains a parenthesis in quotation marks"
    )]
    Parenthesis,
    /// No term follows a `-` or `NOT`.
    #[error(
        "There is nothing to exclude: write one term right after -, such as -is:unreadable, or \
         put the text in quotation marks"
    )]
    NothingToExclude,
    /// `AND` is not needed.
    #[error("Leave out AND: terms side by side must all hold (to find the word, write \"AND\")")]
    NeedlessAnd,
    /// A term is missing on a side of `OR`.
    #[error("OR needs a term before and after it (to find the word, write \"OR\")")]
    OrWithoutTerm,
    /// `OR` beside a term that is excluded.
    #[error(
        "An excluded term cannot be an alternative: -a -b excludes both, and -category:A,B \
         excludes several values"
    )]
    ExcludedAlternative,
    /// Nothing stands before a colon.
    #[error(
        "There is no field before the colon; to find a text with a colon, put it in quotation marks"
    )]
    MissingFieldName,
    /// No field has this name.
    #[error(
        "There is no field {name}{}; to find a text with a colon, put it in quotation marks",
        suggestion(*.nearest)
    )]
    UnknownField {
        /// As it was written.
        name: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Nothing stands after a colon or comma.
    #[error("A value of {field} is missing: write it without a space before it, such as {example}")]
    MissingValue {
        /// The field's name.
        field: &'static str,
        /// A term with this field.
        example: &'static str,
    },
    /// Nothing stands between quotation marks.
    #[error("There is nothing between the quotation marks: write words to find, or leave them out")]
    NoWords,
    /// A `*` in free text that does not end a word.
    #[error(
        "In words to find, * can only end the last one, as in nano*; name:*wire* finds any part \
         of a file's name"
    )]
    StarInsideWords,
    /// The field has a fixed list of values, and this is none.
    #[error(
        "{field} cannot be {value}{}: it is one of {}",
        suggestion(*.nearest),
        .choices.join(", ")
    )]
    UnknownChoice {
        /// The field's name.
        field: &'static str,
        /// As it was written.
        value: String,
        /// The value that was probably meant.
        nearest: Option<&'static str>,
        /// All values.
        choices: Vec<&'static str>,
    },
    /// Not a number of 0 or more.
    #[error(
        "{value:?} is not a number of 0 or more: write {field}:0.5, {field}:<0.5, {field}:>=0.5 or \
         {field}:0.2..0.5, with a point for decimals"
    )]
    NotANumber {
        /// The field's name.
        field: &'static str,
        /// As it was written.
        value: String,
    },
    /// The field has no such unit.
    #[error("{field} is not given in {unit}: leave the unit out, or write {}", .units.join(" or "))]
    UnknownUnit {
        /// The field's name.
        field: &'static str,
        /// As it was written.
        unit: String,
        /// The units it may be given in.
        units: Vec<&'static str>,
    },
    /// In a range, a unit that differs from the field's own stands at one end only.
    #[error("It is not clear which unit both ends have: write a unit at each")]
    UnitAtOneEnd,
    /// A share is never over 1.
    #[error("{field} goes from 0 to 1: write 50 percent as 0.5 or 50%")]
    AboveOne {
        /// The field's name.
        field: &'static str,
    },
    /// The first end of a range lies after the second.
    #[error("This range holds nothing: write the smaller or earlier end first")]
    ReversedRange,
    /// `..` with nothing on both sides.
    #[error("This range has no ends: write 2..5, 2.. or ..5")]
    RangeWithoutEnds,
    /// Not an ISO date.
    #[error("{value:?} is not a date: write 2024, 2024-03 or 2024-03-05")]
    NotADate {
        /// As it was written.
        value: String,
    },
    /// A month or day that the calendar does not have.
    #[error("{value} is not in the calendar: the month goes from 01 to 12, then comes the day")]
    NoSuchDate {
        /// As it was written.
        value: String,
    },
    /// The end of the last year of the calendar.
    #[error("Nothing comes after {value}: write an earlier date, or >= for no end")]
    DateTooLate {
        /// As it was written.
        value: String,
    },
}

impl QueryProblem {
    pub(super) fn at(self, span: Range<usize>) -> QueryError {
        QueryError { problem: self, span }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}
