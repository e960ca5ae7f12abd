//! Images that show nearly the same, as they were found by comparing pictures.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::error::Failure;
use super::label::label_from_row;
use super::library::Durability;
use super::read_choice::choice_of;
use super::{CatalogError, ImageId, Label, Library};
use crate::micrograph::ReadChoice;

/// An image that was read, and by what its picture is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageContent {
    /// The image.
    pub image: ImageId,
    /// Of its file, in hexadecimal.
    pub content_sha256: String,
    /// How it is to be read.
    pub choice: ReadChoice,
}

impl Library {
    /// The images that are shown and were read, by their number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn contents(&self) -> Result<Vec<ImageContent>, CatalogError> {
        self.read("list what images hold", |connection| {
            let choices = choices(connection)?;
            let mut statement = connection.prepare_cached(
                "SELECT id, content_sha256 FROM image
                 WHERE hidden = 0 AND content_sha256 IS NOT NULL ORDER BY id",
            )?;
            let contents = statement.query_map([], |row| {
                let image = ImageId(row.get(0)?);
                let choice = choices.get(&image).cloned().unwrap_or_default();
                Ok(ImageContent { image, content_sha256: row.get(1)?, choice })
            })?;
            Ok(contents.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Keeps the clusters of images that show nearly the same, in place of all earlier ones. Images
    /// that are gone meanwhile are left out, and clusters of one image.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn save_near_duplicates(&self, clusters: &[Vec<ImageId>]) -> Result<(), CatalogError> {
        self.write("save near-duplicates", Durability::Rebuildable, |transaction| {
            transaction.execute("DELETE FROM near_duplicate", [])?;
            let mut add = transaction.prepare_cached(
                "INSERT INTO near_duplicate SELECT id, ?2 FROM image WHERE id = ?1 AND hidden = 0",
            )?;
            for (number, cluster) in (0_i64..).zip(clusters) {
                for image in cluster {
                    add.execute(params![image.0, number])?;
                }
            }
            transaction.execute(
                "DELETE FROM near_duplicate WHERE cluster IN (
                     SELECT cluster FROM near_duplicate GROUP BY cluster HAVING count(*) = 1)",
                [],
            )?;
            Ok(())
        })
    }

    /// The clusters of images that show nearly the same, as they were last found; those without a
    /// second image that is still shown are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn near_duplicates(&self) -> Result<Vec<Vec<ImageId>>, CatalogError> {
        self.read("list near-duplicates", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT cluster, image_id FROM near_duplicate JOIN image ON image.id = image_id
                 WHERE hidden = 0 ORDER BY cluster, image_id",
            )?;
            let rows: Vec<(i64, u32)> =
                statement.query_map([], |row| row.try_into())?.collect::<rusqlite::Result<_>>()?;
            let clusters = rows.chunk_by(|(one, _), (two, _)| one == two);
            let images = clusters.map(|rows| rows.iter().map(|(_, id)| ImageId(*id)).collect());
            Ok(images.filter(|cluster: &Vec<ImageId>| cluster.len() > 1).collect())
        })
    }

    /// The labels of the images that show nearly the same as this one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn near_duplicate_labels(&self, image: ImageId) -> Result<Vec<Label>, CatalogError> {
        self.read_image("list labels of near-duplicates", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT label.answer, label.category_id, label.second_category_id,
                        label.labelled_by, label.labelled_at, label.source
                 FROM near_duplicate AS this
                 JOIN near_duplicate AS other USING (cluster)
                 JOIN label ON label.image_id = other.image_id
                 JOIN image ON image.id = other.image_id
                 WHERE this.image_id = ?1 AND other.image_id <> ?1 AND image.hidden = 0",
            )?;
            let labels = statement.query_map([image.0], label_from_row)?;
            Ok(labels.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The image and those that show nearly the same, by path.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn near_duplicates_of(&self, image: ImageId) -> Result<Vec<ImageId>, CatalogError> {
        self.read_image("list near-duplicates", |connection| {
            Ok(connection
                .prepare_cached(
                    // By number first, of which there are few: not all images in the order of paths.
                    "WITH near (id) AS (
                         SELECT ?1
                         UNION
                         SELECT other.image_id FROM near_duplicate AS this
                         JOIN near_duplicate AS other USING (cluster)
                         WHERE this.image_id = ?1)
                     SELECT image.id FROM near CROSS JOIN image USING (id)
                     WHERE hidden = 0
                     ORDER BY +path_text, image.id",
                )?
                .query_map([image.0], |row| row.get(0).map(ImageId))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How many other images show nearly the same as this one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn near_duplicate_count(&self, image: ImageId) -> Result<u64, CatalogError> {
        self.read_image("count near-duplicates", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT count(*) FROM near_duplicate AS other
                     JOIN near_duplicate AS this USING (cluster)
                     JOIN image ON image.id = other.image_id
                     WHERE this.image_id = ?1 AND other.image_id <> ?1 AND hidden = 0",
                )?
                .query_row([image.0], |row| row.get::<_, i64>(0))?
                .cast_unsigned())
        })
    }
}

/// Images for which something was chosen, by themselves or with their folder.
fn choices(connection: &Connection) -> rusqlite::Result<HashMap<ImageId, ReadChoice>> {
    let mut statement = connection.prepare_cached(
        "SELECT image_id FROM image_choice WHERE page IS NOT NULL OR bar_top_px IS NOT NULL
         UNION
         SELECT image.id FROM folder_choice AS choice JOIN image
             ON choice.folder IN ('', image.folder)
             OR substr(image.folder, 1, length(choice.folder) + 1) = choice.folder || '/'",
    )?;
    let chosen: Vec<u32> =
        statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let images = chosen.into_iter().map(ImageId);
    images.map(|image| Ok((image, choice_of(connection, image)?))).collect()
}

/// Its picture is another now, or is shown as another image's.
pub(super) fn forget_likeness(
    transaction: &Transaction<'_>,
    image: ImageId,
) -> Result<(), Failure> {
    transaction
        .prepare_cached("DELETE FROM near_duplicate WHERE image_id = ?1")?
        .execute([image.0])?;
    Ok(())
}
