//! Exported HDF5 files, read by h5py.

use std::io::Cursor;

use semblance::classifier::CategoryScore;
use semblance::export::{AnnotatedMicrograph, Classification, GivenLabel, Hdf5File, write_hdf5};
use semblance::micrograph::{InstrumentRecord, Samples, content_sha256};
use serde_json::json;
use tiff::encoder::{TiffEncoder, colortype};
use tiff::tags::Tag;

use crate::h5py::{self, Seen};
use crate::micrographs::{SOURCE_SHA256, bare, documented, read_bytes, undecided};
use crate::vendor_files::{SHORT, tiff_of};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const EVENT: &str = "/entry1/measurement/event1";
const IMAGE: &str = "/entry1/measurement/event1/image1";
const DATA: &str = "/entry1/measurement/event1/image1/image_2d";

/// Writes one image and lets h5py read it; `None` where there is no h5py.
fn round_trip(
    annotated: &AnnotatedMicrograph<'_>,
) -> Result<Option<Seen>, Box<dyn std::error::Error>> {
    if !h5py::is_available()? {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("image.h5");
    write_hdf5(&path, annotated)?;
    h5py::read(&path).map(Some)
}

#[test]
fn sixteen_bit_pixels_are_unchanged_and_compressed() -> TestResult {
    // More than a chunk each way.
    let values: Vec<u16> = (0..700 * 520_u32).map(|index| (index * 37 % 65_536) as u16).collect();
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let micrograph = bare(700, 520, Samples::Gray16(values));
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    let real = seen.object(&format!("{DATA}/real"));
    assert_eq!(real["shape"], json!([520, 700]));
    assert_eq!(real["dtype"], "uint16");
    assert_eq!(real["sha256"], content_sha256(&bytes));
    assert_eq!(real["filters"], json!(["gzip", true]));
    assert_eq!(seen.object(&format!("{IMAGE}/preview"))["dtype"], "uint8");
    Ok(())
}

#[test]
fn eight_bit_pixels_are_unchanged_with_row_0_on_top() -> TestResult {
    let micrograph = bare(3, 2, Samples::Gray8(vec![1, 2, 3, 250, 251, 252]));
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    let rows = json!([[1, 2, 3], [250, 251, 252]]);
    let (real, preview) = (format!("{DATA}/real"), format!("{IMAGE}/preview"));
    assert_eq!(seen.object(&real)["dtype"], "uint8");
    assert_eq!(seen.value(&real), &rows);
    assert_eq!(seen.attribute(&real, "row_0"), "top");
    assert_eq!(seen.value(&preview), &rows);
    assert_eq!(seen.attribute(&preview, "CLASS"), "IMAGE");
    assert_eq!(seen.attribute(&preview, "IMAGE_SUBCLASS"), "IMAGE_GRAYSCALE");
    assert_eq!(seen.attribute(&preview, "IMAGE_VERSION"), "1.2");
    Ok(())
}

#[test]
fn color_of_sixteen_bits_becomes_luma_and_keeps_its_colors_beside() -> TestResult {
    let mut tiff = Cursor::new(Vec::new());
    let rgb: [u16; 6] = [0xffff, 0, 0, 0, 0xffff, 0];
    TiffEncoder::new(&mut tiff)?.write_image::<colortype::RGB16>(2, 1, &rgb)?;
    let micrograph = read_bytes(tiff.into_inner())?;
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    let real = format!("{DATA}/real");
    assert_eq!(seen.value(&real), &json!([[54, 182]]));
    assert_eq!(seen.attribute(&real, "source_bit_depth"), 16);
    assert!(seen.attribute(&real, "converted_from_color").is_string());
    assert_eq!(seen.value(&format!("{IMAGE}/color")), &json!([[[255, 0, 0], [0, 255, 0]]]));
    Ok(())
}

#[test]
fn values_that_16_bits_do_not_hold_are_exported_as_they_are() -> TestResult {
    let values = [-1.5_f32, 0.0, 0.125, 7e9];
    let strip: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let two: [u8; 2] = [2, 0];
    let micrograph = read_bytes(tiff_of(
        &strip,
        &[
            (256, SHORT, &two),
            (257, SHORT, &two),
            (258, SHORT, &[32, 0]),
            (278, SHORT, &two),
            (339, SHORT, &[3, 0]), // floating-point
        ],
    ))?;
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };
    let real = format!("{DATA}/real");
    assert_eq!(seen.object(&real)["dtype"], "float32");
    assert_eq!(seen.value(&real), &json!([[-1.5, 0.0], [0.125, 7e9]]));
    assert_eq!(seen.attribute(&real, "source_bit_depth"), 32);
    assert_eq!(seen.object(&format!("{IMAGE}/preview"))["dtype"], "uint8");
    Ok(())
}

#[test]
fn axes_are_evenly_spaced_metres() -> TestResult {
    let micrograph = documented(3, 4, Samples::Gray8(vec![7; 12]));
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    for (name, length, step_m) in [("axis_i", 3, 11.25e-9), ("axis_j", 4, 12.5e-9)] {
        let axis = format!("{DATA}/{name}");
        assert_eq!(seen.object(&axis)["dtype"], "float64");
        assert_eq!(seen.attribute(&axis, "units"), "m");
        let values: Vec<f64> = serde_json::from_value(seen.value(&axis).clone())?;
        assert_eq!((values.len(), values[0]), (length, 0.0));
        for pair in values.windows(2) {
            assert!((pair[1] - pair[0] - step_m).abs() < 1e-18, "{name}: {pair:?}");
        }
    }
    assert_eq!(seen.attribute(DATA, "axes"), &json!(["axis_j", "axis_i"]));
    assert_eq!(seen.attribute(DATA, "axis_j_indices"), 0);
    assert_eq!(seen.attribute(DATA, "axis_i_indices"), 1);
    Ok(())
}

#[test]
fn settings_carry_their_units() -> TestResult {
    let micrograph = documented(2, 2, Samples::Gray8(vec![7; 4]));
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    let settings = [
        ("ebeam_column/electron_source/voltage", json!(5.0), "kV"),
        ("optics/working_distance", json!(3.7), "mm"),
        ("optics/magnification", json!(10_000.0), ""),
        ("optics/probe_current", json!(120.0), "pA"),
        ("stage/tilt1", json!(52.0), "deg"),
        ("stage/rotation", json!(12.5), "deg"),
        ("stage/position", json!([62.1, 50.25, 30.0]), "mm"),
        ("sensor1/value", json!([1.5e-3]), "Pa"),
    ];
    for (name, value, units) in settings {
        let path = format!("{EVENT}/instrument/{name}");
        assert_eq!(seen.value(&path), &value, "{name}");
        assert_eq!(seen.attribute(&path, "units"), units, "{name}");
    }
    let microscope = "/entry1/measurement/instrument";
    assert_eq!(seen.value(&format!("{microscope}/fabrication/vendor")), "Zeiss");
    assert_eq!(seen.value(&format!("{microscope}/fabrication/model")), "LEO 1530");
    assert_eq!(seen.value(&format!("{microscope}/detector1/name")), "InLens");
    assert_eq!(seen.value("/entry1/sample/name"), "as cast");
    assert_eq!(seen.value("/entry1/user1/name"), "Mößbauer");
    assert_eq!(seen.value("/entry1/start_time"), "2019-12-09T11:03:00");
    assert_eq!(seen.attribute("/entry1/start_time", "time_zone"), "unknown");
    assert!(seen.attribute("/entry1/start_time", "units").is_null());
    assert_eq!(seen.attribute(&format!("{DATA}/real"), "data_bar_bottom_px"), 2);
    Ok(())
}

#[test]
fn a_time_with_a_zone_is_not_called_zoneless() -> TestResult {
    let mut micrograph = bare(1, 1, Samples::Gray8(vec![0]));
    micrograph.instrument.acquired_at = Some("2019-12-09T11:03:00+01:00".to_owned());
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    assert!(seen.has("/entry1/start_time"));
    assert!(seen.attribute("/entry1/start_time", "time_zone").is_null());
    Ok(())
}

#[test]
fn what_is_unknown_is_absent() -> TestResult {
    let micrograph = bare(2, 1, Samples::Gray8(vec![1, 2]));
    let Some(seen) = round_trip(&undecided(&micrograph, "photo.png"))? else { return Ok(()) };

    let absent = [
        "/entry1/definition",
        "/entry1/start_time",
        "/entry1/sample",
        "/entry1/user1",
        "/entry1/note1",
        "/entry1/classification",
        "/entry1/human_label",
        "/entry1/measurement/instrument/fabrication",
        "/entry1/measurement/instrument/detector1",
        "/entry1/measurement/event1/instrument",
        "/entry1/measurement/event1/image1/process",
    ];
    for path in absent {
        assert!(!seen.has(path), "{path}");
    }
    let axis = format!("{DATA}/axis_i");
    assert_eq!(seen.value(&axis), &json!([0.0, 1.0]));
    assert_eq!(seen.attribute(&axis, "units"), "");
    assert_eq!(seen.attribute(&axis, "long_name"), "x, pixel index");
    assert_eq!(seen.value("/entry1/note_source/file_name"), "photo.png");
    assert_eq!(seen.value("/entry1/note_source/checksum"), SOURCE_SHA256);
    Ok(())
}

#[test]
fn the_model_s_scores_and_the_person_s_label_are_told_apart() -> TestResult {
    let micrograph = bare(2, 1, Samples::Gray8(vec![1, 2]));
    let categories = ["Fibre", "Film", "Grain", "Particle", "Pore", "Wire"].map(str::to_owned);
    let order = [2, 0, 5, 1, 4, 3];
    let scores: Vec<CategoryScore> = order
        .iter()
        .zip([0.5_f32, 0.25, 0.125, 0.0625, 0.05, 0.0125])
        .map(|(index, score)| CategoryScore { category: categories[*index].clone(), score })
        .collect();
    let annotated = AnnotatedMicrograph {
        classification: Some(Classification {
            program_version: Some("0.1.0"),
            model_name: "starter",
            model_sha256: "abc",
            categories: &categories,
            temperature: Some(1.5),
            scores: &scores,
            at: "2026-11-22T10:00:00Z",
        }),
        label: Some(GivenLabel {
            is_automatic: false,
            source: "import",
            answer: "category",
            category: Some("Film"),
            second_category: Some("Pore"),
            subcategory: None,
            note: None,
            user: "Åsa",
            at: "2026-11-22T11:00:00Z",
        }),
        ..undecided(&micrograph, "a.tif")
    };
    let Some(seen) = round_trip(&annotated)? else { return Ok(()) };

    let model = "/entry1/classification";
    let labels = ["Grain", "Fibre", "Wire", "Film", "Pore"];
    assert_eq!(seen.value(&format!("{model}/top5/label")), &json!(labels));
    assert_eq!(seen.value(&format!("{model}/top5/rank")), &json!([1, 2, 3, 4, 5]));
    let top: Vec<f32> = serde_json::from_value(seen.value(&format!("{model}/top5/score")).clone())?;
    assert_eq!(top, [0.5, 0.25, 0.125, 0.0625, 0.05]);
    assert_eq!(seen.object(&format!("{model}/all_scores/label"))["shape"], json!([6]));
    assert_eq!(seen.value(&format!("{model}/parameters/model")), "starter");
    assert_eq!(seen.value(&format!("{model}/parameters/model_sha256")), "abc");
    assert_eq!(seen.value(&format!("{model}/parameters/categories")), &json!(categories));
    assert_eq!(seen.value(&format!("{model}/parameters/temperature")), 1.5);
    assert_eq!(seen.value(&format!("{model}/date")), "2026-11-22T10:00:00Z");

    let person = "/entry1/human_label";
    assert_eq!(seen.value(&format!("{person}/label")), "Film");
    assert_eq!(seen.value(&format!("{person}/second_label")), "Pore");
    assert!(!seen.has(&format!("{person}/subcategory")));
    assert_eq!(seen.value(&format!("{person}/user")), "Åsa");
    assert_eq!(seen.value(&format!("{person}/source")), "import");
    assert_eq!(seen.default_plot(), &format!("{DATA}/real"));
    Ok(())
}

#[test]
fn raw_headers_are_verbatim_even_with_a_zero_byte_inside() -> TestResult {
    let micrograph = documented(2, 2, Samples::Gray8(vec![7; 4]));
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    assert_eq!(seen.value("/entry1/note1/data"), "AP_WD\r\n5 µm\t\n");
    assert_eq!(seen.value("/entry1/note1/description"), "TIFF tag 34118");
    assert_eq!(seen.value("/entry1/note1/file_name"), "a.tif");
    assert_eq!(seen.value("/entry1/note2/data"), &json!("a\0b µ".as_bytes()));
    let record = seen.value("/entry1/instrument_record/data").as_str().unwrap_or_default();
    let record: InstrumentRecord = serde_json::from_str(record)?;
    assert_eq!(record, micrograph.instrument);
    Ok(())
}

#[test]
fn a_latin_1_header_of_a_real_tiff_arrives_as_text() -> TestResult {
    let header = b"AP_WD\r\nWD = 5.0 mm\r\nAP_ACTUALKV\r\nEHT Target = 15.00 kV\r\n\
        AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 2.5 \xb5m\r\n";
    let mut tiff = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut tiff)?;
    let mut image = encoder.new_image::<colortype::Gray16>(2, 2)?;
    image.encoder().write_tag(Tag::Unknown(34118), &header[..])?;
    image.write_data(&[0, 1, 2, 40_000])?;
    let micrograph = read_bytes(tiff.into_inner())?;
    let Some(seen) = round_trip(&undecided(&micrograph, "a.tif"))? else { return Ok(()) };

    let expected: String = header.iter().map(|byte| char::from(*byte)).collect();
    assert_eq!(seen.value("/entry1/note1/data"), &expected);
    assert_eq!(seen.value(&format!("{DATA}/real")), &json!([[0, 1], [2, 40_000]]));
    let voltage = format!("{EVENT}/instrument/ebeam_column/electron_source/voltage");
    assert_eq!(seen.value(&voltage), 15.0);
    let spacing = seen.value(&format!("{DATA}/axis_i"))[1].as_f64().unwrap_or_default();
    assert!((spacing - 2.5e-6).abs() < 1e-15, "{spacing}");
    Ok(())
}

#[test]
fn every_group_has_a_class_and_every_text_is_variable_utf8() -> TestResult {
    let micrograph = documented(2, 2, Samples::Gray16(vec![7, 8, 9, 10]));
    let Some(seen) = round_trip(&undecided(&micrograph, "ä.tif"))? else { return Ok(()) };

    for (path, object) in seen.objects() {
        let dtype = &object["dtype"];
        if dtype.is_null() {
            let class = object["attributes"]["NX_class"].as_str().unwrap_or_default();
            assert!(class.starts_with("NX"), "{path}: {class:?}");
        } else if dtype == "text" {
            assert_eq!(object["variable_utf8"], true, "{path}");
        }
    }
    assert_eq!(seen.default_plot(), &format!("{DATA}/real"));
    Ok(())
}

#[test]
fn a_session_file_has_an_entry_an_image_and_shows_the_first() -> TestResult {
    let (first, second) =
        (bare(1, 1, Samples::Gray8(vec![11])), bare(1, 1, Samples::Gray16(vec![2222])));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("session.h5");
    let mut file = Hdf5File::create(&path)?;
    file.append(&undecided(&first, "1.tif"))?;
    file.append(&undecided(&second, "2.tif"))?;
    assert_eq!(file.image_count(), 2);
    file.finish()?;

    if !h5py::is_available()? {
        return Ok(());
    }
    let seen = h5py::read(&path)?;
    assert_eq!(seen.default_plot(), &format!("{DATA}/real"));
    assert_eq!(seen.value(&format!("{DATA}/real")), &json!([[11]]));
    assert_eq!(seen.value(&format!("{DATA}/real").replace("entry1", "entry2")), &json!([[2222]]));
    assert_eq!(seen.value("/entry2/title"), "2.tif");
    Ok(())
}
