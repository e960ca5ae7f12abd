//! A classifier's list of labels: a text file with one category a line, in the order of the scores.

use std::collections::{BTreeMap, HashMap};

use crate::text::{decode, folded};

/// The categories in a list. Line ends, encoding and lines left empty at the end are of no account;
/// numbers before the names, as Teachable Machine writes them (`0 Fibres`), tell the order.
///
/// # Errors
/// Gives the reason where it is no list of different categories.
pub fn read_labels(bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = decode(bytes);
    let text = text.trim_end();
    if text.is_empty() {
        return Err("it is empty; one category a line is needed".to_owned());
    }
    // On old Macintoshes, lines ended with a carriage return alone.
    let lines: Vec<&str> = match text.contains('\n') {
        true => text.lines().map(str::trim).collect(),
        false => text.split('\r').map(str::trim).collect(),
    };
    if let Some(names) = numbered(&lines) {
        return Ok(names);
    }
    let mut seen = HashMap::new();
    for (label, line) in lines.iter().zip(1..) {
        if label.is_empty() {
            return Err(format!("line {line} is empty; every line must name a category"));
        }
        if let Some(earlier) = seen.insert(folded(label), line) {
            return Err(format!("{label:?} is on line {earlier} and again on line {line}"));
        }
    }
    Ok(lines.into_iter().map(str::to_owned).collect())
}

/// The names without their numbers and in their order, where the numbers are those of the scores:
/// from 0 on, each once, with different names. Else the numbers belong to the names (`10 nm`).
fn numbered(lines: &[&str]) -> Option<Vec<String>> {
    let mut names = BTreeMap::new();
    for line in lines {
        let (number, name) = line.split_once([' ', '\t'])?;
        let number: usize = number.parse().ok().filter(|number| *number < lines.len())?;
        names.insert(number, name.trim());
    }
    let mut different: Vec<String> = names.values().map(|name| folded(name)).collect();
    different.sort_unstable();
    different.dedup();
    (different.len() == lines.len()).then(|| names.into_values().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        read_labels(text.as_bytes())
    }

    fn names(names: &[&str]) -> Result<Vec<String>, String> {
        Ok(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_list_is_one_category_a_line_however_lines_end() {
        for text in [
            "Fibres\nPorous sponge\n",
            "\u{feff}Fibres\r\n Porous sponge \r\n\r\n",
            "Fibres\rPorous sponge\r",
        ] {
            assert_eq!(read(text), names(&["Fibres", "Porous sponge"]), "{text:?}");
        }
        let utf16: Vec<u8> =
            "\u{feff}Fibres\r\nÖl\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read_labels(&utf16), names(&["Fibres", "Öl"]));
        assert_eq!(read_labels(b"Fibres\n\xd6l\n"), names(&["Fibres", "Öl"]));
    }

    #[test]
    fn numbers_of_scores_before_the_names_tell_the_order() {
        assert_eq!(read("0 Powder\n1 Nano wires\n"), names(&["Powder", "Nano wires"]));
        assert_eq!(read("2 C\n0 A\n1 B\n"), names(&["A", "B", "C"]));
    }

    #[test]
    fn numbers_that_belong_to_the_names_stay() {
        for list in
            [&["0 nm", "10 nm", "200 nm"][..], &["0 nm", "1 nm"], &["1 A", "2 B"], &["7", "8"]]
        {
            assert_eq!(read(&list.join("\n")), names(list));
        }
    }

    #[test]
    fn what_is_no_list_is_refused_with_the_line() {
        let reason = |text: &str| read(text).unwrap_err();
        assert!(reason("Fibres\n\nTips\n").contains("line 2"));
        let twice = reason("Fibres\nTips\nfibres");
        assert!(["fibres", "line 1", "line 3"].iter().all(|word| twice.contains(word)), "{twice}");
        assert!(reason(" \n").contains("empty"));
    }
}
