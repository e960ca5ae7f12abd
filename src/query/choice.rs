//! Values that are chosen from a list: after `is:`, `has:` and `source:`.

use super::help::{FIELDS, field_named};
use super::subject::Subject;
use super::{CategoryField, Field, QueryProblem};
use crate::text::nearest;

/// What an image can be: the values of `is:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It has a label.
    Labelled,
    /// It has no label.
    Unlabelled,
    /// It has a prediction.
    Predicted,
    /// It has no prediction.
    Unpredicted,
    /// The file could not be read.
    Unreadable,
    /// The file has vanished.
    Missing,
    /// Something is drawn into the image.
    Annotated,
    /// It is left out of training.
    Excluded,
    /// A person decided that no category fits.
    NoneOfThese,
    /// A person decided that the image is of no use.
    Unusable,
    /// Label and prediction are different categories.
    Disagreement,
    /// Another file is nearly the same image.
    Duplicate,
    /// Nearly the same is shown by an image that has another label.
    Conflicting,
    /// Its file was changed since it was labelled.
    Changed,
    /// Its label is likely wrong, as comparing all labelled images has shown, and still stands.
    Doubtful,
    /// It is unlike anything that a person has labelled.
    Unlike,
}

/// What an image can have: the values of `has:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    /// A category in this field.
    Category(CategoryField),
    /// A value in this field: the opposite of [`Condition::Unknown`](super::Condition::Unknown).
    Value(Field),
    /// Anything that its instrument wrote about it.
    Metadata,
}

/// How a label came about: the values of `source:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelOrigin {
    /// A person chose the category.
    Person,
    /// A person accepted what a model said.
    AcceptedPrediction,
    /// Given by a model, above a score that keeps a promise.
    AcceptedAutomatically,
    /// Read from a file.
    Import,
    /// Taken over from another library.
    Merge,
}

impl State {
    /// All states, in the order in which they are listed.
    pub const ALL: [Self; 16] = [
        Self::Labelled,
        Self::Unlabelled,
        Self::Predicted,
        Self::Unpredicted,
        Self::Unreadable,
        Self::Missing,
        Self::Annotated,
        Self::Excluded,
        Self::NoneOfThese,
        Self::Unusable,
        Self::Disagreement,
        Self::Duplicate,
        Self::Conflicting,
        Self::Changed,
        Self::Doubtful,
        Self::Unlike,
    ];

    /// The word after `is:`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Labelled => "labelled",
            Self::Unlabelled => "unlabelled",
            Self::Predicted => "predicted",
            Self::Unpredicted => "unpredicted",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
            Self::Annotated => "annotated",
            Self::Excluded => "excluded",
            Self::NoneOfThese => "none-of-these",
            Self::Unusable => "unusable",
            Self::Disagreement => "disagreement",
            Self::Duplicate => "duplicate",
            Self::Conflicting => "conflicting",
            Self::Changed => "changed",
            Self::Doubtful => "doubtful",
            Self::Unlike => "unlike",
        }
    }

    pub(super) fn named(word: &str) -> Result<Self, QueryProblem> {
        Self::ALL
            .into_iter()
            .find(|state| state.name().eq_ignore_ascii_case(word))
            .ok_or_else(|| unknown(Subject::Is, word, Self::ALL.map(Self::name).to_vec()))
    }
}

impl Property {
    const METADATA: &str = "metadata";

    /// The word after `has:`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Category(field) => field.name(),
            Self::Value(field) => field.name(),
            Self::Metadata => Self::METADATA,
        }
    }

    /// As with fields before a colon, aliases count.
    pub(super) fn named(word: &str) -> Result<Self, QueryProblem> {
        if word.eq_ignore_ascii_case(Self::METADATA) {
            return Ok(Self::Metadata);
        }
        field_named(word).and_then(|field| Self::of(field.subject)).ok_or_else(|| {
            let fields = FIELDS.iter().filter_map(|field| Self::of(field.subject)).map(Self::name);
            unknown(Subject::Has, word, fields.chain([Self::METADATA]).collect())
        })
    }

    const fn of(subject: Subject) -> Option<Self> {
        match subject {
            Subject::Category(field) => Some(Self::Category(field)),
            Subject::Value(field) => Some(Self::Value(field)),
            Subject::Folder | Subject::Near | Subject::Source | Subject::Is | Subject::Has => None,
        }
    }
}

impl LabelOrigin {
    /// All origins, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Person,
        Self::AcceptedPrediction,
        Self::AcceptedAutomatically,
        Self::Import,
        Self::Merge,
    ];

    /// The word after `source:`, the same as in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::AcceptedPrediction => "accepted_prediction",
            Self::AcceptedAutomatically => "accepted_automatically",
            Self::Import => "import",
            Self::Merge => "merge",
        }
    }

    pub(super) fn named(word: &str) -> Result<Self, QueryProblem> {
        Self::ALL
            .into_iter()
            .find(|origin| origin.name().eq_ignore_ascii_case(word))
            .ok_or_else(|| unknown(Subject::Source, word, Self::ALL.map(Self::name).to_vec()))
    }
}

fn unknown(subject: Subject, word: &str, choices: Vec<&'static str>) -> QueryProblem {
    QueryProblem::UnknownChoice {
        field: subject.name(),
        value: word.to_owned(),
        nearest: nearest(word, choices.iter().copied()),
        choices,
    }
}
