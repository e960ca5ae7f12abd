//! The bytes of a text file become text.

/// What Windows has where ISO 8859-1 has control characters, from 0x80 on. Where it has nothing,
/// the control character stays.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file: UTF-16 where it begins with that mark (as spreadsheets save "Unicode text"),
/// UTF-8 where it is valid, else Latin-1 with the additions of Windows, in which everything is.
pub(super) fn text_of(bytes: Vec<u8>) -> String {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8_or_latin1(rest.to_vec()),
        _ => utf8_or_latin1(bytes),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf8_or_latin1(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(latin1).collect())
}

fn latin1(byte: u8) -> char {
    let above = usize::from(byte).checked_sub(0x80);
    above.and_then(|place| WINDOWS_1252.get(place)).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_read_with_and_without_mark() {
        assert_eq!(text_of("Größe, µm".into()), "Größe, µm");
        assert_eq!(text_of("\u{feff}Größe".into()), "Größe");
    }

    #[test]
    fn what_is_not_utf8_is_latin1_with_windows_additions() {
        assert_eq!(text_of(b"Gr\xf6\xdfe \x96 5 \xb5m \x80".to_vec()), "Größe – 5 µm €");
        assert_eq!(text_of(b"\x81\xff\x7f".to_vec()), "\u{81}ÿ\u{7f}");
    }

    #[test]
    fn utf16_with_mark_is_read_in_both_orders() {
        let units: Vec<u16> = "Größe\n".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(text_of([vec![0xff, 0xfe], little].concat()), "Größe\n");
        assert_eq!(text_of([vec![0xfe, 0xff], big].concat()), "Größe\n");
    }

    #[test]
    fn damaged_utf16_is_read_as_far_as_it_goes() {
        assert_eq!(text_of(vec![0xff, 0xfe, 0x41, 0, 0, 0xd8, 0x42]), "A\u{fffd}");
        assert_eq!(text_of(vec![0xff, 0xfe]), "");
    }
}
