//! Finds what is meant by a few letters of it: `gld` in *Gold particles*, `op fo` in *Open folder*.

/// For each letter that is found.
const FOUND: i32 = 1;
/// For one that begins a word.
const WORD_START: i32 = 8;
/// For one right after the letter before it.
const CONSECUTIVE: i32 = 9;
/// For the one that begins the text.
const TEXT_START: i32 = 4;

/// How well a text fits what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FuzzyMatch {
    /// The greater the better.
    pub(super) score: i32,
    /// Which characters of the text were found, ascending.
    pub(super) positions: Vec<usize>,
}

/// How well `text` fits `written`, if the letters of each of its words are there in their order.
/// Case does not matter. Everything fits nothing.
pub(super) fn fuzzy_match(written: &str, text: &str) -> Option<FuzzyMatch> {
    let text: Vec<char> = text.chars().map(folded).collect();
    let mut all = FuzzyMatch { score: 0, positions: Vec::new() };
    for word in written.split_whitespace() {
        let word: Vec<char> = word.chars().map(folded).collect();
        let found = match_word(&word, &text)?;
        all.score += found.score;
        all.positions.extend(found.positions);
    }
    all.positions.sort_unstable();
    all.positions.dedup();
    Some(all)
}

fn folded(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// The best way to find the letters of `word` in `text` in their order.
///
/// `best[i][j]` is the score of the first `i + 1` letters with the last of them at `j`.
fn match_word(word: &[char], text: &[char]) -> Option<FuzzyMatch> {
    let mut best: Vec<Vec<Option<i32>>> = Vec::with_capacity(word.len());
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![None; text.len()];
        let mut before: Option<i32> = None; // the best up to, not including, the place before `j`
        for (j, place) in row.iter_mut().enumerate() {
            let last = j.checked_sub(1).and_then(|at| best.last().and_then(|row| row[at]));
            if text[j] == *letter {
                let gain = FOUND + start_bonus(text, j);
                let joined = last.map(|score| score + CONSECUTIVE);
                let earlier = if i == 0 { Some(0) } else { joined.max(before) };
                *place = earlier.map(|score| score + gain);
            }
            before = before.max(last);
        }
        best.push(row);
    }
    let end = best.last()?;
    let score = end.iter().copied().max().flatten()?;
    Some(FuzzyMatch { score, positions: trace(&best, text, score) })
}

/// The places that gave the score, from the last letter back to the first.
fn trace(best: &[Vec<Option<i32>>], text: &[char], score: i32) -> Vec<usize> {
    let mut positions = Vec::with_capacity(best.len());
    let (mut wanted, mut end) = (score, text.len());
    let mut is_joined = false;
    for (i, row) in best.iter().enumerate().rev() {
        let at = match is_joined {
            true => end - 1,
            false => match row[..end].iter().position(|score| *score == Some(wanted)) {
                Some(at) => at,
                None => break,
            },
        };
        positions.push(at);
        let left = wanted - FOUND - start_bonus(text, at);
        let before = (i > 0).then(|| at.checked_sub(1).and_then(|at| best[i - 1][at])).flatten();
        is_joined = before.is_some_and(|score| score + CONSECUTIVE == left);
        (wanted, end) = (if is_joined { left - CONSECUTIVE } else { left }, at);
    }
    positions
}

fn start_bonus(text: &[char], at: usize) -> i32 {
    match at.checked_sub(1).map(|before| text[before]) {
        None => WORD_START + TEXT_START,
        Some(before) if !before.is_alphanumeric() => WORD_START,
        Some(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(written: &str, text: &str) -> Option<i32> {
        fuzzy_match(written, text).map(|found| found.score)
    }

    fn positions(written: &str, text: &str) -> Vec<usize> {
        fuzzy_match(written, text).unwrap().positions
    }

    #[test]
    fn letters_are_found_in_their_order_and_not_otherwise() {
        assert!(score("nw", "Nanowires").is_some());
        assert_eq!(score("wn", "Nanowires"), None);
        assert_eq!(score("nanowiress", "Nanowires"), None);
        assert_eq!(score("", "Nanowires"), Some(0));
        assert_eq!(score("a", ""), None);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(score("TIPS", "tips"), score("tips", "TIPS"));
    }

    #[test]
    fn beginnings_of_words_are_meant_before_letters_within() {
        let within = score("fc", "Off cycle").max(score("fc", "Surface"));
        assert!(score("fc", "Films coated surface") > within);
        assert_eq!(positions("fcs", "Films Coated_Surface"), [0, 6, 13]);
    }

    #[test]
    fn what_begins_with_it_is_meant_before_what_has_it_further_on() {
        assert!(score("un", "Undo") > score("un", "Label: Unusable"));
        assert!(score("tips", "Tips") > score("tips", "T i p s"));
    }

    #[test]
    fn a_run_of_letters_is_found_together() {
        assert_eq!(positions("power", "Powder or power"), [10, 11, 12, 13, 14]);
        assert_eq!(positions("rt", "Export"), [4, 5]);
    }

    #[test]
    fn words_are_found_each_for_itself() {
        assert!(score("folder open", "Open a folder…").is_some());
        assert_eq!(score("folder shut", "Open a folder…"), None);
        assert_eq!(positions("op fo", "Open folder"), [0, 1, 5, 6]);
    }

    #[test]
    fn every_letter_written_has_a_place_of_its_own_and_in_order() {
        for (written, text) in
            [("aaa", "banana and a"), ("second", "Second category by name…"), ("ss", "Mississippi")]
        {
            let places = positions(written, text);
            assert_eq!(places.len(), written.len(), "{written} in {text}: {places:?}");
            let text: Vec<char> = text.chars().map(folded).collect();
            let found: String = places.iter().map(|at| text[*at]).collect();
            assert_eq!(found, written);
        }
    }
}
