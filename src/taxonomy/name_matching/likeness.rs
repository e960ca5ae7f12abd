//! How much two names have in common.

use super::form::words;

/// Names with a lower score are not proposed for each other.
pub const LEAST_SCORE: f64 = 0.5;

/// What a word with one slip of the pen counts, where an equal word counts 1.
const SLIP: f64 = 0.8;
/// The shortest word, in characters, in which a slip is forgiven.
const LEAST_CHARS: usize = 5;

/// The share of the words of both names that are in both, from 0 to 1.
pub fn likeness(one: &str, other: &str) -> f64 {
    Words::of(one).likeness(&Words::of(other))
}

/// The words of a name, split once for many comparisons.
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(name: &str) -> Self {
        Self(words(name))
    }

    /// The share of the words of both names that are in both, 0 to 1 (Dice's coefficient): twice the
    /// common words by all words. Names that differ only in where their words end have 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.0.is_empty() || other.0.is_empty() {
            return 0.0;
        }
        if self.0.concat() == other.0.concat() {
            return 1.0;
        }
        let mut left: Vec<&str> = other.0.iter().map(String::as_str).collect();
        let unpaired: Vec<&String> =
            self.0.iter().filter(|word| !take(&mut left, |other| other == word.as_str())).collect();
        let equal = self.0.len() - unpaired.len();
        let slips =
            unpaired.iter().filter(|word| take(&mut left, |other| is_slip(word, other))).count();
        let common = equal as f64 + SLIP * slips as f64;
        2.0 * common / (self.0.len() + other.0.len()) as f64
    }
}

/// Takes the first word that fits out of those left. False if none does.
fn take(left: &mut Vec<&str>, fits: impl Fn(&str) -> bool) -> bool {
    let place = left.iter().position(|word| fits(word));
    place.map(|place| left.remove(place)).is_some()
}

/// Whether one word becomes the other by a character more, a character less, another character or
/// two neighbours swapped.
fn is_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (long, short) = if one.len() < other.len() { (other, one) } else { (one, other) };
    let is_word = |word: &[char]| word.len() >= LEAST_CHARS && !word.iter().any(|c| c.is_numeric());
    if !is_word(&long) || !is_word(&short) {
        return false;
    }
    let start = long.iter().zip(&short).take_while(|(a, b)| a == b).count();
    let (long, short) = (&long[start..], &short[start..]);
    match (long, short) {
        ([_, long_rest @ ..], _) if long.len() == short.len() + 1 => long_rest == short,
        ([a, b, long_rest @ ..], [c, d, short_rest @ ..]) if (a, b) == (d, c) => {
            long_rest == short_rest
        }
        ([_, long_rest @ ..], [_, short_rest @ ..]) => long_rest == short_rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> f64 {
        let (one, other) = (Words::of(one), Words::of(other));
        assert!((one.likeness(&other) - other.likeness(&one)).abs() < 1e-12);
        one.likeness(&other)
    }

    #[test]
    fn a_shared_word_counts_by_the_number_of_words() {
        assert_eq!(likeness("Cantilever_Tips", "Tips"), 2.0 / 3.0);
        assert_eq!(likeness("Cantilever_Tips", "Scanning tips"), 0.5);
        assert_eq!(likeness("Tips", "Powder"), 0.0);
    }

    #[test]
    fn plural_word_order_and_word_ends_do_not_count() {
        assert_eq!(likeness("Tip", "Tips"), 1.0);
        assert_eq!(likeness("Coatings, films", "Film coating"), 1.0);
        assert_eq!(likeness("Nano wires", "nanowire"), 1.0);
    }

    #[test]
    fn a_repeated_word_is_shared_only_as_often_as_both_have_it() {
        assert_eq!(likeness("Tip tip", "Tip"), 2.0 / 3.0);
    }

    #[test]
    fn one_slip_in_a_long_word_is_forgiven() {
        for (one, other) in
            [("Fibre", "Fiber"), ("Nanowires", "Nanowirs"), ("Powder", "Powdar"), ("Film", "Fillm")]
        {
            let wanted = if one == "Film" { 0.0 } else { SLIP };
            assert_eq!(likeness(one, other), wanted, "{one} {other}");
        }
        assert_eq!(likeness("Powder", "Border"), 0.0);
    }

    #[test]
    fn a_number_is_equal_or_another() {
        assert_eq!(likeness("10000", "10001"), 0.0);
    }

    #[test]
    fn names_without_words_are_like_nothing() {
        assert_eq!(likeness("--", "--"), 0.0);
        assert_eq!(likeness("", "Tips"), 0.0);
    }
}
