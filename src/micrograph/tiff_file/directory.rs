//! The directories of a TIFF file: which tags each page has, and their bytes.
//!
//! Instruments and the programs behind them bend the rules, so nothing here fails: a tag that
//! cannot be followed is a tag that is not there.

use std::borrow::Cow;

use super::super::content::Content;
use super::super::decode::HEADER_LIMIT_BYTES;

/// Tags with this many entries in all pages together are read: a chain of directories that
/// overlap one another must not cost minutes.
const MAX_ENTRIES: usize = 200_000;

/// A page's tags.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    content: &'a Content,
    entries: Vec<Entry>,
    order: ByteOrder,
}

/// Where one tag's value lies in the file.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    field_type: u16,
    offset: u64,
    size: u64,
}

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn number(self, bytes: &[u8]) -> u64 {
        let digits = bytes.iter().map(|byte| u64::from(*byte));
        let join = |number: u64, byte: u64| (number << 8) | byte;
        match self {
            Self::Little => digits.rev().fold(0, join),
            Self::Big => digits.fold(0, join),
        }
    }
}

/// The pages of a file, in their order; none where it is no TIFF.
pub(super) fn pages(content: &Content) -> Vec<Directory<'_>> {
    let Some(file) = File::of(content) else { return Vec::new() };
    let mut pages = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut entries_read = 0;
    let mut next = file.first_directory();
    while let Some(offset) = next.filter(|offset| *offset != 0 && seen.insert(*offset)) {
        let Some((page, following)) = file.directory(offset) else { break };
        entries_read += page.entries.len().max(1);
        pages.push(page);
        if entries_read > MAX_ENTRIES {
            break;
        }
        next = following;
    }
    pages
}

struct File<'a> {
    content: &'a Content,
    order: ByteOrder,
    is_big: bool,
}

impl<'a> File<'a> {
    fn of(content: &'a Content) -> Option<Self> {
        let (order, version) = match *content.bytes(0, 4)? {
            [b'I', b'I', version, 0] => (ByteOrder::Little, version),
            [b'M', b'M', 0, version] => (ByteOrder::Big, version),
            _ => return None,
        };
        matches!(version, 42 | 43).then_some(Self { content, order, is_big: version == 43 })
    }

    fn number(&self, offset: u64, size: usize) -> Option<u64> {
        Some(self.order.number(&self.content.bytes(offset, size)?))
    }

    /// Bytes of an offset or a count: 8 in a BigTIFF.
    fn word(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    fn first_directory(&self) -> Option<u64> {
        self.number(if self.is_big { 8 } else { 4 }, self.word())
    }

    /// A directory and the offset of the next one.
    fn directory(&self, offset: u64) -> Option<(Directory<'a>, Option<u64>)> {
        let count_size = if self.is_big { 8 } else { 2 };
        let count = self.number(offset, count_size)?;
        let entry_size = 4 + 2 * self.word();
        let first = offset.checked_add(count_size as u64)?;
        let end = first.checked_add(count.checked_mul(entry_size as u64)?)?;
        // What is there of a directory that ends early still tells something.
        let readable = usize::try_from(count).unwrap_or(MAX_ENTRIES).min(MAX_ENTRIES);
        let bytes = self.content.up_to(first, readable * entry_size);
        let entries = bytes
            .chunks_exact(entry_size)
            .zip(0_u64..)
            .filter_map(|(entry, index)| self.entry(entry, first + index * entry_size as u64))
            .collect();
        let next = self.number(end, self.word());
        Some((Directory { content: self.content, entries, order: self.order }, next))
    }

    /// The entry whose bytes these are, and lie at `at`.
    fn entry(&self, bytes: &[u8], at: u64) -> Option<Entry> {
        let (start, value) = bytes.split_at(4 + self.word());
        let number = |range: std::ops::Range<usize>| self.order.number(&start[range]);
        let (tag, field_type) = (number(0..2) as u16, number(2..4) as u16);
        let size = number(4..start.len()).checked_mul(type_size(field_type)? as u64)?;
        let offset = if size <= self.word() as u64 {
            at + start.len() as u64
        } else {
            self.order.number(value)
        };
        let is_there = offset.checked_add(size)? <= self.content.size_bytes();
        is_there.then_some(Entry { tag, field_type, offset, size })
    }
}

/// Bytes of one value, by TIFF 6.0's and BigTIFF's numbers for types.
fn type_size(field_type: u16) -> Option<usize> {
    match field_type {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16..=18 => Some(8),
        _ => None,
    }
}

impl<'a> Directory<'a> {
    /// The order of bytes in the whole file.
    pub(super) fn byte_order(&self) -> ByteOrder {
        self.order
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The tag's bytes, as many as a header may have.
    pub(super) fn bytes(&self, tag: u16) -> Option<Cow<'a, [u8]>> {
        let entry = self.entry(tag)?;
        let size = entry.size.min(HEADER_LIMIT_BYTES as u64);
        self.content.bytes(entry.offset, size as usize)
    }

    /// The tag's first number.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        self.numbers(tag, 1).first().copied()
    }

    /// The tag's numbers, `most` of them; none where the page does not have it.
    pub(super) fn numbers(&self, tag: u16, most: usize) -> Vec<u64> {
        let numbers = || {
            let entry = self.entry(tag)?;
            // Fractions and floats are no counts, offsets or codes.
            let size = type_size(entry.field_type)
                .filter(|_| matches!(entry.field_type, 1..=4 | 13 | 16))?;
            let count = usize::try_from(entry.size / size as u64).unwrap_or(usize::MAX).min(most);
            let bytes = self.content.bytes(entry.offset, count * size)?;
            Some(bytes.chunks_exact(size).map(|bytes| self.order.number(bytes)).collect())
        };
        numbers().unwrap_or_default()
    }

    /// The tag's first fraction.
    pub(super) fn rational(&self, tag: u16) -> Option<f64> {
        let entry = self.entry(tag).filter(|entry| entry.field_type == 5 && entry.size >= 8)?;
        let bytes = self.content.bytes(entry.offset, 8)?;
        let (numerator, denominator) = bytes.split_at(4);
        let [numerator, denominator] =
            [numerator, denominator].map(|bytes| self.order.number(bytes) as f64);
        (denominator > 0.0).then(|| numerator / denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian file with one directory whose next one is at `next`.
    fn file(entries: &[[u8; 12]], next: u32) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend((entries.len() as u16).to_le_bytes());
        bytes.extend(entries.iter().flatten());
        bytes.extend(next.to_le_bytes());
        bytes
    }

    const WIDTH: [u8; 12] = [0, 1, 3, 0, 1, 0, 0, 0, 64, 0, 0, 0];

    #[test]
    fn a_tags_number_is_found() {
        let file = Content::Held(file(&[WIDTH], 0));
        let pages = pages(&file);
        assert_eq!((pages.len(), pages[0].number(256), pages[0].number(257)), (1, Some(64), None));
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        assert_eq!(pages(&Content::Held(file(&[WIDTH], 8))).len(), 1);
    }

    #[test]
    fn a_tag_whose_value_lies_outside_the_file_is_not_there() {
        let far = [1, 1, 4, 0, 9, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f];
        let file = Content::Held(file(&[far, WIDTH], 0));
        let pages = pages(&file);
        assert_eq!((pages[0].number(257), pages[0].number(256)), (None, Some(64)));
    }

    #[test]
    fn a_directory_that_ends_early_gives_what_is_there() {
        let mut bytes = file(&[WIDTH, WIDTH], 0);
        bytes.truncate(8 + 2 + 12 + 5);
        assert_eq!(pages(&Content::Held(bytes))[0].number(256), Some(64));
    }
}
