//! Texts beside images that come, go or change after the image was read.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Transaction, params};

use super::changed_content::NEXT_REVISION;
use super::error::Failure;
use super::library::Durability;
use super::prediction::forget_prediction;
use super::read_choice::forget_bar;
use super::reading::forget_instrument;
use super::{CatalogError, ImageId, Library, stored_path};
use crate::micrograph::{FileStamp, texts_of};
use crate::text::folded;

/// Of rows that an earlier version wrote: which texts were read is not known.
const UNKNOWN: i64 = -1;

/// The texts that a scan found, by their folded paths from the root.
#[derive(Default)]
pub(super) struct FoundTexts(HashMap<String, Vec<FileStamp>>);

/// An image whose texts are others than when it was last scanned.
struct OtherTexts {
    image: ImageId,
    /// Of the texts that are there now.
    stamp: Option<i64>,
    /// Whether what was read of the image may have come from other texts.
    is_read: bool,
}

impl FoundTexts {
    pub(super) fn add(&mut self, relative: &Path, stamp: FileStamp) {
        self.0.entry(key(relative)).or_default().push(stamp);
    }

    /// Sizes and times of an image's texts in one number; nothing where it has none.
    fn stamp_of(&self, image: &Path) -> Option<i64> {
        let name = image.file_name()?;
        let texts = texts_of(name).map(|text| self.0.get(&key(&image.with_file_name(text))));
        if texts.iter().all(Option::is_none) {
            return None;
        }
        let mut bytes = Vec::new();
        for (place, stamps) in texts.into_iter().enumerate() {
            let mut stamps: Vec<_> =
                stamps.into_iter().flatten().map(|it| (it.size_bytes, it.modified_ns)).collect();
            stamps.sort_unstable();
            for (size_bytes, modified_ns) in stamps {
                for number in [place as i64, size_bytes, modified_ns] {
                    bytes.extend(number.to_le_bytes());
                }
            }
        }
        let stamp = super::place::fnv1a(&bytes).cast_signed();
        Some(if stamp == UNKNOWN { 0 } else { stamp })
    }
}

fn key(relative: &Path) -> String {
    folded(&relative.to_string_lossy())
}

impl Library {
    /// Compares the texts beside all images with those of the last scan. What was read with others is
    /// forgotten, so that it is read again; gives how many images that were.
    pub(super) fn note_texts(&self, texts: &FoundTexts) -> Result<u64, CatalogError> {
        let others = self.other_texts(texts)?;
        if others.is_empty() {
            return Ok(0);
        }
        self.write("note texts beside images", Durability::Rebuildable, |transaction| {
            others.iter().try_for_each(|other| note(transaction, other))
        })?;
        self.orders().forget_files();
        Ok(others.iter().filter(|other| other.is_read).count() as u64)
    }

    fn other_texts(&self, texts: &FoundTexts) -> Result<Vec<OtherTexts>, CatalogError> {
        self.read("look for texts beside images", |connection| {
            let has_known = connection
                .prepare_cached("SELECT 1 FROM image WHERE texts_stamp IS NOT NULL")?
                .exists([])?;
            if texts.0.is_empty() && !has_known {
                return Ok(Vec::new());
            }
            let mut statement = connection.prepare_cached(
                "SELECT id, path, texts_stamp, bar_source IS NOT NULL OR read_error IS NOT NULL
                 FROM image WHERE hidden <> 1",
            )?;
            let mut rows = statement.query([])?;
            let mut others = Vec::new();
            while let Some(row) = rows.next()? {
                let path = stored_path::from_bytes(row.get(1)?);
                let (known, stamp): (Option<i64>, _) = (row.get(2)?, texts.stamp_of(&path));
                if known != stamp {
                    let is_read = known != Some(UNKNOWN) && row.get(3)?;
                    others.push(OtherTexts { image: ImageId(row.get(0)?), stamp, is_read });
                }
            }
            Ok(others)
        })
    }
}

fn note(transaction: &Transaction<'_>, other: &OtherTexts) -> Result<(), Failure> {
    transaction
        .prepare_cached("UPDATE image SET texts_stamp = ?2 WHERE id = ?1")?
        .execute(params![other.image.0, other.stamp])?;
    if !other.is_read {
        return Ok(());
    }
    transaction
        .prepare_cached(&format!("UPDATE image SET revision = {NEXT_REVISION} WHERE id = ?1"))?
        .execute([other.image.0])?;
    forget_bar(transaction, other.image)?;
    forget_instrument(transaction, other.image)?;
    forget_prediction(transaction, other.image)?;
    Ok(())
}
