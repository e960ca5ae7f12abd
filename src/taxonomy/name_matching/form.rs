//! What is left of a name without case and punctuation, and the words it is made of.

use crate::text::folded;

/// Words that say nothing about a category.
const EMPTY_WORDS: [&str; 8] = ["a", "and", "in", "of", "on", "or", "the", "with"];

/// The name in lower case without white space and punctuation. Two numbers stay apart (`2.5` is not
/// `25`), and so does a minus before a number. Empty if there was nothing else.
pub(super) fn form(name: &str) -> String {
    let chars: Vec<char> = folded(name).chars().collect();
    let mut form = String::new();
    let mut was_digit = false;
    let mut is_apart = false;
    for (place, &c) in chars.iter().enumerate() {
        if is_separator(c) && !is_minus(&chars, place) {
            is_apart = true;
            continue;
        }
        if is_apart && was_digit && c.is_numeric() {
            form.push(' ');
        }
        form.push(c);
        was_digit = c.is_numeric();
        is_apart = false;
    }
    form
}

/// The name's words in lower case and the singular, without those that say nothing. Words end at
/// punctuation, between letters and digits, and where a capital follows a small letter.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = ' ';
    for c in name.chars() {
        let is_camel = previous.is_lowercase() && c.is_uppercase();
        let is_number_edge = previous.is_numeric() && c.is_alphabetic()
            || previous.is_alphabetic() && c.is_numeric();
        if is_separator(c) || is_camel || is_number_edge {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !is_separator(c)) {
            word.push(c);
        }
        previous = c;
    }
    words
        .iter()
        .map(|word| folded(word))
        .filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(&word.as_str()))
        .map(|word| singular(&word))
        .collect()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || "_-–—.,;:/\\&()[]{}'\"`´’".contains(c)
}

fn is_minus(chars: &[char], place: usize) -> bool {
    let starts_word = place.checked_sub(1).is_none_or(|before| chars[before].is_whitespace());
    let stands_before_number = chars.get(place + 1).is_some_and(|next| next.is_numeric());
    chars[place] == '-' && starts_word && stands_before_number
}

/// An English plural loses its ending; a guess, good enough for a proposal.
fn singular(word: &str) -> String {
    let stem = |ending: &str| word.strip_suffix(ending).filter(|stem| stem.chars().count() > 2);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    for ending in ["shes", "ches", "xes", "sses"] {
        if word.ends_with(ending) {
            return stem("es").unwrap_or(word).to_owned();
        }
    }
    if ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        return word.to_owned();
    }
    stem("s").unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_space_and_punctuation_do_not_change_the_form() {
        for name in ["Cantilever tips", "cantilever_tips", "CANTILEVER-TIPS", "CantileverTips "] {
            assert_eq!(form(name), "cantilevertips", "{name}");
        }
    }

    #[test]
    fn an_accent_apart_does_not_change_the_form() {
        assert_eq!(form("Gro\u{308}ße"), form("größe"));
        assert_ne!(form("Grosse"), form("Größe"));
    }

    #[test]
    fn numbers_keep_their_meaning() {
        assert_ne!(form("Pores 2.5 µm"), form("Pores 25 µm"));
        assert_eq!(form("Pores 2.5 µm"), form("pores_2,5µm"));
        assert_ne!(form("At -20 °C"), form("At 20 °C"));
        assert_eq!(form("Sample-2"), form("Sample 2"));
        assert_ne!(form("C++"), form("C"));
    }

    #[test]
    fn a_name_of_punctuation_only_has_no_form_and_no_words() {
        assert_eq!(form("--_ "), "");
        assert!(words("--_ ").is_empty());
        assert!(words("").is_empty());
    }

    #[test]
    fn words_end_at_punctuation_capitals_and_digits() {
        assert_eq!(words("Cantilever_Tips"), ["cantilever", "tip"]);
        assert_eq!(words("CantileverTips2nd"), ["cantilever", "tip", "2", "nd"]);
        assert_eq!(words("Films & coatings of the wafer"), ["film", "coating", "wafer"]);
    }

    #[test]
    fn plurals_become_singular_and_other_words_stay() {
        let pairs = [
            ("fibres", "fibre"),
            ("cavities", "cavity"),
            ("meshes", "mesh"),
            ("boxes", "box"),
            ("glass", "glass"),
            ("glasses", "glass"),
            ("porous", "porous"),
            ("gas", "gas"),
            ("s", "s"),
        ];
        for (plural, wanted) in pairs {
            assert_eq!(singular(plural), wanted);
        }
    }
}
