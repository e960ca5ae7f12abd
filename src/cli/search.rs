//! `semblance search`

use std::sync::LazyLock;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::arguments::{SearchArguments, SortChoice};
use super::category_names::require_known;
use super::library::open_existing;
use super::{Outcome, Output};
use crate::catalog::{Answer, ImageRow, Sort, View};
use crate::query::{FIELDS, FORMS, Query};
use crate::taxonomy::CategoryTree;

/// Rows fetched at a time.
const PAGE: usize = 1000;

/// How queries are written, for `--help`.
pub(super) static HELP: LazyLock<String> = LazyLock::new(|| {
    let mut help = String::from("How to write a query:\n");
    for form in FORMS {
        help += &format!("  {:28} {}\n", form.example, form.meaning);
    }
    help += "\nWhat has a name:\n";
    for field in FIELDS {
        help += &format!("  {:44} {}\n", field.example, field.meaning);
    }
    help
});

/// An image that was found.
#[derive(Serialize)]
struct Row {
    path: String,
    category: Option<String>,
    subcategory: Option<String>,
    second: Option<String>,
    answer: Option<&'static str>,
    by: Option<String>,
    prediction: Option<String>,
    score: Option<f32>,
    note: Option<String>,
    error: Option<String>,
}

pub(super) fn run(arguments: &SearchArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let written = arguments.query.join(" ");
    let mut query = parse(&written)?;
    let library = open_existing(arguments.library.as_deref())?;
    if let Some(name) = &arguments.saved {
        let saved = library.saved_search(name)?;
        parse(&saved.text).with_context(|| {
            format!("The saved filter {:?} is no query any more (save it again)", saved.name)
        })?;
        query = parse(format!("{} {written}", saved.text).trim_end())?;
    }
    require_known(&library, &query)?;
    let sort = match arguments.sort {
        SortChoice::Path => Sort::Path,
        SortChoice::Newest => Sort::Newest,
        SortChoice::Taken => Sort::TakenAscending,
        SortChoice::TakenLast => Sort::TakenDescending,
        SortChoice::Uncertain => Sort::UncertaintyDescending,
        SortChoice::LowestScore => Sort::ScoreAscending,
        SortChoice::HighestScore => Sort::ScoreDescending,
        SortChoice::Doubtful => Sort::DoubtDescending,
        SortChoice::Unlike => Sort::UnlikeDescending,
    };
    let images = library.image_ids(&View { query, sort, ..View::default() })?;
    if arguments.count {
        output.line(&images.len().to_string())?;
        return Ok(Outcome::Fine);
    }
    let tree = library.category_tree()?;
    for page in images.chunks(PAGE) {
        for row in library.rows(page)? {
            let row = found(&tree, row);
            if arguments.json {
                output.json(&row)?;
            } else {
                output.line(&row.path)?;
            }
        }
    }
    let many = if images.len() == 1 { "image" } else { "images" };
    output.message(&format!("{} {many} found", images.len()));
    Ok(Outcome::Fine)
}

/// The query, or what is wrong with it and where.
pub(super) fn parse(text: &str) -> anyhow::Result<Query> {
    if let Some(option) = text.split_whitespace().find(|word| word.starts_with("--")) {
        bail!("Options stand before the query: {option}");
    }
    Query::parse(text).map_err(|error| anyhow::anyhow!("{}\n{}", error.problem, error.marked(text)))
}

fn found(tree: &CategoryTree, row: ImageRow) -> Row {
    let value = row.label.as_ref().map(|label| label.value);
    let name = value.and_then(|value| tree.name(value.category()?));
    let second = value.and_then(|value| tree.name(value.second_category?));
    let (prediction, score) = row.top.unzip();
    Row {
        path: row.relative_path.display().to_string(),
        category: name.as_ref().map(|name| name.category.clone()),
        subcategory: name.and_then(|name| name.subcategory),
        second: second.map(|name| name.category),
        answer: value.and_then(|value| match value.answer {
            Answer::Category(_) => None,
            other => Some(other.as_str()),
        }),
        by: row.label.map(|label| label.by),
        prediction,
        score,
        note: row.mark.note,
        error: row.read_error,
    }
}
