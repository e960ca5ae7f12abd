//! What reading an image file gave.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::changed_content::{note_content, row_for_content};
use super::error::Failure;
use super::library::Durability;
use super::read_choice::choice_of;
use super::same_content::join_same_content;
use super::{CatalogError, ImageId, Library};
use crate::micrograph::{DataBar, DataBarSource, FileStamp, ReadChoice};

/// What reading an image file gave, apart from the pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Of the file when it had been read. Where the library knows the file by another since, the
    /// reading is not kept; nothing where no file was read.
    pub stamp: Option<FileStamp>,
    /// Of the whole file, in hexadecimal.
    pub content_sha256: String,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Bits per sample in the file.
    pub bit_depth: u8,
    /// Which of the file's images it is, counted from 1.
    pub page: u32,
    /// Images in the file.
    pub pages: u32,
    /// How the file was read. Where something else was chosen meanwhile, the reading is not kept.
    pub choice: ReadChoice,
    /// Heights of the burnt-in strips.
    pub data_bar: DataBar,
    /// Who says so.
    pub data_bar_source: DataBarSource,
    /// What the instrument recorded, as a JSON object.
    pub instrument_json: Option<String>,
    /// Why the image cannot be classified, although it was read.
    pub problem: Option<String>,
}

#[cfg(test)]
impl Reading {
    /// As reading a small file of this content gives it, which no instrument wrote.
    pub(crate) fn of_content(content_sha256: impl Into<String>) -> Self {
        Self {
            stamp: None,
            content_sha256: content_sha256.into(),
            width_px: 4,
            height_px: 3,
            bit_depth: 8,
            page: 1,
            pages: 1,
            choice: ReadChoice::default(),
            data_bar: DataBar::NONE,
            data_bar_source: DataBarSource::Pixels,
            instrument_json: None,
            problem: None,
        }
    }
}

impl Library {
    /// Keeps what reading the file gave; an earlier error is forgotten. A reading by a choice that
    /// no longer holds, or of a file that is another since, is not kept. Where another image has the
    /// same bytes, the file becomes a further place of that one. Gives the image that was read, if
    /// it is kept.
    ///
    /// # Errors
    /// When the library has no such image, or could not be written.
    pub fn save_reading(
        &self,
        image: ImageId,
        reading: &Reading,
    ) -> Result<Option<ImageId>, CatalogError> {
        let shown = self.write(
            "save what was read from an image",
            Durability::Rebuildable,
            |transaction| {
                if choice_of(transaction, image)? != reading.choice
                    || !is_unchanged(transaction, image, reading.stamp)?
                {
                    return Ok(None);
                }
                store_reading(transaction, image, reading).map(Some)
            },
        )?;
        if shown.is_some_and(|shown| shown != image) {
            self.orders().forget_files();
        }
        Ok(shown)
    }

    /// Keeps why the file could not be read by this choice, if it still holds, and if the file, where
    /// it could be opened, still has this stamp.
    ///
    /// # Errors
    /// When the library has no such image, or could not be written.
    pub fn save_read_error(
        &self,
        image: ImageId,
        choice: &ReadChoice,
        stamp: Option<FileStamp>,
        error: &str,
    ) -> Result<(), CatalogError> {
        self.write("save why an image cannot be read", Durability::Rebuildable, |transaction| {
            if choice_of(transaction, image)? != *choice
                || !is_unchanged(transaction, image, stamp)?
            {
                return Ok(());
            }
            let updated = transaction
                .prepare_cached("UPDATE image SET read_error = ?2 WHERE id = ?1")?
                .execute(params![image.0, error])?;
            if updated == 0 { Err(CatalogError::UnknownImage(image).into()) } else { Ok(()) }
        })
    }

    /// Whether the image's file, as it is known here, is still the one with this stamp.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn is_unchanged(
        &self,
        image: ImageId,
        stamp: Option<FileStamp>,
    ) -> Result<bool, CatalogError> {
        self.read("look whether a file has changed", |connection| {
            is_unchanged(connection, image, stamp)
        })
    }

    /// What the instrument recorded, as a JSON object; `None` until the file was read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn instrument_json(&self, image: ImageId) -> Result<Option<String>, CatalogError> {
        self.read_image("read an instrument record", |connection| {
            Ok(connection
                .prepare_cached("SELECT json FROM instrument_record WHERE image_id = ?1")?
                .query_row([image.0], |row| row.get(0))
                .optional()?)
        })
    }
}

/// Whether this is what the library knows the image's file by; of no file there is nothing to tell.
pub(super) fn is_unchanged(
    connection: &Connection,
    image: ImageId,
    stamp: Option<FileStamp>,
) -> Result<bool, Failure> {
    let Some(stamp) = stamp else { return Ok(true) };
    let known = connection
        .prepare_cached("SELECT size_bytes, modified_ns FROM image WHERE id = ?1")?
        .query_row([image.0], |row| {
            Ok(FileStamp { size_bytes: row.get(0)?, modified_ns: row.get(1)? })
        })
        .optional()?;
    Ok(known.ok_or(CatalogError::UnknownImage(image))? == stamp)
}

/// Keeps a reading; gives the image that is read now, which is another one where that has the same
/// bytes.
pub(super) fn store_reading(
    transaction: &Transaction<'_>,
    image: ImageId,
    reading: &Reading,
) -> Result<ImageId, Failure> {
    let image = row_for_content(transaction, image, &reading.content_sha256)?;
    let updated = transaction
        .prepare_cached(
            "UPDATE image SET content_sha256 = ?2, width_px = ?3, height_px = ?4, bit_depth = ?5,
                 page = ?6, pages = ?7, bar_top_px = ?8, bar_bottom_px = ?9, bar_source = ?10,
                 read_error = ?11
             WHERE id = ?1",
        )?
        .execute(params![
            image.0,
            reading.content_sha256,
            reading.width_px,
            reading.height_px,
            reading.bit_depth,
            reading.page,
            reading.pages,
            reading.data_bar.top,
            reading.data_bar.bottom,
            reading.data_bar_source.name(),
            reading.problem,
        ])?;
    if updated == 0 {
        return Err(CatalogError::UnknownImage(image).into());
    }
    note_content(transaction, image, &reading.content_sha256)?;
    let joined = join_same_content(transaction, image, &reading.content_sha256)?;
    forget_instrument(transaction, image)?;
    if let Some(json) = &reading.instrument_json {
        transaction
            .prepare_cached("INSERT INTO instrument_record (image_id, json) VALUES (?1, ?2)")?
            .execute(params![image.0, json])?;
    }
    Ok(joined.unwrap_or(image))
}

/// Removes the instrument record, which came from other content of the file.
pub(super) fn forget_instrument(connection: &Connection, image: ImageId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM instrument_record WHERE image_id = ?1")?
        .execute([image.0])?;
    Ok(())
}
