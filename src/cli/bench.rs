//! `semblance bench`

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::arguments::{BenchArguments, BenchTarget, LibraryBenchArguments};
use super::{Outcome, Output};
use crate::ops::{LibraryFigures, fill_library, measure_library};

/// What the growth is counted from.
const SMALL: usize = 10_000;

/// `bench library --json`.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    figures: LibraryFigures,
    /// The same in a library of 10,000 images, where this one is larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    small: Option<LibraryFigures>,
}

pub(super) fn run(arguments: &BenchArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.target {
        BenchTarget::Library(arguments) => library(arguments, output),
    }
}

fn library(arguments: &LibraryBenchArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    if let Some(folder) = &arguments.measure {
        output.json(&measure_library(folder)?)?;
        return Ok(Outcome::Fine);
    }
    let small = (arguments.images > SMALL).then(|| fill_and_measure(SMALL, output)).transpose()?;
    let figures = fill_and_measure(arguments.images, output)?;
    if arguments.json {
        output.json(&Report { figures, small })?;
    } else {
        table(&figures, small.as_ref(), output)?;
    }
    Ok(Outcome::Fine)
}

/// In a process of its own, so that filling the library counts neither as time nor as memory.
fn fill_and_measure(images: usize, output: &mut Output) -> anyhow::Result<LibraryFigures> {
    let folder = temporary_folder()?;
    let outcome = (|| {
        output.message(&format!("Making a library of {images} synthetic records …"));
        fill_library(&folder, images, &mut |_| ())?;
        output.message("Measuring …");
        measure_apart(&folder)
    })();
    std::fs::remove_dir_all(&folder)
        .with_context(|| format!("Cannot remove {}", folder.display()))?;
    outcome
}

fn measure_apart(folder: &Path) -> anyhow::Result<LibraryFigures> {
    let measured = Command::new(std::env::current_exe()?)
        .args(["bench", "library", "--measure"])
        .arg(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !measured.status.success() {
        bail!("Measuring ended with {}", measured.status);
    }
    serde_json::from_slice(&measured.stdout).context("The figures cannot be read")
}

fn temporary_folder() -> anyhow::Result<std::path::PathBuf> {
    let name = format!("semblance-bench-{}-{}", std::process::id(), ulid::Ulid::generate());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).with_context(|| format!("Cannot make {}", folder.display()))?;
    Ok(folder)
}

fn table(
    figures: &LibraryFigures,
    small: Option<&LibraryFigures>,
    output: &mut Output,
) -> anyhow::Result<()> {
    type Row = (&'static str, fn(&LibraryFigures) -> f64);
    let rows: [Row; 16] = [
        ("library.db, MB", |figures| figures.library_mb),
        ("open to first page, ms", |figures| figures.open_ms),
        ("a page of 200, ms p99", |figures| figures.page_ms_p99),
        ("opening a view, ms p50", |figures| figures.filter_ms_p50),
        ("opening a view, ms p99", |figures| figures.filter_ms_p99),
        ("the same, order forgotten", |figures| figures.filter_cold_ms_p99),
        ("a label on disk, ms p50", |figures| figures.label_ms_p50),
        ("a label on disk, ms p99", |figures| figures.label_ms_p99),
        ("counts after a label, ms p99", |figures| figures.counts_ms_p99),
        ("queues after a label, p99", |figures| figures.review_ms_p99),
        ("the same, scores changed", |figures| figures.review_cold_ms),
        ("10,000 labels, ms", |figures| figures.bulk_label_10000_ms),
        ("taking them back, ms", |figures| figures.bulk_undo_10000_ms),
        ("merging two categories, ms", |figures| figures.merge_categories_ms),
        ("taking that back, ms", |figures| figures.undo_merge_ms),
        ("peak memory, MB", |figures| figures.peak_mb.unwrap_or(f64::NAN)),
    ];
    let heading = format!("{:28}{:>12}", "Images (synthetic records)", figures.images);
    match small {
        Some(small) => output.line(&format!("{heading}{:>12}{:>9}", small.images, "growth"))?,
        None => output.line(&heading)?,
    }
    for (name, value) in rows {
        let row = format!("{name:28}{:12.2}", value(figures));
        match small.map(value) {
            Some(less) => {
                let growth = value(figures) / less;
                output.line(&format!("{row}{less:12.2}{growth:8.1}×"))?;
            }
            None => output.line(&row)?,
        }
    }
    output.line(&format!("slowest view                {}", figures.slowest_filter))?;
    Ok(())
}
