//! Letters with their accents in one character: some systems keep file names with both apart.

/// A combining accent, the letters it stands on and what they become.
const COMPOSED: [(char, &str, &str); 8] = [
    ('\u{300}', "aeiou", "àèìòù"),
    ('\u{301}', "aeiouyclnrsz", "áéíóúýćĺńŕśź"),
    ('\u{302}', "aeiouc", "âêîôûĉ"),
    ('\u{303}', "anoi", "ãñõĩ"),
    ('\u{308}', "aeiouy", "äëïöüÿ"),
    ('\u{30a}', "au", "åů"),
    ('\u{30c}', "cdenrstz", "čďěňřšťž"),
    ('\u{327}', "cst", "çşţ"),
];

/// The text, which is in lower case, with each Latin letter and the accent after it made one.
pub(super) fn composed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match result.chars().next_back().and_then(|letter| with_accent(letter, c)) {
            Some(whole) => {
                result.pop();
                result.push(whole);
            }
            None => result.push(c),
        }
    }
    result
}

fn with_accent(letter: char, accent: char) -> Option<char> {
    let (_, letters, wholes) = COMPOSED.iter().find(|(combining, _, _)| *combining == accent)?;
    let place = letters.chars().position(|candidate| candidate == letter)?;
    wholes.chars().nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_and_accent_become_one() {
        assert_eq!(composed("gro\u{308}ße"), "größe");
        assert_eq!(composed("a\u{30a}se\u{301}"), "åsé");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["größe", "µm", "q\u{308}", "\u{308}", ""] {
            assert_eq!(composed(text), text);
        }
    }

    #[test]
    fn every_letter_of_the_table_has_its_counterpart() {
        for (_, letters, wholes) in COMPOSED {
            assert_eq!(letters.chars().count(), wholes.chars().count(), "{wholes}");
        }
    }
}
