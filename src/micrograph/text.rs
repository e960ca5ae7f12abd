//! Bytes of a vendor's header as text: UTF-8, UTF-16 in either byte order, or latin-1.

/// The text of a header, without a byte order mark and without closing zeros.
///
/// UTF-16 is known by its mark, or by the zero in every other byte of plain text; what is neither
/// UTF-16 nor UTF-8 is read as latin-1, in which every byte is a character.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8_or_latin1(rest),
        _ => match zeros_at(bytes) {
            (even, odd) if odd > MOSTLY && even < SELDOM => utf16(bytes, u16::from_le_bytes),
            (even, odd) if even > MOSTLY && odd < SELDOM => utf16(bytes, u16::from_be_bytes),
            _ => utf8_or_latin1(bytes),
        },
    };
    text.trim_end_matches('\0').to_owned()
}

/// Least share of zeros in the high bytes of UTF-16: names in other scripts have none.
const MOSTLY: f64 = 0.5;
/// Most zeros in its low bytes.
const SELDOM: f64 = 0.1;
/// As much as tells the encoding.
const LOOKED_AT_BYTES: usize = 4096;

/// Shares of zeros at even and at odd places.
fn zeros_at(bytes: &[u8]) -> (f64, f64) {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let pairs = bytes[..end.min(LOOKED_AT_BYTES)].as_chunks::<2>().0;
    let share = |place: usize| {
        let zeros = pairs.iter().filter(|pair| pair[place] == 0).count();
        zeros as f64 / pairs.len().max(1) as f64
    };
    (share(0), share(1))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units)
}

fn utf8_or_latin1(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_reads_the_same_in_every_encoding() {
        let text = "[SemImageFile]\r\nLens = 5 µm\r\n";
        let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let units = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(to_bytes).collect()
        };
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            latin1,
            marked(&[0xef, 0xbb, 0xbf], text.as_bytes()),
            marked(&[0xff, 0xfe], &little),
            marked(&[0xfe, 0xff], &big),
            little,
            big,
        ] {
            assert_eq!(decode(&bytes), text, "{bytes:?}");
        }
    }

    #[test]
    fn closing_zeros_are_no_text() {
        assert_eq!(decode(b"DP_SEM\0\0"), "DP_SEM");
        assert_eq!(decode(b"\0\0"), "");
        assert_eq!(decode(b"D\0P\0\0\0"), "DP");
    }
}
