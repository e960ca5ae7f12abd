//! Tests with real files and databases in temporary folders.

mod acceptance;
mod categories;
mod following;
mod formats;
mod history;
mod grouping;
mod identity;
mod labelling;
mod merging;
mod moves;
mod opening;
mod places;
mod predictions;
mod read_choices;
mod readings;
mod review;
mod same_content;
mod saved_searches;
mod scanning;
mod searching;
mod taken_around;
mod upkeep;
mod views;

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::micrograph::{DataBar, DataBarSource};
use crate::taxonomy::CategoryId;

const EXTENSIONS: &[&str] = &["tif", "png"];

/// A folder with a library; gone with the test.
struct Fixture {
    folder: TempDir,
    library: Library,
}

impl Fixture {
    /// A library of these files, each with its own name as content.
    fn with_files(paths: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
        let library = Library::open(&place).unwrap();
        let fixture = Self { folder, library };
        for path in paths {
            fixture.write(path, path);
        }
        fixture.scan();
        fixture
    }

    fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn write(&self, relative: impl AsRef<Path>, content: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn scan(&self) -> ScanReport {
        self.library.scan(EXTENSIONS, &mut |_| true).unwrap()
    }

    fn image(&self, relative: &str) -> ImageId {
        self.library.find_image(relative.as_ref()).unwrap().unwrap()
    }

    fn label(&self, relative: &str, category: CategoryId) -> EntryId {
        let label = [(self.image(relative), Some(value(category)))];
        self.library.set_labels(&label, "Ada", LabelSource::Person).unwrap()
    }

    /// As another program would open it.
    fn second_handle(&self) -> Library {
        let place = LibraryPlace::for_folder_in(self.folder.path(), None).unwrap();
        Library::open(&place).unwrap()
    }

    fn raw_connection(&self) -> Connection {
        Connection::open(self.library.directory().join("library.db")).unwrap()
    }
}

fn value(category: CategoryId) -> LabelValue {
    LabelValue::of(category)
}

/// As reading a file of this content gives it.
fn reading(content_sha256: &str) -> Reading {
    Reading { instrument_json: Some("{}".to_owned()), ..Reading::of_content(content_sha256) }
}

fn model(sha256: &str) -> ModelInfo {
    let categories = ["Tips", "Wires", "Films"].map(String::from).to_vec();
    ModelInfo {
        name: format!("model {sha256}"),
        sha256: sha256.to_owned(),
        categories,
        category_uids: Vec::new(),
    }
}
