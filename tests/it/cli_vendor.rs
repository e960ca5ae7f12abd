//! What `semblance inspect` prints of files as instruments write them.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::known::real_data;
use crate::program::Program;
use crate::vendor_files::tiff;

/// File; columns and rows; depth; pages; rows of the data bar at the bottom; a value of the record.
type Known = (&'static str, [u32; 2], u8, u32, u32, (&'static str, f64));

const KNOWN: [Known; 8] = [
    ("zeiss/125nm_03.tif", [1024, 768], 8, 1, 78, ("beam_current_pa", 100.0)),
    ("zeiss/ZEISS_SEM_multipage.tif", [2048, 1536], 8, 2, 0, ("magnification", 4530.0)),
    ("zeiss/test_tiff_Zeiss_SEM_512pix.tif", [512, 384], 8, 1, 34, ("field_of_view_um", 5.965)),
    ("fei_thermo/800_020.tif", [1024, 943], 8, 1, 59, ("accelerating_voltage_kv", 20.0)),
    ("fei_thermo/FEI-Helios-Ebeam-16bits.tif", [512, 471], 16, 1, 29, ("beam_current_pa", 6.25)),
    ("tescan/image_ChanA_000003.tif", [1024, 887], 16, 1, 119, ("working_distance_mm", 50.0)),
    (
        "zeiss_fibics_atlas/InLens_keyframe_00001_slice_00006_z=1.6659um.tif",
        [1023, 1023],
        8,
        1,
        0,
        ("dwell_time_us", 1.0),
    ),
    (
        "sec_sne/ETRI_ 20 kV_SE_HighVac_x500 __454.jpg",
        [1280, 960],
        8,
        1,
        64,
        ("magnification", 500.0),
    ),
];

#[test]
fn inspect_prints_size_depth_pages_bar_and_record_of_vendors_files() {
    let Some(data) = real_data() else { return };
    for (file, [width_px, height_px], depth, pages, bar_px, (field, value)) in KNOWN {
        let path = data.join("vendor").join(file);
        let row = Program::new().run(["inspect".into(), "--json".into(), path]).fine().row();
        let found = ["width_px", "height_px", "bit_depth", "pages"].map(|key| &row[key]);
        let expected = [json!(width_px), json!(height_px), json!(depth), json!(pages)];
        assert_eq!(found, expected.each_ref(), "{file}");
        assert_eq!(row["data_bar_px"], json!({"top": 0, "bottom": bar_px}), "{file}");
        assert_eq!(row["instrument"][field], json!(value), "{file}");
        assert!(row["instrument"]["raw_keys"][field].is_string(), "{file}");
    }
}

#[test]
fn a_number_that_is_none_costs_its_field_and_is_listed() {
    let Some(data) = real_data() else { return };
    let file = "fei_thermo/FEI-Helios-navcam-with-no-IRBeam-bad-floats.tif";
    let path: PathBuf = data.join("vendor").join(file);
    let row = Program::new().run(["inspect".into(), "--json".into(), path]).fine().row();
    let record = &row["instrument"];
    assert_eq!(record["accelerating_voltage_kv"], Value::Null);
    assert_eq!(record["detector"], "Nav-Cam");
    let malformed = json!({"raw_key": "[Beam] HV", "raw_value": "notafloat"});
    assert!(record["malformed"].as_array().unwrap().contains(&malformed), "{record}");
}

#[test]
fn a_phenom_project_is_refused_with_what_to_do_instead() {
    let Some(data) = real_data() else { return };
    let path = data.join("vendor/phenom_elid/Elid2Version4.elid");
    let ran = Program::new().run(["inspect".into(), "--json".into(), path]);
    assert_eq!(ran.code, Some(1));
    let error = ran.rows()[0]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("export its images as TIFF"), "{error}");
}

/// Hitachi's text, in UTF-16 without a mark.
fn hitachi(sample: &str) -> Vec<u8> {
    let text = format!("[SemImageFile]\r\nSampleName={sample}\r\nPixelSize=24.8\r\n");
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_text_beside_an_image_may_be_spelled_in_another_case_and_unicode_form() {
    let program = Program::new();
    for (image, text) in [
        ("Sample01.tif", "SAMPLE01.TXT"),
        ("MIXED.TIF", "MIXED.Txt"),
        ("gro\u{308}be.tif", "Gröbe.txt"),
        ("photo.jpg.tif", "Photo.JPG.tif.txt"),
    ] {
        program.write(image, tiff(&[]));
        program.write(text, hitachi(image));
        let row = program.run(["inspect", "--json", image]).fine().row();
        assert_eq!(row["instrument"]["sample"], image);
        assert_eq!(row["instrument"]["pixel_size_nm"]["x"], 24.8);
    }
}

#[cfg(target_os = "linux")] // elsewhere a folder has one name in one spelling
#[test]
fn texts_that_differ_in_case_only_are_undecided_and_listed_unless_one_is_spelled_as_the_image() {
    let program = Program::new();
    program.write("Sample.tif", tiff(&[]));
    program.write("SAMPLE.TXT", hitachi("upper"));
    program.write("sample.txt", hitachi("lower"));
    let inspect = || program.line("inspect --json Sample.tif").fine().row()["instrument"].clone();
    let undecided = inspect();
    assert_eq!(undecided["sample"], Value::Null);
    assert_eq!(undecided["malformed"][0]["raw_key"], "SAMPLE.TXT, sample.txt");
    program.write("Sample.txt", hitachi("exact"));
    let exact = inspect();
    assert_eq!((&exact["sample"], &exact["malformed"]), (&json!("exact"), &Value::Null));
}
