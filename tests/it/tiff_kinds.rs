//! TIFF files of every kind, written by tifffile: the pixels come out in their true depth.

use std::error::Error;
use std::fs;
use std::path::Path;

use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, ExactValues, Micrograph, Pixels, ReadChoice, ReadError, ReadOptions,
    Samples, SourceFile, content_sha256, read, to_gray8,
};

use crate::python;

type Checked = Result<(), Box<dyn Error>>;

/// How far lossy compression may change a value.
const LOSSY: u8 = 4;

/// The folder of files, or nothing where Python lacks the writer.
fn written() -> Result<Option<tempfile::TempDir>, Box<dyn Error>> {
    if !(python::has("tifffile")? && python::has("imagecodecs")?) {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    python::run("write_tiffs.py", folder.path())?;
    Ok(Some(folder))
}

fn open(path: &Path, page: Option<u32>) -> Result<Micrograph, ReadError> {
    let choice = ReadChoice { page, ..ReadChoice::default() };
    let source = SourceFile::open(path, DEFAULT_LIMIT_BYTES)?;
    read(&source, &ReadOptions { choice, ..ReadOptions::default() })
}

/// The values as `write_tiffs.py` writes them down.
fn little_endian(pixels: &Pixels) -> Vec<u8> {
    let Some((exact, _)) = pixels.exact() else {
        return match pixels.samples() {
            Samples::Gray8(values) | Samples::Rgb8(values) => values.clone(),
            Samples::Gray16(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        };
    };
    match exact {
        ExactValues::I32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        ExactValues::U32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        ExactValues::I64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        ExactValues::U64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        ExactValues::F32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        ExactValues::F64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
    }
}

#[test]
fn every_kind_of_tiff_gives_its_true_values() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    let mut kinds = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "values") {
            continue;
        }
        let expected = fs::read(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match open(&path.with_extension("tif"), None) {
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(micrograph) => {
                let tolerance = if name.starts_with("jpeg") { LOSSY } else { 0 };
                let found = little_endian(&micrograph.pixels);
                let agrees = found.len() == expected.len()
                    && found.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= tolerance);
                if !agrees {
                    wrong.push(format!("{name}: other values, {} bytes", found.len()));
                }
                let is_exact = micrograph.pixels.exact().is_some();
                if is_exact != name.starts_with("exact") {
                    wrong.push(format!("{name}: exact values {is_exact}"));
                }
                let is_color = name.starts_with("color");
                if micrograph.pixels.has_color() != is_color {
                    wrong.push(format!("{name}: colour {}", micrograph.pixels.has_color()));
                }
            }
        }
        kinds += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(kinds > 200, "{kinds}");
    Ok(())
}

#[test]
fn twelve_bits_in_sixteen_are_shown_over_the_whole_range_and_kept_as_they_are() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    let micrograph = open(&folder.path().join("twelve-bits-in-sixteen.tif"), None)?;
    let Samples::Gray16(values) = micrograph.pixels.samples() else { panic!("16 bits") };
    assert_eq!(values.iter().max(), Some(&4083));
    let shown = to_gray8(&micrograph);
    assert_eq!((shown.iter().min(), shown.iter().max()), (Some(&0), Some(&255)));
    Ok(())
}

#[test]
fn the_first_page_that_is_no_reduced_copy_is_read_unless_another_is_chosen() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    let path = folder.path().join("pages.tif");
    let seen = |page| -> Result<_, ReadError> {
        let micrograph = open(&path, page)?;
        Ok((micrograph.page, micrograph.pages, micrograph.pixels.width_px(), micrograph.bit_depth))
    };
    assert_eq!(seen(None)?, (2, 3, 201, 8));
    assert_eq!(seen(Some(1))?, (1, 3, 51, 8));
    assert_eq!(seen(Some(3))?, (3, 3, 201, 16));
    let error = seen(Some(4)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "There is no page 4 in this file: it has 3 pages; choose another, or auto"
    );
    Ok(())
}

#[test]
fn a_file_that_stays_on_the_disk_gives_the_same_pixels_and_identity() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    // Over the limit for files in memory, and far below it for the image.
    let padding = vec![7; 65 << 20];
    for name in [
        "gray16-lzw-True-tiles-big",
        "turned-6-palette",
        "exact-float32-little-packed",
        "jpeg-gray",
    ] {
        let path = folder.path().join(name).with_extension("tif");
        let expected = open(&path, None)?;
        let bytes = [fs::read(&path)?, padding.clone()].concat();
        let large = folder.path().join("large.tif");
        fs::write(&large, &bytes)?;
        let found = open(&large, None)?;
        assert_eq!(little_endian(&found.pixels), little_endian(&expected.pixels), "{name}");
        assert_eq!(found.pixels.width_px(), expected.pixels.width_px(), "{name}");
        let source = SourceFile::open(&large, DEFAULT_LIMIT_BYTES)?;
        assert_eq!(source.sha256()?, content_sha256(&bytes), "{name}");
    }
    Ok(())
}

#[test]
fn a_turn_is_the_pages_own_and_numbers_that_mean_nothing_are_passed_over() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    let size = |name: &str, page| -> Result<_, ReadError> {
        let Micrograph { pixels, orientation, .. } = open(&folder.path().join(name), page)?;
        Ok((pixels.width_px(), pixels.height_px(), orientation.number()))
    };
    assert_eq!(size("turned-pages.tif", Some(1))?, (201, 150, 1));
    assert_eq!(size("turned-pages.tif", Some(2))?, (150, 201, 6));
    assert_eq!(size("turned-7.tif", None)?, (150, 201, 7));
    assert_eq!(size("turned-9.tif", None)?, (201, 150, 1));
    Ok(())
}

#[test]
fn pages_marked_as_no_picture_of_their_own_are_passed_over() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    for name in ["page-aside-old-mark.tif", "page-aside-mask.tif"] {
        let micrograph = open(&folder.path().join(name), None)?;
        let seen = (micrograph.page, micrograph.pages, micrograph.pixels.width_px());
        assert_eq!(seen, (2, 2, 201), "{name}");
    }
    Ok(())
}

#[test]
fn a_file_whose_pixels_were_never_written_is_refused() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    for name in ["refused-all-holes.tif", "refused-part-in-the-header.tif"] {
        let error = open(&folder.path().join(name), None).unwrap_err().to_string();
        assert!(error.contains("parts of the image are missing"), "{name}: {error}");
    }
    Ok(())
}

#[test]
fn exact_values_are_shown_between_their_ends() -> Checked {
    let Some(folder) = written()? else { return Ok(()) };
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("exact-") || !name.ends_with(".tif") || name.contains("miniswhite") {
            continue;
        }
        let shown = to_gray8(&open(&path, None)?);
        assert_eq!((shown.iter().min(), shown.iter().max()), (Some(&0), Some(&255)), "{name}");
    }
    Ok(())
}
