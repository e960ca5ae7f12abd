//! Many files through the backbone at once: read, decode, prepare, infer.
//!
//! Each worker takes the next file, so that a slow one holds up nobody; results are handed over in
//! the order of the files.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;

use crate::cache::{Cache, rounded_as_cached};
use crate::classifier::Backbone;
use crate::micrograph::{self, DEFAULT_LIMIT_BYTES, Micrograph, SourceFile};

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
    /// The features.
    pub features: Vec<f32>,
    /// The decoded image; absent where the features came out of the cache.
    pub micrograph: Option<Micrograph>,
}

/// What happened to one file.
pub(super) type FileOutcome = Result<FileFeatures, String>;

/// Where features are kept between runs.
#[derive(Clone, Copy)]
pub(super) enum Features<'a> {
    /// Computed anew, in full precision.
    Fresh,
    /// Looked up, or computed and kept; rounded either way, so that both give the same.
    Cached(&'a Cache),
}

/// Runs `paths` through the backbone and hands each outcome to `on_file`, in the order of the
/// paths. Cancelling stops after the files in work.
pub(super) fn run(
    paths: &[PathBuf],
    backbone: &Backbone,
    source: Features<'_>,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(usize, FileOutcome),
) -> StageTimes {
    let workers = options.workers.clamp(1, paths.len().max(1));
    let next = AtomicUsize::new(0);
    // Bounded: decoded images wait in memory until they are handed over.
    let (sender, receiver) = bounded::<(usize, FileOutcome, StageTimes)>(workers * 2);
    let mut times = StageTimes::default();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !cancel.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(index) else { break };
                    let mut times = StageTimes::default();
                    let outcome = one_file(path, backbone, source, options.limit_bytes, &mut times);
                    if sender.send((index, outcome, times)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);

        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (index, outcome, file_times) in receiver {
            times += file_times;
            early.insert(index, outcome);
            while let Some(outcome) = early.remove(&awaited) {
                let started = Instant::now();
                on_file(awaited, outcome);
                times.write += started.elapsed();
                awaited += 1;
            }
        }
    });
    times
}

fn one_file(
    path: &Path,
    backbone: &Backbone,
    source: Features<'_>,
    limit_bytes: u64,
    times: &mut StageTimes,
) -> FileOutcome {
    let file = timed(&mut times.read, || SourceFile::open(path, limit_bytes))
        .map_err(|error| error.to_string())?;
    let content_sha256 = timed(&mut times.read, || file.sha256());
    let feature_key = backbone.feature_key();
    if let Features::Cached(cache) = source
        && let Some(features) = cache.features(&content_sha256, &feature_key)
        && features.len() == backbone.card().feature_count
    {
        return Ok(FileFeatures { content_sha256, features, micrograph: None });
    }

    let micrograph = timed(&mut times.decode, || micrograph::read(&file, limit_bytes))
        .map_err(|error| error.to_string())?;
    let prepared = timed(&mut times.prepare, || backbone.prepare(&micrograph))
        .map_err(|error| error.to_string())?;
    let features = timed(&mut times.infer, || backbone.features(prepared))
        .map_err(|error| error.to_string())?;
    let features = match source {
        Features::Fresh => features,
        Features::Cached(cache) => {
            cache.store_features(&content_sha256, &feature_key, &features);
            rounded_as_cached(&features)
        }
    };
    Ok(FileFeatures { content_sha256, features, micrograph: Some(micrograph) })
}

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    *total += started.elapsed();
    result
}
