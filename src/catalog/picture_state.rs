//! What an image's picture depends on, so that whoever has drawn it knows when it is old.

use rusqlite::OptionalExtension;

use super::id_list::select_ids;
use super::read_choice::choice_of;
use super::{CatalogError, ImageId, Library};
use crate::micrograph::ReadChoice;

/// The bytes of an image's file, and how a person wants them read: where either is another, so is the
/// picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureState {
    /// Another number whenever the bytes may be others.
    pub revision: Revision,
    /// What a person chose.
    pub choice: ReadChoice,
}

/// Numbers the changes of all files that a library knows: of two, the greater one came later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(i64);

impl Library {
    /// What the image's picture depends on.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn picture_state(&self, image: ImageId) -> Result<PictureState, CatalogError> {
        self.read_image("read how an image is shown", |connection| {
            let revision = connection
                .prepare_cached("SELECT revision FROM image WHERE id = ?1")?
                .query_row([image.0], |row| row.get(0).map(Revision))
                .optional()?
                .ok_or(CatalogError::UnknownImage(image))?;
            Ok(PictureState { revision, choice: choice_of(connection, image)? })
        })
    }

    /// Images whose files hold other bytes than at `seen`, as far as the library knows; and the newest
    /// revision.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn changed_since(&self, seen: Revision) -> Result<(Vec<ImageId>, Revision), CatalogError> {
        self.read("look for changed files", |connection| {
            let changed = select_ids(
                connection,
                "SELECT id FROM image WHERE revision > 0 AND revision > ?1",
                [seen.0],
            )?;
            let newest = connection
                .prepare_cached("SELECT max(revision) FROM image WHERE revision > 0")?
                .query_row([], |row| row.get::<_, Option<i64>>(0))?;
            Ok((changed, newest.map_or(seen, Revision)))
        })
    }
}
