//! HDF5 files as another program sees them: h5py.

use std::path::Path;

use serde_json::Value;

use crate::python;

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

/// Whether h5py can be asked; see [`python::has`].
pub fn is_available() -> Result<bool, AnyError> {
    python::has("h5py")
}

/// Reads a file by h5py.
pub fn read(path: &Path) -> Result<Seen, AnyError> {
    Ok(Seen(serde_json::from_slice(&python::run("dump_hdf5.py", path)?)?))
}
