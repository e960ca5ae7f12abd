//! `power_cut.c`, built and loaded into workers.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::killing::Environment;
use crate::preload::Preload;

/// The file of what is mounted where, as the program is to see it.
const MOUNTS: &str = "mounts";

/// The built library.
pub struct Shim(Preload);

impl Shim {
    /// Builds it; says that the test is skipped where there is no compiler.
    pub fn build() -> Option<Self> {
        let preload = Preload::build("reliability/power_cut.c")?;
        fs::write(preload.folder().join(MOUNTS), "server:/ / nfs4 rw 0 0\n").unwrap();
        Some(Self(preload))
    }

    /// Has it look at the files below `folder`.
    pub fn over(&self, folder: &Path) -> Environment {
        vec![self.0.variable(), ("SHIM_FOLDER", folder.into())]
    }

    /// Has the program take every folder for one of a network share.
    pub fn share(&self) -> (&'static str, OsString) {
        ("SHIM_MOUNTS", self.0.folder().join(MOUNTS).into())
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
