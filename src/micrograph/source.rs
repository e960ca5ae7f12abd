//! A file's bytes, read once: decoding and identifying use the same read. Of a large TIFF file,
//! decoding reads what it needs, and identifying the whole, a part at a time.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::content::{Content, FileOnDisk};
use super::sidecar::{self, Beside, SidecarProblem};
use super::{FileStamp, ReadError, Sidecar, tiff_file};

/// With what [`SourceFile::cache_suffix`] begins, where it is not empty.
pub const SIDECAR_SUFFIX: &str = "-beside";

/// Larger files of a kind that can be read in parts stay on the disk.
const MOST_HELD_BYTES: u64 = 64 << 20;
/// As much of a file on the disk is hashed at a time.
const HASHED_AT_ONCE: usize = 1 << 20;

/// A file, opened: one of usual size is in memory.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    stamp: Option<FileStamp>,
    content: Content,
    beside: Beside,
}

impl SourceFile {
    /// Reads a file whole, and the text files beside it. A TIFF file that is large stays on the disk
    /// until parts of it are asked for, so that no limit is too low for it.
    ///
    /// # Errors
    /// Fails where the file cannot be opened, is a folder, is empty, or is over `limit_bytes` and
    /// no TIFF file: then it is not read.
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
        let size_bytes = file.metadata()?.len();
        let beside = sidecar::beside(path);
        if size_bytes > limit_bytes.min(MOST_HELD_BYTES) {
            let stamp = Some(FileStamp::of(&file.metadata()?));
            let on_disk = FileOnDisk::new(file.try_clone()?, size_bytes);
            let mut start = [0; 4];
            let read = on_disk.read_at(0, &mut start)?;
            if tiff_file::is_tiff(&start[..read]) {
                let content = Content::OnDisk(on_disk);
                return Ok(Self { path: path.to_owned(), stamp, content, beside });
            }
            file.rewind()?;
        }
        let too_large = |size_bytes: u64| ReadError::TooLarge {
            what: "The file".to_owned(),
            needs_mib: size_bytes.div_ceil(1 << 20),
            limit_mib: limit_bytes >> 20,
        };
        if size_bytes > limit_bytes {
            return Err(too_large(size_bytes));
        }
        let mut bytes = Vec::with_capacity(size_bytes as usize);
        (&mut file).take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit_bytes {
            return Err(too_large(bytes.len() as u64));
        }
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        // Asked after reading: a file that was written meanwhile does not have the earlier stamp.
        let stamp = file.metadata().ok().map(|metadata| FileStamp::of(&metadata));
        Ok(Self { path: path.to_owned(), stamp, content: Content::Held(bytes), beside })
    }

    /// A file that is in memory only, with the text files that belong to it.
    pub fn in_memory(path: &Path, bytes: Vec<u8>, sidecars: Vec<Sidecar>) -> Self {
        let beside = Beside { sidecars, problems: Vec::new() };
        Self { path: path.to_owned(), stamp: None, content: Content::Held(bytes), beside }
    }

    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// Size of the file.
    pub fn size_bytes(&self) -> u64 {
        self.content.size_bytes()
    }

    /// Refuses a file that was read in parts where these may be of different states of it, or could
    /// not be read.
    pub(super) fn check_parts(&self) -> Result<(), ReadError> {
        let Content::OnDisk(on_disk) = &self.content else { return Ok(()) };
        if let Some(error) = self.content.take_failure() {
            return Err(error.into());
        }
        let stamp = FileStamp::of(&on_disk.file().metadata()?);
        if Some(stamp) != self.stamp {
            return Err(ReadError::Changed);
        }
        Ok(())
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

    /// The content's SHA-256 in lower-case hexadecimal: the image's identity, whatever its name. A
    /// file on the disk is read for it from beginning to end, a part at a time.
    ///
    /// # Errors
    /// Fails where a file on the disk cannot be read, or has changed since it was opened.
    pub fn sha256(&self) -> Result<String, ReadError> {
        let on_disk = match &self.content {
            Content::Held(bytes) => return Ok(content_sha256(bytes)),
            Content::OnDisk(on_disk) => on_disk,
        };
        let mut hasher = Sha256::new();
        let mut room = vec![0; HASHED_AT_ONCE];
        let mut offset = 0;
        loop {
            let read = on_disk.read_at(offset, &mut room)?;
            if read == 0 {
                break;
            }
            hasher.update(&room[..read]);
            offset += read as u64;
        }
        self.check_parts()?;
        Ok(hexadecimal(&hasher.finalize()))
    }
}

/// SHA-256 of `bytes` in lower-case hexadecimal.
pub fn content_sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
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
        let file = SourceFile::open(&path, u64::MAX).unwrap();
        assert_eq!(*file.content().up_to(0, 9), *b"II*");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_unless_it_can_be_read_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"\x89PNG and more").unwrap();
        assert!(matches!(SourceFile::open(&path, 9), Err(ReadError::TooLarge { .. })));
        let tiff = b"II*\0 and more";
        fs::write(&path, tiff).unwrap();
        let parts = SourceFile::open(&path, 9).unwrap();
        assert!(matches!(parts.content(), Content::OnDisk(_)));
        assert_eq!(parts.sha256().unwrap(), content_sha256(tiff));
        let whole = SourceFile::open(&path, 99).unwrap();
        assert!(matches!(whole.content(), Content::Held(_)));
        assert_eq!(whole.stamp(), parts.stamp());
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_in_parts_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        fs::write(&path, b"II*\0 and more").unwrap();
        let parts = SourceFile::open(&path, 9).unwrap();
        fs::write(&path, b"II*\0 and other things").unwrap();
        assert!(matches!(parts.sha256(), Err(ReadError::Changed)));
    }

    #[test]
    fn sha256_of_abc_is_the_published_value() {
        assert_eq!(
            content_sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
