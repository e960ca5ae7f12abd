//! All shown images in each order, kept until something changes that the order depends on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::id_list::select_ids;
use super::image_set::ImageSet;
use super::{CatalogError, ImageId, Library, Sort};

/// All shown images in each order that was asked for, four bytes an image.
#[derive(Debug, Default)]
pub(super) struct Orders {
    files: AtomicU64,
    scores: AtomicU64,
    kept: Mutex<HashMap<Sort, KeptOrder>>,
}

#[derive(Debug)]
struct KeptOrder {
    made_at: Moment,
    images: Arc<[ImageId]>,
}

/// As long as it is the same, so is an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Changes of files made here.
    files: u64,
    /// Changes of scores made here; 0 for orders that do not depend on them.
    scores: u64,
    /// What other connections changed, where that counts.
    foreign: i64,
}

impl Orders {
    /// Images came, went or moved. To be called after the change is made.
    pub(super) fn forget_files(&self) {
        self.files.fetch_add(1, Ordering::AcqRel);
    }

    /// Images have other scores, doubts or distances. To be called after the change is made.
    pub(super) fn forget_scores(&self) {
        self.scores.fetch_add(1, Ordering::AcqRel);
    }

    fn kept(&self, sort: Sort, moment: Moment) -> Option<Arc<[ImageId]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let order = kept.get(&sort).filter(|order| order.made_at == moment)?;
        Some(Arc::clone(&order.images))
    }

    fn keep(&self, sort: Sort, made_at: Moment, images: &Arc<[ImageId]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(sort, KeptOrder { made_at, images: Arc::clone(images) });
    }
}

impl Library {
    /// All shown images in this order, where nothing has changed since it was last asked for.
    pub(super) fn kept_order(&self, sort: Sort) -> Result<Option<Arc<[ImageId]>>, CatalogError> {
        Ok(self.orders().kept(sort, self.moment(sort)?))
    }

    /// All shown images in this order, read by a connection of its own.
    pub(super) fn order(&self, sort: Sort) -> Result<Arc<[ImageId]>, CatalogError> {
        // Asked before anything is read: what changes meanwhile makes the order an old one.
        let moment = self.moment(sort)?;
        if let Some(images) = self.orders().kept(sort, moment) {
            return Ok(images);
        }
        let images =
            match sort {
                Sort::Path => self
                    .ids_in_order("SELECT id FROM image WHERE hidden = 0 ORDER BY path_text, id")?,
                Sort::Newest => self.ids_in_order(
                    "SELECT id FROM image WHERE hidden = 0 ORDER BY modified_ns DESC, id DESC",
                )?,
                Sort::ScoreAscending => self
                    .known_first("SELECT image_id FROM prediction ORDER BY top_score, image_id")?,
                Sort::ScoreDescending => self.known_first(
                    "SELECT image_id FROM prediction ORDER BY top_score DESC, image_id DESC",
                )?,
                Sort::UncertaintyDescending => self.known_first(
                    "SELECT image_id FROM prediction WHERE uncertainty IS NOT NULL
                 ORDER BY uncertainty DESC, image_id DESC",
                )?,
                Sort::TakenAscending => self.known_first(
                    "SELECT image_id FROM instrument_record INDEXED BY record_date
                 WHERE acquired_at IS NOT NULL ORDER BY acquired_at, image_id",
                )?,
                Sort::TakenDescending => self.known_first(
                    "SELECT image_id FROM instrument_record INDEXED BY record_date
                 WHERE acquired_at IS NOT NULL ORDER BY acquired_at DESC, image_id DESC",
                )?,
                // Also doubts that hold no longer: a label key changes no order.
                Sort::DoubtDescending => self.known_first(
                    "SELECT image_id FROM label_doubt ORDER BY margin DESC, image_id DESC",
                )?,
                Sort::UnlikeDescending => self.known_first(
                    "SELECT image_id FROM novelty ORDER BY distance DESC, image_id DESC",
                )?,
            };
        let images: Arc<[ImageId]> = images.into();
        self.orders().keep(sort, moment, &images);
        Ok(images)
    }

    /// Makes the next view of each order start from nothing, to measure it.
    pub fn forget_orders(&self) {
        self.orders().forget_files();
        self.orders().forget_scores();
    }

    fn ids_in_order(&self, sql: &str) -> Result<Vec<ImageId>, CatalogError> {
        self.read_order("list images", |connection| Ok(select_ids(connection, sql, [])?))
    }

    /// Images whose value is known in the order of `sql`, then the others by path.
    fn known_first(&self, sql: &str) -> Result<Vec<ImageId>, CatalogError> {
        let by_path = self.order(Sort::Path)?;
        let shown: ImageSet = by_path.iter().copied().collect();
        let mut images = self.ids_in_order(sql)?;
        images.retain(|image| shown.contains(*image));
        let known: ImageSet = images.iter().copied().collect();
        images.extend(by_path.iter().copied().filter(|image| !known.contains(*image)));
        Ok(images)
    }

    /// As long as it is the same, so are the files that are shown.
    pub(super) fn file_moment(&self) -> Result<Moment, CatalogError> {
        self.moment(Sort::Path)
    }

    /// As long as it is the same, so are the predictions.
    pub(super) fn score_moment(&self) -> Result<Moment, CatalogError> {
        self.moment(Sort::ScoreAscending)
    }

    fn moment(&self, sort: Sort) -> Result<Moment, CatalogError> {
        let data_version = |connection: &Connection| {
            Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
        };
        // Only others write a library that is read-only here. Dates come with readings, from many places: for them every write here counts as foreign.
        let is_by_date = matches!(sort, Sort::TakenAscending | Sort::TakenDescending);
        let foreign = match self.is_read_only() || is_by_date {
            true => self.read_order("look for changes", data_version)?,
            false => 0,
        };
        let scores = match sort {
            Sort::Path | Sort::Newest | Sort::TakenAscending | Sort::TakenDescending => 0,
            Sort::ScoreAscending
            | Sort::ScoreDescending
            | Sort::UncertaintyDescending
            | Sort::DoubtDescending
            | Sort::UnlikeDescending => self.orders().scores.load(Ordering::Acquire),
        };
        Ok(Moment { files: self.orders().files.load(Ordering::Acquire), scores, foreign })
    }
}
