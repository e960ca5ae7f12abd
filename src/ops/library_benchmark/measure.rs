//! Measures what a person waits for in a library of many images.

use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::catalog::{
    CatalogError, CategoryChange, Filter, ImageId, LabelSource, LabelValue, Library, LibraryPlace,
    Sort, View,
};
use crate::query::Query;
use crate::synthetic::Dice;

/// Rows of a page.
const PAGE: usize = 200;
/// Images in one large decision.
const BULK: usize = 10_000;
/// Score from which on a prediction waits for nobody.
const SURE_FROM: f32 = 0.5;

/// Times in ms; memory in MB. `_p50` is the median, `_p99` what 99 of 100 stay below.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LibraryFigures {
    /// Images in the library.
    pub images: usize,
    /// Size of `library.db` in MB.
    pub library_mb: f64,
    /// Opening the library and showing the first page: the median of several.
    pub open_ms: f64,
    /// Fetching 200 rows anywhere in an open view.
    pub page_ms_p50: f64,
    /// The same.
    pub page_ms_p99: f64,
    /// Opening a view: every filter in every order, with its count.
    pub filter_ms_p50: f64,
    /// The same.
    pub filter_ms_p99: f64,
    /// The slowest of all, and which it was.
    pub filter_ms_max: f64,
    /// The query and the order that took longest.
    pub slowest_filter: String,
    /// The same as `filter_ms_p99`, with nothing remembered of the order.
    pub filter_cold_ms_p99: f64,
    /// One label, on the disk.
    pub label_ms_p50: f64,
    /// The same.
    pub label_ms_p99: f64,
    /// Counting what the panel beside the images shows, after each label.
    pub counts_ms_p99: f64,
    /// Counting what waits in the queues of review, after each label.
    pub review_ms_p99: f64,
    /// The same, where predictions have changed.
    pub review_cold_ms: f64,
    /// 10,000 labels in one decision, on the disk (as many as there are images, if fewer).
    pub bulk_label_10000_ms: f64,
    /// Taking them back.
    pub bulk_undo_10000_ms: f64,
    /// Merging two categories, with the predictions that follow from it.
    pub merge_categories_ms: f64,
    /// Taking that back.
    pub undo_merge_ms: f64,
    /// Largest memory of the measuring process; absent where the system does not tell.
    pub peak_mb: Option<f64>,
}

/// What is searched for: each kind of condition, rare and frequent, alone and together.
const QUERIES: [&str; 44] = [
    "",
    "category:Nanowires",
    "category:*s",
    "second:*",
    "is:unlabelled",
    "is:labelled",
    "is:none-of-these",
    "is:disagreement",
    "is:unreadable",
    "prediction:Powder",
    "score:<0.5",
    "score:>0.2",
    "uncertainty:>0.8",
    "kv:5..10",
    "kv:5",
    "kv:>1",
    "wd:3..9",
    "mag:>10k",
    "mag:100k",
    "pixel:1..100",
    "detector:InLens",
    "detector:*e*",
    "signal:SE",
    "vendor:zeiss,fei",
    "model:*NanoSEM*",
    "user:\"operator 12\"",
    "sample:\"sample 12*\"",
    "date:2019-03",
    "date:2015..2024",
    "folder:2020",
    "name:*00012*",
    "by:chiara",
    "source:person",
    "sample",
    "operator",
    "\"sample 123\"",
    "nova nanosem",
    "-kv:5 -detector:InLens is:predicted",
    "category:Nanowires score:<0.5 kv:5..10 detector:InLens",
    "is:duplicate",
    "is:conflicting",
    "is:doubtful",
    "is:unlike",
    "kv:unknown OR is:unlabelled OR prediction:Tips",
];

/// Measures the library in `folder`, which has to be one that nobody else has open. Labels are given
/// and taken back.
///
/// # Errors
/// When the library cannot be read or written.
pub fn measure_library(folder: &Path) -> Result<LibraryFigures, CatalogError> {
    let place = LibraryPlace::for_folder(folder)?;
    let mut open_ms = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let library = Library::open(&place)?;
        let images = library.image_ids(&View::default())?;
        library.rows(&images[..images.len().min(PAGE)])?;
        open_ms.push(milliseconds(started));
    }
    let library = Library::open(&place)?;
    let images = library.image_ids(&View::default())?;
    let mut dice = Dice::new(1, "benchmark");

    let mut cold = Vec::new();
    let mut warm = Vec::new();
    let mut slowest = (0.0, String::new());
    let mut page_ms = Vec::new();
    for text in QUERIES {
        let query = Query::parse(text).unwrap_or_default();
        for sort in Sort::ALL {
            let view = View { filter: Filter::All, query: query.clone(), sort, ..View::default() };
            library.forget_orders();
            for times in [&mut cold, &mut warm] {
                let started = Instant::now();
                let ids = library.image_ids(&view)?;
                times.push(milliseconds(started));
                let pages = ids.len().saturating_sub(PAGE);
                let start = if pages == 0 { 0 } else { dice.bits() as usize % pages };
                let started = Instant::now();
                library.rows(&ids[start..(start + PAGE).min(ids.len())])?;
                page_ms.push(milliseconds(started));
            }
            let last = warm.last().copied().unwrap_or(0.0);
            if last > slowest.0 {
                slowest = (last, format!("{text:?} by {sort:?}"));
            }
        }
    }

    let categories = library.category_tree()?;
    let category = categories.offered().next().map(|category| category.id);
    let value = category.map(LabelValue::of);
    let (mut label_ms, mut counts_ms, mut review_ms) = (Vec::new(), Vec::new(), Vec::new());
    let started = Instant::now();
    library.review_counts(SURE_FROM)?;
    let review_cold_ms = milliseconds(started);
    for _ in 0..300 {
        let image = images[dice.bits() as usize % images.len()];
        let started = Instant::now();
        library.set_labels(&[(image, value)], "benchmark", LabelSource::Person)?;
        label_ms.push(milliseconds(started));
        let started = Instant::now();
        library.counts()?;
        counts_ms.push(milliseconds(started));
        let started = Instant::now();
        library.review_counts(SURE_FROM)?;
        review_ms.push(milliseconds(started));
    }
    let spread = (images.len() / BULK).max(1);
    let bulk: Vec<(ImageId, Option<LabelValue>)> =
        images.iter().step_by(spread).take(BULK).map(|image| (*image, value)).collect();
    let (mut give, mut take_back) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let started = Instant::now();
        let entry = library.set_labels(&bulk, "benchmark", LabelSource::Person)?;
        give.push(milliseconds(started));
        let started = Instant::now();
        library.undo(&entry, "benchmark")?;
        take_back.push(milliseconds(started));
    }
    let (mut merge, mut unmerge) = merge_and_undo(&library)?;
    let size = std::fs::metadata(library.directory().join("library.db"));
    Ok(LibraryFigures {
        images: images.len(),
        library_mb: size.map_or(0.0, |metadata| metadata.len() as f64 / 1e6),
        open_ms: quantile(&mut open_ms, 0.5),
        page_ms_p50: quantile(&mut page_ms, 0.5),
        page_ms_p99: quantile(&mut page_ms, 0.99),
        filter_ms_p50: quantile(&mut warm, 0.5),
        filter_ms_p99: quantile(&mut warm, 0.99),
        filter_ms_max: slowest.0,
        slowest_filter: slowest.1,
        filter_cold_ms_p99: quantile(&mut cold, 0.99),
        label_ms_p50: quantile(&mut label_ms, 0.5),
        label_ms_p99: quantile(&mut label_ms, 0.99),
        counts_ms_p99: quantile(&mut counts_ms, 0.99),
        review_ms_p99: quantile(&mut review_ms, 0.99),
        review_cold_ms,
        bulk_label_10000_ms: quantile(&mut give, 0.5),
        bulk_undo_10000_ms: quantile(&mut take_back, 0.5),
        merge_categories_ms: quantile(&mut merge, 0.5),
        undo_merge_ms: quantile(&mut unmerge, 0.5),
        peak_mb: peak_memory_mb(),
    })
}

/// Times of merging the first two categories, and of taking that back.
fn merge_and_undo(library: &Library) -> Result<(Vec<f64>, Vec<f64>), CatalogError> {
    let (mut merge, mut undo) = (Vec::new(), Vec::new());
    let tree = library.category_tree()?;
    let mut offered = tree.offered().map(|category| category.id);
    let (Some(into), Some(from)) = (offered.next(), offered.next()) else {
        return Ok((merge, undo));
    };
    let change = CategoryChange::Merge { from: vec![from], into };
    for _ in 0..3 {
        let started = Instant::now();
        let changed = library.change_categories(&change, "benchmark")?;
        merge.push(milliseconds(started));
        let started = Instant::now();
        library.undo(&changed.entry, "benchmark")?;
        undo.push(milliseconds(started));
    }
    Ok((merge, undo))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The smallest value that at least this share of the values does not exceed.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The largest resident memory of this process so far, as Linux tells it.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_of_the_benchmark_is_one() {
        for text in QUERIES {
            assert!(Query::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_quantile_is_a_value_that_was_measured() {
        let mut values = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert_eq!(quantile(&mut values, 0.5), 3.0);
        assert_eq!(quantile(&mut values, 0.99), 5.0);
        assert_eq!(quantile(&mut [7.0], 0.5), 7.0);
    }
}
