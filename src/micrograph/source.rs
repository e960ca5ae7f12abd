//! A file's bytes, read once: decoding and identifying use the same read.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::sidecar::{self, Beside, SidecarProblem};
use super::{FileStamp, ReadError, Sidecar};

/// With what [`SourceFile::cache_suffix`] begins, where it is not empty.
pub const SIDECAR_SUFFIX: &str = "-beside";

/// A file in memory.
#[derive(Debug, Clone)]
pub struct SourceFile {
    path: PathBuf,
    stamp: Option<FileStamp>,
    bytes: Vec<u8>,
    beside: Beside,
}

impl SourceFile {
    /// Reads a file whole, and the text files beside it.
    ///
    /// # Errors
    /// Fails where the file cannot be opened, is a folder, is empty or is over `limit_bytes`.
    pub fn open(path: &Path, limit_bytes: u64) -> Result<Self, ReadError> {
        // Asked before opening: opening a named pipe would wait for somebody to write to it.
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(ReadError::Folder);
        }
        if !metadata.is_file() {
            let reason = "it is not a regular file";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason).into());
        }
        let mut file = fs::File::open(path)?;
        let mut bytes = Vec::with_capacity(metadata.len().min(limit_bytes) as usize);
        (&mut file).take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit_bytes {
            return Err(ReadError::TooLarge {
                what: "The file".to_owned(),
                needs_mib: metadata.len() >> 20,
                limit_mib: limit_bytes >> 20,
            });
        }
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        // Asked after reading: a file that was written meanwhile does not have the earlier stamp.
        let stamp = file.metadata().ok().map(|metadata| FileStamp::of(&metadata));
        Ok(Self { path: path.to_owned(), stamp, bytes, beside: sidecar::beside(path) })
    }

    /// A file that is in memory only, with the text files that belong to it.
    pub fn in_memory(path: &Path, bytes: Vec<u8>, sidecars: Vec<Sidecar>) -> Self {
        let beside = Beside { sidecars, problems: Vec::new() };
        Self { path: path.to_owned(), stamp: None, bytes, beside }
    }

    /// The file's content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Size and time of the file when it had been read; nothing for one in memory.
    pub fn stamp(&self) -> Option<FileStamp> {
        self.stamp
    }

    /// Text files that stand beside it and may be an instrument's.
    pub fn sidecars(&self) -> &[Sidecar] {
        &self.beside.sidecars
    }

    /// Text files beside it that could not be read or told apart.
    pub(super) fn sidecar_problems(&self) -> &[SidecarProblem] {
        &self.beside.problems
    }

    /// Tells this file with the texts beside it from one of the same content with others, and is
    /// empty where there are none: for keys of what is kept between runs.
    pub fn cache_suffix(&self) -> String {
        let Beside { sidecars, problems } = &self.beside;
        if sidecars.is_empty() && problems.is_empty() {
            return String::new();
        }
        let texts = sidecars.iter().map(|text| text.bytes.as_slice());
        let names = problems.iter().map(|problem| problem.file_names.as_bytes());
        let texts: Vec<&[u8]> = texts.chain(names).collect();
        format!("{SIDECAR_SUFFIX}{}", &content_sha256(&texts.concat())[..16])
    }

    /// Where it was read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The content's SHA-256 in lower-case hexadecimal: the image's identity, whatever its name.
    pub fn sha256(&self) -> String {
        content_sha256(&self.bytes)
    }
}

/// SHA-256 of `bytes` in lower-case hexadecimal.
pub fn content_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_limit_there_is_limits_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        fs::write(&path, b"II*").unwrap();
        assert_eq!(SourceFile::open(&path, u64::MAX).unwrap().bytes(), b"II*");
    }

    #[test]
    fn sha256_of_abc_is_the_published_value() {
        assert_eq!(
            content_sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
