//! An exported file has its name only when it is whole.

use std::fs;
use std::path::Path;

use semblance::export::{ExportError, Hdf5File, write_hdf5};
use semblance::micrograph::Samples;

use crate::micrographs::{bare, undecided};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn names_in(folder: &Path) -> Result<Vec<String>, std::io::Error> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[test]
fn a_file_gets_its_name_only_when_it_is_whole() -> TestResult {
    let micrograph = bare(1, 1, Samples::Gray8(vec![11]));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("image.h5");
    fs::write(&path, "what was there before")?;

    let mut given_up = Hdf5File::create(&path)?;
    given_up.append(&undecided(&micrograph, "a.tif"))?;
    assert_eq!(names_in(folder.path())?.len(), 2, "the temporary file is beside");
    drop(given_up);
    assert_eq!(names_in(folder.path())?, ["image.h5"]);
    assert_eq!(fs::read(&path)?, b"what was there before");

    let mut kept = Hdf5File::create(&path)?;
    kept.append(&undecided(&micrograph, "a.tif"))?;
    assert_eq!(fs::read(&path)?, b"what was there before");
    kept.finish()?;
    assert_eq!(names_in(folder.path())?, ["image.h5"]);
    assert!(fs::read(&path)?.starts_with(b"\x89HDF\r\n"));
    Ok(())
}

#[test]
fn two_exports_to_one_name_do_not_disturb_one_another() -> TestResult {
    let micrograph = bare(1, 1, Samples::Gray8(vec![11]));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("image.h5");
    let (mut one, mut other) = (Hdf5File::create(&path)?, Hdf5File::create(&path)?);
    one.append(&undecided(&micrograph, "1.tif"))?;
    other.append(&undecided(&micrograph, "2.tif"))?;
    one.finish()?;
    other.finish()?;
    assert_eq!(names_in(folder.path())?, ["image.h5"]);
    Ok(())
}

#[test]
fn a_file_without_images_is_refused_and_leaves_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let refused = Hdf5File::create(&folder.path().join("image.h5"))?.finish();
    assert!(matches!(refused, Err(ExportError::NoImage { .. })));
    assert!(names_in(folder.path())?.is_empty());
    Ok(())
}

#[test]
fn a_place_that_takes_no_file_is_named_in_the_error() -> TestResult {
    let micrograph = bare(1, 1, Samples::Gray8(vec![11]));
    let folder = tempfile::tempdir()?;
    let no_folder = folder.path().join("a file");
    fs::write(&no_folder, "")?;
    for path in [folder.path().join("missing/image.h5"), no_folder.join("image.h5")] {
        let error = write_hdf5(&path, &undecided(&micrograph, "a.tif"));
        let message = error.err().ok_or("written to nowhere")?.to_string();
        assert!(message.starts_with("Cannot create a file for the export: "), "{message}");
        assert!(message.ends_with(&path.display().to_string()), "{message}");
    }
    let error = write_hdf5(folder.path(), &undecided(&micrograph, "a.tif"));
    assert!(error.is_err(), "a folder is no file");
    assert_eq!(names_in(folder.path())?, ["a file"]);
    Ok(())
}
