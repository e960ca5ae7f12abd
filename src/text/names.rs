//! Names that look the same to a reader are the same name.

use unicode_normalization::UnicodeNormalization as _;

/// The form in which names are compared: composed (NFC, since macOS writes accents apart), in lower
/// case, with one sign for micro. For comparing only: what is shown and kept is the name as it was
/// written.
pub fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_lowercase).nfc().map(one_sign).collect()
}

/// Fonts draw the Greek letter and the sign for a millionth alike, and keyboards have one of them.
fn one_sign(c: char) -> char {
    if c == '\u{3bc}' { 'µ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_unicode_form_are_the_same() {
        assert_eq!(folded("Gro\u{308}\u{df}e"), folded("GRÖ\u{df}E"));
        assert_eq!(folded("ÖL_01"), "öl_01");
        assert_eq!(folded("сергей"), folded("Сергей"));
        assert_eq!(folded("A_1.TIF"), "a_1.tif");
        assert_eq!(folded("5 \u{3bc}m"), folded("5 \u{b5}m"));
        assert_eq!(folded("300 \u{212a}"), folded("300 K"));
    }

    #[test]
    fn names_that_read_differently_stay_apart() {
        assert_ne!(folded("Grosse"), folded("Größe"));
        assert_ne!(folded("a_b"), folded("a-b"));
        assert_ne!(folded("um"), folded("µm"));
    }
}
