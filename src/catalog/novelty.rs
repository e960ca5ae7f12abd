//! How unlike images are to all that people have labelled, as it was found by comparing features.

use rusqlite::{Connection, OptionalExtension, params};

use super::library::Durability;
use super::{CatalogError, ImageId, Library};

/// Distances that are saved in one transaction: nobody who labels meanwhile waits much longer than for
/// a label.
const SAVED_AT_ONCE: usize = 50_000;

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
    /// between leaves fewer images to be found until it is done again.
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
            Ok(())
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
        Ok(())
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

/// What was found by comparing the image's features, which are of another picture by now.
pub(super) fn forget_comparisons(connection: &Connection, image: ImageId) -> rusqlite::Result<()> {
    for sql in
        ["DELETE FROM label_doubt WHERE image_id = ?1", "DELETE FROM novelty WHERE image_id = ?1"]
    {
        connection.prepare_cached(sql)?.execute([image.0])?;
    }
    Ok(())
}
