//! What a key event means: egui's keys as chords.

use egui::{Event, Key};

use crate::settings::{Chord, ChordKey};

/// A key that was pressed.
pub(super) struct KeyPress {
    chords: Vec<Chord>,
    /// Whether it is held down, so that it comes again and again.
    pub(super) is_repeated: bool,
}

const NAMED: [(Key, ChordKey); 14] = [
    (Key::Space, ChordKey::Space),
    (Key::Enter, ChordKey::Enter),
    (Key::Escape, ChordKey::Escape),
    (Key::Backspace, ChordKey::Backspace),
    (Key::Delete, ChordKey::Delete),
    (Key::Insert, ChordKey::Insert),
    (Key::Home, ChordKey::Home),
    (Key::End, ChordKey::End),
    (Key::PageUp, ChordKey::PageUp),
    (Key::PageDown, ChordKey::PageDown),
    (Key::ArrowLeft, ChordKey::Left),
    (Key::ArrowRight, ChordKey::Right),
    (Key::ArrowUp, ChordKey::Up),
    (Key::ArrowDown, ChordKey::Down),
];

impl KeyPress {
    /// The key press that an event is, if it is one.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let (keys, modifiers, is_repeated) = match event {
            Event::Key { key, physical_key, pressed: true, repeat, modifiers } => {
                (keys_of(*key, *physical_key), *modifiers, *repeat)
            }
            // These come in place of their keys.
            Event::Copy => (vec![ChordKey::Character('C')], egui::Modifiers::COMMAND, false),
            Event::Cut => (vec![ChordKey::Character('X')], egui::Modifiers::COMMAND, false),
            Event::Paste(_) => (vec![ChordKey::Character('V')], egui::Modifiers::COMMAND, false),
            _ => return None,
        };
        let chord = |key| {
            let chord = Chord::new(key).command(modifiers.command || modifiers.ctrl);
            chord.alt(modifiers.alt).shift(modifiers.shift)
        };
        let chords: Vec<Chord> = keys.into_iter().map(chord).collect();
        (!chords.is_empty()).then_some(Self { chords, is_repeated })
    }

    /// What it can mean, the likeliest first.
    pub(super) fn chords(&self) -> impl Iterator<Item = Chord> {
        self.chords.iter().copied()
    }

    /// Whether it is for the control that has the keyboard: it presses a button, moves a slider, or
    /// goes to the next control.
    pub(super) fn is_for_controls(&self) -> bool {
        let is_one = |chord: &Chord| {
            matches!(
                chord.key(),
                ChordKey::Space
                    | ChordKey::Enter
                    | ChordKey::Left
                    | ChordKey::Right
                    | ChordKey::Up
                    | ChordKey::Down
            )
        };
        self.chords.iter().any(is_one)
    }
}

/// Digits count by their place on the keyboard, so that Shift+1 is still 1 and a French keyboard
/// needs no Shift; letters and symbols count by what they write.
fn keys_of(key: Key, physical_key: Option<Key>) -> Vec<ChordKey> {
    if let Some((_, named)) = NAMED.iter().find(|(known, _)| *known == key) {
        return vec![*named]; // also on the digits' block without Num Lock
    }
    let number = |name: &str| name.strip_prefix('F')?.parse().ok();
    if let Some(number) = number(key.name()) {
        return vec![ChordKey::Function(number)];
    }
    let digit = physical_key.and_then(written).filter(char::is_ascii_digit);
    let mut keys = Vec::new();
    for character in [digit, written(key)].into_iter().flatten() {
        let key = ChordKey::Character(character);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The sign that a key writes, if it is of ASCII.
fn written(key: Key) -> Option<char> {
    let single = |text: &str| {
        let mut characters = text.chars();
        characters.next().filter(|_| characters.next().is_none()).filter(char::is_ascii)
    };
    match key {
        Key::Minus => Some('-'), // egui shows a longer one
        Key::Quote => Some('\''),
        _ => single(key.symbol_or_name()),
    }
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn chords(key: Key, physical_key: Option<Key>, modifiers: Modifiers) -> String {
        let event = Event::Key { key, physical_key, pressed: true, repeat: false, modifiers };
        let press = KeyPress::of(&event);
        let texts: Vec<String> =
            press.iter().flat_map(KeyPress::chords).map(|chord| chord.to_string()).collect();
        texts.join(" ")
    }

    #[test]
    fn digits_count_by_place_and_letters_and_symbols_by_meaning() {
        let none = Modifiers::NONE;
        assert_eq!(chords(Key::A, Some(Key::Q), none), "A");
        assert_eq!(chords(Key::Num7, None, none), "7");
        assert_eq!(chords(Key::Exclamationmark, Some(Key::Num1), Modifiers::SHIFT), "Shift+1 !");
        assert_eq!(chords(Key::Minus, Some(Key::Num6), none), "6 -");
        assert_eq!(chords(Key::Home, Some(Key::Num7), none), "Home");
        assert_eq!(chords(Key::Questionmark, Some(Key::Slash), Modifiers::SHIFT), "?");
    }

    #[test]
    fn what_is_held_beside_a_key_belongs_to_it() {
        let held = Modifiers::COMMAND | Modifiers::SHIFT;
        assert_eq!(chords(Key::Z, Some(Key::Z), held), "Ctrl+Shift+Z");
        assert_eq!(chords(Key::F5, None, Modifiers::ALT), "Alt+F5");
        assert_eq!(chords(Key::ShiftLeft, Some(Key::ShiftLeft), Modifiers::SHIFT), "");
    }

    #[test]
    fn copying_comes_as_its_key() {
        let press = KeyPress::of(&Event::Copy).unwrap();
        assert_eq!(press.chords().next().unwrap().to_string(), "Ctrl+C");
        assert!(KeyPress::of(&Event::Text("c".to_owned())).is_none());
    }

    #[test]
    fn every_key_that_writes_something_has_a_chord_that_parses_back() {
        for key in Key::ALL {
            for part in keys_of(*key, None) {
                let chord = Chord::new(part);
                assert_eq!(chord.to_string().parse(), Ok(chord), "{key:?}");
            }
        }
    }
}
