//! Files on the disk against the rows the library has of them: new, changed, moved, vanished, back.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::changed_content::{has_former_decision, note_change, set_apart};
use super::error::Failure;
use super::id_list::select_ids;
use super::library::Durability;
use super::near_duplicate::forget_likeness;
use super::prediction::forget_prediction;
use super::reading::forget_instrument;
use super::{CatalogError, ImageId, Library, stored_path};
use crate::micrograph::FileStamp;

/// Files of one size and time that are looked at to find which of them was moved.
const MOST_ALIKE: usize = 64;

/// A file as the scan found it.
#[derive(Clone)]
pub(super) struct FoundFile {
    /// See [`stored_path`].
    pub(super) path: Vec<u8>,
    pub(super) stamp: FileStamp,
}

/// What became of a batch of files.
#[derive(Default)]
pub(super) struct SavedFiles {
    /// The rows of all files of the batch.
    pub(super) images: Vec<ImageId>,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) moved: u64,
    pub(super) reappeared: u64,
    /// Files that seem to hold other content at the place of an image: not saved yet.
    pub(super) put_off: Vec<FoundFile>,
}

/// What to do with a file that has another stamp than the image known at its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Changes {
    /// Leave it: the image may turn up elsewhere in the tree, moved, and the file is a new one then.
    PutOff,
    /// All other files have been looked at: it was changed.
    Save,
}

/// What files are on the disk, each asked for once: many images may have one size and time.
struct Asked<'a> {
    root: &'a Path,
    stamps: HashMap<Vec<u8>, Option<FileStamp>>,
}

impl Asked<'_> {
    /// Of the file at this stored path; none where there is none.
    fn stamp(&mut self, path: Vec<u8>) -> Option<FileStamp> {
        let ask = |path: &Vec<u8>| {
            let path = self.root.join(stored_path::from_bytes(path.clone()));
            fs::metadata(path).ok().map(|metadata| FileStamp::of(&metadata))
        };
        *self.stamps.entry(path).or_insert_with_key(ask)
    }
}

/// A file compared with the rows there are.
enum Known {
    Same(ImageId),
    Differs(Difference),
}

#[derive(Clone, Copy)]
enum Difference {
    New,
    /// Other content at the place of this image.
    Changed(ImageId),
    /// The content of this image, which is no longer where it was.
    Moved(ImageId),
    Reappeared(ImageId),
}

impl Library {
    /// Brings the rows of these files up to date.
    pub(super) fn save_found(
        &self,
        files: &[FoundFile],
        changes: Changes,
    ) -> Result<SavedFiles, CatalogError> {
        let mut saved = SavedFiles::default();
        // Most rescans find nothing new: then nothing is written, and nobody waits for the writer.
        let mut to_write = Vec::new();
        let here: Vec<Option<(ImageId, FileStamp)>> = self.read("look up files", |connection| {
            files.iter().map(|file| Ok(row_at(connection, &file.path)?)).collect()
        })?;
        for (file, here) in files.iter().zip(here) {
            match here {
                Some((image, stamp)) if stamp == file.stamp => saved.images.push(image),
                _ => to_write.push(file),
            }
        }
        if to_write.is_empty() {
            return Ok(saved);
        }
        let mut asked = Asked { root: self.root(), stamps: HashMap::new() };
        self.write("save the images found", Durability::Rebuildable, |transaction| {
            for file in to_write {
                // Looked up again: a file before it may have taken an image along.
                let difference = match known(transaction, &mut asked, file)? {
                    Known::Same(image) => {
                        saved.images.push(image);
                        continue;
                    }
                    Known::Differs(difference) => difference,
                };
                let (image, count) = match difference {
                    Difference::Changed(_) if changes == Changes::PutOff => {
                        saved.put_off.push(file.clone());
                        continue;
                    }
                    Difference::New => (insert(transaction, file)?, &mut saved.added),
                    Difference::Changed(image) => {
                        (write_new_content(transaction, image, file)?, &mut saved.changed)
                    }
                    Difference::Moved(image) => {
                        (move_to(transaction, image, file)?, &mut saved.moved)
                    }
                    Difference::Reappeared(image) => {
                        reappear(transaction, image)?;
                        (image, &mut saved.reappeared)
                    }
                };
                *count += 1;
                saved.images.push(image);
            }
            Ok(())
        })?;
        self.orders().forget_files();
        Ok(saved)
    }

    /// The rows whose files were there when last looked for.
    pub(super) fn present_files(&self) -> Result<Vec<ImageId>, CatalogError> {
        self.read("list images", |connection| {
            Ok(select_ids(connection, "SELECT id FROM image WHERE hidden <> 1", [])?)
        })
    }

    /// Hides these files until they are there again. An image with a further place is shown there.
    pub(super) fn mark_vanished(&self, files: &[ImageId]) -> Result<(), CatalogError> {
        if files.is_empty() {
            return Ok(());
        }
        self.write("mark vanished images", Durability::Rebuildable, |transaction| {
            // Further places first, so that no image is shown at one that has vanished as well.
            let mut hide_place = transaction
                .prepare_cached("UPDATE image SET hidden = 1 WHERE id = ?1 AND hidden = 2")?;
            let mut images = Vec::new();
            for &file in files {
                if hide_place.execute([file.0])? == 0 {
                    images.push(file);
                }
            }
            images.into_iter().try_for_each(|image| Ok(vanish(transaction, image)?))
        })?;
        self.orders().forget_files();
        Ok(())
    }
}

/// The row of the file that is known at this place.
fn row_at(connection: &Connection, path: &[u8]) -> rusqlite::Result<Option<(ImageId, FileStamp)>> {
    connection
        .prepare_cached(
            "SELECT id, size_bytes, modified_ns FROM image WHERE path = ?1 AND hidden <> 1",
        )?
        .query_row([path], |row| {
            let stamp = FileStamp { size_bytes: row.get(1)?, modified_ns: row.get(2)? };
            Ok((ImageId(row.get(0)?), stamp))
        })
        .optional()
}

fn known(
    connection: &Connection,
    asked: &mut Asked<'_>,
    file: &FoundFile,
) -> Result<Known, Failure> {
    let here = row_at(connection, &file.path)?;
    if let Some((image, stamp)) = here
        && file.stamp == stamp
    {
        return Ok(Known::Same(image));
    }
    let was_here = |sql: &str, stamp: FileStamp| {
        connection
            .prepare_cached(sql)?
            .query_row(params![file.path, stamp.size_bytes, stamp.modified_ns], |row| {
                row.get(0).map(ImageId)
            })
            .optional()
    };
    let back = "SELECT id FROM image
                WHERE path = ?1 AND size_bytes = ?2 AND modified_ns = ?3 AND hidden = 1";
    // Of the vanished ones, that which was here last.
    // Without a size are contents that were overwritten (set_apart): only their bytes tell them.
    let replaced = "SELECT id FROM image WHERE path = ?1 AND hidden = 1 AND same_as IS NULL
                    AND size_bytes > 0 AND ?2 IS NOT NULL AND ?3 IS NOT NULL ORDER BY id DESC";
    Ok(Known::Differs(if let (None, Some(image)) = (here, was_here(back, file.stamp)?) {
        Difference::Reappeared(image)
    } else if let Some(image) = moved_image(connection, asked, file)? {
        Difference::Moved(image)
    } else if let Some((image, _)) = here {
        Difference::Changed(image)
    } else if let Some(image) = was_here(replaced, file.stamp)? {
        Difference::Changed(image)
    } else {
        Difference::New
    }))
}

/// The image whose file this is, moved or renamed: of the same size and time, and no longer where
/// it was. Times in whole seconds, as some file systems keep them, tell less: there the name has to
/// be the same. Where several could be meant, none is; the content tells when the file is read.
fn moved_image(
    connection: &Connection,
    asked: &mut Asked<'_>,
    file: &FoundFile,
) -> Result<Option<ImageId>, Failure> {
    let FileStamp { size_bytes, modified_ns } = file.stamp;
    let name = stored_path::name(&file.path);
    let same_name = (modified_ns % 1_000_000_000 == 0).then_some(name);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, path, hidden, 0 FROM image
         WHERE size_bytes = ?1 AND modified_ns = ?2 AND (path <> ?3 OR hidden = 1) AND size_bytes > 0
           AND (hidden <> 1 OR same_as IS NULL)
           AND (?4 IS NULL OR substr(path, -length(?4)) = ?4)
         UNION ALL
         SELECT id, path, hidden, 1 FROM image
         WHERE former_size_bytes = ?1 AND former_modified_ns = ?2 AND (path <> ?3 OR hidden = 1)
           AND former_size_bytes > 0 AND same_as IS NULL
           AND (?4 IS NULL OR substr(path, -length(?4)) = ?4)
         LIMIT {MOST_ALIKE}"
    ))?;
    let mut rows = statement.query(params![size_bytes, modified_ns, file.path, same_name])?;
    let (mut seen, mut found) = (0, None);
    while let Some(row) = rows.next()? {
        seen += 1;
        let (image, path) = (ImageId(row.get(0)?), row.get::<_, Vec<u8>>(1)?);
        let (is_vanished, is_former) = (row.get::<_, i64>(2)? == 1, row.get::<_, bool>(3)?);
        if same_name.is_some_and(|name| stored_path::name(&path) != name) {
            continue;
        }
        let is_elsewhere = match is_former {
            // What is there now is something else, in which only decisions wait for the former.
            true => is_set_apart(connection, image)? || has_former_decision(connection, image)?,
            false => is_vanished || asked.stamp(path) != Some(file.stamp),
        };
        if is_elsewhere && found.replace(image).is_some() {
            return Ok(None);
        }
    }
    Ok(found.filter(|_| seen < MOST_ALIKE)) // of more, another may be meant
}

/// Whether the image's bytes were overwritten, and its row holds what was decided about them.
fn is_set_apart(connection: &Connection, image: ImageId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM image WHERE id = ?1 AND hidden = 1 AND same_as IS NULL AND size_bytes = 0
                 AND former_size_bytes IS NOT NULL",
        )?
        .exists([image.0])
}

pub(super) fn insert(transaction: &Transaction<'_>, file: &FoundFile) -> rusqlite::Result<ImageId> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO image (path, path_text, folder, size_bytes, modified_ns)
         VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
    )?;
    statement.query_row(
        params![
            file.path,
            stored_path::search_text(&file.path),
            stored_path::folder(&file.path),
            file.stamp.size_bytes,
            file.stamp.modified_ns,
        ],
        |row| row.get(0).map(ImageId),
    )
}

/// Forgets all that came from the earlier content of this file. Its label stays, unless that
/// content is still to be had at another place: then the image is there, and this file is new. So
/// is one that was a further place of an image.
pub(super) fn write_new_content(
    transaction: &Transaction<'_>,
    image: ImageId,
    file: &FoundFile,
) -> Result<ImageId, Failure> {
    let is_place: bool = transaction
        .prepare_cached("SELECT hidden = 2 FROM image WHERE id = ?1")?
        .query_row([image.0], |row| row.get(0))?;
    if is_place || further_place(transaction, image)?.is_some() {
        vanish(transaction, image)?;
        return Ok(insert(transaction, file)?);
    }
    // Vanished copies had the content that is gone: they are copies of this image no longer.
    transaction
        .prepare_cached("UPDATE image SET same_as = NULL WHERE same_as = ?1")?
        .execute([image.0])?;
    note_change(transaction, image, file.stamp)?;
    forget_content(transaction, image)?;
    Ok(image)
}

/// Forgets what reading the file gave, and all that was made of it.
pub(super) fn forget_content(transaction: &Transaction<'_>, file: ImageId) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "UPDATE image SET content_sha256 = NULL, width_px = NULL, height_px = NULL,
                 bit_depth = NULL, page = NULL, pages = NULL, bar_top_px = NULL,
                 bar_bottom_px = NULL, bar_source = NULL, read_error = NULL
             WHERE id = ?1",
        )?
        .execute([file.0])?;
    forget_instrument(transaction, file)?;
    forget_prediction(transaction, file)?;
    forget_likeness(transaction, file)
}

/// The image is now at this file's place; one that was there has vanished from it. Gives the image
/// that is there then.
fn move_to(
    transaction: &Transaction<'_>,
    image: ImageId,
    file: &FoundFile,
) -> Result<ImageId, Failure> {
    if has_former_decision(transaction, image)? && !has_stamp(transaction, image, file.stamp)? {
        set_apart(transaction, image)?;
    }
    let here: Option<u32> = transaction
        .prepare_cached("SELECT id FROM image WHERE path = ?1 AND hidden <> 1")?
        .query_row([&file.path], |row| row.get(0))
        .optional()?;
    let is_place_of = |here: u32| {
        transaction
            .prepare_cached("SELECT 1 FROM image WHERE id = ?1 AND same_as = ?2")?
            .exists([image.0, here])
    };
    if let Some(here) = here {
        // A copy was put in the place of its image, which has the same content then as before.
        if is_place_of(here)? {
            let FileStamp { size_bytes, modified_ns } = file.stamp;
            transaction
                .prepare_cached("UPDATE image SET size_bytes = ?2, modified_ns = ?3 WHERE id = ?1")?
                .execute(params![here, size_bytes, modified_ns])?;
            vanish(transaction, image)?;
            return Ok(ImageId(here));
        }
        vanish(transaction, ImageId(here))?;
    }
    transaction
        .prepare_cached(
            "UPDATE image SET path = ?2, path_text = ?3, folder = ?4, size_bytes = ?5,
                 modified_ns = ?6, hidden = CASE hidden WHEN 2 THEN 2 ELSE 0 END, read_error = NULL,
                 former_size_bytes = CASE size_bytes WHEN 0 THEN NULL ELSE former_size_bytes END,
                 former_modified_ns = CASE size_bytes WHEN 0 THEN NULL ELSE former_modified_ns END
             WHERE id = ?1",
        )?
        .execute(params![
            image.0,
            file.path,
            stored_path::search_text(&file.path),
            stored_path::folder(&file.path),
            file.stamp.size_bytes,
            file.stamp.modified_ns,
        ])?;
    Ok(image)
}

fn has_stamp(connection: &Connection, image: ImageId, stamp: FileStamp) -> rusqlite::Result<bool> {
    Ok(place_of(connection, image)?.stamp == stamp)
}

/// The file is back: as a further place of its image, or, where that has vanished, as its place.
fn reappear(transaction: &Transaction<'_>, file: ImageId) -> rusqlite::Result<()> {
    let image: Option<(u32, bool)> = transaction
        .prepare_cached(
            "SELECT main.id, main.hidden = 1 FROM image JOIN image AS main ON main.id = image.same_as
             WHERE image.id = ?1 AND main.content_sha256 = image.content_sha256",
        )?
        .query_row([file.0], |row| row.try_into())
        .optional()?;
    let mut put =
        transaction.prepare_cached("UPDATE image SET hidden = ?2, same_as = ?3 WHERE id = ?1")?;
    match image {
        Some((image, true)) => exchange_places(transaction, ImageId(image), file),
        Some((image, false)) => put.execute(params![file.0, 2, image]).map(drop),
        None => put.execute(params![file.0, 0, None::<u32>]).map(drop),
    }
}

/// The file is gone. An image with a further place is shown there from now on.
fn vanish(transaction: &Transaction<'_>, file: ImageId) -> rusqlite::Result<()> {
    transaction.prepare_cached("UPDATE image SET hidden = 1 WHERE id = ?1")?.execute([file.0])?;
    match further_place(transaction, file)? {
        Some(place) => exchange_places(transaction, file, place),
        None => Ok(()),
    }
}

/// Another file with the bytes of this image.
fn further_place(connection: &Connection, image: ImageId) -> rusqlite::Result<Option<ImageId>> {
    connection
        .prepare_cached("SELECT min(id) FROM image WHERE same_as = ?1 AND hidden = 2")?
        .query_row([image.0], |row| row.get::<_, Option<u32>>(0))
        .map(|place| place.map(ImageId))
}

/// Shows a vanished image at the place of a file with its bytes, which vanishes in its stead.
pub(super) fn exchange_places(
    transaction: &Transaction<'_>,
    vanished: ImageId,
    present: ImageId,
) -> rusqlite::Result<()> {
    let (from, to) = (place_of(transaction, vanished)?, place_of(transaction, present)?);
    let mut put = transaction.prepare_cached(
        "UPDATE image SET path = ?2, path_text = ?3, folder = ?4, size_bytes = ?5, modified_ns = ?6,
             hidden = ?7, same_as = ?8
         WHERE id = ?1",
    )?;
    // First the one that gives its path up: no two files are at one.
    for (image, place, hidden, same_as) in
        [(present, from, 1, Some(vanished.0)), (vanished, to, 0, None)]
    {
        let Place { path, path_text, folder, stamp } = place;
        let FileStamp { size_bytes, modified_ns } = stamp;
        put.execute(params![
            image.0,
            path,
            path_text,
            folder,
            size_bytes,
            modified_ns,
            hidden,
            same_as
        ])?;
    }
    Ok(())
}

/// Where a file is, and what it is known by there.
pub(super) struct Place {
    pub(super) path: Vec<u8>,
    path_text: String,
    folder: String,
    pub(super) stamp: FileStamp,
}

pub(super) fn place_of(connection: &Connection, image: ImageId) -> rusqlite::Result<Place> {
    connection
        .prepare_cached(
            "SELECT path, path_text, folder, size_bytes, modified_ns FROM image WHERE id = ?1",
        )?
        .query_row([image.0], |row| {
            Ok(Place {
                path: row.get(0)?,
                path_text: row.get(1)?,
                folder: row.get(2)?,
                stamp: FileStamp { size_bytes: row.get(3)?, modified_ns: row.get(4)? },
            })
        })
}
