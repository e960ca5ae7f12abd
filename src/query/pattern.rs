//! Text in which parts are left open.

use crate::text::folded;

/// What a whole text has to look like, without regard to case and Unicode form.
///
/// Two kinds of parts never stand next to their own kind, so equal patterns are written equally.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Pattern {
    parts: Vec<PatternPart>,
}

/// A piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PatternPart {
    /// This text and no other, except for case. Not empty.
    Text(String),
    /// Any text, also none: the `*`.
    AnyText,
}

impl Pattern {
    /// The pattern that only this text matches. A `*` in it is a star.
    pub fn exactly(text: &str) -> Self {
        text.chars().fold(Self::default(), Self::followed_by)
    }

    /// The parts, which a matching text has one after another from its beginning to its end.
    pub fn parts(&self) -> &[PatternPart] {
        &self.parts
    }

    /// The only text that matches, where there is no wildcard.
    pub fn exact_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [PatternPart::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the whole of `text` looks like this, without regard to case and Unicode form.
    pub fn matches(&self, text: &str) -> bool {
        let text = folded(text);
        let mut rest = text.as_str();
        let mut is_open = false;
        for (at, part) in self.parts.iter().enumerate() {
            let PatternPart::Text(wanted) = part else {
                is_open = true;
                continue;
            };
            let wanted = folded(wanted);
            let is_last = at + 1 == self.parts.len();
            let end = match (is_open, is_last) {
                (true, true) => rest.ends_with(&wanted).then_some(rest.len()),
                (true, false) => rest.find(&wanted).map(|start| start + wanted.len()),
                (false, _) => rest.starts_with(&wanted).then_some(wanted.len()),
            };
            let Some(end) = end else { return false };
            rest = &rest[end..];
            is_open = false;
        }
        rest.is_empty() || is_open
    }

    pub(super) fn followed_by(mut self, character: char) -> Self {
        if let Some(PatternPart::Text(text)) = self.parts.last_mut() {
            text.push(character);
        } else {
            self.parts.push(PatternPart::Text(character.to_string()));
        }
        self
    }

    pub(super) fn followed_by_any_text(mut self) -> Self {
        if self.parts.last() != Some(&PatternPart::AnyText) {
            self.parts.push(PatternPart::AnyText);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_kind_are_joined() {
        let pattern = Pattern::default().followed_by_any_text().followed_by_any_text();
        assert_eq!(pattern.parts(), [PatternPart::AnyText]);
        let pattern = pattern.followed_by('S').followed_by('E');
        assert_eq!(pattern.parts(), [PatternPart::AnyText, PatternPart::Text("SE".to_owned())]);
    }

    #[test]
    fn a_pattern_matches_the_whole_of_a_text_in_any_case() {
        let pattern = |text: &str| {
            text.split('*').enumerate().fold(Pattern::default(), |pattern, (at, part)| {
                let pattern = if at > 0 { pattern.followed_by_any_text() } else { pattern };
                part.chars().fold(pattern, Pattern::followed_by)
            })
        };
        for (written, text) in [
            ("InLens", "INLENS"),
            ("*se*", "InLens SE2"),
            ("a*", "a"),
            ("*", ""),
            ("a*b*c", "aXbbYc"),
            ("*ab", "abab"),
            ("größe", "GRÖSSE".replace("SS", "ß").as_str()),
            ("größe*", "Gro\u{308}ße_1"),
            ("*gro\u{308}ße", "1_GRÖßE"),
        ] {
            assert!(pattern(written).matches(text), "{written} {text}");
        }
        for (written, text) in
            [("InLens", "InLens2"), ("a*b", "ab2"), ("*b", "a"), ("ab*b", "ab"), ("a", "")]
        {
            assert!(!pattern(written).matches(text), "{written} {text}");
        }
    }

    #[test]
    fn an_exact_pattern_takes_a_star_literally() {
        assert_eq!(Pattern::exactly("a*b").parts(), [PatternPart::Text("a*b".to_owned())]);
    }
}
