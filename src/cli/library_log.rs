//! `semblance library log`

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::arguments::LogArguments;
use super::library::open_existing;
use super::{Outcome, Output};
use crate::catalog::{LogEntry, LogFilter};

/// Decisions read at a time: writing and reading take turns.
const PAGE: usize = 1000;
/// Labels that a line names.
const MOST_LABELS: usize = 3;

/// `library log --json`.
#[derive(Serialize)]
struct Row {
    entry: String,
    at: String,
    by: String,
    kind: String,
    undoes: Option<String>,
    /// In another library that was merged.
    elsewhere: bool,
    images: u64,
    first: Option<String>,
    labels: Vec<Given>,
    categories: Vec<String>,
}

/// A label and how many images it was given to; `null` where it was taken away.
#[derive(Serialize)]
struct Given {
    label: Option<String>,
    images: u64,
}

pub(super) fn run(arguments: &LogArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_existing(arguments.library.as_deref())?;
    let filter = LogFilter {
        by: arguments.by.clone(),
        kinds: arguments.kinds.iter().map(|kind| kind.name().to_owned()).collect(),
        since: arguments.since.map(start_of).transpose()?,
        until: arguments.until.map(Date::tomorrow).transpose()?.map(start_of).transpose()?,
    };
    let mut before = arguments.before.as_deref().map(|id| library.entry(id)).transpose()?;
    let mut left = arguments.limit.unwrap_or(usize::MAX);
    let mut is_empty = true;
    while left > 0 {
        let page = library.log(&filter, before.as_ref(), left.min(PAGE))?;
        let Some(last) = page.last() else { break };
        before = Some(last.entry.clone());
        left -= page.len();
        is_empty = false;
        for entry in page {
            if arguments.json {
                output.json(&row(entry))?;
            } else {
                output.line(&line(&entry))?;
            }
        }
    }
    if is_empty {
        output.message("No such decision");
        return Ok(Outcome::NothingDone);
    }
    Ok(Outcome::Fine)
}

fn start_of(day: Date) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(TimeZone::system())?.timestamp())
}

fn row(entry: LogEntry) -> Row {
    let given = |(label, images)| Given { label, images };
    Row {
        entry: entry.entry.to_string(),
        at: entry.at.to_string(),
        by: entry.by,
        kind: entry.kind,
        undoes: entry.undoes.map(|entry| entry.to_string()),
        elsewhere: entry.is_elsewhere,
        images: entry.images,
        first: entry.first.map(|path| path.display().to_string()),
        labels: entry.labels.into_iter().map(given).collect(),
        categories: entry.categories,
    }
}

/// Such as `2026-03-01 10:15  Ada  label  a.tif and 11 more: Nanowires 12`.
fn line(entry: &LogEntry) -> String {
    let at = entry.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let kind = entry.kind.replace('_', " ");
    let elsewhere = if entry.is_elsewhere { ", in another library" } else { "" };
    let mut about = Vec::new();
    if let Some(first) = &entry.first {
        let first = first.display();
        about.push(match entry.images {
            0 | 1 => first.to_string(),
            images => format!("{first} and {} more", images - 1),
        });
    }
    let labels = entry.labels.iter().take(MOST_LABELS).map(|(label, images)| {
        let label = label.as_deref().unwrap_or("no label");
        if entry.images > 1 { format!("{label} {images}") } else { label.to_owned() }
    });
    let mut labels: Vec<String> = labels.collect();
    if let Some(more) = entry.labels.len().checked_sub(MOST_LABELS).filter(|more| *more > 0) {
        labels.push(format!("{more} other labels"));
    }
    if !labels.is_empty() {
        about.push(labels.join(", "));
    }
    if !entry.categories.is_empty() {
        about.push(entry.categories.join(", "));
    }
    format!("{at}  {:16} {kind}{elsewhere}  {}", entry.by, about.join(": "))
}
