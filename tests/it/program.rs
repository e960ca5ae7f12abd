//! The program itself, run in folders of its own.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_semblance");
/// Images of each category in [`sample`].
pub const SAMPLE_PER_CATEGORY: usize = 2;

/// An empty folder to stand in, and the program with its data and cache in there.
pub struct Program {
    folder: TempDir,
}

/// What a run left.
pub struct Ran {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Data.
    pub stdout: String,
    /// Messages.
    pub stderr: String,
}

impl Program {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The folder that the program stands in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command to add arguments to, in case [`Program::run`] is not enough.
    pub fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command
            .current_dir(self.folder())
            .env("SEMBLANCE_DATA_DIR", self.folder().join(".data"))
            .env("SEMBLANCE_CACHE_DIR", self.folder().join(".cache"))
            .env("SEMBLANCE_CONFIG_DIR", self.folder().join(".config"))
            .env_remove("RUST_BACKTRACE");
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let output = self.command().args(arguments).output().unwrap();
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    /// Runs a line whose arguments hold no spaces.
    pub fn line(&self, line: &str) -> Ran {
        self.run(line.split_whitespace())
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Copies an image of [`sample`], such as `Fibres/Fibres_0000.tif`, to `name`.
    pub fn copy_sample(&self, file: &str, name: &str) -> PathBuf {
        self.write(name, fs::read(sample().join(file)).unwrap())
    }

    /// Copies the images of some categories of [`sample`] into a folder of categories.
    pub fn copy_categories(&self, categories: &[&str], name: &str) {
        for category in categories {
            for number in 0..SAMPLE_PER_CATEGORY {
                let file = format!("{category}/{category}_{number:04}.tif");
                self.copy_sample(&file, &format!("{name}/{file}"));
            }
        }
    }

    /// Copies all images of [`sample`] into a folder of categories that belongs to no library.
    pub fn copy_all_categories(&self, name: &str) {
        let folders = fs::read_dir(sample()).unwrap().map(|entry| entry.unwrap());
        let names = folders
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap());
        let names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        self.copy_categories(&names.iter().map(String::as_str).collect::<Vec<_>>(), name);
    }

    /// What is in the folder that the program stands in, apart from its data and cache.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name != ".data" && name != ".cache")
            .collect();
        names.sort();
        names
    }
}

impl Ran {
    /// Stdout, one JSON object a line.
    pub fn rows(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one JSON object on stdout.
    pub fn row(&self) -> Value {
        let mut rows = self.rows();
        assert_eq!(rows.len(), 1, "{}{}", self.stdout, self.stderr);
        rows.remove(0)
    }

    /// Fails unless all went well.
    pub fn fine(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless nothing was done: exit code 1, and these words on either stream.
    pub fn refused_in_words(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{}{}", self.stdout, self.stderr);
        for word in words {
            let is_said = self.stdout.contains(word) || self.stderr.contains(word);
            assert!(is_said, "no {word:?} in: {}{}", self.stdout, self.stderr);
        }
    }

    /// Fails unless nothing was done: exit code 1, no data, and these words in the message.
    pub fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in: {}", self.stderr);
        }
    }
}

/// A JSON object's keys.
pub fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A sample of every category that all tests share, and none may change.
///
/// It stays below `target/` for later runs of the same program, by whichever test process made it
/// first: each writes a folder of its own and then gives it the common name.
pub fn sample() -> &'static Path {
    static SAMPLE: OnceLock<PathBuf> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let built = fs::metadata(BINARY).unwrap().modified().unwrap();
        let built = built.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let sample = shared.join(format!("sample-{built}"));
        if !sample.is_dir() {
            let program = Program { folder: tempfile::tempdir_in(shared).unwrap() };
            program.line(&format!("sample --out s --per-category {SAMPLE_PER_CATEGORY}")).fine();
            remove_older_samples(shared);
            let made = fs::rename(program.folder().join("s"), &sample);
            assert!(made.is_ok() || sample.is_dir(), "{made:?}");
        }
        sample
    })
}

/// Those of programs built before; what another process holds is left.
fn remove_older_samples(shared: &Path) {
    let entries = fs::read_dir(shared).into_iter().flatten().filter_map(io::Result::ok);
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("sample-"))
    {
        let _ = fs::remove_dir_all(entry.path());
    }
}
