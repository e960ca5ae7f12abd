//! HDF5 files of one image or many.

use std::path::Path;

use hdf5::types::VarLenUnicode;

use super::nexus::{self, Failure};
use super::temporary_file::TemporaryFile;
use super::{AnnotatedMicrograph, ExportError};

/// Writes one image to `path`, an HDF5 file in NeXus layout.
///
/// # Errors
/// [`ExportError`] names the file; nothing is left under its name but what was there before.
pub fn write_hdf5(path: &Path, image: &AnnotatedMicrograph<'_>) -> Result<(), ExportError> {
    let mut file = Hdf5File::create(path)?;
    file.append(image)?;
    file.finish()
}

/// The SHA-256 of the image that the file at `path` was made from, where this program has written
/// it.
pub fn exported_sha256(path: &Path) -> Option<String> {
    let read = || -> hdf5::Result<(VarLenUnicode, VarLenUnicode)> {
        let file = hdf5::File::open(path)?;
        let creator = file.attr("creator")?.read_scalar()?;
        Ok((creator, file.dataset("entry1/note_source/checksum")?.read_scalar()?))
    };
    let (creator, sha256) = read().ok()?;
    (creator.as_str() == "semblance").then(|| sha256.as_str().to_owned())
}

/// An HDF5 file in the making: `entry1`, `entry2`, … one an image, the first shown by default.
///
/// Holds no more than the image at hand in memory. The file has its name only after
/// [`Hdf5File::finish`]; dropped before, it leaves nothing behind.
#[derive(Debug)]
pub struct Hdf5File {
    // Closed before the temporary file is removed: fields are dropped in this order.
    file: Option<hdf5::File>,
    temporary: TemporaryFile,
    image_count: usize,
}

impl Hdf5File {
    /// A file without images, under a temporary name in the folder of `path`.
    ///
    /// # Errors
    /// Fails where the folder does not take a new file.
    pub fn create(path: &Path) -> Result<Self, ExportError> {
        let temporary = TemporaryFile::create(path)?;
        let file = hdf5::FileBuilder::new()
            // Nobody else knows the temporary name, and some network shares cannot lock.
            .with_fapl(|fapl| fapl.file_locking(false))
            .create(temporary.path())
            .map_err(|err| Failure::new("the file itself", &err))
            .and_then(|file| nexus::write_root(&file).map(|()| file))
            .map_err(|failure| failure.at(path))?;
        Ok(Self { file: Some(file), temporary, image_count: 0 })
    }

    /// Writes one more image.
    ///
    /// # Errors
    /// Fails where the image cannot be written; the whole file is given up then.
    pub fn append(&mut self, image: &AnnotatedMicrograph<'_>) -> Result<(), ExportError> {
        let path = self.temporary.final_path();
        let file = self.file.as_ref().ok_or_else(|| given_up(path))?;
        let entry_name = format!("entry{}", self.image_count + 1);
        if let Err(failure) = nexus::write_entry(file, &entry_name, image) {
            let error = failure.at(path);
            self.file = None;
            return Err(error);
        }
        self.image_count += 1;
        Ok(())
    }

    /// How many images have been written.
    pub fn image_count(&self) -> usize {
        self.image_count
    }

    /// Brings the file to the disk and gives it its name.
    ///
    /// # Errors
    /// Fails where there is no image, an image failed, or the disk does not take the rest.
    pub fn finish(self) -> Result<(), ExportError> {
        let path = self.temporary.final_path();
        let file = self.file.ok_or_else(|| given_up(path))?;
        if self.image_count == 0 {
            return Err(ExportError::NoImage { path: path.to_owned() });
        }
        file.flush()
            .and_then(|()| file.close())
            .map_err(|err| Failure::new("the last of the file", &err).at(path))?;
        self.temporary.keep()
    }
}

fn given_up(path: &Path) -> ExportError {
    ExportError::GivenUp { path: path.to_owned() }
}
