//! The directories of a TIFF file: which tags each page has, and their bytes.
//!
//! Instruments and the programs behind them bend the rules, so nothing here fails: a tag that
//! cannot be followed is a tag that is not there.

/// Tags with this many entries in all pages together are read: a chain of directories that
/// overlap one another must not cost minutes.
const MAX_ENTRIES: usize = 200_000;

/// A page's tags.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    entries: Vec<Entry<'a>>,
    order: ByteOrder,
}

/// One tag's value, as it stands in the file.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    tag: u16,
    field_type: u16,
    bytes: &'a [u8],
    order: ByteOrder,
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
pub(super) fn pages(bytes: &[u8]) -> Vec<Directory<'_>> {
    let Some(file) = File::of(bytes) else { return Vec::new() };
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
    bytes: &'a [u8],
    order: ByteOrder,
    is_big: bool,
}

impl<'a> File<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (order, version) = match bytes {
            [b'I', b'I', version, 0, ..] => (ByteOrder::Little, *version),
            [b'M', b'M', 0, version, ..] => (ByteOrder::Big, *version),
            _ => return None,
        };
        matches!(version, 42 | 43).then_some(Self { bytes, order, is_big: version == 43 })
    }

    fn number(&self, offset: usize, size: usize) -> Option<u64> {
        let end = offset.checked_add(size)?;
        Some(self.order.number(self.bytes.get(offset..end)?))
    }

    /// Bytes of an offset or a count: 8 in a BigTIFF.
    fn word(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    fn first_directory(&self) -> Option<usize> {
        let at = if self.is_big { 8 } else { 4 };
        self.number(at, self.word())?.try_into().ok()
    }

    /// A directory and the offset of the next one.
    fn directory(&self, offset: usize) -> Option<(Directory<'a>, Option<usize>)> {
        let count_size = if self.is_big { 8 } else { 2 };
        let count = usize::try_from(self.number(offset, count_size)?).ok()?;
        let entry_size = 4 + 2 * self.word();
        let first = offset.checked_add(count_size)?;
        let end = first.checked_add(count.checked_mul(entry_size)?)?;
        // What is there of a directory that ends early still tells something.
        let readable =
            count.min(self.bytes.len().saturating_sub(first) / entry_size).min(MAX_ENTRIES);
        let entries =
            (0..readable).filter_map(|index| self.entry(first + index * entry_size)).collect();
        let next = self.number(end, self.word()).and_then(|next| next.try_into().ok());
        Some((Directory { entries, order: self.order }, next))
    }

    fn entry(&self, at: usize) -> Option<Entry<'a>> {
        let tag = self.number(at, 2)? as u16;
        let field_type = self.number(at + 2, 2)? as u16;
        let count = usize::try_from(self.number(at + 4, self.word())?).ok()?;
        let size = count.checked_mul(type_size(field_type)?)?;
        let inline = at + 4 + self.word();
        let offset = if size <= self.word() {
            inline
        } else {
            self.number(inline, self.word())?.try_into().ok()?
        };
        let bytes = self.bytes.get(offset..offset.checked_add(size)?)?;
        Some(Entry { tag, field_type, bytes, order: self.order })
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

    fn entry(&self, tag: u16) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The tag's bytes.
    pub(super) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        self.entry(tag).map(|entry| entry.bytes)
    }

    /// The tag's first number.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        self.entry(tag)?.numbers().next()
    }

    /// The tag's numbers, `most` of them; none where the page does not have it.
    pub(super) fn numbers(&self, tag: u16, most: usize) -> Vec<u64> {
        self.entry(tag).map(|entry| entry.numbers().take(most).collect()).unwrap_or_default()
    }

    /// The tag's first fraction.
    pub(super) fn rational(&self, tag: u16) -> Option<f64> {
        let entry = self.entry(tag).filter(|entry| entry.field_type == 5)?;
        let [numerator, denominator] = entry.bytes.get(..8)?.as_chunks::<4>().0 else {
            return None;
        };
        let [numerator, denominator] =
            [numerator, denominator].map(|bytes| entry.order.number(bytes) as f64);
        (denominator > 0.0).then(|| numerator / denominator)
    }
}

impl Entry<'_> {
    fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        // Fractions and floats are no counts, offsets or codes.
        let size =
            type_size(self.field_type).filter(|_| matches!(self.field_type, 1..=4 | 13 | 16));
        self.bytes.chunks_exact(size.unwrap_or(usize::MAX)).map(|bytes| self.order.number(bytes))
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
        let bytes = file(&[WIDTH], 0);
        let pages = pages(&bytes);
        assert_eq!((pages.len(), pages[0].number(256), pages[0].number(257)), (1, Some(64), None));
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        assert_eq!(pages(&file(&[WIDTH], 8)).len(), 1);
    }

    #[test]
    fn a_tag_whose_value_lies_outside_the_file_is_not_there() {
        let far = [1, 1, 4, 0, 9, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f];
        let bytes = file(&[far, WIDTH], 0);
        let pages = pages(&bytes);
        assert_eq!((pages[0].number(257), pages[0].number(256)), (None, Some(64)));
    }

    #[test]
    fn a_directory_that_ends_early_gives_what_is_there() {
        let mut bytes = file(&[WIDTH, WIDTH], 0);
        bytes.truncate(8 + 2 + 12 + 5);
        assert_eq!(pages(&bytes)[0].number(256), Some(64));
    }
}
