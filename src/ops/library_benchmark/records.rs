//! Synthetic records of images, each made of its number alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalog::{FilledImage, ModelInfo, Reading};
use crate::micrograph::{DataBar, DataBarSource, InstrumentRecord, PixelSizeNm, ReadChoice};
use crate::synthetic::Dice;

const CATEGORIES: [&str; 12] = [
    "Biological",
    "Fibres",
    "Films and coated surfaces",
    "MEMS devices and electrodes",
    "Nanowires",
    "Particles",
    "Patterned surface",
    "Porous sponge",
    "Powder",
    "Tips",
    "Cells",
    "Cross sections",
];
const PEOPLE: [&str; 5] = ["anna", "bruno", "chiara", "dario", "elena"];
/// Maker, instrument, detectors.
const INSTRUMENTS: [(&str, &str, &[&str]); 4] = [
    ("Zeiss", "Sigma 300", &["InLens", "SE2", "AsB"]),
    ("FEI", "Nova NanoSEM 450", &["ETD", "TLD", "vCD"]),
    ("TESCAN", "MIRA3", &["SE", "InBeam", "BSE"]),
    ("JEOL", "JSM-7500F", &["LEI", "SEI"]),
];
const VOLTAGES_KV: [f64; 8] = [1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0];
/// Images of a session, which are of one sample and in one folder.
const SESSION: usize = 40;
const LABELLED_SHARE: f32 = 0.35;
const CLASSIFIED_SHARE: f32 = 0.9;

pub(super) fn category_names() -> Vec<String> {
    CATEGORIES.map(String::from).to_vec()
}

pub(super) fn model() -> ModelInfo {
    ModelInfo {
        name: "synthetic".into(),
        sha256: "synthetic".into(),
        categories: category_names(),
        category_uids: Vec::new(),
    }
}

pub(super) fn person(number: usize) -> &'static str {
    PEOPLE[number % PEOPLE.len()]
}

/// The first category's position and perhaps a second one's, for a labelled image.
pub(super) fn label(number: usize) -> Option<(usize, Option<usize>)> {
    let mut dice = Dice::new(1, &format!("label {number}"));
    if !dice.chance(LABELLED_SHARE) {
        return None;
    }
    let first = category_of(number);
    let second = (first + 1) % CATEGORIES.len();
    Some((first, dice.chance(0.05).then_some(second)))
}

/// Most images of a session show the same.
fn category_of(number: usize) -> usize {
    let session = Dice::new(1, &format!("category of session {}", number / SESSION));
    let mut dice = Dice::new(1, &format!("category {number}"));
    let mut of = if dice.chance(0.8) { session } else { dice };
    of.count(0, CATEGORIES.len() - 1)
}

pub(super) fn image(number: usize) -> FilledImage {
    let session = number / SESSION;
    let mut of_session = Dice::new(1, &format!("session {session}"));
    let (vendor, model, detectors) = INSTRUMENTS[of_session.count(0, INSTRUMENTS.len() - 1)];
    let user = format!("operator {}", of_session.count(1, 60));
    let sample = format!("sample {}", of_session.count(1, 20_000));
    let year = of_session.count(2015, 2025);
    let day = of_session.count(1, 28);
    let month = of_session.count(1, 12);

    let mut dice = Dice::new(1, &format!("image {number}"));
    let detector = detectors[dice.count(0, detectors.len() - 1)];
    let magnification = f64::from(dice.log_range(50.0, 500_000.0)).round();
    let pixel_nm = 111_640.0 / magnification;
    let second = (number % SESSION) * 45;
    let acquired_at =
        format!("{year}-{month:02}-{day:02}T10:{:02}:{:02}", second / 60, second % 60);
    let mut record = InstrumentRecord {
        vendor: Some(vendor.into()),
        model: Some(model.into()),
        software: Some("V06.03".into()),
        acquired_at: Some(acquired_at),
        user: Some(user),
        sample: Some(sample.clone()),
        accelerating_voltage_kv: Some(VOLTAGES_KV[dice.count(0, VOLTAGES_KV.len() - 1)]),
        working_distance_mm: Some(f64::from(dice.range(2.0, 12.0))),
        magnification: Some(magnification),
        pixel_size_nm: Some(PixelSizeNm { x: pixel_nm, y: pixel_nm }),
        field_of_view_um: Some(pixel_nm * 1.024),
        detector: Some(detector.into()),
        signal: Some(if detector.contains('B') { "BSE" } else { "SE" }.into()),
        dwell_time_us: Some(1.0),
        ..InstrumentRecord::default()
    };
    record.raw_keys = raw_keys(&record);

    let scores = dice.chance(CLASSIFIED_SHARE).then(|| scores(number, &mut dice));
    FilledImage {
        relative_path: PathBuf::from(format!(
            "{year}/{month:02}-{day:02} {sample} {session}/{sample}_{number:07}.tif"
        )),
        size_bytes: 790_000 + u64::from(dice.bits() % 20_000),
        modified_ns: 1_420_000_000_000_000_000 + i64::from(dice.bits()) * 80_000_000 + 1,
        reading: Reading {
            stamp: None,
            content_sha256: format!("{number:064x}"),
            width_px: 1024,
            height_px: 768,
            bit_depth: 8,
            page: 1,
            pages: 1,
            choice: ReadChoice::default(),
            data_bar: DataBar { top: 0, bottom: 64 },
            data_bar_source: DataBarSource::Header,
            instrument_json: serde_json::to_string(&record).ok(),
            problem: dice.chance(0.002).then(|| "the file is damaged (synthetic)".into()),
        },
        scores,
    }
}

/// Softmax of noise, with the true category ahead.
fn scores(number: usize, dice: &mut Dice) -> Vec<f32> {
    let truth = category_of(number);
    let weights: Vec<f32> = (0..CATEGORIES.len())
        .map(|at| (dice.range(0.0, 3.0) + if at == truth { 2.0 } else { 0.0 }).exp())
        .collect();
    let total: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// Each value has a key, as in records of real files.
fn raw_keys(record: &InstrumentRecord) -> BTreeMap<String, String> {
    let json = serde_json::to_value(record).unwrap_or_default();
    let names = json.as_object().into_iter().flat_map(|fields| fields.keys());
    names.map(|name| (name.clone(), format!("AP_{}", name.to_uppercase()))).collect()
}
