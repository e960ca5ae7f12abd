//! Which category a key means.

use egui::Key;

/// The character of a category key, or `None` for other keys.
///
/// Digits count by their place on the keyboard, so that Shift+1 is still 1 and a French keyboard
/// needs no Shift; letters count by what they write.
pub(super) fn category_character(key: Key, physical_key: Option<Key>) -> Option<char> {
    let single = |key: Key| {
        let mut characters = key.name().chars();
        characters.next().filter(|_| characters.next().is_none())
    };
    let digit = physical_key.and_then(single).filter(char::is_ascii_digit);
    let character = digit.or_else(|| single(key))?;
    character.is_ascii_alphanumeric().then(|| character.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_by_place_and_letters_by_meaning() {
        assert_eq!(category_character(Key::Exclamationmark, Some(Key::Num1)), Some('1'));
        assert_eq!(category_character(Key::Num7, None), Some('7'));
        assert_eq!(category_character(Key::A, Some(Key::Q)), Some('a'));
        assert_eq!(category_character(Key::ArrowLeft, None), None);
        assert_eq!(category_character(Key::Space, Some(Key::Space)), None);
    }
}
