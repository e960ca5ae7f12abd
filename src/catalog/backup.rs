//! Copies of the library file, in case it is damaged or somebody regrets: the last five.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::connection::{connect, open_reader};
use super::{CatalogError, Library};

const FOLDER: &str = "backups";
const PREFIX: &str = "library-";
const SUFFIX: &str = ".db";
/// Older ones are deleted.
const KEPT: usize = 5;

impl Library {
    /// Copies the library file into its folder of backups, unless the newest backup knows every
    /// decision already. Gives the new file. Reading and writing go on meanwhile.
    ///
    /// # Errors
    /// When the library cannot be read, or there is no room.
    pub fn back_up_if_due(&self) -> Result<Option<PathBuf>, CatalogError> {
        let failed = |source| CatalogError::database("back up", &self.database(), source);
        let connection = open_reader(&self.database())?;
        let now = decisions(&connection).map_err(failed)?;
        let known = newest_backup(self.directory()).and_then(|backup| decisions_of(&backup));
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
        let part = backup.with_extension("part");
        let copy =
            || connect(&self.database())?.execute("VACUUM INTO ?1", [part.to_string_lossy()]);
        if let Err(source) = copy() {
            let _ = fs::remove_file(&part); // of no use
            return Err(CatalogError::database("back up", &self.database(), source));
        }
        File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&part, &backup))
            .map_err(file_error)?;
        for old in backups(self.directory()).iter().rev().skip(KEPT) {
            let _ = fs::remove_file(old); // it is there again next time
        }
        Ok(backup)
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
