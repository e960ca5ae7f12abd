//! Files that are written in one piece.

use std::fs;
use std::path::Path;

use super::ExportError;
use super::temporary_file::TemporaryFile;

/// Writes `bytes` as the file `path`, which is there whole or not at all; one of that name is
/// replaced.
///
/// # Errors
/// Where the operating system refuses.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let file = TemporaryFile::create(path)?;
    fs::write(file.path(), bytes).map_err(|source| ExportError::Io {
        operation: "write the file",
        source,
        path: path.to_owned(),
    })?;
    file.keep()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["first", "second"] {
            write_file(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
