//! What can be true of an image.

use super::subject::Subject;
use super::{
    CategoryField, DateField, DateRange, Field, LabelOrigin, NumberField, NumberRange, Pattern,
    Property, State, TextField,
};

/// One thing that can be true of an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The words are in its name, notes or metadata.
    Text(FreeText),
    /// The category in this field has such a name.
    Category(CategoryField, Pattern),
    /// The text in this field is like this.
    Matches(TextField, Pattern),
    /// The number in this field lies in this range.
    Number(NumberField, NumberRange),
    /// The date in this field lies in this range.
    Date(DateField, DateRange),
    /// Nothing is known for this field.
    Unknown(Field),
    /// It lies in this folder or below; the path as it was written, from the library's root.
    Folder(String),
    /// It is nearly the same image as this file; the path as it was written, from the library's
    /// root.
    Near(String),
    /// Its label came about in this way.
    Source(LabelOrigin),
    /// It is in this state.
    Is(State),
    /// It has this.
    Has(Property),
}

/// Words to be found in a row, without regard to case; in quotation marks each whole, and otherwise
/// the last one as a beginning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FreeText {
    /// The words as they were written; not blank, but possibly only punctuation.
    pub words: String,
    /// Whether the last word is only the beginning of one.
    pub is_prefix: bool,
}

impl Condition {
    /// What stands before the colon; free text has none.
    pub(super) const fn subject(&self) -> Option<Subject> {
        Some(match *self {
            Self::Text(_) => return None,
            Self::Category(field, _) => Subject::Category(field),
            Self::Matches(field, _) => Subject::Value(Field::Text(field)),
            Self::Number(field, _) => Subject::Value(Field::Number(field)),
            Self::Date(field, _) => Subject::Value(Field::Date(field)),
            Self::Unknown(field) => Subject::Value(field),
            Self::Folder(_) => Subject::Folder,
            Self::Near(_) => Subject::Near,
            Self::Source(_) => Subject::Source,
            Self::Is(_) => Subject::Is,
            Self::Has(_) => Subject::Has,
        })
    }
}
