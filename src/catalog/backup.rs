//! Copies of the library file, in case it is damaged or somebody regrets: the last five.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::connection::{connect, open_reader};
use super::{CatalogError, Library};

const FOLDER: &str = "backups";
const PREFIX: &str = "library-";
const SUFFIX: &str = ".db";
/// Ending of the name of a copy that is not whole yet.
const PART: &str = "part";
/// Between two writes to a copy, at most.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Older ones are deleted.
const KEPT: usize = 5;

impl Library {
    /// Copies the library file into its folder of backups, unless the newest backup knows every
    /// decision already, or is not older than `pause`. Gives the new file. Reading and writing go on
    /// meanwhile.
    ///
    /// # Errors
    /// When the library cannot be read, or there is no room.
    pub fn back_up_if_due(&self, pause: Duration) -> Result<Option<PathBuf>, CatalogError> {
        let newest = newest_backup(self.directory());
        let modified =
            newest.as_ref().and_then(|backup| fs::metadata(backup).ok()?.modified().ok());
        let age = modified.and_then(|modified| modified.elapsed().ok());
        if age.is_some_and(|age| age < pause) {
            return Ok(None);
        }
        let failed = |source| CatalogError::database("back up", &self.database(), source);
        let connection = open_reader(&self.database())?;
        let now = decisions(&connection).map_err(failed)?;
        let known = newest.and_then(|backup| decisions_of(&backup));
        if known.as_ref() == Some(&now) {
            return Ok(None);
        }
        self.back_up().map(Some)
    }

    /// The newest backup there is.
    pub fn newest_backup(&self) -> Option<PathBuf> {
        newest_backup(self.directory())
    }

    /// Copies the library file into its folder of backups; gives the new file.
    ///
    /// # Errors
    /// When the library cannot be read, or there is no room.
    pub fn back_up(&self) -> Result<PathBuf, CatalogError> {
        let folder = self.directory().join(FOLDER);
        let file_error = |source| CatalogError::Folder {
            operation: "back up into",
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(file_error)?;
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ");
        let backup = folder.join(format!("{PREFIX}{time}{SUFFIX}"));
        let part = backup.with_extension(PART);
        remove_left_parts(&folder);
        let copy =
            || connect(&self.database())?.execute("VACUUM INTO ?1", [part.to_string_lossy()]);
        let result = copy()
            .map_err(|source| CatalogError::database("back up", &self.database(), source))
            .and_then(|_| put_in_place(&part, &backup).map_err(file_error));
        if let Err(error) = result {
            let _ = fs::remove_file(&part); // of no use
            return Err(error);
        }
        for old in backups(self.directory()).iter().rev().skip(KEPT) {
            let _ = fs::remove_file(old); // it is there again next time
        }
        Ok(backup)
    }
}

/// Gives a whole copy its final name, for good: what is told of is there after a power cut too.
fn put_in_place(part: &Path, backup: &Path) -> io::Result<()> {
    // Windows syncs only what may be written.
    File::options().read(true).write(true).open(part)?.sync_all()?;
    fs::rename(part, backup)?;
    if let Some(folder) = backup.parent().filter(|_| cfg!(unix)) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes what programs that ended half-way left. What another one is writing now is younger.
fn remove_left_parts(folder: &Path) {
    let is_left = |path: &PathBuf| {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| modified.elapsed().ok());
        path.extension().is_some_and(|ending| ending == PART)
            && age.is_some_and(|age| age > LONGEST_PAUSE)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for part in entries.map(|entry| entry.path()).filter(is_left) {
        let _ = fs::remove_file(part); // it is there again next time
    }
}

/// The newest backup of the library in `directory`.
pub(super) fn newest_backup(directory: &Path) -> Option<PathBuf> {
    backups(directory).pop()
}

/// All backups, the oldest first.
fn backups(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory.join(FOLDER)).into_iter().flatten().flatten();
    let is_backup = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    let mut backups: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_backup).collect();
    backups.sort();
    backups
}

fn decisions_of(backup: &Path) -> Option<String> {
    let connection = Connection::open_with_flags(backup, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    decisions(&connection).ok()
}

/// Differs wherever people have decided something else.
fn decisions(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row(
        "SELECT ifnull((SELECT max(entry_id) FROM journal), '')
             || ifnull((SELECT group_concat(uid || name || color || ifnull(key, ''))
                        FROM category), '')
             || ifnull((SELECT group_concat(name || query) FROM saved_search), '')
             || ifnull((SELECT group_concat(image_id || ':' || ifnull(page, '')
                            || ':' || ifnull(bar_top_px, '') || ':' || ifnull(bar_bottom_px, ''))
                        FROM image_choice), '')
             || ifnull((SELECT group_concat(folder || ':' || width_px || ':' || height_px
                            || ':' || bar_top_px || ':' || bar_bottom_px)
                        FROM folder_choice), '')",
        [],
        |row| row.get(0),
    )
}
