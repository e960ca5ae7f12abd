//! Many files through the backbone at once: read, decode, prepare, infer.
//!
//! Results are handed over in the order of the files.

use std::ops::AddAssign;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::files::FileToRead;
use super::likeness::keep_picture_hash;
use super::parallel::in_order;
use crate::cache::{Cache, CachedFeatures, rounded_as_cached};
use crate::classifier::Backbone;
use crate::micrograph::{
    self, DEFAULT_LIMIT_BYTES, FileStamp, Micrograph, ReadOptions, SourceFile,
};

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct PipelineOptions {
    /// Files in work at once.
    pub workers: usize,
    /// The largest decoded image, in bytes.
    pub limit_bytes: u64,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { workers: cores, limit_bytes: DEFAULT_LIMIT_BYTES }
    }
}

/// Time spent in each stage, summed over all workers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Reading files.
    pub read: Duration,
    /// Decoding pixels and headers.
    pub decode: Duration,
    /// Cropping and resizing.
    pub prepare: Duration,
    /// The network.
    pub infer: Duration,
    /// Handing results on: printing, saving.
    pub write: Duration,
}

impl AddAssign for StageTimes {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.decode += other.decode;
        self.prepare += other.prepare;
        self.infer += other.infer;
        self.write += other.write;
    }
}

/// One file's features.
pub(super) struct FileFeatures {
    /// SHA-256 of the file.
    pub content_sha256: String,
    /// Size and time of the file when it had been read.
    pub stamp: Option<FileStamp>,
    /// The features.
    pub features: Vec<f32>,
    /// Size of a pixel of the network's input in nanometres, where the image tells it.
    pub nm_per_px: Option<f64>,
    /// Instrument and day, where the image's header tells the day.
    pub day_at_instrument: Option<String>,
    /// The decoded image; absent where the features came out of the cache.
    pub micrograph: Option<Micrograph>,
}

/// Why a file gave no features.
#[derive(Debug)]
pub(super) struct FileFailure {
    pub reason: String,
    /// As of the features; nothing where the file could not be opened.
    pub stamp: Option<FileStamp>,
}

/// What happened to one file.
pub(super) type FileOutcome = Result<FileFeatures, FileFailure>;

/// Where features are kept between runs.
#[derive(Clone, Copy)]
pub(super) enum Features<'a> {
    /// Computed anew, in full precision.
    Fresh,
    /// Looked up, or computed and kept; rounded either way, so that both give the same.
    Cached(&'a Cache),
}

/// Runs `files` through the backbone and hands each outcome to `on_file`, in their order. Cancelling stops after the files in work.
pub(super) fn run(
    files: &[FileToRead],
    backbone: &Backbone,
    source: Features<'_>,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(usize, FileOutcome),
) -> StageTimes {
    let mut times = StageTimes::default();
    let work = |index: usize| {
        let mut times = StageTimes::default();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            one_file(&files[index], backbone, source, options.limit_bytes, &mut times)
        }))
        .unwrap_or_else(|_| {
            let reason = "An error in the program; please report it".to_owned();
            Err(FileFailure { reason, stamp: None })
        });
        (outcome, times)
    };
    in_order(files.len(), options.workers, cancel, &work, &mut |index, (outcome, file_times)| {
        times += file_times;
        timed(&mut times.write, || on_file(index, outcome));
    });
    times
}

fn one_file(
    wanted: &FileToRead,
    backbone: &Backbone,
    source: Features<'_>,
    limit_bytes: u64,
    times: &mut StageTimes,
) -> FileOutcome {
    let file = timed(&mut times.read, || SourceFile::open(&wanted.path, limit_bytes))
        .map_err(|error| FileFailure { reason: error.to_string(), stamp: None })?;
    let stamp = file.stamp();
    let content_sha256 = timed(&mut times.read, || file.sha256())
        .map_err(|error| FileFailure { reason: error.to_string(), stamp })?;
    let feature_key = backbone.feature_key() + &wanted.choice.cache_suffix() + &file.cache_suffix();
    if let Features::Cached(cache) = source
        && let Some(found) = cache.features(&content_sha256, &feature_key)
        && found.values.len() == backbone.card().feature_count
    {
        let CachedFeatures { values: features, nm_per_px, day_at_instrument } = found;
        return Ok(FileFeatures {
            content_sha256,
            stamp,
            features,
            nm_per_px,
            day_at_instrument,
            micrograph: None,
        });
    }

    let failed = |reason: String| FileFailure { reason, stamp };
    let how = ReadOptions { limit_bytes, choice: wanted.choice.clone() };
    let micrograph = timed(&mut times.decode, || micrograph::read(&file, &how))
        .map_err(|error| failed(error.to_string()))?;
    let prepared = timed(&mut times.prepare, || backbone.prepare(&micrograph))
        .map_err(|error| failed(error.to_string()))?;
    let features = timed(&mut times.infer, || backbone.features(&prepared))
        .map_err(|error| failed(error.to_string()))?;
    let nm_per_px = backbone.nm_per_input_px(&micrograph);
    let day_at_instrument = micrograph.instrument.day_at_instrument();
    let features = match source {
        Features::Fresh => features,
        Features::Cached(cache) => {
            let day_at_instrument = day_at_instrument.clone();
            let made = CachedFeatures { values: features, nm_per_px, day_at_instrument };
            // First the hash: where there are features, it is there too, whatever kills the program.
            keep_picture_hash(cache, &content_sha256, &wanted.choice, &micrograph);
            cache.store_features(&content_sha256, &feature_key, &made);
            rounded_as_cached(&made.values)
        }
    };
    Ok(FileFeatures {
        content_sha256,
        stamp,
        features,
        nm_per_px,
        day_at_instrument,
        micrograph: Some(micrograph),
    })
}

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    *total += started.elapsed();
    result
}
