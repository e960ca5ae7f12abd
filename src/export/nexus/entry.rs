//! The root, and an entry: one image with all that belongs to it.

use std::path::Path;

use hdf5::{File, Group};

use super::super::AnnotatedMicrograph;
use super::node::{self, Failure, Written, group, text, text_attribute};
use super::{decisions, image, instrument};
use crate::micrograph::{InstrumentRecord, RawHeader};

/// The name of the checksums' algorithm, as NeXus' notes have it.
const SHA256: &str = "SHA-256";

/// The attributes of a file that starts with `entry1`.
pub(in super::super) fn write_root(file: &File) -> Written {
    text_attribute(file, "NX_class", "NXroot")?;
    text_attribute(file, "default", "entry1")?;
    text_attribute(file, "creator", "semblance")?;
    text_attribute(file, "creator_version", env!("CARGO_PKG_VERSION"))
}

/// One image as the entry `name`.
pub(in super::super) fn write_entry(
    file: &File,
    name: &str,
    annotated: &AnnotatedMicrograph<'_>,
) -> Written {
    let micrograph = annotated.micrograph;
    let record = &micrograph.instrument;
    let entry = group(file, name, "NXentry")?;
    text_attribute(&entry, "default", "measurement")?;
    text(&entry, "title", annotated.source.file_name)?;
    start_time(&entry, record)?;

    source_note(&entry, "note_source", annotated)?;
    for (index, header) in micrograph.raw_headers.iter().enumerate() {
        header_note(&entry, &format!("note{}", index + 1), header, annotated)?;
    }
    record_note(&entry, record)?;
    if let Some(sample_name) = &record.sample {
        text(&group(&entry, "sample", "NXsample")?, "name", sample_name)?;
    }
    if let Some(user_name) = &record.user {
        text(&group(&entry, "user1", "NXuser")?, "name", user_name)?;
    }

    measurement(&entry, annotated)?;
    if let Some(classification) = &annotated.classification {
        decisions::write_classification(&entry, classification)?;
    }
    if let Some(label) = &annotated.label {
        decisions::write_label(&entry, label)?;
    }
    Ok(())
}

fn measurement(entry: &Group, annotated: &AnnotatedMicrograph<'_>) -> Written {
    let record = &annotated.micrograph.instrument;
    let measurement = group(entry, "measurement", "NXem_measurement")?;
    text_attribute(&measurement, "default", "event1")?;
    instrument::write_microscope(&measurement, record)?;

    let event = group(&measurement, "event1", "NXem_event_data")?;
    text_attribute(&event, "default", "image1")?;
    start_time(&event, record)?;
    instrument::write_settings(&event, record)?;

    let image1 = group(&event, "image1", "NXimage")?;
    text_attribute(&image1, "default", "image_2d")?;
    if let Some(detector) = &record.detector {
        let process = group(&image1, "process", "NXprocess")?;
        text(&process, "detector_identifier", detector)?;
        let input = source_note(&process, "input", annotated)?;
        let (page, pages) = (annotated.micrograph.page, annotated.micrograph.pages);
        text(&input, "context", &format!("page {page} of {pages}"))?;
    }
    image::write(&image1, annotated)
}

/// When the image was taken. Without a time zone in the header it is the microscope's local time,
/// which an attribute says.
fn start_time(parent: &Group, record: &InstrumentRecord) -> Written {
    let Some(acquired_at) = &record.acquired_at else { return Ok(()) };
    let start_time = text(parent, "start_time", acquired_at)?;
    if acquired_at.parse::<jiff::Timestamp>().is_err() {
        text_attribute(&start_time, "time_zone", "unknown")?;
    }
    Ok(())
}

/// Which file the pixels came from.
fn source_note(parent: &Group, name: &str, annotated: &AnnotatedMicrograph<'_>) -> Written<Group> {
    let note = group(parent, name, "NXnote")?;
    text(&note, "type", media_type(annotated.source.file_name))?;
    file_fields(&note, annotated)?;
    Ok(note)
}

/// A vendor's header, verbatim.
fn header_note(
    entry: &Group,
    name: &str,
    header: &RawHeader,
    annotated: &AnnotatedMicrograph<'_>,
) -> Written {
    let note = group(entry, name, "NXnote")?;
    text(&note, "type", "text/plain")?;
    text(&note, "description", &header.origin)?;
    file_fields(&note, annotated)?;
    if header.text.contains('\0') {
        // An HDF5 text would end at the zero: the UTF-8 bytes as they are.
        let data = node::list(&note, "data", header.text.as_bytes())?;
        text_attribute(&data, "encoding", "UTF-8")
    } else {
        text(&note, "data", &header.text).map(drop)
    }
}

/// The instrument record whole, with the raw key of every value, under the program's own names.
fn record_note(entry: &Group, record: &InstrumentRecord) -> Written {
    let json = serde_json::to_string_pretty(record)
        .map_err(|err| Failure::new("the instrument record", &err))?;
    let note = group(entry, "instrument_record", "NXnote")?;
    text(&note, "type", "application/json")?;
    text(&note, "description", "normalised instrument record, units in the names")?;
    text(&note, "data", &json).map(drop)
}

fn file_fields(note: &Group, annotated: &AnnotatedMicrograph<'_>) -> Written {
    text(note, "file_name", annotated.source.file_name)?;
    text(note, "checksum", annotated.source.sha256)?;
    text(note, "algorithm", SHA256).map(drop)
}

fn media_type(file_name: &str) -> &'static str {
    let extension = Path::new(file_name).extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("tif" | "tiff") => "image/tiff",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("bmp") => "image/bmp",
        _ => "application/octet-stream",
    }
}
