//! Writes the sample library: folders of images, the manifest, a note for people.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::acquisition::{Acquisition, Vendor};
use super::error::SampleError;
use super::micrograph;
use super::plan::ImagePlan;
use super::record::SampleRecord;
use super::scenes;
use super::tiff_file::{self, Header};
use super::{fei_header, zeiss_header};

const README: &str = "\
SYNTHETIC IMAGES

Every image in this folder was computed by Semblance. None was taken with a microscope, and none
shows a real specimen. Headers, data bars, dates, magnifications and voltages are invented too;
their layout follows that of real instruments so that programs can be tried with them.

They are for trying the program and for tests. Nothing measured in them, and no accuracy reached
on them, says anything about real samples.

Each folder is a category; manifest.csv describes every image. Licence: CC0-1.0.
";

/// What to make.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleOptions {
    /// Images in each of the ten categories. Multiples of eight leave no zoom series incomplete.
    pub per_category: usize,
    /// The same seed gives the same files.
    pub seed: u64,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { per_category: 24, seed: 1 }
    }
}

/// Writes `DIR/<Category>/<name>.tif`, `DIR/manifest.csv` and `DIR/README.txt`.
///
/// `on_progress` is told `(done, total)` after each image; if it returns false, writing stops.
pub fn write_sample(
    out: &Path,
    options: &SampleOptions,
    on_progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Vec<SampleRecord>, SampleError> {
    prepare_folders(out)?;
    write_file(&out.join("README.txt"), README.as_bytes())?;
    let records = write_images(out, options, on_progress)?;
    write_manifest(&out.join("manifest.csv"), &records)?;
    Ok(records)
}

fn prepare_folders(out: &Path) -> Result<(), SampleError> {
    let failed = |path: PathBuf| move |source| SampleError::PrepareFolder { path, source };
    if out.exists() {
        let mut content = fs::read_dir(out).map_err(failed(out.to_owned()))?;
        if content.next().is_some() {
            return Err(SampleError::FolderNotEmpty { path: out.to_owned() });
        }
    }
    for category in scenes::categories() {
        let folder = out.join(category);
        fs::create_dir_all(&folder).map_err(failed(folder))?;
    }
    Ok(())
}

/// Several threads take the next image each; the caller's thread only listens.
fn write_images(
    out: &Path,
    options: &SampleOptions,
    on_progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Vec<SampleRecord>, SampleError> {
    let total = options.per_category * scenes::categories().len();
    let num_threads = thread::available_parallelism().map_or(1, usize::from).min(total.max(1));
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let (sender, finished) = mpsc::channel();
    let mut records = Vec::with_capacity(total);
    thread::scope(|scope| {
        for _ in 0..num_threads {
            let sender = sender.clone();
            let (next, stop) = (&next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    if job >= total {
                        break;
                    }
                    let (category_index, index) =
                        (job / options.per_category, job % options.per_category);
                    let result = write_image(out, options.seed, category_index, index);
                    if sender.send((job, result)).is_err() {
                        break;
                    }
                }
            });
        }
        // Ours must go, or the loop below would wait for ever.
        drop(sender);
        for (job, result) in finished {
            let record = result.inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
            records.push((job, record));
            if !on_progress(records.len(), total) {
                stop.store(true, Ordering::Relaxed);
                return Err(SampleError::Cancelled {
                    done: records.len(),
                    total,
                    path: out.to_owned(),
                });
            }
        }
        Ok(())
    })?;
    records.sort_by_key(|(job, _)| *job);
    Ok(records.into_iter().map(|(_, record)| record).collect())
}

fn write_image(
    out: &Path,
    seed: u64,
    category_index: usize,
    index: usize,
) -> Result<SampleRecord, SampleError> {
    let plan = ImagePlan::new(seed, category_index, index);
    let acquisition = Acquisition::new(seed, &plan);
    let file_name = format!("{}_{index:04}.tif", plan.category);
    let picture = micrograph::render(seed, &plan, &acquisition);
    let header = match acquisition.vendor {
        Vendor::Zeiss => Header {
            tag: zeiss_header::TAG,
            bytes: zeiss_header::bytes(&acquisition, &plan.group, &file_name),
        },
        Vendor::Fei => {
            Header { tag: fei_header::TAG, bytes: fei_header::bytes(&acquisition, &plan.group) }
        }
    };
    let path = out.join(plan.category).join(&file_name);
    let bytes = tiff_file::encode(&picture, acquisition.bit_depth, &header)
        .map_err(|source| SampleError::EncodeTiff { path: path.clone(), source })?;
    write_file(&path, &bytes)?;
    Ok(record(plan, &acquisition, &file_name))
}

/// The manifest's row for an image.
pub(super) fn record(plan: ImagePlan, acquisition: &Acquisition, file_name: &str) -> SampleRecord {
    SampleRecord {
        file: format!("{}/{file_name}", plan.category),
        category: plan.category.to_owned(),
        source: "semblance synthetic".to_owned(),
        group: plan.group,
        licence: "CC0-1.0".to_owned(),
        weak_label: String::new(),
        second_category: plan.guest.map_or_else(String::new, |guest| guest.category.to_owned()),
        subcategory: plan.subcategory.name.to_owned(),
        burnt_in_drawing: if plan.burnt_in_drawing { "yes".to_owned() } else { String::new() },
        zoom_series: plan.zoom_series.unwrap_or_default(),
        vendor: acquisition.vendor.name().to_owned(),
        bit_depth: acquisition.bit_depth,
        magnification: acquisition.magnification,
        nm_per_px: acquisition.nm_per_px,
        accelerating_voltage_kv: acquisition.accelerating_voltage_kv,
        working_distance_mm: acquisition.working_distance_mm,
        data_bar_height_px: acquisition.data_bar_height_px as u32,
        synthetic: "yes".to_owned(),
    }
}

fn write_manifest(path: &Path, records: &[SampleRecord]) -> Result<(), SampleError> {
    let failed = |source| SampleError::WriteManifest { path: path.to_owned(), source };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    for record in records {
        writer.serialize(record).map_err(failed)?;
    }
    writer.flush().map_err(|source| failed(source.into()))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), SampleError> {
    fs::write(path, bytes)
        .map_err(|source| SampleError::WriteFile { path: path.to_owned(), source })
}
