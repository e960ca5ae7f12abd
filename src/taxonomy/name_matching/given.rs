//! What a person says that names mean goes before every rule.

use crate::text::folded;

/// What `name` means by `given`, pairs of a name and its meaning: the pair with this very name, else
/// one whose name reads the same.
pub fn given_meaning<'a, T>(name: &str, given: &'a [(String, T)]) -> Option<&'a T> {
    let name = name.trim();
    let reads_same = |other: &str| folded(other.trim()) == folded(name);
    let exact = given.iter().find(|(other, _)| other.trim() == name);
    exact.or_else(|| given.iter().find(|(other, _)| reads_same(other))).map(|(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_very_name_goes_before_one_that_reads_the_same() {
        let given = [("tips", 1), ("Tips", 2)].map(|(name, id)| (name.to_owned(), id));
        assert_eq!(given_meaning(" Tips", &given), Some(&2));
        assert_eq!(given_meaning("tips", &given), Some(&1));
        assert_eq!(given_meaning("TIPS", &given), Some(&1));
        assert_eq!(given_meaning("Tip", &given), None);
    }
}
