//! Takes settings out of JSON, one field at a time: what is wrong with one is told, and no more.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{Chord, SettingsProblem};

/// Most characters of a field that are told.
const MOST_TOLD: usize = 40;

/// The fields that are not taken yet, and what was wrong with those that are.
pub(super) struct Fields {
    left: Map<String, Value>,
    problems: Vec<SettingsProblem>,
}

impl Fields {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self { left: object, problems: Vec::new() }
    }

    /// What nobody took, and what was wrong.
    pub(super) fn finish(self) -> (Map<String, Value>, Vec<SettingsProblem>) {
        (self.left, self.problems)
    }

    /// One of some names; the first choice's default where it is none.
    pub(super) fn choice<T: Copy + Default>(
        &mut self,
        field: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> T {
        let Some(value) = self.left.remove(field) else { return T::default() };
        let chosen = all.iter().find(|choice| value.as_str() == Some(name(**choice)));
        chosen.copied().unwrap_or_else(|| {
            let names: Vec<&str> = all.iter().map(|choice| name(*choice)).collect();
            self.tell(field, &value, format!("one of {}", names.join(", ")));
            T::default()
        })
    }

    /// Whether something is so.
    pub(super) fn yes_or_no(&mut self, field: &str, default: bool) -> bool {
        let Some(value) = self.left.remove(field) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.tell(field, &value, "true or false".to_owned());
            default
        })
    }

    /// A whole number within these limits.
    pub(super) fn number(&mut self, field: &str, limits: RangeInclusive<u16>, default: u16) -> u16 {
        let Some(value) = self.left.remove(field) else { return default };
        self.checked(field, &value, limits).unwrap_or(default)
    }

    /// The same, or nothing.
    pub(super) fn number_or_null(
        &mut self,
        field: &str,
        limits: RangeInclusive<u16>,
    ) -> Option<u16> {
        let value = self.left.remove(field).filter(|value| !value.is_null())?;
        self.checked(field, &value, limits)
    }

    fn checked(&mut self, field: &str, value: &Value, limits: RangeInclusive<u16>) -> Option<u16> {
        let number = value.as_u64().and_then(|number| u16::try_from(number).ok());
        let number = number.filter(|number| limits.contains(number));
        if number.is_none() {
            let wanted = format!("a whole number from {} to {}", limits.start(), limits.end());
            self.tell(field, value, wanted);
        }
        number
    }

    /// Paths, in a list.
    pub(super) fn paths(&mut self, field: &str) -> Vec<PathBuf> {
        let Some(value) = self.left.remove(field) else { return Vec::new() };
        let path = |value: &Value| value.as_str().map(PathBuf::from);
        let paths = value.as_array().and_then(|values| values.iter().map(path).collect());
        paths.unwrap_or_else(|| {
            self.tell(field, &value, "a list of paths".to_owned());
            Vec::new()
        })
    }

    /// Keys by the name of what they do, a text or a list of texts each.
    pub(super) fn keys(&mut self, field: &str) -> BTreeMap<String, Vec<Chord>> {
        let actions = match self.left.remove(field) {
            None => return BTreeMap::new(),
            Some(Value::Object(actions)) => actions,
            Some(other) => {
                self.tell(field, &other, "an object of actions and their keys".to_owned());
                return BTreeMap::new();
            }
        };
        let mut keys = BTreeMap::new();
        for (action, value) in actions {
            match chords(&value) {
                Some(chords) => {
                    keys.insert(action, chords);
                }
                None => {
                    let wanted = "keys such as \"Ctrl+Shift+Z\"".to_owned();
                    self.tell(&format!("{field}.{action}"), &value, wanted);
                }
            }
        }
        keys
    }

    fn tell(&mut self, field: &str, value: &Value, wanted: String) {
        let mut found = value.to_string();
        if let Some((at, _)) = found.char_indices().nth(MOST_TOLD) {
            found.truncate(at);
            found.push('…');
        }
        self.problems.push(SettingsProblem::Field { field: field.to_owned(), found, wanted });
    }
}

fn chords(value: &Value) -> Option<Vec<Chord>> {
    let chord = |value: &Value| value.as_str()?.parse().ok();
    match value {
        Value::Array(values) => values.iter().map(chord).collect(),
        other => chord(other).map(|chord| vec![chord]),
    }
}

/// Paths as they stand in the file; one that is no text cannot.
pub(super) fn paths_as_json(paths: &[PathBuf]) -> Value {
    paths.iter().filter_map(|path| path.to_str()).collect()
}

/// Keys as they stand in the file.
pub(super) fn keys_as_json(keys: &BTreeMap<String, Vec<Chord>>) -> Value {
    let texts = |chords: &Vec<Chord>| chords.iter().map(ToString::to_string).collect::<Vec<_>>();
    keys.iter().map(|(action, chords)| (action.clone(), Value::from(texts(chords)))).collect()
}
