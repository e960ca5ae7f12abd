//! The keys that give a category.

/// Keys for categories in the order they are given out: digits, then letters as they lie on the
/// keyboard, without `a c v x y z`, which the window uses (select all, copy, paste, cut, redo,
/// undo).
pub const CATEGORY_KEYS: &str = "1234567890qwertuiopsdfghjklbnm";

/// The first of [`CATEGORY_KEYS`] that is not in use, or `None` when all are.
pub fn next_free_key(used: &[char]) -> Option<char> {
    CATEGORY_KEYS.chars().find(|key| !used.iter().any(|used| used.eq_ignore_ascii_case(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_leave_the_windows_own_alone() {
        for (at, key) in CATEGORY_KEYS.char_indices() {
            assert!(!"acvxyz".contains(key));
            assert!(!CATEGORY_KEYS[..at].contains(key));
        }
        assert_eq!(CATEGORY_KEYS.len(), 10 + 26 - 6);
    }

    #[test]
    fn free_keys_come_in_order_and_run_out() {
        assert_eq!(next_free_key(&[]), Some('1'));
        assert_eq!(next_free_key(&['1', '3']), Some('2'));
        let digits: Vec<char> = ('0'..='9').collect();
        assert_eq!(next_free_key(&digits), Some('q'));
        let with_shift = [digits, vec!['Q']].concat();
        assert_eq!(next_free_key(&with_shift), Some('w'));
        let all: Vec<char> = CATEGORY_KEYS.chars().collect();
        assert_eq!(next_free_key(&all), None);
    }
}
