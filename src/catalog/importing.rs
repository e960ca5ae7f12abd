//! Labels that come from elsewhere, with whoever gave them; and which images they are about.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::alias::set_alias;
use super::category_change::record_categories;
use super::category_list::{insert_withdrawn, valid};
use super::changed_content::{note_content, part_former_labels, row_for_content};
use super::error::Failure;
use super::image::shown_images;
use super::journal::Entry;
use super::labelling::{check_categories, record_labels};
use super::library::Durability;
use super::mark::{mark_of, record_marks};
use super::reading::is_unchanged;
use super::same_content::join_same_content;
use super::{CatalogError, EntryId, ImageId, Label, LabelSource, Library, Mark, stored_path};
use crate::micrograph::FileStamp;
use crate::taxonomy::{Category, CategoryId, CategoryState};

/// What somebody else said, as it shall stand here.
#[derive(Debug, Clone, Default)]
pub struct ForeignLabels {
    /// A label for each image. Its categories are ours, or among `new_categories`.
    pub labels: Vec<(ImageId, Label)>,
    /// Notes and flags, in place of ours.
    pub marks: BTreeMap<ImageId, Mark>,
    /// Categories to add, parents first. Their ids are known in `labels` and here alone; of the
    /// rest, only name and parent count.
    pub new_categories: Vec<Category>,
    /// Other names that shall mean a category from now on.
    pub aliases: Vec<(String, CategoryId)>,
}

impl Library {
    /// Takes all this over as one decision of `by`, or nothing of it. Each label keeps who gave it,
    /// and when.
    ///
    /// # Errors
    /// When the library has no such image or category, when a new category's name is taken or
    /// breaks a rule, or the library could not be written.
    pub fn take_over(
        &self,
        foreign: &ForeignLabels,
        by: &str,
        source: LabelSource,
    ) -> Result<EntryId, CatalogError> {
        self.write_categories("take labels over", |transaction| {
            let labelled = foreign.labels.iter().map(|(image, _)| (*image, ()));
            let labelled = shown_images(transaction, labelled)?;
            part_former_labels(transaction, labelled.into_keys())?;
            let entry = Entry::new("label", by, source).begin(transaction)?;
            let mut added: BTreeMap<CategoryId, CategoryId> = BTreeMap::new();
            for category in &foreign.new_categories {
                let here = |id: CategoryId| added.get(&id).copied().unwrap_or(id);
                let parent = category.parent.map(here);
                let new = insert_withdrawn(transaction, &valid(&category.name)?)?;
                let key = new.key.filter(|_| parent.is_none());
                let new = Category { parent, key, state: CategoryState::Active, ..new };
                added.insert(category.id, new.id);
                record_categories(transaction, &entry, &[new])?;
            }
            let here = |id: CategoryId| added.get(&id).copied().unwrap_or(id);
            for (alias, category) in &foreign.aliases {
                set_alias(transaction, &entry, alias, here(*category))?;
            }
            let label =
                |label: &Label| Label { value: label.value.translated(here), ..label.clone() };
            let labels: Vec<(ImageId, Option<Label>)> =
                foreign.labels.iter().map(|(image, given)| (*image, Some(label(given)))).collect();
            let values = labels.iter().filter_map(|(_, label)| Some(label.as_ref()?.value));
            check_categories(transaction, values)?;
            record_labels(transaction, &entry, &shown_images(transaction, labels)?)?;
            let marks = foreign.marks.iter().map(|(image, mark)| (*image, mark.clone()));
            record_marks(transaction, &entry, &shown_images(transaction, marks)?)?;
            Ok(entry)
        })
    }

    /// What was said of an image beside its label.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mark(&self, image: ImageId) -> Result<Mark, CatalogError> {
        self.read("read notes and flags", |connection| Ok(mark_of(connection, image)?))
    }

    /// The image whose file has this SHA-256, in hexadecimal; also one that has vanished.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn image_of_content(&self, sha256: &str) -> Result<Option<ImageId>, CatalogError> {
        self.read("find an image", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT ifnull(same_as, id) FROM image WHERE content_sha256 = ?1
                     ORDER BY hidden",
                )?
                .query_row([sha256], |row| row.get(0).map(ImageId))
                .optional()?)
        })
    }

    /// Images of this size in bytes whose content nobody has read yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unread_of_size(&self, size_bytes: u64) -> Result<Vec<ImageId>, CatalogError> {
        self.read("find images", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM image
                     WHERE size_bytes = ?1 AND content_sha256 IS NULL AND hidden = 0",
                )?
                .query_map([size_bytes.cast_signed()], |row| row.get(0).map(ImageId))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Every file that is there, from the library's root, with the image that it shows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn for_each_file(&self, take: &mut dyn FnMut(ImageId, &Path)) -> Result<(), CatalogError> {
        self.read("list files", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT ifnull(same_as, id), path FROM image WHERE hidden <> 1 ORDER BY id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                take(ImageId(row.get(0)?), &stored_path::from_bytes(row.get(1)?));
            }
            Ok(())
        })
    }

    /// Keeps what a file's content is, without what else reading it gives. Of a file that is another
    /// since, nothing is kept.
    ///
    /// # Errors
    /// When the library has no such image, or could not be written.
    pub fn save_content(
        &self,
        image: ImageId,
        sha256: &str,
        stamp: Option<FileStamp>,
    ) -> Result<(), CatalogError> {
        let joined =
            self.write("save what a file holds", Durability::Rebuildable, |transaction| {
                if !is_unchanged(transaction, image, stamp)? {
                    return Ok(None);
                }
                let image = row_for_content(transaction, image, sha256)?;
                let updated = transaction
                    .prepare_cached("UPDATE image SET content_sha256 = ?2 WHERE id = ?1")?
                    .execute(params![image.0, sha256])?;
                if updated == 0 {
                    return Err(Failure::from(CatalogError::UnknownImage(image)));
                }
                note_content(transaction, image, sha256)?;
                join_same_content(transaction, image, sha256)
            })?;
        if joined.is_some() {
            self.orders().forget_files();
        }
        Ok(())
    }

    /// Images with a label or a note whose content nobody has read yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn decided_and_unread(&self) -> Result<Vec<ImageId>, CatalogError> {
        self.read("find images", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM image
                     WHERE content_sha256 IS NULL AND hidden = 0
                       AND (id IN (SELECT image_id FROM label)
                            OR id IN (SELECT image_id FROM mark))",
                )?
                .query_map([], |row| row.get(0).map(ImageId))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}
