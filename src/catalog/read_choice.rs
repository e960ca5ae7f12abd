//! What people chose about how images are read: the page, and where the data bar ends.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::error::Failure;
use super::id_list::select_ids;
use super::library::Durability;
use super::prediction::forget_prediction;
use super::{CatalogError, ImageId, Library};
use crate::micrograph::{DataBar, ReadChoice, SizedDataBar};

/// What shall hold from now on; nothing stands for the program's own choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceChange {
    /// The page of an image, counted from 1.
    Page {
        /// The image.
        image: ImageId,
        /// Its page.
        page: Option<u32>,
    },
    /// The data bar of an image.
    DataBar {
        /// The image.
        image: ImageId,
        /// Its bar.
        data_bar: Option<DataBar>,
    },
    /// The data bar of all images of one size in a folder and those below it. An image's own, and
    /// that of a folder nearer to it, come first.
    FolderDataBar {
        /// The folder, parts joined by `/`; empty for the library's root.
        folder: String,
        /// Columns and rows of the images.
        size_px: [u32; 2],
        /// Their bar.
        data_bar: Option<DataBar>,
    },
}

/// Changes that were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedChoice {
    /// What takes them back, in this order; nothing where all held already.
    pub inverse: Vec<ChoiceChange>,
    /// The images that are read in another way now, and whose files are there.
    pub images: Vec<ImageId>,
    /// Those of them that have lost a prediction, or an error that stood in its way.
    pub unclassified: Vec<ImageId>,
}

impl Library {
    /// What was chosen for an image, by itself and with its folder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read_choice(&self, image: ImageId) -> Result<ReadChoice, CatalogError> {
        self.read_image("read what was chosen for an image", |connection| {
            Ok(choice_of(connection, image)?)
        })
    }

    /// The data bars that hold in a folder (parts joined by `/`), one a size of images: its own,
    /// and those of the folders above it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn folder_data_bars(&self, folder: &str) -> Result<Vec<SizedDataBar>, CatalogError> {
        self.read("read the data bars of a folder", |connection| {
            let mut bars: Vec<SizedDataBar> = connection
                .prepare_cached(&format!(
                    "SELECT width_px, height_px, bar_top_px, bar_bottom_px
                     FROM folder_choice AS choice WHERE choice.folder IN ('', ?1)
                        OR substr(?1, 1, length(choice.folder) + 1) = choice.folder || '/'
                     {NEAREST_FIRST}"
                ))?
                .query_map([folder], sized_data_bar)?
                .collect::<rusqlite::Result<_>>()?;
            let mut seen = HashSet::new();
            bars.retain(|bar| seen.insert(bar.size_px));
            Ok(bars)
        })
    }

    /// The nearest folder, from the image's upwards, for which the data bar of images of this size
    /// was chosen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn folder_with_data_bar(
        &self,
        image: ImageId,
        [width_px, height_px]: [u32; 2],
    ) -> Result<Option<String>, CatalogError> {
        self.read("find a folder's data bar", |connection| {
            Ok(connection
                .prepare_cached(&format!(
                    "SELECT choice.folder {OF_FOLDERS}
                       AND choice.width_px = ?2 AND choice.height_px = ?3 {NEAREST_FIRST}"
                ))?
                .query_row(params![image.0, width_px, height_px], |row| row.get(0))
                .optional()?)
        })
    }

    /// The folder that an image is in, parts joined by `/`; empty for the root.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn folder_of(&self, image: ImageId) -> Result<String, CatalogError> {
        let folder = self.read("find an image's folder", |connection| {
            Ok(connection
                .prepare_cached("SELECT folder FROM image WHERE id = ?1")?
                .query_row([image.0], |row| row.get(0))
                .optional()?)
        })?;
        folder.ok_or(CatalogError::UnknownImage(image))
    }

    /// Makes all changes or none, on disk when this returns. Predictions of the images that they
    /// concern are forgotten: they were made of other pixels.
    ///
    /// # Errors
    /// When the library has no such image, or could not be written.
    pub fn change_choices(&self, changes: &[ChoiceChange]) -> Result<ChangedChoice, CatalogError> {
        let changed =
            self.write("save what was chosen for an image", Durability::Synced, |transaction| {
                let mut changed = ChangedChoice::default();
                for change in changes {
                    let inverse = exchange(transaction, change)?;
                    // What holds already costs nobody a prediction.
                    if inverse != *change {
                        changed.images.extend(concerned(transaction, change)?);
                        changed.inverse.insert(0, inverse);
                    }
                }
                changed.images.sort_unstable();
                changed.images.dedup();
                let mut present = Vec::new();
                for image in changed.images {
                    let had_prediction = forget_prediction(transaction, image)?;
                    let Earlier { is_hidden, had_error } = forget_bar(transaction, image)?;
                    if is_hidden {
                        continue;
                    }
                    present.push(image);
                    if had_prediction || had_error {
                        changed.unclassified.push(image);
                    }
                }
                Ok(ChangedChoice { images: present, ..changed })
            })?;
        self.orders().forget_scores();
        Ok(changed)
    }
}

/// Makes a change and gives the one that takes it back.
fn exchange(transaction: &Transaction<'_>, change: &ChoiceChange) -> Result<ChoiceChange, Failure> {
    Ok(match change {
        ChoiceChange::Page { image, page } => {
            let before = page_of(transaction, *image)?;
            ensure_row(transaction, *image)?;
            transaction
                .prepare_cached("UPDATE image_choice SET page = ?2 WHERE image_id = ?1")?
                .execute(params![image.0, page])?;
            ChoiceChange::Page { image: *image, page: before }
        }
        ChoiceChange::DataBar { image, data_bar } => {
            let before = data_bar_of(transaction, *image)?;
            ensure_row(transaction, *image)?;
            transaction
                .prepare_cached(
                    "UPDATE image_choice SET bar_top_px = ?2, bar_bottom_px = ?3
                     WHERE image_id = ?1",
                )?
                .execute(params![
                    image.0,
                    data_bar.map(|bar| bar.top),
                    data_bar.map(|bar| bar.bottom)
                ])?;
            ChoiceChange::DataBar { image: *image, data_bar: before }
        }
        ChoiceChange::FolderDataBar { folder, size_px, data_bar } => {
            let before = exchange_folder_bar(transaction, folder, *size_px, *data_bar)?;
            let (folder, size_px) = (folder.clone(), *size_px);
            ChoiceChange::FolderDataBar { folder, size_px, data_bar: before }
        }
    })
}

fn page_of(connection: &Connection, image: ImageId) -> rusqlite::Result<Option<u32>> {
    let page = connection
        .prepare_cached("SELECT page FROM image_choice WHERE image_id = ?1")?
        .query_row([image.0], |row| row.get(0))
        .optional()?;
    Ok(page.flatten())
}

fn data_bar_of(connection: &Connection, image: ImageId) -> rusqlite::Result<Option<DataBar>> {
    connection
        .prepare_cached(
            "SELECT bar_top_px, bar_bottom_px FROM image_choice
             WHERE image_id = ?1 AND bar_top_px IS NOT NULL",
        )?
        .query_row([image.0], |row| Ok(DataBar { top: row.get(0)?, bottom: row.get(1)? }))
        .optional()
}

/// The choices for an image's folder and for those above it.
const OF_FOLDERS: &str = "
    FROM image JOIN folder_choice AS choice ON choice.folder IN ('', image.folder)
        OR substr(image.folder, 1, length(choice.folder) + 1) = choice.folder || '/'
    WHERE image.id = ?1";
const NEAREST_FIRST: &str =
    "ORDER BY length(choice.folder) DESC, choice.width_px, choice.height_px";

/// What was chosen for an image, by itself and with its folder.
pub(super) fn choice_of(connection: &Connection, image: ImageId) -> rusqlite::Result<ReadChoice> {
    let page = page_of(connection, image)?;
    let data_bar = data_bar_of(connection, image)?;
    Ok(ReadChoice { page, data_bar, folder_data_bars: folder_data_bars(connection, image)? })
}

/// Those of the image's folder and of the ones above it, the nearest first.
fn folder_data_bars(
    connection: &Connection,
    image: ImageId,
) -> rusqlite::Result<Vec<SizedDataBar>> {
    connection
        .prepare_cached(&format!(
            "SELECT choice.width_px, choice.height_px, choice.bar_top_px, choice.bar_bottom_px
             {OF_FOLDERS} {NEAREST_FIRST}"
        ))?
        .query_map([image.0], sized_data_bar)?
        .collect()
}

fn sized_data_bar(row: &Row<'_>) -> rusqlite::Result<SizedDataBar> {
    Ok(SizedDataBar {
        size_px: [row.get(0)?, row.get(1)?],
        data_bar: DataBar { top: row.get(2)?, bottom: row.get(3)? },
    })
}

fn ensure_row(transaction: &Transaction<'_>, image: ImageId) -> Result<(), Failure> {
    let is_known =
        transaction.prepare_cached("SELECT 1 FROM image WHERE id = ?1")?.exists([image.0])?;
    if !is_known {
        return Err(CatalogError::UnknownImage(image).into());
    }
    transaction
        .prepare_cached("INSERT OR IGNORE INTO image_choice (image_id) VALUES (?1)")?
        .execute([image.0])?;
    Ok(())
}

/// Sets or removes a folder's bar and gives the one that it had.
fn exchange_folder_bar(
    transaction: &Transaction<'_>,
    folder: &str,
    [width_px, height_px]: [u32; 2],
    data_bar: Option<DataBar>,
) -> rusqlite::Result<Option<DataBar>> {
    let key = params![folder, width_px, height_px];
    let before = transaction
        .prepare_cached(
            "SELECT bar_top_px, bar_bottom_px FROM folder_choice
             WHERE folder = ?1 AND width_px = ?2 AND height_px = ?3",
        )?
        .query_row(key, |row| Ok(DataBar { top: row.get(0)?, bottom: row.get(1)? }))
        .optional()?;
    match data_bar {
        Some(bar) => transaction
            .prepare_cached("INSERT OR REPLACE INTO folder_choice VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![folder, width_px, height_px, bar.top, bar.bottom])?,
        None => transaction
            .prepare_cached(
                "DELETE FROM folder_choice
                 WHERE folder = ?1 AND width_px = ?2 AND height_px = ?3",
            )?
            .execute(key)?,
    };
    Ok(before)
}

/// How an image stood before its reading was forgotten.
pub(super) struct Earlier {
    is_hidden: bool,
    had_error: bool,
}

/// What reading told of it holds no longer: the file has to be read again.
pub(super) fn forget_bar(connection: &Connection, image: ImageId) -> rusqlite::Result<Earlier> {
    let earlier = connection
        .prepare_cached("SELECT hidden <> 0, read_error IS NOT NULL FROM image WHERE id = ?1")?
        .query_row([image.0], |row| {
            Ok(Earlier { is_hidden: row.get(0)?, had_error: row.get(1)? })
        })?;
    connection
        .prepare_cached(
            "UPDATE image SET bar_top_px = NULL, bar_bottom_px = NULL, bar_source = NULL,
                 read_error = NULL
             WHERE id = ?1",
        )?
        .execute([image.0])?;
    Ok(earlier)
}

/// The images that a change is about; for a folder those without a bar of their own, and also those
/// whose size nobody knows yet.
fn concerned(connection: &Connection, change: &ChoiceChange) -> rusqlite::Result<Vec<ImageId>> {
    match change {
        ChoiceChange::Page { image, .. } | ChoiceChange::DataBar { image, .. } => Ok(vec![*image]),
        ChoiceChange::FolderDataBar { folder, size_px: [width_px, height_px], .. } => select_ids(
            connection,
            "SELECT id FROM image
             WHERE (?1 = '' OR folder = ?1 OR substr(folder, 1, length(?1) + 1) = ?1 || '/')
               AND (width_px IS NULL OR (width_px = ?2 AND height_px = ?3))
               AND id NOT IN (SELECT image_id FROM image_choice WHERE bar_top_px IS NOT NULL)",
            params![folder, width_px, height_px],
        ),
    }
}
