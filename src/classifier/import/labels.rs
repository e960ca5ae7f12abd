//! A classifier's list of labels: a text file with one category a line, in the order of the scores.

use std::collections::HashMap;

/// The categories in a list. Windows' line ends, a byte order mark and lines left empty at the end
/// are of no account.
///
/// # Errors
/// Gives the reason where it is no list of different categories.
pub fn read_labels(bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = str::from_utf8(bytes)
        .map_err(|_| "it is not text in UTF-8; save it as such".to_owned())?
        .trim_start_matches('\u{feff}')
        .trim_end();
    if text.is_empty() {
        return Err("it is empty; one category a line is needed".to_owned());
    }
    let mut lines = HashMap::new();
    let mut labels = Vec::new();
    for (index, label) in text.lines().map(str::trim).enumerate() {
        let line = index + 1;
        if label.is_empty() {
            return Err(format!("line {line} is empty; every line must name a category"));
        }
        if let Some(earlier) = lines.insert(label, line) {
            return Err(format!("{label:?} is on line {earlier} and again on line {line}"));
        }
        labels.push(label.to_owned());
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_category_a_line_however_lines_end() {
        let expected = Ok(vec!["Fibres".to_owned(), "Porous sponge".to_owned()]);
        for text in ["Fibres\nPorous sponge\n", "\u{feff}Fibres\r\n Porous sponge \r\n\r\n"] {
            assert_eq!(read_labels(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused_with_the_line() {
        let reason = |bytes: &[u8]| read_labels(bytes).unwrap_err();
        assert!(reason(b"Fibres\n\nTips\n").contains("line 2"));
        let twice = reason(b"Fibres\nTips\nFibres");
        assert!(["Fibres", "line 1", "line 3"].iter().all(|word| twice.contains(word)), "{twice}");
        assert!(reason(b" \n").contains("empty"));
        assert!(reason(b"\xff\xfe").contains("UTF-8"));
    }
}
