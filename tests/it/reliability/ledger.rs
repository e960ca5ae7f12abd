//! What a library must hold, worked out from what a worker told, without asking the library.

use std::collections::{BTreeMap, BTreeSet};

use semblance::catalog::{Answer, LabelValue};
use semblance::taxonomy::CategoryState;
use serde_json::{Value, json};

use super::line::{Line, Step};
use super::seen::{Seen, Subject, Values, category_value, mark_value, model, scores_value};

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its process was killed: every write that was made is there.
    Killed,
    /// With the whole computer: only what was synced is there for sure.
    PowerCut,
}

/// What a library must hold, over any number of workers one after the other.
pub struct Ledger {
    state: Values,
    entries: BTreeMap<String, Change>,
    /// Entries of merged libraries.
    history: BTreeSet<String>,
    /// Every value that what can be had again was ever said to have.
    earlier: BTreeMap<Subject, Vec<Value>>,
    /// Steps that a worker was in when it ended: [not there, there].
    pub in_flight: [usize; 2],
}

/// What an entry changed.
struct Change {
    before: Values,
    after: Values,
}

impl Ledger {
    /// Of a library that nobody has decided anything in.
    pub fn new(seen: &Seen) -> Self {
        assert!(seen.entries.is_empty(), "decided already: {:?}", seen.entries);
        let mut ledger = Self {
            state: Values::new(),
            entries: BTreeMap::new(),
            history: BTreeSet::new(),
            earlier: BTreeMap::new(),
            in_flight: [0; 2],
        };
        ledger.change(seen.state.clone());
        ledger
    }

    /// The newest entry that is known.
    pub fn newest(&self) -> &str {
        self.entries.last_key_value().map_or("", |(entry, _)| entry)
    }

    /// Entries that are known.
    pub fn entries(&self) -> impl Iterator<Item = &String> {
        self.entries.keys()
    }

    /// Takes in what a worker told before it ended, and what the library holds now; what is wrong
    /// with that.
    pub fn settle(&mut self, lines: &[Line], seen: &Seen, end: End) -> Vec<String> {
        let mut problems = seen.problems.clone();
        let mut in_flight: Option<&Step> = None;
        for line in lines {
            match line {
                Line::Begin(step) => in_flight = Some(step),
                Line::Failed(_) => in_flight = None,
                Line::Done(answer) => {
                    let Some(step) = in_flight.take() else { continue };
                    self.acknowledge(step, answer.entry.as_deref(), seen, &mut problems);
                }
                Line::Opening | Line::Open => {}
            }
        }
        let unknown: Vec<&String> =
            seen.entries.iter().filter(|entry| !self.entries.contains_key(*entry)).collect();
        match (in_flight, unknown.as_slice()) {
            (Some(step), []) => self.guess(step, seen),
            (None, []) => {}
            (Some(step), [entry]) if step.has_entry() => {
                self.in_flight[1] += 1;
                self.acknowledge(step, Some(entry.as_str()), seen, &mut problems);
            }
            _ => problems.push(format!("entries that nobody made: {unknown:?}")),
        }
        let half_merged: Vec<&String> = self.history.symmetric_difference(&seen.history).collect();
        if !half_merged.is_empty() {
            problems
                .push(format!("there without a merge, or merged and not there: {half_merged:?}"));
        }
        self.compare(seen, end, &mut problems);
        problems
    }

    /// Entries whose changes are no longer what they were.
    pub fn journal_problems(&self, seen: &Seen) -> Vec<String> {
        let nothing = Values::new();
        let is_changed = |entry: &&String| {
            seen.journal.get(*entry).unwrap_or(&nothing) != &self.entries[*entry].after
        };
        self.entries.keys().filter(is_changed).cloned().collect()
    }

    fn acknowledge(
        &mut self,
        step: &Step,
        entry: Option<&str>,
        seen: &Seen,
        problems: &mut Vec<String>,
    ) {
        let nothing = Values::new();
        let said = entry.and_then(|entry| seen.journal.get(entry)).unwrap_or(&nothing);
        let Some(after) = self.effects(step, said) else {
            problems.push(format!("entry {entry:?} takes back what is not known: {step:?}"));
            return;
        };
        let before = self.change(after.clone());
        if !step.has_entry() {
            return;
        }
        let Some(entry) = entry else {
            problems.push(format!("no entry was given for {step:?}"));
            return;
        };
        if !seen.entries.contains(entry) {
            problems.push(format!("entry {entry} is not in the journal: {step:?}"));
        } else if *said != after {
            let differ = differences(&after, said);
            problems.push(format!("entry {entry} is not what was decided: {differ:?}"));
        }
        if let Step::Merge(theirs, _) = step {
            self.history.insert(theirs.clone());
            if seen.journal.get(theirs) != Some(&after) {
                problems.push(format!("merged entry {theirs} is not what was decided there"));
            }
        }
        self.entries.insert(entry.to_owned(), Change { before, after });
    }

    /// Of a step without an entry, whether it is there is seen from its effects.
    fn guess(&mut self, step: &Step, seen: &Seen) {
        let effects = match step.has_entry() {
            false => self.effects(step, &Values::new()).unwrap_or_default(),
            true => Values::new(),
        };
        let is_there = |(subject, value): (&Subject, &Value)| {
            seen.state.get(subject).unwrap_or(&Value::Null) == value
        };
        if !effects.is_empty() && effects.iter().all(is_there) {
            self.in_flight[1] += 1;
            self.change(effects);
        } else {
            self.in_flight[0] += 1;
        }
    }

    /// What the step leads to; none where that depends on an entry that is not known. `said` is
    /// what the journal says of it, and used for no more than the number of a new category.
    fn effects(&self, step: &Step, said: &Values) -> Option<Values> {
        let category = |id, name: Option<&str>, state: Option<CategoryState>| {
            let mut value = self.value(&Subject::Category(id));
            if let Some(name) = name {
                value["name"] = json!(name);
            }
            if let Some(state) = state {
                value["state"] = json!(state.as_str());
            }
            (Subject::Category(id), value)
        };
        Some(match step {
            Step::Label(labels) => {
                labels.iter().map(|(image, value)| (Subject::Label(*image), json!(value))).collect()
            }
            Step::Mark(marks) => marks
                .iter()
                .map(|(image, mark)| (Subject::Mark(*image), mark_value(mark)))
                .collect(),
            Step::Rename(id, name) => Values::from([category(*id, Some(name), None)]),
            Step::Offer(id, true) => {
                Values::from([category(*id, None, Some(CategoryState::Active))])
            }
            Step::Offer(id, false) => {
                Values::from([category(*id, None, Some(CategoryState::Retired))])
            }
            Step::Split(from, name, images) => {
                let is_new = |subject: &&Subject| matches!(subject, Subject::Category(_));
                let Some(Subject::Category(new)) = said.keys().find(is_new) else {
                    return Some(Values::new());
                };
                let named = category_value(name, CategoryState::Active);
                let mut after = Values::from([(Subject::Category(*new), named)]);
                for image in images {
                    let Ok(value) =
                        serde_json::from_value::<LabelValue>(self.value(&Subject::Label(*image)))
                    else {
                        continue; // it has no label
                    };
                    if value.category() == Some(*from) {
                        let value = LabelValue { answer: Answer::Category(*new), ..value };
                        after.insert(Subject::Label(*image), json!(value));
                    }
                }
                after
            }
            Step::Merge(_, labels) => {
                labels.iter().map(|(image, value)| (Subject::Label(*image), json!(value))).collect()
            }
            Step::Undo(undone) => self.entries.get(undone)?.before.clone(),
            Step::Read(image, hash) => Values::from([(Subject::Reading(*image), json!(hash))]),
            Step::Predict(predictions) => predictions
                .iter()
                .map(|(image, scores)| {
                    let scores = model().categories.into_iter().zip(scores.iter().copied());
                    (Subject::Prediction(*image), scores_value(scores))
                })
                .collect(),
            Step::Scan(files) => {
                files.iter().map(|file| (Subject::Found(file.clone()), json!(true))).collect()
            }
            Step::SaveFilter(name, text) => {
                Values::from([(Subject::SavedFilter(name.clone()), json!(text))])
            }
            Step::Compact | Step::BackUp => Values::new(),
        })
    }

    fn value(&self, subject: &Subject) -> Value {
        self.state.get(subject).cloned().unwrap_or_default()
    }

    /// Brings the state to these values; gives what they were.
    fn change(&mut self, after: Values) -> Values {
        let mut before = Values::new();
        for (subject, value) in after {
            if subject.is_rebuildable() {
                self.earlier.entry(subject.clone()).or_default().push(value.clone());
            }
            let had = self.state.insert(subject.clone(), value).unwrap_or_default();
            before.insert(subject, had);
        }
        self.state.retain(|_, value| !value.is_null());
        before
    }

    fn compare(&mut self, seen: &Seen, end: End, problems: &mut Vec<String>) {
        for subject in differences(&self.state, &seen.state) {
            let (expected, found) = (self.value(&subject), seen.state.get(&subject));
            let was_earlier = match found {
                Some(found) => {
                    self.earlier.get(&subject).is_some_and(|values| values.contains(found))
                }
                None => true,
            };
            // A scan also finds what an earlier one was kept from saving.
            let is_found_again = matches!(subject, Subject::Found(_)) && found.is_some();
            let may_be_lost = end == End::PowerCut && subject.is_rebuildable() && was_earlier;
            if !may_be_lost && !is_found_again {
                problems.push(format!("{subject:?} is {found:?} and not {expected}"));
            }
            self.change(Values::from([(subject, found.cloned().unwrap_or_default())]));
        }
    }
}

/// What has different values.
fn differences(some: &Values, other: &Values) -> Vec<Subject> {
    let value = |values: &Values, subject| values.get(subject).cloned().unwrap_or_default();
    let subjects: BTreeSet<&Subject> = some.keys().chain(other.keys()).collect();
    subjects
        .into_iter()
        .filter(|subject| value(some, subject) != value(other, subject))
        .cloned()
        .collect()
}
