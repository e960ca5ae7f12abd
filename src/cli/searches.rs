//! `semblance searches`

use serde::Serialize;

use super::arguments::{SearchesAction, SearchesArguments};
use super::library::open_existing;
use super::search::parse;
use super::{Outcome, Output};
use crate::catalog::{Library, SavedSearch};

/// `searches list --json`.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    query: &'a str,
    problem: Option<String>,
}

pub(super) fn run(arguments: &SearchesArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.action {
        SearchesAction::List { json, library } => {
            list(&open_existing(library.as_deref())?, *json, output)
        }
        SearchesAction::Save { name, query, library } => {
            let text = query.join(" ").trim().to_owned();
            anyhow::ensure!(
                !parse(&text)?.terms().is_empty(),
                "A saved filter needs something to find"
            );
            let saved = SavedSearch { name: name.clone(), text };
            let library = open_existing(library.as_deref())?;
            let before = library.save_search(&saved)?;
            output.message(&match before {
                Some(before) => format!("Saved in place of: {}", before.text),
                None => "Saved".to_owned(),
            });
            for unknown in saved.query()?.unknown_categories(&library.known_category_names()?) {
                output.message(&format!("Note: {unknown}"));
            }
            Ok(Outcome::Fine)
        }
        SearchesAction::Remove { name, library } => {
            let removed = open_existing(library.as_deref())?.remove_saved_search(name)?;
            output.message(&format!("Removed {}, which was: {}", removed.name, removed.text));
            Ok(Outcome::Fine)
        }
    }
}

fn list(library: &Library, json: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let all = library.saved_searches()?;
    let known = library.known_category_names()?;
    let mut is_fine = true;
    for saved in &all {
        let problem = match saved.query() {
            Err(error) => Some(error.problem.to_string()),
            // Such as the name of a category whose adding was undone.
            Ok(query) => query.unknown_categories(&known).first().map(ToString::to_string),
        };
        is_fine &= problem.is_none();
        if json {
            output.json(&Row { name: &saved.name, query: &saved.text, problem })?;
            continue;
        }
        output.line(&format!("{:30} {}", saved.name, saved.text))?;
        if let Some(problem) = problem {
            output.message(&format!("{}: {problem}", saved.name));
        }
    }
    if all.is_empty() {
        output.message("No filter is saved yet: semblance searches save NAME QUERY");
        return Ok(Outcome::NothingDone);
    }
    Ok(if is_fine { Outcome::Fine } else { Outcome::SomeFailed })
}
