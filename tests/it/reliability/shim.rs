//! `power_cut.c`, built by the system's compiler and loaded into workers.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::killing::Environment;

/// The built library.
pub struct Shim {
    _folder: TempDir,
    library: PathBuf,
}

impl Shim {
    /// Builds it; says that the test is skipped where there is no compiler.
    pub fn build() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("power_cut.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reliability/power_cut.c");
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library, &source]);
        let Ok(output) = compiler.arg("-ldl").output() else {
            assert_ne!(env::var("CI").as_deref(), Ok("true"), "CI has a C compiler");
            let _ = writeln!(std::io::stderr(), "skipped: there is no cc");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(Self { _folder: folder, library })
    }

    /// Has it look at the files below `folder`.
    pub fn over(&self, folder: &Path) -> Environment {
        vec![("LD_PRELOAD", self.library.clone().into()), ("SHIM_FOLDER", folder.into())]
    }
}

/// A disk with an end: the file that says how many bytes may still be written.
pub struct Disk {
    control: PathBuf,
    number: u32,
}

impl Disk {
    pub fn new(control: PathBuf) -> Self {
        let mut disk = Self { control, number: 0 };
        disk.has_room();
        disk
    }

    pub fn variable(&self) -> (&'static str, OsString) {
        ("SHIM_DISK", self.control.clone().into())
    }

    pub fn has_room(&mut self) {
        self.write("-");
    }

    pub fn has_room_for(&mut self, bytes: u64) {
        self.write(&bytes.to_string());
    }

    fn write(&mut self, room: &str) {
        self.number += 1;
        let part = self.control.with_extension("part");
        fs::write(&part, format!("{} {room}", self.number)).unwrap();
        fs::rename(part, &self.control).unwrap();
    }
}

/// The files in `folder` and the folders in it, relative to it.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned())
        .collect()
}

/// Makes `to` a copy of `from`, but for names that end in one of these ways.
pub fn copy_folder(from: &Path, to: &Path, without: &[&str]) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for file in files_in(from) {
        let name = file.to_string_lossy();
        if without.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        fs::create_dir_all(to.join(&file).parent().unwrap()).unwrap();
        fs::copy(from.join(&file), to.join(&file)).unwrap();
    }
}
