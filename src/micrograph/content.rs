//! A file's bytes: held in memory, or read from the disk where they are asked for.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file's bytes.
#[derive(Debug)]
pub(super) enum Content {
    /// All of them.
    Held(Vec<u8>),
    /// Of a large file, only those that are asked for.
    OnDisk(FileOnDisk),
}

/// A large file, which stays on the disk.
#[derive(Debug)]
pub(super) struct FileOnDisk {
    /// Threads share its position: each seeks and reads in one go.
    file: Mutex<File>,
    size_bytes: u64,
    failure: Mutex<Option<io::Error>>,
}

impl FileOnDisk {
    pub(super) fn new(file: File, size_bytes: u64) -> Self {
        Self { file: Mutex::new(file), size_bytes, failure: Mutex::new(None) }
    }

    pub(super) fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills the front of `room` with what the file has from `offset` on; gives how much that is.
    pub(super) fn read_at(&self, offset: u64, room: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file();
        file.seek(SeekFrom::Start(offset))?;
        let mut filled = 0;
        while filled < room.len() {
            match file.read(&mut room[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

impl Content {
    pub(super) fn size_bytes(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::OnDisk(file) => file.size_bytes,
        }
    }

    /// Bytes that are in memory all the time.
    pub(super) fn held_bytes(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::OnDisk(_) => 0,
        }
    }

    /// Exactly `count` bytes from `offset` on, or nothing where the file ends before.
    pub(super) fn bytes(&self, offset: u64, count: usize) -> Option<Cow<'_, [u8]>> {
        Some(self.up_to(offset, count)).filter(|bytes| bytes.len() == count)
    }

    /// `count` bytes from `offset` on, fewer where the file ends before. An error of the disk ends
    /// them too, and waits to be asked for: see [`Content::take_failure`].
    pub(super) fn up_to(&self, offset: u64, count: usize) -> Cow<'_, [u8]> {
        let left = self.size_bytes().saturating_sub(offset);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(count);
        if count == 0 {
            return Cow::Borrowed(&[]);
        }
        match self {
            Self::Held(bytes) => Cow::Borrowed(&bytes[offset as usize..offset as usize + count]),
            Self::OnDisk(file) => {
                let mut room = vec![0; count];
                let read = file.read_at(offset, &mut room).unwrap_or_else(|error| {
                    *file.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    0
                });
                room.truncate(read);
                Cow::Owned(room)
            }
        }
    }

    /// The error that ended a reading early, if there was one.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        match self {
            Self::Held(_) => None,
            Self::OnDisk(file) => {
                file.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_come_out_of_memory_and_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("digits");
        std::fs::write(&path, b"0123456789").unwrap();
        let on_disk = Content::OnDisk(FileOnDisk::new(File::open(&path).unwrap(), 10));
        for content in [Content::Held(b"0123456789".to_vec()), on_disk] {
            assert_eq!(content.size_bytes(), 10);
            assert_eq!(content.bytes(3, 4).as_deref(), Some(&b"3456"[..]));
            assert_eq!(content.bytes(8, 3), None);
            assert_eq!(*content.up_to(8, 3), *b"89");
            assert_eq!(*content.up_to(u64::MAX, 3), *b"");
            assert!(content.take_failure().is_none());
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_error_of_the_disk_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        // A folder can be opened and not be read.
        let content = Content::OnDisk(FileOnDisk::new(File::open(folder.path()).unwrap(), 10));
        assert_eq!(content.bytes(0, 4), None);
        assert!(content.take_failure().is_some());
        assert!(content.take_failure().is_none());
    }
}
