//! `semblance labels import` and `agreement`

use serde::Serialize;

use super::arguments::{
    AgreementArguments, ConflictChoice, ForeignLabelArguments, ImportArguments,
};
use super::library::{back_up_daily, open_existing, who};
use super::{Outcome, Output};
use crate::catalog::{Label, Library, OnConflict};
use crate::label_exchange::read_labels;
use crate::learning::Agreement;
use crate::ops::{
    ImportOptions, ImportPlan, agreement_with, apply_import, counted, image_count, plan_import,
};
use crate::taxonomy::{CategoryTree, How};

/// An image that has another label there.
#[derive(Serialize)]
pub(super) struct Conflict {
    pub(super) path: String,
    pub(super) here: String,
    pub(super) there: String,
}

/// A name that means nothing here.
#[derive(Serialize)]
struct UnknownName {
    name: String,
    similar: Option<String>,
}

/// A path that could mean several images, or one that another path means.
#[derive(Serialize)]
struct UndecidedPath {
    path: String,
    candidates: Vec<String>,
}

/// A path of which only the name is that of an image.
#[derive(Serialize)]
struct PathByName {
    path: String,
    here: String,
}

/// A name that no category can have.
#[derive(Serialize)]
struct RefusedName {
    name: String,
    rule: String,
}

/// `labels import --json` and `labels agreement --json`.
#[derive(Serialize)]
struct Report {
    new: usize,
    notes: usize,
    same: usize,
    conflicts: Vec<Conflict>,
    replaced: usize,
    not_here: Vec<String>,
    undecided: Vec<UndecidedPath>,
    by_name: Vec<PathByName>,
    automatic: usize,
    unknown_names: Vec<UnknownName>,
    new_categories: Vec<String>,
    refused_names: Vec<RefusedName>,
    problems: Vec<String>,
    agreement: Option<Agreement>,
    imported: bool,
}

pub(super) fn on_conflict(choice: ConflictChoice) -> OnConflict {
    match choice {
        ConflictChoice::Keep => OnConflict::Keep,
        ConflictChoice::Replace => OnConflict::Replace,
        ConflictChoice::Newest => OnConflict::Newest,
    }
}

/// What a label says, such as `Tips / bent + Films`.
pub(super) fn said(tree: &CategoryTree, label: &Label) -> String {
    label.value.words(tree)
}

pub(super) fn import(arguments: &ImportArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_existing(arguments.foreign.decision.library.as_deref())?;
    let by = who(arguments.foreign.decision.by.as_deref())?;
    let plan = plan(&library, &arguments.foreign, &by)?;
    let mut report = report(&plan);
    if !plan.unknown_names.is_empty() {
        tell(&report, arguments.json, output)?;
        output.message(
            "Nothing was imported: say what each of these names means with --name THERE=HERE \
             (it is remembered), or let them be added with --add-categories",
        );
        return Ok(Outcome::NothingDone);
    }
    let choice = on_conflict(arguments.conflicts);
    if !arguments.dry_run {
        back_up_daily(&library, output);
        report.imported = apply_import(&library, &plan, choice, &by)?.is_some();
    }
    report.replaced = plan.replaced(choice).count();
    tell(&report, arguments.json, output)?;
    let failed = report.not_here.len()
        + report.undecided.len()
        + report.refused_names.len()
        + report.problems.len();
    Ok(Outcome::of(report.new + report.notes + report.same + report.conflicts.len(), failed))
}

pub(super) fn agreement(
    arguments: &AgreementArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = open_existing(arguments.foreign.decision.library.as_deref())?;
    let by = arguments.foreign.decision.by.as_deref().unwrap_or_default(); // nothing is kept
    let plan = plan(&library, &arguments.foreign, by)?;
    let report = report(&plan);
    tell(&report, arguments.json, output)?;
    if report.agreement.is_some() {
        return Ok(Outcome::Fine);
    }
    output.message(match plan.unknown_names.is_empty() {
        true => "Nothing was compared: no image has a label both here and there",
        false => {
            "Nothing was compared: say what each of these names means with --name THERE=HERE, or let \
             them count as categories of their own, on which both differ, with --add-categories \
             (which changes nothing here)"
        }
    });
    Ok(Outcome::NothingDone)
}

fn plan(
    library: &Library,
    foreign: &ForeignLabelArguments,
    by: &str,
) -> anyhow::Result<ImportPlan> {
    let read = read_labels(&foreign.path)?;
    let options = ImportOptions {
        by: by.to_owned(),
        aliases: foreign.names.clone(),
        adds_categories: foreign.add_categories,
    };
    Ok(plan_import(library, &read, &options)?)
}

fn report(plan: &ImportPlan) -> Report {
    let tree = &plan.tree;
    let conflicts = plan.conflicts.iter().map(|pair| Conflict {
        path: pair.path.display().to_string(),
        here: said(tree, &pair.ours),
        there: said(tree, &pair.theirs),
    });
    let unknown_names = plan.unknown_names.iter().map(|unknown| UnknownName {
        name: unknown.found.clone(),
        similar: match unknown.how {
            How::Similar { target, .. } => tree.get(target).map(|category| category.name.clone()),
            _ => None,
        },
    });
    let new_categories = plan.new_categories.iter().map(|category| match category.parent {
        Some(parent) => {
            let parent = tree.get(parent).map_or("", |parent| parent.name.as_str());
            format!("{parent} / {}", category.name)
        }
        None => category.name.clone(),
    });
    Report {
        new: plan.new.len(),
        notes: plan.marks.len(),
        same: plan.same.len(),
        conflicts: conflicts.collect(),
        replaced: 0,
        not_here: plan.not_here.iter().map(|path| path.display().to_string()).collect(),
        undecided: plan
            .undecided
            .iter()
            .map(|(path, candidates)| UndecidedPath {
                path: path.display().to_string(),
                candidates: candidates.iter().map(|path| path.display().to_string()).collect(),
            })
            .collect(),
        by_name: plan
            .by_name
            .iter()
            .map(|(path, here)| PathByName {
                path: path.display().to_string(),
                here: here.display().to_string(),
            })
            .collect(),
        refused_names: plan
            .refused_names
            .iter()
            .map(|(name, rule)| RefusedName { name: name.clone(), rule: rule.to_string() })
            .collect(),
        automatic: plan.automatic,
        unknown_names: unknown_names.collect(),
        new_categories: new_categories.collect(),
        problems: plan.problems.clone(),
        agreement: agreement_with(plan),
        imported: false,
    }
}

fn tell(report: &Report, json: bool, output: &mut Output) -> anyhow::Result<()> {
    if json {
        return output.json(report);
    }
    for UnknownName { name, similar } in &report.unknown_names {
        let similar = similar
            .as_ref()
            .map_or_else(String::new, |similar| format!("; perhaps --name \"{name}={similar}\""));
        output.line(&format!("no such category  {name}{similar}"))?;
    }
    for name in &report.new_categories {
        output.line(&format!("new category  {name}"))?;
    }
    for Conflict { path, here, there } in &report.conflicts {
        output.line(&format!("differs   {path}: {here} here, {there} there"))?;
    }
    for PathByName { path, here } in &report.by_name {
        output.line(&format!("by name   {path}: taken for {here}, which is in another folder"))?;
    }
    for UndecidedPath { path, candidates } in &report.undecided {
        let meant = match &candidates[..] {
            [only] => format!("{only}, which another path in the file means too"),
            several => several.join(" or "),
        };
        output.line(&format!("undecided {path}: {meant}"))?;
    }
    for path in &report.not_here {
        output.line(&format!("not here  {path}"))?;
    }
    for RefusedName { name, rule } in &report.refused_names {
        output.message(&format!(
            "Left out: {name:?}. {rule}. Say what it means here with --name THERE=HERE"
        ));
    }
    for problem in &report.problems {
        output.line(&format!("problem   {problem}"))?;
    }
    if report.automatic > 0 {
        output.line(&format!(
            "left out  {} accepted automatically: no person gave them",
            counted(report.automatic, "label", "labels")
        ))?;
    }
    if let Some(agreement) = &report.agreement {
        tell_agreement(agreement, output)?;
    }
    if report.unknown_names.is_empty() {
        let kept = report.conflicts.len() - report.replaced;
        output.line(&format!(
            "{} new, {} with notes or flags, {} the same, {} different ({} replaced, {kept} kept), \
             {} not here, {} undecided",
            image_count(report.new),
            report.notes,
            report.same,
            report.conflicts.len(),
            report.replaced,
            report.not_here.len(),
            report.undecided.len(),
        ))?;
    }
    Ok(())
}

fn tell_agreement(agreement: &Agreement, output: &mut Output) -> anyhow::Result<()> {
    output.line(&format!(
        "Agreement on {}: {:.1} % (by chance {:.1} %)",
        image_count(agreement.images),
        agreement.observed * 100.0,
        agreement.expected_by_chance * 100.0
    ))?;
    match (agreement.kappa, &agreement.kappa_interval_95) {
        (Some(kappa), Some(interval)) => output.line(&format!(
            "Cohen's kappa {kappa:.3} (95 %: {:.3} to {:.3})",
            interval.low, interval.high
        ))?,
        _ => output.line("Cohen's kappa is not defined: all labels are the same category")?,
    }
    let differing = agreement.confusion.iter().enumerate().flat_map(|(here, row)| {
        row.iter()
            .enumerate()
            .filter(move |(there, count)| *there != here && **count > 0)
            .map(move |(there, count)| (here, there, *count))
    });
    let mut differing: Vec<(usize, usize, usize)> = differing.collect();
    differing.sort_by_key(|(here, there, count)| (std::cmp::Reverse(*count), *here, *there));
    for (here, there, count) in differing {
        let (here, there) = (&agreement.categories[here], &agreement.categories[there]);
        output.line(&format!("{count:6}  {here} here, {there} there"))?;
    }
    Ok(())
}
