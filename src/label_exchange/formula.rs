//! Texts that a spreadsheet would take for a formula.
//!
//! An apostrophe before it makes a text of it, as in a spreadsheet's own cells. So that every text
//! can be read again as it was, one that looks as though it had got its apostrophe gets another.

use std::borrow::Cow;

/// The text with an apostrophe, where `is_for_spreadsheet` and it would be a formula, and where it
/// would lose one in [`without_apostrophe`].
pub(super) fn with_apostrophe(text: &str, is_for_spreadsheet: bool) -> Cow<'_, str> {
    let needs_one = begins_formula(text.trim_start_matches('\''))
        && (is_for_spreadsheet || text.starts_with('\''));
    if needs_one { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that made a text of it.
pub(super) fn without_apostrophe(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_spreadsheet_gets_an_apostrophe_before_formulas() {
        for text in ["=1+1", "+5 V", "-dash", "@x", "\t=1", "\r=1"] {
            assert_eq!(with_apostrophe(text, true), format!("'{text}"));
            assert_eq!(with_apostrophe(text, false), text);
        }
        for text in ["", "a=1", "5 µm", "'tis", "#"] {
            assert_eq!(with_apostrophe(text, true), text);
        }
    }

    #[test]
    fn every_text_comes_back() {
        for text in ["=1+1", "'=1+1", "''-x", "'tis", "'", "''", "a", "", "'@", "O'Neil"] {
            for is_for_spreadsheet in [true, false] {
                let written = with_apostrophe(text, is_for_spreadsheet);
                assert_eq!(without_apostrophe(&written), text);
            }
        }
    }
}
