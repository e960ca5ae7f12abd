//! `semblance inspect`

use std::fmt::Write as _;

use super::arguments::InspectArguments;
use super::files::find_files;
use super::{Outcome, Output};
use crate::micrograph::{DataBar, DataBarSource};
use crate::ops::{FileToRead, Inspection, inspect, record_facts};

/// Columns of names and of values; longer ones push what follows to the right.
const NAME_WIDTH: usize = 18;
const VALUE_WIDTH: usize = 32;

pub(super) fn run(arguments: &InspectArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let (mut done, mut failed) = (0, 0);
    let (files, losses) = find_files(&arguments.paths, output);
    for path in files {
        let file = FileToRead { path, choice: arguments.choice.read_choice() };
        let inspection = inspect(&file, arguments.limit.bytes(), arguments.raw);
        match inspection.error {
            None => done += 1,
            Some(_) => failed += 1,
        }
        if arguments.json {
            output.json(&inspection)?;
        } else {
            output.line(&describe(&inspection))?;
        }
    }
    Ok(losses.and(Outcome::of(done, failed)))
}

/// The facts in groups, each with its value and the header's own key.
fn describe(inspection: &Inspection) -> String {
    let mut text = inspection.path.clone();
    // Writing to a String cannot fail.
    if let Some(error) = &inspection.error {
        let _ = writeln!(text, "\n  error: {error}");
        return text;
    }
    text.push('\n');
    describe_image(&mut text, inspection);
    let record = inspection.instrument.clone().unwrap_or_default();
    let groups = record_facts(&record);
    if groups.is_empty() {
        text.push_str("  No header of a known vendor\n");
    }
    for group in groups {
        let _ = writeln!(text, "  {}", group.title);
        for fact in group.facts {
            line(&mut text, fact.name, &fact.value, &fact.raw_key);
        }
    }
    if !record.malformed.is_empty() {
        text.push_str("  Not understood\n");
        for field in &record.malformed {
            line(&mut text, "", &format!("{:?}", field.raw_value), &field.raw_key);
        }
    }
    for header in inspection.raw_headers.iter().flatten() {
        let _ = writeln!(text, "  Raw header, {}\n{}", header.origin, header.text.trim_end());
    }
    text
}

fn describe_image(text: &mut String, inspection: &Inspection) {
    let (Some(width_px), Some(height_px)) = (inspection.width_px, inspection.height_px) else {
        text.push_str("  Text that an instrument wrote beside an image\n");
        return;
    };
    text.push_str("  Image\n");
    line(text, "Size", &format!("{width_px} × {height_px} px"), "");
    if let (Some(depth), Some(channels)) = (inspection.bit_depth, inspection.channels) {
        let channels =
            if channels == 1 { String::new() } else { format!(" × {channels} channels") };
        line(text, "Depth", &format!("{depth} bit{channels}"), "");
    }
    if let (Some(page), Some(pages @ 2..)) = (inspection.page, inspection.pages) {
        line(text, "Page", &format!("{page} of {pages}"), "");
    }
    if let Some(bar) = inspection.data_bar_px {
        let source = match inspection.data_bar_source {
            Some(DataBarSource::Header) => "from the header",
            Some(DataBarSource::Person) => "as chosen",
            _ if bar.is_none() => "",
            _ => "found in the pixels",
        };
        let found = if source.is_empty() { "none found".to_owned() } else { describe_bar(bar) };
        line(text, "Data bar", &found, source);
    }
}

pub(super) fn describe_bar(bar: DataBar) -> String {
    match (bar.top, bar.bottom) {
        (0, 0) => "none".to_owned(),
        (0, bottom) => format!("{bottom} px at the bottom"),
        (top, 0) => format!("{top} px at the top"),
        (top, bottom) => format!("{top} px at the top, {bottom} px at the bottom"),
    }
}

fn line(text: &mut String, name: &str, value: &str, aside: &str) {
    let whole = format!("    {name:<NAME_WIDTH$}{value:<VALUE_WIDTH$}  {aside}");
    let _ = writeln!(text, "{}", whole.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_in_groups_with_units_and_the_headers_own_key() {
        let mut inspection = Inspection {
            path: "a.tif".to_owned(),
            width_px: Some(1024),
            height_px: Some(943),
            bit_depth: Some(8),
            channels: Some(1),
            page: Some(1),
            pages: Some(1),
            data_bar_px: Some(DataBar::at_bottom(59)),
            data_bar_source: Some(DataBarSource::Header),
            instrument: Some(Default::default()),
            ..Inspection::default()
        };
        let record = inspection.instrument.get_or_insert_default();
        record.working_distance_mm = Some(8.38);
        record.raw_keys.insert("working_distance_mm".to_owned(), "[EBeam] WD".to_owned());
        let expected = "\
a.tif
  Image
    Size              1024 × 943 px
    Depth             8 bit
    Data bar          59 px at the bottom               from the header
  Beam
    Working distance  8.38 mm                           [EBeam] WD
";
        assert_eq!(describe(&inspection), expected);
    }
}
