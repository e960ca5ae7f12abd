//! A person's decision for an image, as a value and as it is stored.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};

use super::{CatalogError, ImageId, Library, stored_path};
use crate::taxonomy::CategoryId;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LabelValue {
    /// The first category.
    pub category: CategoryId,
    /// Another category that is right as well.
    pub second_category: Option<CategoryId>,
    /// A finer division of the first category.
    pub subcategory: Option<String>,
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

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// A person chose the category.
    Person,
    /// A person accepted what a model said.
    AcceptedPrediction,
    /// Read from a file or another library.
    Import,
    /// A decision was taken back. Only in the journal: the label is again the earlier one.
    Undo,
    /// A decision that was taken back was made again. Only in the journal, as for `Undo`.
    Redo,
}

/// A label with its image and categories by name, for export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLabel {
    /// The image.
    pub image: ImageId,
    /// Where it is, from the library's root.
    pub relative_path: PathBuf,
    /// The first category's name.
    pub category: String,
    /// The second category's name.
    pub second_category: Option<String>,
    /// A finer division of the first category.
    pub subcategory: Option<String>,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How the decision came about.
    pub source: LabelSource,
}

impl LabelSource {
    const ALL: [Self; 5] =
        [Self::Person, Self::AcceptedPrediction, Self::Import, Self::Undo, Self::Redo];

    /// The name in database, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::AcceptedPrediction => "accepted_prediction",
            Self::Import => "import",
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

    /// All labels of images whose files are there, by path.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn labels(&self) -> Result<Vec<(ImageId, Label)>, CatalogError> {
        self.read("list labels", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT label.category_id, label.second_category_id, label.subcategory,
                        label.labelled_by, label.labelled_at, label.source, image.id
                 FROM label JOIN image ON image.id = label.image_id
                 WHERE image.missing = 0
                 ORDER BY image.path_text, image.id",
            )?;
            let mut labels = Vec::new();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let image = ImageId(row.get(6)?);
                labels.extend(label_from_row(row)?.map(|label| (image, label)));
            }
            Ok(labels)
        })
    }

    /// [`Self::labels`] with paths and categories by name, for export.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn named_labels(&self) -> Result<Vec<NamedLabel>, CatalogError> {
        self.read("list labels", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT image.id, image.path, first.name, second.name, label.subcategory,
                        label.labelled_by, label.labelled_at, label.source
                 FROM label
                 JOIN image ON image.id = label.image_id
                 JOIN category AS first ON first.id = label.category_id
                 LEFT JOIN category AS second ON second.id = label.second_category_id
                 WHERE image.missing = 0
                 ORDER BY image.path_text, image.id",
            )?;
            let labels = statement.query_map([], |row| {
                Ok(NamedLabel {
                    image: ImageId(row.get(0)?),
                    relative_path: stored_path::from_bytes(row.get(1)?),
                    category: row.get(2)?,
                    second_category: row.get(3)?,
                    subcategory: row.get(4)?,
                    by: row.get(5)?,
                    at: time_from_row(row, 6)?,
                    source: source_from_row(row, 7)?,
                })
            })?;
            Ok(labels.collect::<Result<_, _>>()?)
        })
    }
}

/// The label in the first six columns (category, second category, subcategory, by, at, source), or
/// `None` where an outer join found none.
pub(super) fn label_from_row(row: &Row<'_>) -> rusqlite::Result<Option<Label>> {
    let Some(category) = row.get(0)? else {
        return Ok(None);
    };
    let value = LabelValue {
        category: CategoryId(category),
        second_category: row.get::<_, Option<i64>>(1)?.map(CategoryId),
        subcategory: row.get(2)?,
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
