//! HDF5 files as another program sees them: h5py, in the Python that `SEMBLANCE_TEST_PYTHON`
//! names (`python3` without it).

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

type AnyError = Box<dyn std::error::Error>;

/// What h5py found in a file.
pub struct Seen(Value);

impl Seen {
    /// The object's description, null where there is none.
    pub fn object(&self, path: &str) -> &Value {
        &self.0["objects"][path]
    }

    /// Whether there is such an object.
    pub fn has(&self, path: &str) -> bool {
        !self.object(path).is_null()
    }

    /// A dataset's value.
    pub fn value(&self, path: &str) -> &Value {
        &self.object(path)["value"]
    }

    /// An attribute of an object.
    pub fn attribute(&self, path: &str, name: &str) -> &Value {
        &self.object(path)["attributes"][name]
    }

    /// Every object with its path, names in alphabetical order.
    pub fn objects(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["objects"].as_object().into_iter().flatten()
    }

    /// Where following `@default` and `@signal` from the root leads.
    pub fn default_plot(&self) -> &Value {
        &self.0["default_plot"]
    }
}

/// Whether h5py can be asked. Where it is missing, tests are skipped, saying so; but they fail
/// where it was promised: under `CI=true`, or with `SEMBLANCE_TEST_PYTHON` set.
pub fn is_available() -> Result<bool, AnyError> {
    let import = Command::new(python()).args(["-c", "import h5py"]).output();
    if import.is_ok_and(|output| output.status.success()) {
        return Ok(true);
    }
    let promised = env::var_os("SEMBLANCE_TEST_PYTHON").is_some()
        || env::var_os("CI").is_some_and(|value| value == "true");
    if promised {
        return Err(format!("{} cannot import h5py", python()).into());
    }
    writeln!(std::io::stderr(), "skipped: {} cannot import h5py", python())?;
    Ok(false)
}

/// Reads a file by h5py.
pub fn read(path: &Path) -> Result<Seen, AnyError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/dump_hdf5.py");
    let output = Command::new(python()).arg(script).arg(path).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(Seen(serde_json::from_slice(&output.stdout)?))
}

fn python() -> String {
    env::var("SEMBLANCE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
