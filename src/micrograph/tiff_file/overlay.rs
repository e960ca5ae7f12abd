//! A file in memory in which some bytes read differently.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Reads `bytes` as if those at `offset` were `patch`: the decoder sees another file, and nothing
/// is copied.
pub(super) struct Overlay<'a> {
    inner: Cursor<&'a [u8]>,
    offset: u64,
    patch: Vec<u8>,
}

impl<'a> Overlay<'a> {
    /// `bytes` as they are.
    pub(super) fn none(bytes: &'a [u8]) -> Self {
        Self::new(bytes, 0, Vec::new())
    }

    /// `bytes` with `patch` in the place of those at `offset`.
    pub(super) fn new(bytes: &'a [u8], offset: usize, patch: Vec<u8>) -> Self {
        Self { inner: Cursor::new(bytes), offset: offset as u64, patch }
    }
}

impl Read for Overlay<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = self.inner.position();
        let count = self.inner.read(buffer)?;
        for (place, byte) in (self.offset..).zip(&self.patch) {
            if let Some(at) = place.checked_sub(start).filter(|at| *at < count as u64) {
                buffer[at as usize] = *byte;
            }
        }
        Ok(count)
    }
}

impl Seek for Overlay<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patched_bytes_are_seen_in_pieces_and_whole() {
        let mut whole = Vec::new();
        Overlay::new(b"abcdef", 2, b"XY".to_vec()).read_to_end(&mut whole).unwrap();
        assert_eq!(whole, b"abXYef");
        let mut pieces = Overlay::new(b"abcdef", 2, b"XY".to_vec());
        let mut buffer = [0; 3];
        pieces.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"abX");
        pieces.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"Yef");
    }
}
