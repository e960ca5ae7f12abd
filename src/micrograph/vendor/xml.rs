//! XML headers as values by path.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::values::Values;

/// Whether the root element of `text` has this name, with or without a prefix.
pub(super) fn has_root(text: &str, name: &str) -> bool {
    let text = text.trim_start();
    // Behind the declaration, and comments if there are any.
    let root = text
        .match_indices('<')
        .map(|(at, _)| &text[at + 1..])
        .find(|tag| !tag.starts_with(['?', '!']));
    let is_end = |c: char| c == '>' || c == '/' || c.is_whitespace();
    text.starts_with('<')
        && root
            .and_then(|root| root.split(is_end).next())
            .is_some_and(|found| found.rsplit(':').next() == Some(name))
}

/// A longer path is no header's.
const LONGEST_PATH_BYTES: usize = 256;
/// Deeper nesting is no header.
const MAX_DEPTH: usize = 64;

/// The text of every element, its key the names from below the root joined by `/`.
///
/// An attribute `unit` or `units` is put behind the value, as in `1000 ns`; one called `name` tells
/// elements of one kind apart, as in `BeamInfo/item[Ext V]`. Reading stops where the XML is broken:
/// what stands before is kept.
pub(super) fn values(text: &str) -> Values {
    let mut values = Values::default();
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) if open.len() < MAX_DEPTH => open.push(Element::of(&start)),
            Ok(Event::Text(content)) => {
                if let (Some(element), Ok(text)) = (open.last_mut(), content.decode()) {
                    element.text.push_str(&text);
                }
            }
            Ok(Event::CData(content)) => {
                if let (Some(element), Ok(text)) = (open.last_mut(), content.decode()) {
                    element.text.push_str(&text);
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&resolved(&reference));
                }
            }
            Ok(Event::End(_)) => {
                let path = path_of(&open);
                let Some(element) = open.pop() else { break };
                if let Some(path) = path.filter(|_| !element.text.trim().is_empty()) {
                    let unit = element.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
                    values.insert(path, &format!("{}{unit}", element.text.trim()));
                }
            }
            Ok(Event::Eof | Event::Start(_)) | Err(_) => break,
            Ok(_) => {}
        }
    }
    values
}

struct Element {
    name: String,
    unit: Option<String>,
    text: String,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attribute = |names: &[&str]| {
            let found = start.attributes().flatten().find(|attribute| {
                names.iter().any(|name| attribute.key.as_ref() == name.as_bytes())
            })?;
            Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
        };
        let mut name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        if let Some(kind) = attribute(&["name"]) {
            name = format!("{name}[{kind}]");
        }
        Self { name, unit: attribute(&["unit", "units"]), text: String::new() }
    }
}

/// The names from below the root; nothing where they are longer than any header's.
fn path_of(open: &[Element]) -> Option<String> {
    let names = || open.iter().skip(1).map(|element| element.name.as_str());
    let bytes: usize = names().map(|name| name.len() + 1).sum();
    (bytes <= LONGEST_PATH_BYTES).then(|| names().collect::<Vec<_>>().join("/"))
}

fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name = reference.decode().unwrap_or_default();
    quick_xml::escape::resolve_xml_entity(&name).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_values_by_path_with_their_units() {
        let text = "<?xml version=\"1.0\"?><Fibics><Scan><Dwell units=\"ns\">1000</Dwell></Scan>\
            <BeamInfo><item name=\"Ext V\">= 4 kV</item><item name=\"Ext I\">= 2 &#181;A</item>\
            </BeamInfo><Machine>A &amp; B</Machine></Fibics>";
        let values = values(text);
        assert_eq!(values.raw("Scan/Dwell"), Some("1000 ns"));
        assert_eq!(values.raw("BeamInfo/item[Ext V]"), Some("= 4 kV"));
        assert_eq!(values.raw("BeamInfo/item[Ext I]"), Some("= 2 µA"));
        assert_eq!(values.raw("Machine"), Some("A & B"));
    }

    #[test]
    fn broken_xml_gives_what_stands_before_the_break() {
        let values = values("<a><b>1</b><c>2</d><e>3</e></a>");
        assert_eq!((values.raw("b"), values.raw("e")), (Some("1"), None));
    }

    #[test]
    fn endless_nesting_is_given_up() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(values(&deep).raw("a"), None);
    }
}
