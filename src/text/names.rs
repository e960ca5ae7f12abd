//! Names that look the same to a reader are the same name.

use unicode_normalization::UnicodeNormalization as _;

/// The form in which names are compared: composed (NFC, since macOS writes accents apart) and in
/// lower case. For comparing only: what is shown and kept is the name as it was written.
pub fn folded(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_unicode_form_are_the_same() {
        assert_eq!(folded("Gro\u{308}\u{df}e"), folded("GRÖ\u{df}E"));
        assert_eq!(folded("ÖL_01"), "öl_01");
        assert_eq!(folded("сергей"), folded("Сергей"));
    }

    #[test]
    fn names_that_read_differently_stay_apart() {
        assert_ne!(folded("Grosse"), folded("Größe"));
        assert_ne!(folded("a_b"), folded("a-b"));
        assert_ne!(folded("um"), folded("µm"));
    }
}
