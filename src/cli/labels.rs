//! `semblance labels`

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{self, Path};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::arguments::{DecisionArguments, LabelsAction, LabelsArguments, SetLabelArguments};
use super::category_names::{display, find_to_change};
use super::label_accept;
use super::label_import;
use super::library::{open_existing, open_to_decide, who};
use super::{Outcome, Output};
use crate::catalog::{Answer, ImageId, LabelSource, LabelStanding, LabelValue, Library, Mark};
use crate::label_exchange::{TableStyle, write_json_lines, write_table};
use crate::micrograph::FileStamp;
use crate::ops::{counted, find_in_library, image_count, label_records};
use crate::taxonomy::CategoryState;

pub(super) fn run(arguments: &LabelsArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.action {
        LabelsAction::Set(arguments) => set(arguments, output),
        LabelsAction::Undo(decision) => take_back(decision, Library::next_undo, "undo", output),
        LabelsAction::Redo(decision) => take_back(decision, Library::next_redo, "redo", output),
        LabelsAction::History { image, library, json } => {
            history(&open_existing(library.as_deref())?, image, *json, output)
        }
        LabelsAction::Accept(arguments) => label_accept::accept(arguments, output),
        LabelsAction::Import(arguments) => label_import::import(arguments, output),
        LabelsAction::Agreement(arguments) => label_import::agreement(arguments, output),
        LabelsAction::Export { json, excel, semicolons, all, out, library } => {
            let library = open_existing(library.as_deref())?;
            let style = TableStyle { is_for_spreadsheet: *excel, has_semicolons: *semicolons };
            export(&library, *all, (!json).then_some(style), out.as_deref(), output)
        }
    }
}

fn set(arguments: &SetLabelArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_to_decide(arguments.change.decision.library.as_deref(), output)?;
    let by = who(arguments.change.decision.by.as_deref())?;
    let tree = library.category_tree()?;
    let images: Vec<ImageId> =
        arguments.images.iter().map(|path| image(&library, path)).collect::<Result<_, _>>()?;
    let answer = if let Some(category) = &arguments.category {
        let id = find_to_change(&tree, category, arguments.change.yes)?;
        let is_retired =
            tree.get(id).is_some_and(|category| category.state == CategoryState::Retired);
        ensure!(!is_retired, "{category} is retired: `semblance categories restore` it first");
        Some(Answer::Category(id))
    } else if arguments.none_of_these {
        Some(Answer::NoneOfThese)
    } else {
        arguments.unusable.then_some(Answer::Unusable)
    };
    if answer.is_some() || arguments.clear {
        let second = arguments.second.as_ref();
        let second = second.map(|name| find_to_change(&tree, name, arguments.change.yes));
        let second = second.transpose()?;
        ensure!(
            second.is_none() || second.map(Answer::Category) != answer,
            "The second category is the first"
        );
        let value = answer.map(|answer| LabelValue { answer, second_category: second });
        let labels: Vec<_> = images.iter().map(|image| (*image, value)).collect();
        library.set_labels(&labels, &by, LabelSource::Person)?;
    }
    let SetLabelArguments { note, annotated, excluded, .. } = arguments;
    if note.is_some() || annotated.is_some() || excluded.is_some() {
        let marks = images.iter().map(|image| {
            let before = library.mark(*image)?;
            let given = note.clone().map(|note| Some(note).filter(|note| !note.trim().is_empty()));
            let mark = Mark {
                note: given.unwrap_or(before.note),
                is_annotated: annotated.unwrap_or(before.is_annotated),
                is_excluded: excluded.unwrap_or(before.is_excluded),
            };
            Ok((*image, mark))
        });
        let marks: Vec<_> = marks.collect::<anyhow::Result<_>>()?;
        library.set_marks(&marks, &by, LabelSource::Person)?;
    }
    let count = image_count(images.len());
    output.message(&match answer {
        Some(Answer::Category(id)) => format!("{count} labelled {}", display(&tree, id)),
        Some(other) => format!("{count} labelled {}", other.as_str().replace('_', " ")),
        None if arguments.clear => format!("Label removed from {count}"),
        None => format!("Notes and flags of {count} changed"),
    });
    Ok(Outcome::Fine)
}

fn image(library: &Library, path: &Path) -> anyhow::Result<ImageId> {
    // As `semblance search` prints it, or as it is from here.
    let found = match find_in_library(library, path)? {
        Some(image) => Some(image),
        None => library.find_image(path)?,
    };
    let image = found.with_context(no_such_image(path))?;
    // What is decided is about what the file holds now.
    let file = library.root().join(&library.places(image)?[0]);
    let stamp = fs::metadata(file).ok().map(|metadata| FileStamp::of(&metadata));
    if library.is_read_only() || library.is_unchanged(image, stamp)? {
        return Ok(image);
    }
    Ok(library.look_again(image)?.unwrap_or(image))
}

/// An image whose file is missing has a history too.
fn image_or_missing(library: &Library, path: &Path) -> anyhow::Result<ImageId> {
    if let Ok(image) = image(library, path) {
        return Ok(image);
    }
    let full = path::absolute(path)?;
    let relative = full.strip_prefix(library.root()).unwrap_or(path);
    let missing = match library.find_missing_image(relative)? {
        Some(image) => Some(image),
        None => library.find_missing_image(path)?,
    };
    missing.with_context(no_such_image(path))
}

fn no_such_image(path: &Path) -> impl Fn() -> String {
    move || format!("The library has no such image: {}", path.display())
}

fn take_back(
    decision: &DecisionArguments,
    next: fn(&Library) -> Result<Option<crate::catalog::EntryId>, crate::catalog::CatalogError>,
    what: &str,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = open_to_decide(decision.library.as_deref(), output)?;
    let Some(entry) = next(&library)? else {
        output.message(&format!("There is nothing to {what}"));
        return Ok(Outcome::NothingDone);
    };
    let told = library.describe_entry(&entry)?;
    library.undo(&entry, &who(decision.by.as_deref())?)?;
    output.line(&format!("{what}: {told}"))?;
    Ok(Outcome::Fine)
}

/// `labels history --json`.
#[derive(Serialize)]
struct Decided {
    entry: String,
    at: String,
    by: String,
    source: &'static str,
    /// In another library that was merged.
    elsewhere: bool,
    before: Option<String>,
    after: Option<String>,
    categories: Option<String>,
}

fn history(
    library: &Library,
    path: &Path,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let items = library.history(image_or_missing(library, path)?)?;
    let mut before = None;
    for item in &items {
        let row = Decided {
            entry: item.entry.to_string(),
            at: item.at.to_string(),
            by: item.by.clone(),
            source: item.source.as_str(),
            elsewhere: item.is_elsewhere,
            before: before.take(),
            after: item.said.clone(),
            categories: item.categories.clone(),
        };
        before.clone_from(&item.said);
        if json {
            output.json(&row)?;
            continue;
        }
        let after = row.after.as_deref().unwrap_or("no label");
        let how = match (&row.categories, row.elsewhere) {
            (Some(categories), _) if row.source == "person" => categories.clone(),
            (Some(categories), _) => format!("{}: {categories}", row.source),
            (None, false) => row.source.to_owned(),
            (None, true) => format!("{}, in another library", row.source),
        };
        output.line(&format!("{}  {:20} {after} ({how})", row.at, row.by))?;
    }
    Ok(if items.is_empty() { Outcome::NothingDone } else { Outcome::Fine })
}

fn export(
    library: &Library,
    is_all: bool,
    table: Option<TableStyle>,
    out: Option<&Path>,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let mut all = library.all_labels()?;
    let counts = [LabelStanding::FileMissing, LabelStanding::FileChanged]
        .map(|standing| all.iter().filter(|label| label.standing == standing).count());
    if !is_all {
        all.retain(|label| label.standing == LabelStanding::Current);
    }
    let records = label_records(library, all)?;
    let write = |to: &mut dyn Write| match table {
        Some(style) => write_table(to, style, &records),
        None => write_json_lines(to, &records),
    };
    match out {
        Some(path) => {
            let named = || format!("Cannot write {}", path.display());
            write(&mut BufWriter::new(File::create(path).with_context(named)?))
                .with_context(named)?;
        }
        None => write(&mut output.data())?,
    }
    let labels = records.iter().filter(|record| record.decision.is_some()).count();
    output.message(&format!(
        "{} written, and notes or flags of {} without one",
        counted(labels, "label", "labels"),
        image_count(records.len() - labels)
    ));
    for (count, of) in counts.into_iter().zip(["missing images", "files changed since"]) {
        if count > 0 {
            let labels = counted(count, "label", "labels");
            let text = match is_all {
                true => {
                    format!("Among them, with the SHA-256 of what was labelled: {labels} of {of}")
                }
                false => format!("Left out: {labels} of {of} (--all writes them too)"),
            };
            output.message(&text);
        }
    }
    Ok(Outcome::Fine)
}
