//! Prints a query so that it is read as the same query again.

use std::fmt;

use super::lexer::is_operator;
use super::quoting::{UNKNOWN, is_escaped};
use super::{Condition, FreeText, Pattern, PatternPart, Query, Term};

/// Text that parses to an equal query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, term) in self.terms.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(f, "{space}{term}")?;
        }
        Ok(())
    }
}

/// Neighbouring alternatives of one field share its name.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negated {
            f.write_str("-")?;
        }
        let mut before = None;
        for condition in &self.any_of {
            match before.replace(condition.subject()) {
                None => write!(f, "{condition}")?,
                Some(subject) if subject.is_some() && subject == condition.subject() => {
                    f.write_str(",")?;
                    write_value(f, condition)?;
                }
                Some(_) => write!(f, " OR {condition}")?,
            }
        }
        Ok(())
    }
}

/// As a term of its own.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = self.subject() {
            write!(f, "{}:", subject.name())?;
        }
        write_value(f, self)
    }
}

/// As it stands after a colon.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_field_pattern(f, self)
    }
}

/// Writes what stands after the colon, or the words where there is none.
fn write_value(f: &mut fmt::Formatter<'_>, condition: &Condition) -> fmt::Result {
    match condition {
        Condition::Text(text) => write_free_text(f, text),
        Condition::Category(_, pattern) | Condition::Matches(_, pattern) => {
            write_field_pattern(f, pattern)
        }
        Condition::Number(_, range) => write!(f, "{range}"),
        Condition::Date(_, range) => write!(f, "{range}"),
        Condition::Unknown(_) => f.write_str(UNKNOWN),
        Condition::Folder(path) | Condition::Near(path) => {
            write_field_pattern(f, &Pattern::exactly(path))
        }
        Condition::Source(origin) => f.write_str(origin.name()),
        Condition::Is(state) => f.write_str(state.name()),
        Condition::Has(property) => f.write_str(property.name()),
    }
}

fn write_free_text(f: &mut fmt::Formatter<'_>, text: &FreeText) -> fmt::Result {
    let pattern = Pattern::exactly(&text.words);
    let looks_like_another_term =
        text.words.starts_with('-') || text.words.contains(':') || is_operator(&text.words);
    match text.is_prefix {
        true if looks_like_another_term || is_special_when_bare(&pattern) => {
            write_pattern(f, &pattern.followed_by_any_text(), true)
        }
        true => write_pattern(f, &pattern, false),
        false => write_pattern(f, &pattern, true),
    }
}

fn write_field_pattern(f: &mut fmt::Formatter<'_>, pattern: &Pattern) -> fmt::Result {
    let looks_unknown = match pattern.parts() {
        [PatternPart::Text(text)] => text.eq_ignore_ascii_case(UNKNOWN),
        _ => false,
    };
    write_pattern(f, pattern, looks_unknown || is_special_when_bare(pattern))
}

/// Whether, without quotation marks, the value would end early or a star in it be a wildcard.
fn is_special_when_bare(pattern: &Pattern) -> bool {
    let is_special = |c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ',' | '*');
    pattern
        .parts()
        .iter()
        .any(|part| matches!(part, PatternPart::Text(text) if text.contains(is_special)))
}

fn write_pattern(f: &mut fmt::Formatter<'_>, pattern: &Pattern, is_quoted: bool) -> fmt::Result {
    let mark = if is_quoted { "\"" } else { "" };
    f.write_str(mark)?;
    for part in pattern.parts() {
        match part {
            PatternPart::AnyText => f.write_str("*")?,
            PatternPart::Text(text) if !is_quoted => f.write_str(text)?,
            PatternPart::Text(text) => {
                for character in text.chars() {
                    let escape = if is_escaped(character) { "\\" } else { "" };
                    write!(f, "{escape}{character}")?;
                }
            }
        }
    }
    f.write_str(mark)
}
