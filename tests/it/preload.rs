//! C sources beside the tests, built by the system's compiler and loaded into programs by
//! `LD_PRELOAD`.

use std::env;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A built one.
pub struct Preload {
    folder: TempDir,
    library: PathBuf,
}

impl Preload {
    /// Builds `source`, a path below `tests/it`; says that the test is skipped where there is no
    /// compiler.
    pub fn build(source: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("preload.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(source);
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
        Some(Self { folder, library })
    }

    /// What is set in the environment of the program.
    pub fn variable(&self) -> (&'static str, OsString) {
        ("LD_PRELOAD", self.library.clone().into())
    }

    /// A folder that is there as long as this.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
