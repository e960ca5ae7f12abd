//! A person's decision for an image, as a value and as it is stored.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};

use super::category_list::select_tree;
use super::mark::mark_from_row;
use super::{CatalogError, ImageId, Library, Mark, stored_path};
use crate::taxonomy::{CategoryId, CategoryName, CategoryTree};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StoredValue", into = "StoredValue")]
pub struct LabelValue {
    /// What the image shows.
    pub answer: Answer,
    /// Another category that is right as well; only beside a first one.
    pub second_category: Option<CategoryId>,
}

/// What a person says that an image shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// This category, or subcategory.
    Category(CategoryId),
    /// None of the library's categories.
    NoneOfThese,
    /// Nothing that could be told: out of focus, empty, not a micrograph.
    Unusable,
}

impl LabelValue {
    /// The label that says this category and no more.
    pub const fn of(category: CategoryId) -> Self {
        Self { answer: Answer::Category(category), second_category: None }
    }

    /// The label with what its categories mean now.
    pub fn meaning(&self, tree: &CategoryTree) -> Self {
        self.translated(|id| tree.meaning(id))
    }

    /// What it says in the names of these categories, such as `Tips / bent + Films`.
    pub fn words(&self, tree: &CategoryTree) -> String {
        let name = |id| {
            tree.name(id).map_or_else(String::new, |name| match name.subcategory {
                Some(subcategory) => format!("{} / {subcategory}", name.category),
                None => name.category,
            })
        };
        let first = match self.answer {
            Answer::Category(id) => name(id),
            other => other.as_str().replace('_', " "),
        };
        match self.second_category {
            Some(second) => format!("{first} + {}", name(second)),
            None => first,
        }
    }

    /// The label with other ids for its categories.
    pub(super) fn translated(&self, to: impl Fn(CategoryId) -> CategoryId) -> Self {
        let answer = match self.answer {
            Answer::Category(id) => Answer::Category(to(id)),
            other => other,
        };
        Self { answer, second_category: self.second_category.map(to) }
    }

    /// The first category, as it was given: perhaps a subcategory, or merged since.
    pub const fn category(&self) -> Option<CategoryId> {
        match self.answer {
            Answer::Category(category) => Some(category),
            Answer::NoneOfThese | Answer::Unusable => None,
        }
    }
}

impl Answer {
    /// The name in database, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Category(_) => "category",
            Self::NoneOfThese => "none_of_these",
            Self::Unusable => "unusable",
        }
    }

    /// The answer of this name; `category` is needed for one only.
    pub(super) fn of_name(name: &str, category: Option<CategoryId>) -> Option<Self> {
        match (name, category) {
            ("category", Some(category)) => Some(Self::Category(category)),
            ("none_of_these", None) => Some(Self::NoneOfThese),
            ("unusable", None) => Some(Self::Unusable),
            _ => None,
        }
    }
}

/// A label's value in the journal. The first formats knew no answer but a category.
#[derive(Serialize, Deserialize)]
struct StoredValue {
    #[serde(default = "StoredValue::category_answer")]
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<CategoryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_category: Option<CategoryId>,
}

impl StoredValue {
    fn category_answer() -> String {
        "category".to_owned()
    }
}

impl From<LabelValue> for StoredValue {
    fn from(value: LabelValue) -> Self {
        Self {
            answer: value.answer.as_str().to_owned(),
            category: value.category(),
            second_category: value.second_category,
        }
    }
}

impl TryFrom<StoredValue> for LabelValue {
    type Error = String;

    fn try_from(stored: StoredValue) -> Result<Self, String> {
        let answer = Answer::of_name(&stored.answer, stored.category)
            .ok_or_else(|| format!("no label says {:?}", stored.answer))?;
        Ok(Self { answer, second_category: stored.second_category })
    }
}

/// What was decided, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The decision.
    #[serde(flatten)]
    pub value: LabelValue,
    /// Who decided.
    pub by: String,
    /// When, to the nanosecond.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// How the decision came about.
    pub source: LabelSource,
}

impl Label {
    /// Whether no person has looked at this image to decide it.
    pub fn is_automatic(&self) -> bool {
        self.source == LabelSource::AcceptedAutomatically
    }

    /// Of two labels for one image the greater stands: a person's, then the later one.
    pub(super) fn weight(&self) -> (bool, Timestamp) {
        (!self.is_automatic(), self.at)
    }
}

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// A person chose the category.
    Person,
    /// A person accepted what a model said.
    AcceptedPrediction,
    /// A model's prediction, accepted with all others from some score up without a look at each.
    /// Never trains or measures.
    AcceptedAutomatically,
    /// Read from a file, which does not call it an accepted prediction.
    Import,
    /// Came with another library, where it was no accepted prediction.
    Merge,
    /// Given to a file whose bytes turned out to be another's. Only in the journal.
    SameContent,
    /// A decision was taken back. Only in the journal: the label is again the earlier one.
    Undo,
    /// A decision that was taken back was made again. Only in the journal, as for `Undo`.
    Redo,
}

/// Whether a label is about what its file holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelStanding {
    /// It is, as far as is known.
    Current,
    /// The file has changed since it was labelled.
    FileChanged,
    /// The file is gone.
    FileMissing,
}

/// A label with its image and what its categories are called now, for training and export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLabel {
    /// The image.
    pub image: ImageId,
    /// Where it is, from the library's root.
    pub relative_path: PathBuf,
    /// Whether the label is about what the file holds now.
    pub standing: LabelStanding,
    /// Of the whole file as it was labelled, in hexadecimal; `None` where it was not read then.
    pub content_sha256: Option<String>,
    /// What it shows; `None` where no category was given.
    pub name: Option<CategoryName>,
    /// The label.
    pub label: Label,
    /// The second category's name; none where both have become one.
    pub second_category: Option<String>,
    /// What was said beside the label.
    pub mark: Mark,
}

impl LabelSource {
    const ALL: [Self; 8] = [
        Self::Person,
        Self::AcceptedPrediction,
        Self::AcceptedAutomatically,
        Self::Import,
        Self::Merge,
        Self::SameContent,
        Self::Undo,
        Self::Redo,
    ];

    /// The name in database, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::AcceptedPrediction => "accepted_prediction",
            Self::AcceptedAutomatically => "accepted_automatically",
            Self::Import => "import",
            Self::Merge => "merge",
            Self::SameContent => "same_content",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }
}

impl Library {
    /// The image's label.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn label(&self, image: ImageId) -> Result<Option<Label>, CatalogError> {
        Ok(self.rows(&[image])?.pop().and_then(|row| row.label))
    }

    /// All labels that are about what their files hold now, by path, with what their categories are
    /// called now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn named_labels(&self) -> Result<Vec<NamedLabel>, CatalogError> {
        let mut labels = self.all_labels()?;
        labels.retain(|label| label.standing == LabelStanding::Current);
        Ok(labels)
    }

    /// The same with labels of files that have changed since, or are gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn all_labels(&self) -> Result<Vec<NamedLabel>, CatalogError> {
        self.read("list labels", |connection| {
            let tree = select_tree(connection)?;
            let mut statement = connection.prepare_cached(
                "SELECT label.answer, label.category_id, label.second_category_id,
                        label.labelled_by, label.labelled_at, label.source,
                        image.id, image.path,
                        CASE WHEN label.decided_entry
                                  <= ifnull(image.changed_after, image.held_since)
                             THEN image.former_sha256 ELSE image.content_sha256 END,
                        image.hidden = 1, ifnull(label.decided_entry
                            <= ifnull(image.changed_after, image.held_since), 0),
                        mark.note, mark.is_annotated, mark.is_excluded
                 FROM label
                 JOIN image ON image.id = label.image_id
                 LEFT JOIN mark ON mark.image_id = image.id
                 WHERE image.hidden = 0 OR image.hidden = 1 AND image.same_as IS NULL
                 ORDER BY image.path_text, image.id",
            )?;
            let mut labels = Vec::new();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let Some(label) = label_from_row(row)? else { continue };
                let first = label.value.category().map(|id| tree.top(id));
                let second = label.value.second_category.map(|id| tree.top(id));
                let second = second.filter(|second| Some(*second) != first);
                labels.push(NamedLabel {
                    image: ImageId(row.get(6)?),
                    relative_path: stored_path::from_bytes(row.get(7)?),
                    content_sha256: row.get(8)?,
                    standing: match (row.get(9)?, row.get(10)?) {
                        (true, _) => LabelStanding::FileMissing,
                        (false, true) => LabelStanding::FileChanged,
                        (false, false) => LabelStanding::Current,
                    },
                    name: label.value.category().and_then(|id| tree.name(id)),
                    second_category: second.and_then(|id| Some(tree.get(id)?.name.clone())),
                    label,
                    mark: mark_from_row(row, 11)?,
                });
            }
            Ok(labels)
        })
    }
}

/// The label in the first six columns (answer, category, second category, by, at, source), or
/// `None` where an outer join found none.
pub(super) fn label_from_row(row: &Row<'_>) -> rusqlite::Result<Option<Label>> {
    let Some(answer) = row.get::<_, Option<String>>(0)? else {
        return Ok(None);
    };
    let category = row.get::<_, Option<i64>>(1)?.map(CategoryId);
    let value = LabelValue {
        answer: Answer::of_name(&answer, category)
            .ok_or_else(|| unusable(0, format!("no label says {answer:?}")))?,
        second_category: row.get::<_, Option<i64>>(2)?.map(CategoryId),
    };
    let by = row.get(3)?;
    Ok(Some(Label { value, by, at: time_from_row(row, 4)?, source: source_from_row(row, 5)? }))
}

/// The RFC 3339 time in a column.
pub(super) fn time_from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: jiff::Error| unusable(column, error))
}

/// The source in a column.
pub(super) fn source_from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<LabelSource> {
    let text: String = row.get(column)?;
    LabelSource::ALL
        .into_iter()
        .find(|source| source.as_str() == text)
        .ok_or_else(|| unusable(column, format!("no label source is called {text:?}")))
}

/// A stored text that does not mean what it should.
pub(super) fn unusable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

/// Times in JSON: RFC 3339 text in UTC.
pub(super) mod rfc3339 {
    use jiff::Timestamp;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(in super::super) fn serialize<S: Serializer>(
        at: &Timestamp,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
