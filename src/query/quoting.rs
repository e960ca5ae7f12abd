//! Values with and without quotation marks, and what stands for what inside them.
//!
//! A `*` is a wildcard with and without quotation marks. Inside them `\"`, `\\` and `\*` are the
//! character itself; before any other character, and outside, `\` is nothing special.

use std::ops::Range;

use super::Pattern;

/// The value that means that there is none, unless it is quoted.
pub(super) const UNKNOWN: &str = "unknown";

/// A value as it stands in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawValue<'a> {
    /// What stands there, without the quotation marks.
    pub(super) source: &'a str,
    pub(super) is_quoted: bool,
    /// Where it begins, in bytes, with the quotation mark.
    pub(super) start: usize,
}

impl RawValue<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        let mark_count = if self.is_quoted { 2 } else { 0 };
        self.start..self.start + self.source.len() + mark_count
    }

    pub(super) fn is_blank(&self) -> bool {
        self.source.trim().is_empty()
    }

    pub(super) fn is_unknown(&self) -> bool {
        !self.is_quoted && self.source.eq_ignore_ascii_case(UNKNOWN)
    }

    /// The value in which a `*` is a star.
    pub(super) fn literal(&self) -> String {
        self.characters().into_iter().map(|(character, _)| character).collect()
    }

    /// The value in which a `*` stands for any text.
    pub(super) fn pattern(&self) -> Pattern {
        self.characters().into_iter().fold(
            Pattern::default(),
            |pattern, (character, is_wildcard)| {
                if is_wildcard {
                    pattern.followed_by_any_text()
                } else {
                    pattern.followed_by(character)
                }
            },
        )
    }

    /// Each character, and whether it is a wildcard.
    fn characters(&self) -> Vec<(char, bool)> {
        let mut characters = Vec::new();
        let mut source = self.source.chars().peekable();
        while let Some(character) = source.next() {
            let escaped = (self.is_quoted && character == '\\')
                .then(|| source.next_if(|&next| is_escaped(next)))
                .flatten();
            characters.push(match escaped {
                Some(escaped) => (escaped, false),
                None => (character, character == '*'),
            });
        }
        characters
    }
}

/// Where the quotation marks close, in bytes; `text` begins after the opening one.
pub(super) fn closing_mark(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some(at),
            '\\' => drop(characters.next()),
            _ => {}
        }
    }
    None
}

/// Whether a `\` before this character makes it the character itself.
pub(super) const fn is_escaped(character: char) -> bool {
    matches!(character, '"' | '\\' | '*')
}

#[cfg(test)]
mod tests {
    use super::super::PatternPart;
    use super::*;

    fn quoted(source: &str) -> RawValue<'_> {
        RawValue { source, is_quoted: true, start: 0 }
    }

    #[test]
    fn escapes_hold_only_inside_quotation_marks_and_before_what_needs_them() {
        assert_eq!(quoted(r#"5\" \\ \*"#).literal(), r#"5" \ *"#);
        assert_eq!(quoted(r"C:\data\new").literal(), r"C:\data\new");
        let bare = RawValue { source: r"a\\b\*", is_quoted: false, start: 0 };
        assert_eq!(bare.literal(), r"a\\b\*");
    }

    #[test]
    fn a_star_is_a_wildcard_unless_it_is_escaped() {
        let text = |text: &str| PatternPart::Text(text.to_owned());
        assert_eq!(quoted("a b*").pattern().parts(), [text("a b"), PatternPart::AnyText]);
        assert_eq!(quoted(r"a b\*").pattern().parts(), [text("a b*")]);
    }

    #[test]
    fn an_escaped_quotation_mark_does_not_close() {
        assert_eq!(closing_mark(r#"a" b"#), Some(1));
        assert_eq!(closing_mark(r#"a\"b" c"#), Some(4));
        assert_eq!(closing_mark(r#"a\\" b"#), Some(3));
        assert_eq!(closing_mark(r#"a\""#), None);
    }
}
