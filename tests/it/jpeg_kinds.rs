//! JPEG files with faults that other readers pass over, and files cut short, which are refused.

use std::error::Error;
use std::fs;

use semblance::micrograph::{DEFAULT_LIMIT_BYTES, ReadOptions, Samples, SourceFile, read};

use crate::python;

/// How far two decoders differ.
const TOLERANCE: u8 = 4;

#[test]
fn what_libjpeg_reads_is_read_alike_and_what_was_cut_short_is_refused() -> Result<(), Box<dyn Error>>
{
    if !python::has("imagecodecs")? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    python::run("write_jpegs.py", folder.path())?;
    let (mut read_files, mut refused, mut wrong) = (0, 0, Vec::new());
    for entry in fs::read_dir(folder.path())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "jpg") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let expected = path.with_extension("values");
        let found = SourceFile::open(&path, DEFAULT_LIMIT_BYTES)
            .and_then(|source| read(&source, &ReadOptions::default()));
        match (found, expected.is_file()) {
            (Ok(micrograph), true) => {
                let (Samples::Gray8(values) | Samples::Rgb8(values)) = micrograph.pixels.samples()
                else {
                    panic!("{name}: 16 bits")
                };
                let expected = fs::read(expected)?;
                let agrees = values.len() == expected.len()
                    && values.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= TOLERANCE);
                if !agrees {
                    wrong.push(format!("{name}: other values"));
                }
                read_files += 1;
            }
            (Err(error), false) => {
                if !error.to_string().contains("cut short") {
                    wrong.push(format!("{name}: {error}"));
                }
                refused += 1;
            }
            (Ok(_), false) => wrong.push(format!("{name}: was read")),
            (Err(error), true) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read_files > 90 && refused == 9, "{read_files} read, {refused} refused");
    Ok(())
}
