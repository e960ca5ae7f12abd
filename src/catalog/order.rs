//! All shown images in each order, kept until something changes that the order depends on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::image::select_ids;
use super::image_set::ImageSet;
use super::{CatalogError, ImageId, Library, Sort};

/// All shown images in each order that was asked for, four bytes an image.
#[derive(Debug, Default)]
pub(super) struct Orders {
    changes: AtomicU64,
    kept: Mutex<HashMap<Sort, KeptOrder>>,
}

#[derive(Debug)]
struct KeptOrder {
    made_at: Moment,
    images: Arc<[ImageId]>,
}

/// As long as it is the same, so are the orders: changes made here, and by others.
pub(super) type Moment = (u64, i64);

impl Orders {
    /// Images came, went or moved, or have other scores. To be called after the change is made.
    pub(super) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// `moment` is one from before the connection's transaction began.
    pub(super) fn of(
        &self,
        connection: &Connection,
        sort: Sort,
        moment: Moment,
    ) -> rusqlite::Result<Arc<[ImageId]>> {
        if let Some(images) = self.kept(sort, moment) {
            return Ok(images);
        }
        let images: Arc<[ImageId]> = match sort {
            Sort::Path => select_ids(
                connection,
                "SELECT id FROM image WHERE hidden = 0 ORDER BY path_text, id",
                &[],
            )?
            .into(),
            Sort::Newest => select_ids(
                connection,
                "SELECT id FROM image WHERE hidden = 0 ORDER BY modified_ns DESC, id DESC",
                &[],
            )?
            .into(),
            Sort::ScoreAscending => self.scored_first(
                connection,
                "SELECT image_id FROM prediction ORDER BY top_score, image_id",
                moment,
            )?,
            Sort::ScoreDescending => self.scored_first(
                connection,
                "SELECT image_id FROM prediction ORDER BY top_score DESC, image_id DESC",
                moment,
            )?,
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, order| order.made_at == moment);
        kept.insert(sort, KeptOrder { made_at: moment, images: Arc::clone(&images) });
        Ok(images)
    }

    /// Images with a prediction in the order of `sql`, then the others by path.
    fn scored_first(
        &self,
        connection: &Connection,
        sql: &str,
        moment: Moment,
    ) -> rusqlite::Result<Arc<[ImageId]>> {
        let by_path = self.of(connection, Sort::Path, moment)?;
        let shown: ImageSet = by_path.iter().copied().collect();
        let mut images = select_ids(connection, sql, &[])?;
        images.retain(|image| shown.contains(*image));
        let scored: ImageSet = images.iter().copied().collect();
        images.extend(by_path.iter().copied().filter(|image| !scored.contains(*image)));
        Ok(images.into())
    }

    fn kept(&self, sort: Sort, moment: Moment) -> Option<Arc<[ImageId]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let order = kept.get(&sort).filter(|order| order.made_at == moment)?;
        Some(Arc::clone(&order.images))
    }
}

impl Library {
    /// A moment to ask [`Orders::of`] with.
    pub(super) fn moment(&self) -> Result<Moment, CatalogError> {
        let changes = self.orders().changes.load(Ordering::Acquire);
        // Only others write a library that is read-only here.
        let foreign_changes = if self.is_read_only() {
            self.read("look for changes", |connection| {
                Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
            })?
        } else {
            0
        };
        Ok((changes, foreign_changes))
    }
}
