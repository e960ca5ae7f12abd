//! How unlike images are to all that people have labelled, as it was found by comparing features.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::library::Durability;
use super::setting::{put_setting, remove_setting};
use super::{CatalogError, ImageId, Library};

/// Distances that are saved in one transaction: nobody who labels meanwhile waits much longer than for
/// a label.
const SAVED_AT_ONCE: usize = 50_000;

/// When images were last compared with those labelled, as a setting.
const LOOKED_SETTING: &str = "looked_for_unlike_images";

/// How unlike an image is to those labelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Novelty {
    /// The cosine distance to the fifth nearest, 0 to 2.
    pub distance: f32,
    /// The distance that 95 of 100 labelled images keep from the others.
    pub threshold: f32,
}

impl Novelty {
    /// Whether it is farther from the labelled images than these are from one another.
    pub fn is_beyond(&self) -> bool {
        self.distance > self.threshold
    }
}

impl Library {
    /// Keeps how far each image is from those labelled, and from where on that is unusual, in place of
    /// all earlier distances. Images that are gone meanwhile are left out. Saved in parts: what ends in
    /// between leaves fewer images to be found until it is done again. After the last part it is
    /// known that somebody has looked.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn save_novelty(
        &self,
        distances: &[(ImageId, f32)],
        threshold: f32,
    ) -> Result<(), CatalogError> {
        let saved = self.replace_novelty(distances, threshold);
        self.orders().forget_scores(); // also where a part was saved
        saved
    }

    fn replace_novelty(
        &self,
        distances: &[(ImageId, f32)],
        threshold: f32,
    ) -> Result<(), CatalogError> {
        self.write("forget distances", Durability::Rebuildable, |transaction| {
            transaction.execute("DELETE FROM novelty", [])?;
            Ok(remove_setting(transaction, LOOKED_SETTING)?)
        })?;
        for distances in distances.chunks(SAVED_AT_ONCE) {
            self.write("save distances", Durability::Rebuildable, |transaction| {
                let mut add = transaction.prepare_cached(
                    "INSERT OR REPLACE INTO novelty
                     SELECT id, ?2, ?3 FROM image WHERE id = ?1 AND hidden = 0",
                )?;
                for (image, distance) in distances {
                    add.execute(params![image.0, distance, threshold])?;
                }
                Ok(())
            })?;
        }
        self.write("save that images were compared", Durability::Rebuildable, |transaction| {
            Ok(put_setting(transaction, LOOKED_SETTING, &Timestamp::now().to_string())?)
        })
    }

    /// How unlike the image is to those labelled, where it was compared.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn novelty(&self, image: ImageId) -> Result<Option<Novelty>, CatalogError> {
        self.read_image("look how unlike an image is to others", |connection| {
            Ok(connection
                .prepare_cached("SELECT distance, threshold FROM novelty WHERE image_id = ?1")?
                .query_row([image.0], |row| {
                    Ok(Novelty { distance: row.get(0)?, threshold: row.get(1)? })
                })
                .optional()?)
        })
    }
}

/// Whether images were ever compared with those labelled. Earlier versions kept only the distances.
pub(super) fn has_looked_for_unlike(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM setting WHERE key = ?1)
                 OR EXISTS (SELECT 1 FROM novelty)",
        )?
        .query_row([LOOKED_SETTING], |row| row.get(0))
}

/// What was found by comparing the image's features, which are of another picture by now.
pub(super) fn forget_comparisons(connection: &Connection, image: ImageId) -> rusqlite::Result<()> {
    for sql in
        ["DELETE FROM label_doubt WHERE image_id = ?1", "DELETE FROM novelty WHERE image_id = ?1"]
    {
        connection.prepare_cached(sql)?.execute([image.0])?;
    }
    Ok(())
}
