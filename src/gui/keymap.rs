//! Which keys do what by now: the defaults, and over them what was chosen in the settings.

use std::collections::{BTreeMap, HashMap};

use super::actions::{ACTIONS, Action};
use super::key_cap::cap_text;
use crate::settings::{Chord, Settings};

/// Keys by what was chosen.
type Chosen = BTreeMap<String, Vec<Chord>>;

/// Which keys do what by now.
pub(super) struct Keymap {
    made_for: Chosen,
    chords: Vec<Vec<Chord>>,
    actions: HashMap<Chord, Action>,
}

impl Keymap {
    /// The keys as these settings have them.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut chords = vec![Vec::new(); ACTIONS.len()];
        let mut actions = HashMap::new();
        // What was chosen goes before what was not.
        for is_chosen in [true, false] {
            for facts in &ACTIONS {
                let chosen = settings.keys.get(facts.name);
                if chosen.is_some() != is_chosen {
                    continue;
                }
                for chord in chosen.cloned().unwrap_or_else(|| facts.action.default_chords()) {
                    if actions.contains_key(&chord) {
                        continue;
                    }
                    actions.insert(chord, facts.action);
                    chords[facts.action as usize].push(chord);
                }
            }
        }
        Self { made_for: settings.keys.clone(), chords, actions }
    }

    /// Takes changed settings in.
    pub(super) fn follow(&mut self, settings: &Settings) {
        if self.made_for != settings.keys {
            *self = Self::of(settings);
        }
    }

    /// The keys of an action.
    pub(super) fn chords(&self, action: Action) -> &[Chord] {
        &self.chords[action as usize]
    }

    /// What a key does, and whether Shift selects on the way.
    pub(super) fn action(&self, chord: Chord) -> Option<(Action, bool)> {
        let exact = self.actions.get(&chord).map(|action| (*action, false));
        exact.or_else(|| {
            let without = self.actions.get(&chord.shift(false)).filter(|_| chord.has_shift())?;
            without.can_extend().then_some((*without, true))
        })
    }

    /// Another action than this one that has the key.
    pub(super) fn other_action(&self, chord: Chord, action: Action) -> Option<Action> {
        self.actions.get(&chord).copied().filter(|other| *other != action)
    }

    /// The first key of an action as it is shown, such as `Ctrl+Z`.
    pub(super) fn first_key(&self, action: Action) -> Option<String> {
        self.chords(action).first().map(|chord| cap_text(*chord))
    }

    /// An action with its first key for a hint, as in `Undo (Ctrl+Z)`.
    pub(super) fn hint(&self, action: Action) -> String {
        let text = action.text();
        match self.first_key(action) {
            Some(key) => format!("{text} ({key})"),
            None => text.to_owned(),
        }
    }
}

/// What was chosen, with this key for an action; another one loses it.
pub(super) fn rebound(keymap: &Keymap, chosen: &Chosen, action: Action, chord: Chord) -> Chosen {
    let mut chosen = taken_over(keymap, chosen, action, &[chord]);
    chosen.insert(action.facts().name.to_owned(), vec![chord]);
    chosen
}

/// What was chosen, with the default keys for an action; others lose them.
pub(super) fn restored(keymap: &Keymap, chosen: &Chosen, action: Action) -> Chosen {
    let mut chosen = taken_over(keymap, chosen, action, &action.default_chords());
    chosen.remove(action.facts().name);
    chosen
}

/// What was chosen, with these keys for no other action than this one.
fn taken_over(keymap: &Keymap, chosen: &Chosen, action: Action, chords: &[Chord]) -> Chosen {
    let mut chosen = chosen.clone();
    for chord in chords {
        let Some(other) = keymap.other_action(*chord, action) else { continue };
        let left = keymap.chords(other).iter().copied().filter(|known| !chords.contains(known));
        chosen.insert(other.facts().name.to_owned(), left.collect());
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    fn with_keys(keys: &[(&str, &[&str])]) -> Keymap {
        let chords = |texts: &&[&str]| texts.iter().map(|text| chord(text)).collect();
        let keys = keys.iter().map(|(name, texts)| ((*name).to_owned(), chords(texts))).collect();
        Keymap::of(&Settings { keys, ..Settings::default() })
    }

    #[test]
    fn defaults_hold_where_nothing_was_chosen() {
        let keymap = with_keys(&[]);
        assert_eq!(keymap.action(chord("Ctrl+Z")), Some((Action::Undo, false)));
        assert_eq!(keymap.action(chord("Ctrl+Shift+Z")), Some((Action::Redo, false)));
        assert_eq!(keymap.action(chord("Shift+Right")), Some((Action::GoRight, true)));
        assert_eq!(keymap.action(chord("Shift+X")), None, "only moving extends");
        assert_eq!(keymap.action(chord("Alt+Right")), None);
    }

    #[test]
    fn a_chosen_key_goes_before_anothers_default() {
        let keymap =
            with_keys(&[("redo", &["Ctrl+Z"]), ("set_unusable", &[]), ("unknown", &["Q"])]);
        assert_eq!(keymap.action(chord("Ctrl+Z")), Some((Action::Redo, false)));
        assert!(keymap.chords(Action::Undo).is_empty());
        assert_eq!(keymap.action(chord("Ctrl+Y")), None, "it had others before");
        assert_eq!(keymap.action(chord("X")), None);
        assert_eq!(keymap.action(chord("Q")), None);
    }

    #[test]
    fn taking_a_key_over_leaves_the_other_action_its_other_keys() {
        let before = with_keys(&[]);
        let chosen = rebound(&before, &Chosen::new(), Action::Undo, chord("Ctrl+Y"));
        let after = Keymap::of(&Settings { keys: chosen, ..Settings::default() });
        assert_eq!(after.chords(Action::Undo), [chord("Ctrl+Y")]);
        assert_eq!(after.chords(Action::Redo), [chord("Ctrl+Shift+Z")]);

        let settings = Settings {
            keys: [("undo", "Q"), ("redo", "Ctrl+Z")]
                .map(|(name, key)| (name.to_owned(), vec![chord(key)]))
                .into(),
            ..Settings::default()
        };
        let chosen = restored(&Keymap::of(&settings), &settings.keys, Action::Undo);
        let after = Keymap::of(&Settings { keys: chosen, ..Settings::default() });
        assert_eq!(after.chords(Action::Undo), [chord("Ctrl+Z")]);
        assert!(after.chords(Action::Redo).is_empty());
    }
}
