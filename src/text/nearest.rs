//! The name that was probably meant.

use super::folded;

/// The name that differs least from `word` without regard to case, if it differs little enough to
/// be a slip: in one letter, or in a third of them. Of equally near ones the first.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    let allowed = (word.chars().count() / 3).max(1);
    names
        .map(|name| (edit_distance(&word, &folded(name)), name))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= allowed)
        .map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or replaced to make one word of the other.
pub fn edit_distance(word: &str, name: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    // Distances from the beginnings of `word`, from none to all of it, to the name so far.
    let mut distances: Vec<usize> = (0..=word.len()).collect();
    for (row, letter) in name.chars().enumerate() {
        let mut diagonal = row;
        distances[0] = row + 1;
        for (column, &other) in word.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = distances[column + 1];
            distances[column + 1] = replaced.min(diagonal + 1).min(distances[column] + 1);
        }
    }
    distances[word.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_inserted_removed_and_replaced_letters() {
        assert_eq!(edit_distance("kv", "kv"), 0);
        assert_eq!(edit_distance("", "kv"), 2);
        assert_eq!(edit_distance("labeled", "labelled"), 1);
        assert_eq!(edit_distance("detectors", "detector"), 1);
        assert_eq!(edit_distance("simple", "sample"), 1);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = || ["kv", "detector", "sample"].into_iter();
        assert_eq!(nearest("Detecotr", names()), Some("detector"));
        assert_eq!(nearest("kc", names()), Some("kv"));
        assert_eq!(nearest("http", names()), None);
        assert_eq!(nearest("", names()), None);
    }
}
