//! Images as the library knows them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::label::label_from_row;
use super::mark::mark_from_row;
use super::{CatalogError, Label, Library, Mark, stored_path};
use crate::micrograph::{DataBar, DataBarSource};

/// An image within one library; never reused. Four bytes, since a view keeps a list of all its
/// images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageId(pub u32);

/// What a grid or table shows of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRow {
    /// Identity within this library.
    pub id: ImageId,
    /// Where it is, from the library's root.
    pub relative_path: PathBuf,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Of the whole file, in hexadecimal; `None` until it was read.
    pub content_sha256: Option<String>,
    /// Width in pixels; `None` until the file was read.
    pub width_px: Option<u32>,
    /// Height in pixels; `None` until the file was read.
    pub height_px: Option<u32>,
    /// Which of the file's images it is, counted from 1, and how many there are; `None` until the
    /// file was read.
    pub page: Option<(u32, u32)>,
    /// Heights of the burnt-in strips, and who says so; `None` until the file was read.
    pub data_bar: Option<(DataBar, DataBarSource)>,
    /// What a person decided.
    pub label: Option<Label>,
    /// Whether the file has changed since it was labelled.
    pub is_label_outdated: bool,
    /// What a person said beside the label.
    pub mark: Mark,
    /// The category a model gave the highest score, and that score.
    pub top: Option<(String, f32)>,
    /// Why the file could not be read, if so.
    pub read_error: Option<String>,
}

// The label's columns come first: `label_from_row` reads them by position.
const SELECT_ROW: &str = "
    SELECT label.answer, label.category_id, label.second_category_id, label.labelled_by,
           label.labelled_at, label.source,
           image.id, image.path, image.size_bytes, image.content_sha256,
           image.width_px, image.height_px, image.read_error,
           prediction.top_category, prediction.top_score,
           image.page, image.pages, image.bar_top_px, image.bar_bottom_px, image.bar_source,
           mark.note, mark.is_annotated, mark.is_excluded,
           ifnull(label.decided_entry <= ifnull(image.changed_after, image.held_since), 0)
    FROM image
    LEFT JOIN label ON label.image_id = image.id
    LEFT JOIN mark ON mark.image_id = image.id
    LEFT JOIN prediction ON prediction.image_id = image.id
    WHERE image.id = ?1";

/// Images whose rows are read in a moment.
const FEW: usize = 100;

impl Library {
    /// The images with these ids, in this order; ids the library does not have are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rows(&self, images: &[ImageId]) -> Result<Vec<ImageRow>, CatalogError> {
        self.read_image("list images", |connection| Ok(select_rows(connection, images)?))
    }

    /// The same for very many images: nobody who draws some waits for it. Of a few, it waits for nobody
    /// who reads all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn many_rows(&self, images: &[ImageId]) -> Result<Vec<ImageRow>, CatalogError> {
        if images.len() <= FEW {
            return self.rows(images);
        }
        self.read("list images", |connection| Ok(select_rows(connection, images)?))
    }

    /// The image with this path, relative to the root, unless its file has vanished. Files of the
    /// same content are one image.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find_image(&self, relative: &Path) -> Result<Option<ImageId>, CatalogError> {
        let Some(path) = stored_path::to_bytes(relative) else {
            return Ok(None);
        };
        self.read("find an image", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT ifnull(same_as, id) FROM image WHERE path = ?1 AND hidden <> 1",
            )?;
            Ok(statement.query_row([path], |row| row.get(0).map(ImageId)).optional()?)
        })
    }

    /// The image whose file was at this path, relative to the root, when it was last there; of several
    /// the one with the newest label.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find_missing_image(&self, relative: &Path) -> Result<Option<ImageId>, CatalogError> {
        let Some(path) = stored_path::to_bytes(relative) else {
            return Ok(None);
        };
        self.read("find an image", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT image.id FROM image LEFT JOIN label ON label.image_id = image.id
                 WHERE path = ?1 AND hidden = 1 AND same_as IS NULL
                 ORDER BY label.decided_entry DESC, image.id DESC LIMIT 1",
            )?;
            Ok(statement.query_row([path], |row| row.get(0).map(ImageId)).optional()?)
        })
    }

    /// The image that this one is shown as: another one, where that has the same bytes.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn shown_as(&self, image: ImageId) -> Result<ImageId, CatalogError> {
        self.read("find an image", |connection| {
            let shown = shown_images(connection, [(image, ())])?;
            Ok(shown.into_keys().next().unwrap_or(image))
        })
    }

    /// The full path of the image's file.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn path_of(&self, image: ImageId) -> Result<PathBuf, CatalogError> {
        let path: Option<Vec<u8>> = self.read_image("find an image", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT path FROM image WHERE id = ?1")?;
            Ok(statement.query_row([image.0], |row| row.get(0)).optional()?)
        })?;
        let path = path.ok_or(CatalogError::UnknownImage(image))?;
        self.check_root()?;
        Ok(self.root().join(stored_path::from_bytes(path)))
    }
}

/// The images that these are shown as: a file of the same bytes as another is that image. Of two
/// values for one image the last counts.
///
/// # Errors
/// When the library has no such image, or cannot be read.
pub(super) fn shown_images<T>(
    connection: &Connection,
    values: impl IntoIterator<Item = (ImageId, T)>,
) -> Result<BTreeMap<ImageId, T>, Failure> {
    let mut shown =
        connection.prepare_cached("SELECT ifnull(same_as, id) FROM image WHERE id = ?1")?;
    let mut images = BTreeMap::new();
    for (image, value) in values {
        let id = shown.query_row([image.0], |row| row.get(0)).optional()?;
        images.insert(ImageId(id.ok_or(CatalogError::UnknownImage(image))?), value);
    }
    Ok(images)
}

fn select_rows(connection: &Connection, images: &[ImageId]) -> rusqlite::Result<Vec<ImageRow>> {
    let mut statement = connection.prepare_cached(SELECT_ROW)?;
    let mut rows = Vec::with_capacity(images.len());
    for image in images {
        rows.extend(statement.query_row([image.0], image_row).optional()?);
    }
    Ok(rows)
}

fn image_row(row: &Row<'_>) -> rusqlite::Result<ImageRow> {
    let top_category: Option<String> = row.get(13)?;
    let top_score: Option<f32> = row.get(14)?;
    let (page, pages): (Option<u32>, Option<u32>) = (row.get(15)?, row.get(16)?);
    let (top, bottom): (Option<u32>, Option<u32>) = (row.get(17)?, row.get(18)?);
    let source: Option<String> = row.get(19)?;
    let bar = top.zip(bottom).map(|(top, bottom)| DataBar { top, bottom });
    Ok(ImageRow {
        label: label_from_row(row)?,
        mark: mark_from_row(row, 20)?,
        is_label_outdated: row.get(23)?,
        id: ImageId(row.get(6)?),
        relative_path: stored_path::from_bytes(row.get(7)?),
        size_bytes: row.get::<_, i64>(8)?.cast_unsigned(),
        content_sha256: row.get(9)?,
        width_px: row.get(10)?,
        height_px: row.get(11)?,
        read_error: row.get(12)?,
        page: page.zip(pages),
        data_bar: bar.zip(source.and_then(|source| DataBarSource::of_name(&source))),
        top: top_category.zip(top_score),
    })
}
