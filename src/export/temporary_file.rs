//! A file that gets its name only when it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::ExportError;

/// More exports to one name at once than any program runs.
const MAX_ATTEMPTS: u32 = 1000;

/// A file under a temporary name beside its final one; removed unless it is [kept](Self::keep).
#[derive(Debug)]
pub(super) struct TemporaryFile {
    temporary_path: PathBuf,
    final_path: PathBuf,
}

impl TemporaryFile {
    /// An empty file named `.NAME.partial-PID` in the folder of `final_path`.
    pub(super) fn create(final_path: &Path) -> Result<Self, ExportError> {
        let failed = |source| ExportError::Io {
            operation: "create a file for the export",
            source,
            path: final_path.to_owned(),
        };
        let name = final_path.file_name().ok_or_else(|| {
            failed(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))
        })?;
        if final_path.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        // A process of the same id (in a container, often 1) may have been killed here before.
        for attempt in 0..MAX_ATTEMPTS {
            let mut temporary_name = OsString::from(".");
            temporary_name.push(name);
            temporary_name.push(format!(".partial-{}", std::process::id()));
            if attempt > 0 {
                temporary_name.push(format!("-{attempt}"));
            }
            let temporary_path = final_path.with_file_name(temporary_name);
            match File::create_new(&temporary_path) {
                Ok(_) => return Ok(Self { temporary_path, final_path: final_path.to_owned() }),
                Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
                Err(err) => return Err(failed(err)),
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    /// Where to write.
    pub(super) fn path(&self) -> &Path {
        &self.temporary_path
    }

    /// The name the file gets in the end.
    pub(super) fn final_path(&self) -> &Path {
        &self.final_path
    }

    /// Brings the content to the disk and gives the file its final name, in one step for anybody
    /// who looks; a file that had the name before is replaced.
    pub(super) fn keep(self) -> Result<(), ExportError> {
        let failed = |operation| {
            let path = self.final_path.clone();
            move |source| ExportError::Io { operation, source, path }
        };
        OpenOptions::new()
            .write(true)
            .open(&self.temporary_path)
            .and_then(|file| file.sync_all())
            .map_err(failed("bring the export to the disk"))?;
        fs::rename(&self.temporary_path, &self.final_path)
            .map_err(failed("give the export its name"))?;
        self.sync_folder();
        Ok(())
    }

    /// Makes the new name last through a power cut, where the system can: the content is safe
    /// already, so that a refusal is no failure.
    fn sync_folder(&self) {
        let folder = self.final_path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // After a rename there is nothing of this name left.
        let _ = fs::remove_file(&self.temporary_path);
    }
}
