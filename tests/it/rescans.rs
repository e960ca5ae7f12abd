//! What a scan costs on a network share is how often it asks for files: see `count_calls.c` for how
//! that is counted.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use semblance::catalog::{Library, LibraryPlace, ScanReport};
use tempfile::TempDir;

use crate::preload::Preload;

const FOLDERS: usize = 10;
const FILES_PER_FOLDER: usize = 300;
/// Names the folder to be scanned.
const FOLDER_VARIABLE: &str = "COUNT_FOLDER";
/// Names the file with the calls.
const LOG_VARIABLE: &str = "COUNT_LOG";
/// Set where all files are to be read as well.
const READING_VARIABLE: &str = "SEMBLANCE_TEST_READING";

/// How often each image file was asked for and opened.
type Calls = BTreeMap<PathBuf, [usize; 2]>;

#[test]
fn a_scan_of_an_unchanged_folder_asks_for_every_file_once_and_opens_none() {
    let Some(preload) = Preload::build("count_calls.c") else { return };
    let folder = images();
    // Both ways of looking at a file are counted.
    let calls = calls_of_scan(&preload, folder.path(), true);
    assert_eq!(calls.len(), FOLDERS * FILES_PER_FOLDER);
    assert_eq!(calls.iter().find(|(_, [asked, opened])| *asked == 0 || *opened == 0), None);
    let calls = calls_of_scan(&preload, folder.path(), false);
    assert_eq!(calls.len(), FOLDERS * FILES_PER_FOLDER);
    assert_eq!(calls.iter().find(|(_, calls)| **calls != [1, 0]), None);
}

#[test]
fn a_first_scan_asks_for_few_files_twice_although_each_could_be_another_one_moved() {
    let Some(preload) = Preload::build("count_calls.c") else { return };
    let folder = images();
    let calls = calls_of_scan(&preload, folder.path(), false);
    assert_eq!(calls.len(), FOLDERS * FILES_PER_FOLDER);
    assert!(calls.values().all(|[_, opened]| *opened == 0));
    let asked: usize = calls.values().map(|[asked, _]| asked).sum();
    assert!(asked < calls.len() * 5 / 4, "{asked}");
}

/// A folder of images of one size and time.
fn images() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..FOLDERS * FILES_PER_FOLDER {
        let below = folder.path().join(format!("{}", number % FOLDERS));
        fs::create_dir_all(&below).unwrap();
        let mut file = File::create(below.join(format!("{number}.tif"))).unwrap();
        write!(file, "image {number:06}").unwrap();
        // Not in whole seconds, by which a scan would know nothing.
        file.set_modified(UNIX_EPOCH + Duration::from_millis(1)).unwrap();
    }
    folder
}

/// Scans in a process of its own, whose calls are counted.
fn calls_of_scan(preload: &Preload, root: &Path, is_reading: bool) -> Calls {
    let root = root.canonicalize().unwrap();
    let log = preload.folder().join("log");
    let _ = fs::remove_file(&log);
    let mut program = Command::new(env::current_exe().unwrap());
    program
        .args(["--ignored", "--exact", "rescans::scans_a_folder", "--test-threads=1"])
        .envs([
            preload.variable(),
            (FOLDER_VARIABLE, (&root).into()),
            (LOG_VARIABLE, (&log).into()),
        ])
        .stdout(Stdio::null());
    if is_reading {
        program.env(READING_VARIABLE, "yes");
    }
    assert!(program.status().unwrap().success());
    let mut calls = Calls::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        let (call, path) = line.split_once(' ').unwrap();
        if path.ends_with(".tif") {
            calls.entry(path.into()).or_default()[usize::from(call == "open")] += 1;
        }
    }
    calls
}

#[test]
#[ignore = "another test runs it as a program whose calls are counted"]
fn scans_a_folder() {
    let Some(root) = env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else { return };
    let place = LibraryPlace { directory: root.join(".semblance"), root };
    let library = Library::open(&place).unwrap();
    let ScanReport { found, .. } = library.scan(&["tif"], &mut |_| true).unwrap();
    assert_eq!(found, (FOLDERS * FILES_PER_FOLDER) as u64);
    if env::var_os(READING_VARIABLE).is_some() {
        for folder in 0..FOLDERS {
            for entry in fs::read_dir(place.root.join(format!("{folder}"))).unwrap() {
                fs::read(entry.unwrap().path()).unwrap();
            }
        }
    }
}
