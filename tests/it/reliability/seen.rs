//! What a library holds, to be compared with what it must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rusqlite::{Connection, OpenFlags, Row};
use semblance::catalog::{ImageId, ImageRow, Label, Library, Mark, ModelInfo, Prediction};
use semblance::taxonomy::{Category, CategoryId, CategoryState};
use serde_json::{Value, json};

/// What a value is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Label(ImageId),
    Mark(ImageId),
    Category(CategoryId),
    Prediction(ImageId),
    Reading(ImageId),
    Found(PathBuf),
    SavedFilter(String),
}

/// Values by what they are about; what has none is left out, or null.
pub type Values = BTreeMap<Subject, Value>;

/// What a library holds.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What holds now.
    pub state: Values,
    /// All entries of its own.
    pub entries: BTreeSet<String>,
    /// All entries of merged libraries.
    pub history: BTreeSet<String>,
    /// What newer entries say: the value after each of their changes.
    pub journal: BTreeMap<String, Values>,
    /// What `Library::verify` says.
    pub problems: Vec<String>,
}

impl Subject {
    /// Whether it can be had again, and may be what it was earlier after a power cut.
    pub fn is_rebuildable(&self) -> bool {
        matches!(self, Self::Prediction(_) | Self::Reading(_) | Self::Found(_))
    }
}

impl Seen {
    /// Looks at everything; of the journal, only at changes by entries after `known`.
    pub fn of(library: &Library, known: &str) -> Self {
        let database = library.directory().join("library.db");
        let connection =
            Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let entries = |which| {
            let sql = format!("SELECT entry_id FROM journal WHERE origin IS {which}");
            texts(&connection, &sql).into_iter().collect()
        };
        let problems = library.verify().unwrap().problems;
        Self {
            state: state(library, &connection),
            entries: entries("NULL"),
            history: entries("NOT NULL"),
            journal: journal(&connection, known),
            problems,
        }
    }
}

/// The one that is said to have made all predictions.
pub fn model() -> ModelInfo {
    let categories = ["Tips", "Wires", "Films", "Powders"].map(String::from).to_vec();
    ModelInfo {
        name: "a model".to_owned(),
        sha256: "0123".to_owned(),
        categories,
        category_uids: Vec::new(),
    }
}

pub fn label_value(label: Option<&Label>) -> Value {
    label.map_or(Value::Null, |label| serde_json::to_value(label.value).unwrap())
}

pub fn mark_value(mark: &Mark) -> Value {
    if *mark == Mark::default() { Value::Null } else { serde_json::to_value(mark).unwrap() }
}

pub fn category_value(name: &str, state: CategoryState) -> Value {
    match state {
        CategoryState::Withdrawn => Value::Null,
        _ => json!({ "name": name, "state": state.as_str() }),
    }
}

/// Scores by category.
pub fn scores_value(scores: impl IntoIterator<Item = (String, f32)>) -> Value {
    let scores: BTreeMap<String, f32> = scores.into_iter().collect();
    json!(scores)
}

fn state(library: &Library, connection: &Connection) -> Values {
    let mut state = Values::new();
    let tree = library.category_tree().unwrap();
    for category in tree.ids().filter_map(|id| tree.get(id)) {
        let value = category_value(&category.name, category.state);
        state.insert(Subject::Category(category.id), value);
    }
    let images: Vec<ImageId> = connection
        .prepare("SELECT id FROM image")
        .unwrap()
        .query_map([], |row| row.get(0).map(ImageId))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for row in library.rows(&images).unwrap() {
        let ImageRow { id, label, mark, content_sha256, relative_path, top, .. } = row;
        state.insert(Subject::Label(id), label_value(label.as_ref()));
        state.insert(Subject::Mark(id), mark_value(&mark));
        state.insert(Subject::Reading(id), json!(content_sha256));
        state.insert(Subject::Found(relative_path), json!(true));
        if top.is_some() {
            let Prediction { scores, .. } = library.prediction(id).unwrap().unwrap();
            state.insert(Subject::Prediction(id), scores_value(scores));
        }
    }
    for saved in library.saved_searches().unwrap() {
        state.insert(Subject::SavedFilter(saved.name), json!(saved.text));
    }
    state.retain(|_, value| !value.is_null());
    state
}

fn journal(connection: &Connection, known: &str) -> BTreeMap<String, Values> {
    let mut journal: BTreeMap<String, Values> = BTreeMap::new();
    let mut read =
        |table: &str, subject: &str, change: &dyn Fn(i64, Option<String>) -> (Subject, Value)| {
            let sql =
                format!("SELECT entry_id, {subject}, after_json FROM {table} WHERE entry_id > ?1");
            let mut statement = connection.prepare(&sql).unwrap();
            let row = |row: &Row<'_>| Ok((row.get(0)?, change(row.get(1)?, row.get(2)?)));
            for row in statement.query_map([known], row).unwrap() {
                let (entry, (subject, value)): (String, _) = row.unwrap();
                journal.entry(entry).or_default().insert(subject, value);
            }
        };
    let image = |id: i64| ImageId(id.try_into().unwrap());
    read("journal_change", "image_id", &|id, json| {
        let label: Option<Label> = json.map(|json| serde_json::from_str(&json).unwrap());
        (Subject::Label(image(id)), label_value(label.as_ref()))
    });
    read("journal_mark", "image_id", &|id, json| {
        let mark: Option<Mark> = json.map(|json| serde_json::from_str(&json).unwrap());
        (Subject::Mark(image(id)), mark_value(&mark.unwrap_or_default()))
    });
    read("journal_category", "category_id", &|id, json| {
        let category: Category = serde_json::from_str(&json.unwrap()).unwrap();
        (Subject::Category(CategoryId(id)), category_value(&category.name, category.state))
    });
    journal
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
