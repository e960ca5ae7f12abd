//! Files on the disk against the rows the library has of them.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::error::Failure;
use super::image::select_ids;
use super::library::Durability;
use super::prediction::forget_prediction;
use super::reading::forget_instrument;
use super::{CatalogError, ImageId, Library, stored_path};

/// A file as the scan found it.
pub(super) struct FoundFile {
    /// See [`stored_path`].
    pub(super) path: Vec<u8>,
    pub(super) size_bytes: u64,
    /// Since 1970.
    pub(super) modified_ns: i64,
}

/// What became of a batch of files.
#[derive(Default)]
pub(super) struct SavedFiles {
    /// The images of all files of the batch.
    pub(super) images: Vec<ImageId>,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) reappeared: u64,
}

/// A file compared with its row.
enum Known {
    Same(ImageId),
    Differs(Difference),
}

#[derive(Clone, Copy)]
enum Difference {
    New,
    Changed,
    Reappeared(ImageId),
}

impl Library {
    /// Brings the rows of these files up to date.
    pub(super) fn save_found(&self, files: &[FoundFile]) -> Result<SavedFiles, CatalogError> {
        let mut saved = SavedFiles::default();
        // Most rescans find nothing new: then nothing is written, and nobody waits for the writer.
        let mut to_write = Vec::new();
        for (file, known) in files.iter().zip(self.known(files)?) {
            match known {
                Known::Same(image) => saved.images.push(image),
                Known::Differs(difference) => to_write.push((file, difference)),
            }
        }
        if to_write.is_empty() {
            return Ok(saved);
        }
        self.write("save the images found", Durability::Rebuildable, |transaction| {
            for (file, difference) in to_write {
                let (image, count) = match difference {
                    Difference::New => (write_new_content(transaction, file)?, &mut saved.added),
                    Difference::Changed => {
                        (write_new_content(transaction, file)?, &mut saved.changed)
                    }
                    Difference::Reappeared(image) => {
                        set_missing(transaction, image, false)?;
                        (image, &mut saved.reappeared)
                    }
                };
                *count += 1;
                saved.images.push(image);
            }
            Ok(())
        })?;
        Ok(saved)
    }

    /// The images whose files were there when last looked for.
    pub(super) fn present_images(&self) -> Result<Vec<ImageId>, CatalogError> {
        self.read("list images", |connection| {
            Ok(select_ids(connection, "SELECT id FROM image WHERE missing = 0", &[])?)
        })
    }

    /// Hides these images until their files are there again.
    pub(super) fn mark_missing(&self, images: &[ImageId]) -> Result<(), CatalogError> {
        if images.is_empty() {
            return Ok(());
        }
        self.write("mark vanished images", Durability::Rebuildable, |transaction| {
            images.iter().try_for_each(|&image| set_missing(transaction, image, true))
        })
    }

    fn known(&self, files: &[FoundFile]) -> Result<Vec<Known>, CatalogError> {
        self.read("look up files", |connection| {
            files.iter().map(|file| known(connection, file)).collect()
        })
    }
}

fn known(connection: &Connection, file: &FoundFile) -> Result<Known, Failure> {
    let row: Option<(i64, i64, i64, bool)> = connection
        .prepare_cached("SELECT id, size_bytes, modified_ns, missing FROM image WHERE path = ?1")?
        .query_row([&file.path], |row| row.try_into())
        .optional()?;
    let Some((id, size_bytes, modified_ns, missing)) = row else {
        return Ok(Known::Differs(Difference::New));
    };
    let image = ImageId(id);
    Ok(if size_bytes.cast_unsigned() != file.size_bytes || modified_ns != file.modified_ns {
        Known::Differs(Difference::Changed)
    } else if missing {
        Known::Differs(Difference::Reappeared(image))
    } else {
        Known::Same(image)
    })
}

/// Adds the file, or forgets all that came from its earlier content; its label stays.
fn write_new_content(transaction: &Transaction<'_>, file: &FoundFile) -> Result<ImageId, Failure> {
    let image = transaction
        .prepare_cached(
            "INSERT INTO image (path, path_text, folder, size_bytes, modified_ns)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (path) DO UPDATE SET
                 size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns,
                 missing = 0, content_sha256 = NULL, width_px = NULL, height_px = NULL,
                 bit_depth = NULL, page = NULL, pages = NULL, bar_top_px = NULL,
                 bar_bottom_px = NULL, bar_source = NULL, read_error = NULL
             RETURNING id",
        )?
        .query_row(
            params![
                file.path,
                stored_path::search_text(&file.path),
                stored_path::folder(&file.path),
                file.size_bytes.cast_signed(),
                file.modified_ns,
            ],
            |row| row.get(0).map(ImageId),
        )?;
    forget_instrument(transaction, image)?;
    forget_prediction(transaction, image)?;
    Ok(image)
}

fn set_missing(
    transaction: &Transaction<'_>,
    image: ImageId,
    missing: bool,
) -> Result<(), Failure> {
    transaction
        .prepare_cached("UPDATE image SET missing = ?2 WHERE id = ?1")?
        .execute(params![image.0, missing])?;
    Ok(())
}
