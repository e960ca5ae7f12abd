//! A library to work in, and looking at it after each worker.

use std::fs;
use std::path::PathBuf;

use semblance::catalog::{Library, LibraryPlace};
use tempfile::TempDir;

use super::ledger::{End, Ledger};
use super::line::Line;
use super::seen::Seen;
use super::worker::Order;

const IMAGES: usize = 300;
/// The categories of every library.
pub const CATEGORIES: [&str; 6] = ["Tips", "Wires", "Films", "Powders", "Cells", "Fibres"];

/// A folder with files and their library.
pub struct Stage {
    folder: TempDir,
    pub ledger: Ledger,
}

impl Stage {
    /// A library with images and categories, and no decision.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let images = folder.path().join("images");
        fs::create_dir(&images).unwrap();
        for number in 0..IMAGES {
            fs::write(images.join(format!("{number:04}.tif")), number.to_string()).unwrap();
        }
        let place = LibraryPlace {
            root: images.canonicalize().unwrap(),
            directory: images.canonicalize().unwrap().join(".semblance"),
        };
        let library = Library::open(&place).unwrap();
        library.scan(&["tif"], &mut |_| true).unwrap();
        library.ensure_categories(&CATEGORIES.map(String::from)).unwrap();
        let ledger = Ledger::new(&Seen::of(&library, ""));
        Self { folder, ledger }
    }

    /// The folder with the images.
    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("images")
    }

    /// The library's own folder.
    pub fn directory(&self) -> PathBuf {
        self.root().join(".semblance")
    }

    /// A folder beside, for whatever else there is.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub fn order(&self, kind: &str, seed: u64) -> Order {
        Order { kind: kind.to_owned(), root: self.root(), seed }
    }

    pub fn open(&self) -> Result<Library, String> {
        let place = LibraryPlace { root: self.root(), directory: self.directory() };
        Library::open(&place).map_err(|error| format!("cannot be opened: {error:?}"))
    }

    /// What is wrong after a worker that told these lines has ended. See `mod.rs` for what is
    /// looked at.
    pub fn problems_after(&mut self, lines: &[Line], end: End) -> Vec<String> {
        let library = match self.open() {
            Ok(library) => library,
            Err(problem) => return vec![problem],
        };
        if library.is_read_only() {
            return vec!["the dead worker still holds the library".to_owned()];
        }
        let seen = Seen::of(&library, self.ledger.newest());
        self.ledger.settle(lines, &seen, end)
    }

    /// Fails where the library, closed and opened again, does not hold all that was ever
    /// acknowledged.
    pub fn check_all(&self) {
        let seen = Seen::of(&self.open().unwrap(), "");
        let known: Vec<&String> = self.ledger.entries().collect();
        assert_eq!(seen.entries.iter().collect::<Vec<_>>(), known);
        assert_eq!(self.ledger.journal_problems(&seen), [""; 0]);
    }
}
