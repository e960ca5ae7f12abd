//! `semblance library`

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::{LibraryAction, LibraryArguments};
use super::{Outcome, Output};
use crate::catalog::{Library, LibraryPlace};

/// `library info --json`.
#[derive(Serialize)]
struct Info {
    root: String,
    directory: String,
    images: u64,
    labelled: u64,
    classified: u64,
    unreadable: u64,
    categories: usize,
    read_only: Option<String>,
    newest_backup: Option<String>,
}

/// `library verify --json`.
#[derive(Serialize)]
struct Verified {
    decisions: u64,
    labels: u64,
    problems: Vec<String>,
}

pub(super) fn run(arguments: &LibraryArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let folder = match &arguments.library {
        Some(folder) => folder.clone(),
        None => std::env::current_dir()?,
    };
    let place = LibraryPlace::containing(&folder)
        .with_context(|| format!("There is no library here: {}", folder.display()))?;
    let library = Library::open(&place)?;
    match arguments.action {
        LibraryAction::Info => info(&library, arguments.json, output),
        LibraryAction::Verify => verify(&library, arguments.json, output),
        LibraryAction::Backup => {
            let backup = library.back_up()?.display().to_string();
            if arguments.json {
                output.json(&serde_json::json!({ "backup": backup }))?;
            } else {
                output.line(&backup)?;
            }
            Ok(Outcome::Fine)
        }
        LibraryAction::Compact => {
            let sizes = library.compact()?;
            if arguments.json {
                output.json(&serde_json::json!({
                    "before_bytes": sizes.before_bytes,
                    "after_bytes": sizes.after_bytes,
                }))?;
            } else {
                let [before, after] = [sizes.before_bytes, sizes.after_bytes].map(megabytes);
                output.line(&format!("{before} before, {after} now"))?;
            }
            Ok(Outcome::Fine)
        }
    }
}

fn info(library: &Library, json: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let counts = library.counts()?;
    let info = Info {
        root: library.root().display().to_string(),
        directory: library.directory().display().to_string(),
        images: counts.images,
        labelled: counts.labelled,
        classified: counts.classified,
        unreadable: counts.unreadable,
        categories: library.category_tree()?.offered().count(),
        read_only: library.read_only_reason(),
        newest_backup: library.newest_backup().map(|path| path.display().to_string()),
    };
    if json {
        output.json(&info)?;
        return Ok(Outcome::Fine);
    }
    output.line(&format!("Images      {} in {}", info.images, info.root))?;
    output.line(&format!("Labelled    {} in {} categories", info.labelled, info.categories))?;
    output.line(&format!("Classified  {}", info.classified))?;
    output.line(&format!("Problems    {}", info.unreadable))?;
    output.line(&format!("Library     {}", info.directory))?;
    let backup = info.newest_backup.as_deref().unwrap_or("none yet");
    output.line(&format!("Backup      {backup}"))?;
    if let Some(reason) = &info.read_only {
        output.message(reason);
    }
    Ok(Outcome::Fine)
}

fn verify(library: &Library, json: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let report = library.verify()?;
    let is_fine = report.problems.is_empty();
    if json {
        let (decisions, labels, problems) = (report.decisions, report.labels, report.problems);
        output.json(&Verified { decisions, labels, problems })?;
    } else {
        for problem in &report.problems {
            output.line(problem)?;
        }
        let verdict = if is_fine { "all is well" } else { "see above" };
        output.line(&format!(
            "{} decisions, {} labels: {verdict}",
            report.decisions, report.labels
        ))?;
    }
    Ok(if is_fine { Outcome::Fine } else { Outcome::SomeFailed })
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
