//! What the rest of the project relies on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use super::acquisition::Acquisition;
use super::library::record;
use super::plan::ImagePlan;
use super::{SampleError, SampleOptions, SampleRecord, categories, write_sample};

fn written(per_category: usize, seed: u64) -> (TempDir, Vec<SampleRecord>) {
    let folder = TempDir::new().unwrap();
    let options = SampleOptions { per_category, seed };
    let records = write_sample(folder.path(), &options, &mut |_, _| true).unwrap();
    (folder, records)
}

/// The manifest's rows, without rendering anything.
fn described(per_category: usize, seed: u64) -> Vec<SampleRecord> {
    let describe = |category_index, index| {
        let plan = ImagePlan::new(seed, category_index, index);
        let acquisition = Acquisition::new(seed, &plan);
        record(plan, &acquisition, "name.tif")
    };
    (0..categories().len())
        .flat_map(|category| (0..per_category).map(move |index| describe(category, index)))
        .collect()
}

/// Every file of a library by its path below the folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for category in categories() {
        for entry in fs::read_dir(folder.join(category)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{category}/{}", entry.file_name().to_str().unwrap());
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// The vendor's header as text, and the pixels' size and depth.
fn header_text(path: &Path, record: &SampleRecord) -> String {
    let tag = if record.vendor == "Zeiss" { 34118 } else { 34682 };
    let mut decoder = Decoder::new(File::open(path).unwrap()).unwrap();
    let mut bytes = vec![0; 65_536];
    let length = decoder
        .image_ifd()
        .find_tag_bytes(Tag::from_u16_exhaustive(tag), &mut bytes, 0)
        .unwrap()
        .expect("the vendor's tag is there");
    bytes.truncate(length);
    assert_eq!(bytes.last(), Some(&0), "an ASCII tag ends with a zero");
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The number that follows `key` up to the end of its line, without its unit.
fn value_after<'a>(text: &'a str, key: &str) -> (f64, &'a str) {
    let at = text.find(key).unwrap_or_else(|| panic!("no {key:?}")) + key.len();
    let line = text[at..].lines().next().unwrap().trim();
    let (number, unit) = line.split_once(' ').unwrap_or((line, ""));
    (number.parse().unwrap(), unit)
}

fn assert_close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn same_seed_gives_identical_bytes() {
    let (first, _) = written(1, 7);
    let (second, _) = written(1, 7);
    assert_eq!(files(first.path()), files(second.path()));
    assert_eq!(
        fs::read(first.path().join("manifest.csv")).unwrap(),
        fs::read(second.path().join("manifest.csv")).unwrap()
    );
}

#[test]
fn another_seed_gives_other_images() {
    let (first, _) = written(1, 7);
    let (second, _) = written(1, 8);
    let second = files(second.path());
    for (name, bytes) in files(first.path()) {
        assert_ne!(bytes, second[&name], "{name}");
    }
}

#[test]
fn an_image_does_not_depend_on_how_many_are_made() {
    let (few, _) = written(1, 3);
    let (more, _) = written(2, 3);
    let more = files(more.path());
    for (name, bytes) in files(few.path()) {
        assert_eq!(bytes, more[&name], "{name}");
    }
}

#[test]
fn manifest_rows_match_the_files_on_disk() {
    let (folder, records) = written(2, 1);
    let mut reader = csv::Reader::from_path(folder.path().join("manifest.csv")).unwrap();
    let rows: Vec<SampleRecord> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows, records);
    let listed: Vec<&String> = rows.iter().map(|row| &row.file).collect();
    let files = files(folder.path());
    assert_eq!(listed, files.keys().collect::<Vec<_>>());
    for row in &rows {
        assert!(row.file.starts_with(&format!("{}/", row.category)));
        assert!(categories().contains(&row.category.as_str()));
        assert!(
            row.second_category.is_empty() || categories().contains(&row.second_category.as_str())
        );
        assert_eq!(row.synthetic, "yes");
    }
    assert!(folder.path().join("README.txt").exists());
}

#[test]
fn zoom_series_are_three_magnifications_of_one_group() {
    let records = described(16, 2);
    let mut series: BTreeMap<&str, Vec<&SampleRecord>> = BTreeMap::new();
    for record in records.iter().filter(|record| !record.zoom_series.is_empty()) {
        series.entry(&record.zoom_series).or_default().push(record);
    }
    assert_eq!(series.len(), 2 * categories().len());
    for members in series.values() {
        let [widest, closer, closest] = members[..] else {
            panic!("{} members", members.len());
        };
        assert_close(closer.magnification / widest.magnification, 2.5);
        assert_close(closest.magnification / widest.magnification, 6.0);
        assert_eq!((&closer.group, &closest.group), (&widest.group, &widest.group));
    }
}

#[test]
fn a_group_never_spans_two_categories() {
    let records = described(24, 5);
    let mut category_of: BTreeMap<&str, &str> = BTreeMap::new();
    for record in &records {
        let known = category_of.entry(&record.group).or_insert(&record.category);
        assert_eq!(*known, record.category);
    }
}

#[test]
fn headers_agree_with_the_manifest() {
    let (folder, records) = written(3, 4);
    for record in &records {
        let text = header_text(&folder.path().join(&record.file), record);
        assert!(text.contains("ynthetic image"), "{} does not say so", record.file);
        if record.vendor == "Zeiss" {
            let (size, unit) = value_after(&text, "Image Pixel Size = ");
            let nm = match unit {
                "pm" => 1e-3,
                "nm" => 1.0,
                _ => 1e3,
            };
            assert_close(size * nm, record.nm_per_px);
            assert_close(value_after(&text, "WD = ").0, record.working_distance_mm);
            assert_close(value_after(&text, "EHT = ").0, record.accelerating_voltage_kv);
            let (mag, unit) = value_after(&text, "Mag = ");
            assert_close(if unit == "K X" { mag * 1e3 } else { mag }, record.magnification);
        } else {
            assert_close(value_after(&text, "\nPixelWidth=").0 * 1e9, record.nm_per_px);
            assert_close(value_after(&text, "\nWD=").0 * 1e3, record.working_distance_mm);
            assert_close(value_after(&text, "\nHV=").0 / 1e3, record.accelerating_voltage_kv);
            let canvas_over_field =
                value_after(&text, "\nMagCanvasRealWidth=").0 / value_after(&text, "\nHFW=").0;
            // The pixel size has four digits, and so has what follows from it.
            assert!((canvas_over_field / record.magnification - 1.0).abs() < 1e-3);
        }
    }
}

#[test]
fn pictures_read_back_with_their_depth_and_are_not_blank() {
    let (folder, records) = written(3, 4);
    let mut depths_seen = [false; 2];
    for record in &records {
        let path = folder.path().join(&record.file);
        let mut decoder = Decoder::new(File::open(&path).unwrap()).unwrap();
        let (width, height) = decoder.dimensions().unwrap();
        let values: Vec<u16> = match decoder.read_image().unwrap() {
            DecodingResult::U8(values) => {
                values.into_iter().map(|value| u16::from(value) * 257).collect()
            }
            DecodingResult::U16(values) => values,
            _ => panic!("neither 8 nor 16 bit"),
        };
        depths_seen[usize::from(record.bit_depth == 16)] = true;
        let picture = &values[..(width * (height - record.data_bar_height_px)) as usize];
        let (low, high) = spread(picture);
        assert!(high > low + 4_000, "{} is blank: {low} to {high}", record.file);
        if record.vendor == "FEI" {
            let text = header_text(&path, record);
            let resolution_y = value_after(&text, "\nResolutionY=").0;
            assert_close(resolution_y, f64::from(height - record.data_bar_height_px));
        }
    }
    assert_eq!(depths_seen, [true, true], "both depths occur");
}

/// The values below and above which a twentieth of the pixels lie.
fn spread(picture: &[u16]) -> (u16, u16) {
    let mut sorted = picture.to_vec();
    sorted.sort_unstable();
    (sorted[sorted.len() / 20], sorted[sorted.len() * 19 / 20])
}

#[test]
fn stopping_leaves_no_manifest() {
    let folder = TempDir::new().unwrap();
    let options = SampleOptions { per_category: 2, seed: 1 };
    let result = write_sample(folder.path(), &options, &mut |done, _| done < 3);
    assert!(matches!(result, Err(SampleError::Cancelled { done: 3, total: 20, .. })));
    assert!(!folder.path().join("manifest.csv").exists());
}

#[test]
fn a_folder_with_content_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let result = write_sample(folder.path(), &SampleOptions::default(), &mut |_, _| true);
    let message = result.unwrap_err().to_string();
    assert!(message.contains("choose a new or an empty one"), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn lengths_keep_four_digits_in_every_unit() {
    let texts =
        [0.82721, 5.8254, 11.161, 111.61, 1_116.1, 2_540_000.0].map(super::number_text::length);
    let expected = ["827.2 pm", "5.825 nm", "11.16 nm", "111.6 nm", "1.116 µm", "2.540 mm"];
    assert_eq!(texts, expected);
}
