//! Files as instruments write them, exported and read by h5py. They are not ours to ship: where
//! `../shared/data` (or the folder that `SEMBLANCE_TEST_DATA` names) is absent, this is skipped.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

use semblance::export::{AnnotatedMicrograph, SourceInfo, write_hdf5};
use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, Micrograph, ReadOptions, Samples, SourceFile, content_sha256, read,
    to_gray8,
};
use serde_json::json;

use crate::h5py::{self, Seen};

const EVENT: &str = "/entry1/measurement/event1";

#[test]
fn vendors_files_keep_pixels_headers_and_settings() -> Result<(), Box<dyn std::error::Error>> {
    let data = env::var_os("SEMBLANCE_TEST_DATA").map_or("../shared/data".into(), PathBuf::from);
    if !data.join("vendor").is_dir() {
        writeln!(std::io::stderr(), "skipped: there is no {}/vendor", data.display())?;
        return Ok(());
    }
    if !h5py::is_available()? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut checked = 0;
    for entry in walkdir::WalkDir::new(data.join("vendor")).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        let source = SourceFile::open(entry.path(), DEFAULT_LIMIT_BYTES)?;
        let Ok(micrograph) = read(&source, &ReadOptions::default()) else { continue };
        let file_name = entry.file_name().to_string_lossy();
        let annotated = AnnotatedMicrograph {
            micrograph: &micrograph,
            source: SourceInfo { file_name: &file_name, sha256: &source.sha256()? },
            classification: None,
            label: None,
        };
        let path = folder.path().join(format!("{file_name}.h5"));
        write_hdf5(&path, &annotated)?;
        check(&h5py::read(&path)?, &micrograph, &file_name);
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} of the vendors' files could be read");
    Ok(())
}

fn check(seen: &Seen, micrograph: &Micrograph, file_name: &str) {
    let bytes = match micrograph.pixels.samples() {
        Samples::Gray16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        _ => to_gray8(micrograph),
    };
    let real = seen.object(&format!("{EVENT}/image1/image_2d/real"));
    assert_eq!(real["sha256"], content_sha256(&bytes), "{file_name}");

    for (index, header) in micrograph.raw_headers.iter().enumerate() {
        let path = format!("/entry1/note{}/data", index + 1);
        let (found, expected) = match header.text.contains('\0') {
            true => (&seen.object(&path)["sha256"], content_sha256(header.text.as_bytes())),
            false => (seen.value(&path), header.text.clone()),
        };
        assert!(*found == expected, "{file_name}: {path}");
    }
    let source = match micrograph.instrument.beam.as_deref() {
        Some("ion") => "ibeam_column/ion_source",
        _ => "ebeam_column/electron_source",
    };
    let voltage = format!("{EVENT}/instrument/{source}/voltage");
    let kv = micrograph.instrument.accelerating_voltage_kv;
    assert_eq!(seen.value(&voltage), &json!(kv), "{file_name}");
    let working_distance = format!("{EVENT}/instrument/optics/working_distance");
    let mm = micrograph.instrument.working_distance_mm;
    assert_eq!(seen.value(&working_distance), &json!(mm), "{file_name}");
}
