//! TIFF files of every kind, written by tifffile: the pixels come out in their true depth.

use std::error::Error;
use std::fs;
use std::path::Path;

use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, Micrograph, ReadChoice, ReadError, ReadOptions, Samples, SourceFile, read,
    to_gray8,
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
fn little_endian(samples: &Samples) -> Vec<u8> {
    match samples {
        Samples::Gray8(values) | Samples::Rgb8(values) => values.clone(),
        Samples::Gray16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
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
                let found = little_endian(micrograph.pixels.samples());
                let agrees = found.len() == expected.len()
                    && found.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= tolerance);
                if !agrees {
                    wrong.push(format!("{name}: other values, {} bytes", found.len()));
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
    assert!(kinds > 50, "{kinds}");
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
