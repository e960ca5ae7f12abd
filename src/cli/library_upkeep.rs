//! `semblance library`

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::{LibraryAction, LibraryArguments, LibraryTarget, MergeArguments};
use super::category_names::{find_category, find_to_change};
use super::label_import::{Conflict, on_conflict, said};
use super::library::{open_existing, open_to_decide, who};
use super::library_log;
use super::{Outcome, Output};
use crate::catalog::{CatalogError, Library, MergeOptions};
use crate::ops::{counted, hash_decided, image_count};
use crate::taxonomy::CategoryId;

/// `library info --json`.
#[derive(Serialize)]
struct Info {
    root: String,
    directory: String,
    images: u64,
    labelled: u64,
    labelled_missing: u64,
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
    labelled_missing: u64,
    problems: Vec<String>,
}

/// `library merge --json`.
#[derive(Serialize)]
struct Merged {
    entries: u64,
    taken: u64,
    same: u64,
    conflicts: Vec<Conflict>,
    not_here: Vec<String>,
    new_categories: Vec<String>,
    taken_away: u64,
    dry_run: bool,
}

pub(super) fn run(arguments: &LibraryArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.action {
        LibraryAction::Info(target) => info(&open(target)?, target.json, output),
        LibraryAction::Verify(target) => verify(&open(target)?, target.json, output),
        LibraryAction::Backup(target) => {
            let backup = open(target)?.back_up()?.display().to_string();
            if target.json {
                output.json(&serde_json::json!({ "backup": backup }))?;
            } else {
                output.line(&backup)?;
            }
            Ok(Outcome::Fine)
        }
        LibraryAction::Compact(target) => {
            let sizes = open(target)?.compact()?;
            if target.json {
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
        LibraryAction::Merge(arguments) => merge(arguments, output),
        LibraryAction::Log(arguments) => library_log::run(arguments, output),
    }
}

fn open(target: &LibraryTarget) -> anyhow::Result<Library> {
    open_existing(target.library.as_deref().or(target.named_library.as_deref()))
}

fn merge(arguments: &MergeArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let decision = &arguments.change.decision;
    let library = open_to_decide(decision.library.as_deref(), output)?;
    let other = open_existing(Some(&arguments.other))?;
    anyhow::ensure!(library.directory() != other.directory(), "This is one and the same library");
    // Content tells images apart best, and what was never read can be by now.
    hash_decided(&library)?;
    if !other.is_read_only() {
        hash_decided(&other)?;
    }
    let by = who(decision.by.as_deref())?;
    let options = MergeOptions {
        on_conflict: on_conflict(arguments.conflicts),
        names: named(arguments, &library, &other)?,
    };
    let report = match arguments.dry_run {
        true => library.rehearse_merge(&other, &options, &by)?,
        false => library.merge(&other, &options, &by)?,
    };
    let tree = &report.tree;
    let conflicts: Vec<Conflict> = report
        .conflicts
        .iter()
        .map(|conflict| {
            Ok(Conflict {
                path: library.places(conflict.image)?[0].display().to_string(),
                here: said(tree, &conflict.ours),
                there: said(tree, &conflict.theirs),
            })
        })
        .collect::<Result<_, CatalogError>>()?;
    let merged = Merged {
        entries: report.entries,
        taken: report.taken,
        same: report.same,
        conflicts,
        not_here: report.not_here.iter().map(|path| path.display().to_string()).collect(),
        new_categories: report.new_categories,
        taken_away: report.taken_away,
        dry_run: arguments.dry_run,
    };
    if arguments.json {
        output.json(&merged)?;
    } else {
        for conflict in &merged.conflicts {
            let Conflict { path, here, there } = conflict;
            output.line(&format!("differs   {path}: {here} here, {there} there"))?;
        }
        for path in &merged.not_here {
            output.line(&format!("not here  {path}"))?;
        }
        for name in &merged.new_categories {
            output.line(&format!("new category  {name}"))?;
        }
        let taken = if arguments.dry_run { "would be taken over" } else { "taken over" };
        output.line(&format!(
            "{} {taken}, {} the same, {} different, {} not here; {} of the journal",
            image_count(merged.taken),
            merged.same,
            merged.conflicts.len(),
            merged.not_here.len(),
            counted(merged.entries, "entry", "entries"),
        ))?;
        if merged.taken_away > 0 {
            output.line(&format!(
                "{} left without a label, which was removed here later (--conflicts replace takes \
                 the other one)",
                image_count(merged.taken_away)
            ))?;
        }
    }
    output.message(match (arguments.dry_run, report.entry.is_some()) {
        (true, _) => "Nothing was changed: this is what merging would do",
        (false, true) => "`semblance labels undo` undoes all of it",
        (false, false) => "Nothing changed here",
    });
    Ok(Outcome::Fine)
}

/// The categories there and here that are said to be the same.
fn named(
    arguments: &MergeArguments,
    library: &Library,
    other: &Library,
) -> anyhow::Result<Vec<(CategoryId, CategoryId)>> {
    let (here, there) = (library.category_tree()?, other.category_tree()?);
    let pair = |(theirs, ours): &(String, String)| {
        let theirs = find_category(&there, theirs).context("In the other library")?;
        Ok((theirs, find_to_change(&here, ours, arguments.change.yes)?))
    };
    arguments.names.iter().map(pair).collect()
}

fn info(library: &Library, json: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let counts = library.counts()?;
    let info = Info {
        root: library.root().display().to_string(),
        directory: library.directory().display().to_string(),
        images: counts.images,
        labelled: counts.labelled,
        labelled_missing: counts.labelled_missing,
        classified: library.count_classified()?,
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
    let categories = counted(info.categories, "category", "categories");
    let missing = and_of_missing(info.labelled_missing);
    output.line(&format!("Labelled    {} in {categories}{missing}", info.labelled))?;
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
    let missing = library.counts()?.labelled_missing.min(report.labels);
    if json {
        output.json(&Verified {
            decisions: report.decisions,
            labels: report.labels - missing,
            labelled_missing: missing,
            problems: report.problems,
        })?;
    } else {
        for problem in &report.problems {
            output.line(problem)?;
        }
        let verdict = if is_fine { "all is well" } else { "see above" };
        output.line(&format!(
            "{}, {}{}: {verdict}",
            counted(report.decisions, "decision", "decisions"),
            counted(report.labels - missing, "label", "labels"),
            and_of_missing(missing)
        ))?;
    }
    Ok(if is_fine { Outcome::Fine } else { Outcome::SomeFailed })
}

/// Labels of images whose files are missing are counted apart everywhere.
fn and_of_missing(labels: u64) -> String {
    match labels {
        0 => String::new(),
        _ => format!(", and {} of missing images", counted(labels, "label", "labels")),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
