//! The bytes of headers, sidecars, tables and label files become text.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes as text, without a byte order mark and without closing zeros.
///
/// A mark tells the encoding; UTF-16 without one is known by the zero in every other byte. What is
/// not UTF-8 is what an XML declaration says, Shift-JIS where it reads as Japanese, else
/// Windows-1252, in which nearly everything is. No control character of 0x80 to 0x9f comes out.
pub fn decode(bytes: &[u8]) -> String {
    let (encoding, mark) = Encoding::for_bom(bytes)
        .or_else(|| Some((unmarked_utf16(bytes)?, 0)))
        .unwrap_or((UTF_8, 0));
    let bytes = &bytes[mark..];
    let text = if encoding == UTF_8 {
        eight_bit(bytes)
    } else {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    };
    let text = text.trim_end_matches('\0');
    if text.chars().any(is_c1_control) {
        text.chars().map(windows_character).collect()
    } else {
        text.to_owned()
    }
}

fn eight_bit(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    declared(bytes)
        .or_else(|| japanese(bytes))
        .unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

/// Least share of zeros in the high bytes of UTF-16: names in other scripts have none.
const MOSTLY: f64 = 0.3;
/// Most zeros in its low bytes.
const SELDOM: f64 = 0.1;
/// As much as tells the encoding.
const LOOKED_AT_BYTES: usize = 4096;

fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match zeros_at(bytes) {
        (even, odd) if odd > MOSTLY && even < SELDOM => Some(UTF_16LE),
        (even, odd) if even > MOSTLY && odd < SELDOM => Some(UTF_16BE),
        _ => None,
    }
}

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

/// The text by the encoding that an XML declaration names, where it is valid in that.
fn declared(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|byte| *byte == b'>')?;
    let declaration = str::from_utf8(&declaration[..end]).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let label = value.split(['"', '\'']).nth(1)?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

/// The text by Shift-JIS, where it reads as Japanese.
///
/// Most pairs of bytes are some kanji, also the `’N` of O’Neil in Windows-1252. Japanese has kana,
/// full-width signs and kanji in a row; by mistake there come single kanji among Latin letters.
fn japanese(bytes: &[u8]) -> Option<String> {
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    let is_private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
    if text.chars().any(|c| is_c1_control(c) || is_private(c)) {
        return None;
    }
    let words = text.split(|c: char| c.is_ascii()).filter(|word| !word.is_empty());
    let (likely, unlikely): (Vec<_>, Vec<_>) = words.partition(|word| is_japanese(word));
    (likely.len() > unlikely.iter().filter(|word| !is_undecided(word)).count())
        .then(|| text.into_owned())
}

/// Whether characters in a row, none of them ASCII, are a Japanese word or sign.
fn is_japanese(word: &str) -> bool {
    let (narrow, wide): (Vec<char>, Vec<char>) = word.chars().partition(|c| is_half_width(*c));
    // Letters of Windows-1252 stand where narrow kana from ﾀ on do; where those before are, it has
    // signs such as » and ½.
    let is_narrow_word = narrow.len() >= 3 && narrow.iter().any(|kana| *kana < 'ﾀ');
    // Latin letters with accents make rare kanji, a row of dashes one kanji again and again.
    let common: Vec<&char> = wide.iter().filter(|c| is_common(**c)).collect();
    let is_kanji_word = common.iter().any(|c| *c != common[0]);
    is_narrow_word || is_kanji_word || wide.iter().any(|c| is_sign_or_kana(*c))
}

/// Whether a word is as good in either encoding: one common kanji, such as a family's name, or
/// narrow kana that could be capitals with accents.
fn is_undecided(word: &str) -> bool {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => is_common(only) && encoded(only)[1] >= 0x80,
        _ => word.chars().all(is_half_width),
    }
}

fn is_half_width(c: char) -> bool {
    ('\u{ff61}'..='\u{ff9f}').contains(&c)
}

/// Rows that begin with 0x81 to 0x83: signs, full-width letters, kana, Greek.
fn is_sign_or_kana(c: char) -> bool {
    (0x81..=0x83).contains(&encoded(c)[0])
}

/// Kanji of level 1 of the standard: those of daily use.
fn is_common(c: char) -> bool {
    (0x88..=0x98).contains(&encoded(c)[0])
}

/// The first two bytes of a character in Shift-JIS.
fn encoded(c: char) -> [u8; 2] {
    let mut buffer = [0; 4];
    let (bytes, _, _) = SHIFT_JIS.encode(c.encode_utf8(&mut buffer));
    [0, 1].map(|place| bytes.get(place).copied().unwrap_or_default())
}

fn is_c1_control(c: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&c)
}

/// What Windows has in the place of a control character: programs that take its code page for
/// ISO 8859-1 make control characters of dashes and quotes.
fn windows_character(c: char) -> char {
    if !is_c1_control(c) {
        return c;
    }
    let byte = [c as u8];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().filter(|c| !is_c1_control(*c)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    fn shift_jis(text: &str) -> Vec<u8> {
        let (bytes, _, has_errors) = SHIFT_JIS.encode(text);
        assert!(!has_errors, "{text}");
        bytes.into_owned()
    }

    fn windows(text: &str) -> Vec<u8> {
        let (bytes, _, has_errors) = WINDOWS_1252.encode(text);
        assert!(!has_errors, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn one_text_reads_the_same_in_every_encoding() {
        let text = "[SemImageFile]\r\nLens = 5 µm, 20 °\r\nOperator = Grün\r\n";
        let little = utf16(text, u16::to_le_bytes);
        let big = utf16(text, u16::to_be_bytes);
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            windows(text),
            marked(&[0xef, 0xbb, 0xbf], text.as_bytes()),
            marked(&[0xef, 0xbb, 0xbf], &windows(text)),
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
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn what_is_not_utf8_has_the_letters_and_signs_of_windows() {
        for text in [
            "Größe – 5 µm €",
            "Šárka Žížalová",
            "Lab – B",
            "5€-Team",
            "O’Neil",
            "“quoted” and ‘single’",
            "Jörg Grün",
            "José Pérez, Sébastien créé",
            "ÄÖÜß",
            "–––––––– ———— ••••",
            "GRÖSSE µm",
            "20 °C ± 0,5",
            "Škoda™… naïve œuvre",
            "d’Alembert\nO’Neil\nŠtěpán".replace('ě', "e").as_str(),
        ] {
            assert_eq!(decode(&windows(text)), text);
            let header = format!("[User]\r\nUser={text}\r\nWD=5 µm\r\nTilt=20 °\r\n");
            assert_eq!(decode(&windows(&header)), header);
        }
    }

    #[test]
    fn japanese_is_read_as_shift_jis() {
        for text in [
            "$CM_OPERATOR 田中\r\n$CM_TITLE 試料表面\r\n$$SM_MICRON_MARKER 1μm\r\n",
            "$$SM_MICRON_MARKER 1μm\r\n",
            "$CM_OPERATOR 林\r\n$$SM_MICRON_MARKER 1μm\r\n",
            "ファイル名,分類\r\na.tif,ナノワイヤ\r\n",
            "path,category\r\n表面.tif,膜\r\nSiC膜.tif,繊維\r\n",
            "SampleName=ｻﾝﾌﾟﾙ\r\n",
            "Tilt=20°, １２３",
        ] {
            assert_eq!(decode(&shift_jis(text)), text);
        }
    }

    #[test]
    fn no_control_characters_of_the_upper_half_come_out() {
        assert_eq!(decode(b"\x81\xff\x7f"), "\u{fffd}ÿ\u{7f}");
        assert_eq!(decode("Lab \u{96} B \u{8a} \u{90}".as_bytes()), "Lab – B Š \u{fffd}");
        assert_eq!(decode(&utf16("Lab \u{96} B", u16::to_le_bytes)), "Lab – B");
        for byte in 0x80..=0xff {
            let text = decode(&[b'a', byte, b' ', byte, byte, b'z']);
            assert!(!text.chars().any(is_c1_control), "{byte:x} {text:?}");
        }
    }

    #[test]
    fn an_xml_declaration_tells_the_encoding_of_what_is_not_utf8() {
        let xml = |label: &str, bytes: &[u8]| {
            let declaration = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><a>");
            [declaration.as_bytes(), bytes, b"</a>"].concat()
        };
        let read = |label: &str, bytes: &[u8]| decode(&xml(label, bytes));
        assert!(read("Windows-1251", b"\xce\xe1\xf0\xe0\xe7\xe5\xf6").ends_with("<a>Образец</a>"));
        assert!(read("ISO-8859-1", b"5 \xb5m \x96").ends_with("<a>5 µm –</a>"));
        assert!(read("Shift_JIS", &shift_jis("林")).ends_with("<a>林</a>"));
        assert!(read("utf-8", b"5 \xb5m").ends_with("<a>5 µm</a>"), "declared and not true");
        assert!(read("ISO-8859-1", "5 µm".as_bytes()).ends_with("<a>5 µm</a>"), "valid UTF-8");
        assert!(read("no such", b"5 \xb5m").ends_with("<a>5 µm</a>"));
    }

    #[test]
    fn damaged_utf16_is_read_as_far_as_it_goes() {
        assert!(decode(&[0xff, 0xfe, 0x41, 0, 0, 0xd8, 0x42]).starts_with("A\u{fffd}"));
        assert_eq!(decode(&[0xff, 0xfe]), "");
    }
}
