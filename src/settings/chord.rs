//! A key with what is held down beside it, such as `Ctrl+Shift+Z`.

use std::fmt;
use std::str::FromStr;

/// A key with what is held down beside it. As text `Ctrl+Shift+Z`, `Space`, `?` or `F5`.
///
/// Letters and symbols count by what they write, digits by their place. Which of the symbols need
/// Shift is the keyboard's business, so none has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    key: ChordKey,
    has_command: bool,
    has_alt: bool,
    has_shift: bool,
}

/// The key of a [`Chord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChordKey {
    /// A letter (upper case), a digit or another sign of ASCII.
    Character(char),
    /// `F1` to `F35`, by its number.
    Function(u8),
    /// The space bar.
    Space,
    /// Enter, also called Return.
    Enter,
    /// Esc.
    Escape,
    /// Deletes to the left.
    Backspace,
    /// Deletes to the right.
    Delete,
    /// Insert.
    Insert,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
}

const NAMED: [(ChordKey, &str); 14] = [
    (ChordKey::Space, "Space"),
    (ChordKey::Enter, "Enter"),
    (ChordKey::Escape, "Esc"),
    (ChordKey::Backspace, "Backspace"),
    (ChordKey::Delete, "Delete"),
    (ChordKey::Insert, "Insert"),
    (ChordKey::Home, "Home"),
    (ChordKey::End, "End"),
    (ChordKey::PageUp, "PageUp"),
    (ChordKey::PageDown, "PageDown"),
    (ChordKey::Left, "Left"),
    (ChordKey::Right, "Right"),
    (ChordKey::Up, "Up"),
    (ChordKey::Down, "Down"),
];
/// With Ctrl: select all, copy, cut, paste, take back and make again; and deleting as in a terminal.
const EDITING: [char; 10] = ['A', 'C', 'X', 'V', 'Z', 'Y', 'H', 'K', 'U', 'W'];
const MOST_FUNCTION_KEYS: u8 = 35;
const COMMAND: &str = "Ctrl+";
const ALT: &str = "Alt+";
const SHIFT: &str = "Shift+";

impl Chord {
    /// The key alone.
    pub fn new(key: ChordKey) -> Self {
        let key = match key {
            ChordKey::Character(character) => ChordKey::Character(character.to_ascii_uppercase()),
            named => named,
        };
        Self { key, has_command: false, has_alt: false, has_shift: false }
    }

    /// The same with Ctrl (on a Mac, the Command key), where `has_command`.
    pub fn command(self, has_command: bool) -> Self {
        Self { has_command, ..self }
    }

    /// The same with Alt, where `has_alt`.
    pub fn alt(self, has_alt: bool) -> Self {
        Self { has_alt, ..self }
    }

    /// The same with Shift, where `has_shift` and the key is no symbol.
    pub fn shift(self, has_shift: bool) -> Self {
        Self { has_shift: has_shift && !self.is_symbol(), ..self }
    }

    /// The key.
    pub fn key(self) -> ChordKey {
        self.key
    }

    /// Whether Ctrl (on a Mac, the Command key) is part of it.
    pub fn has_command(self) -> bool {
        self.has_command
    }

    /// Whether Shift is part of it.
    pub fn has_shift(self) -> bool {
        self.has_shift
    }

    /// Whether neither Ctrl nor Alt is part of it.
    pub fn is_bare(self) -> bool {
        !self.has_command && !self.has_alt
    }

    /// Whether a field that is being edited acts on it: it writes, deletes, moves, copies, takes back
    /// or ends the editing.
    pub fn is_editing(self) -> bool {
        match self.key {
            ChordKey::Character(character) => {
                self.is_bare() || self.has_command && EDITING.contains(&character)
            }
            ChordKey::Function(_) => false,
            _ => true,
        }
    }

    /// The letter (lower case) or digit that it consists of, with or without Shift.
    pub fn category_key(self) -> Option<char> {
        match self.key {
            ChordKey::Character(character) if self.is_bare() && !self.is_symbol() => {
                Some(character.to_ascii_lowercase())
            }
            _ => None,
        }
    }

    fn is_symbol(self) -> bool {
        matches!(self.key, ChordKey::Character(character) if !character.is_ascii_alphanumeric())
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (is_held, name) in
            [(self.has_command, COMMAND), (self.has_alt, ALT), (self.has_shift, SHIFT)]
        {
            if is_held {
                f.write_str(name)?;
            }
        }
        match self.key {
            ChordKey::Character(character) => write!(f, "{character}"),
            ChordKey::Function(number) => write!(f, "F{number}"),
            named => {
                let name = NAMED.iter().find(|(key, _)| *key == named);
                f.write_str(name.map_or("", |(_, name)| name))
            }
        }
    }
}

/// A text that names no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key is called so")]
pub struct ChordError;

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let (mut rest, mut held) = (text.trim(), [false; 3]);
        'held: loop {
            for (is_held, name) in held.iter_mut().zip([COMMAND, ALT, SHIFT]) {
                let prefix = rest.get(..name.len());
                if rest.len() > name.len()
                    && prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(name))
                {
                    (*is_held, rest) = (true, &rest[name.len()..]);
                    continue 'held;
                }
            }
            break;
        }
        let [has_command, has_alt, has_shift] = held;
        let chord = Self::new(key_of_name(rest).ok_or(ChordError)?);
        Ok(chord.command(has_command).alt(has_alt).shift(has_shift))
    }
}

fn key_of_name(name: &str) -> Option<ChordKey> {
    let mut characters = name.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return character.is_ascii_graphic().then_some(ChordKey::Character(character));
    }
    let named = NAMED.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
    let function = || {
        let number = name.strip_prefix(['F', 'f'])?.parse().ok()?;
        (1..=MOST_FUNCTION_KEYS).contains(&number).then_some(ChordKey::Function(number))
    };
    named.map(|(key, _)| *key).or_else(function)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    #[test]
    fn the_text_of_a_chord_parses_back() {
        for text in [
            "A",
            "7",
            "?",
            "-",
            "+",
            "Ctrl++",
            "Ctrl+,",
            "Ctrl+Shift+Z",
            "Ctrl+Alt+Shift+F12",
            "Shift+PageDown",
            "Alt+Left",
            "Space",
            "Esc",
            "F35",
        ] {
            assert_eq!(chord(text).to_string(), text);
        }
        for (key, name) in NAMED {
            assert_eq!(chord(name), Chord::new(key));
        }
    }

    #[test]
    fn case_and_the_order_of_what_is_held_do_not_matter() {
        assert_eq!(chord("shift+ctrl+z"), chord("Ctrl+Shift+Z"));
        assert_eq!(chord(" f5 "), chord("F5"));
    }

    #[test]
    fn a_field_acts_on_what_writes_moves_and_deletes() {
        let are_editing = |texts: &[&str]| -> Vec<bool> {
            texts.iter().map(|text| chord(text).is_editing()).collect()
        };
        assert_eq!(are_editing(&["A", "?", "Shift+7", "Space", "Backspace", "Enter"]), [true; 6]);
        assert_eq!(are_editing(&["Left", "Ctrl+Shift+Right", "Ctrl+V", "Ctrl+Z"]), [true; 4]);
        assert_eq!(are_editing(&["Ctrl+P", "Ctrl+,", "Alt+A", "F1"]), [false; 4]);
    }

    #[test]
    fn a_symbol_has_no_shift_and_a_digit_does() {
        assert_eq!(chord("Shift+?"), chord("?"));
        assert_ne!(chord("Shift+1"), chord("1"));
    }

    #[test]
    fn what_names_no_key_is_refused() {
        for text in ["", "Ctrl+", "Ctrl", "F0", "F36", "Nothing", "é", "Ctrl+Shift+", "A+B"] {
            assert!(text.parse::<Chord>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_category_key_is_a_letter_or_digit_without_control() {
        assert_eq!(chord("Shift+A").category_key(), Some('a'));
        assert_eq!(chord("7").category_key(), Some('7'));
        for text in ["Ctrl+A", "?", "Space", "F5"] {
            assert_eq!(chord(text).category_key(), None, "{text}");
        }
    }
}
