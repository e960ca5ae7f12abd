//! How a page's pixels lie in the file, by its tags, checked before anything is decoded.

use super::super::decode::check_size;
use super::directory::Directory;
use super::{damaged, tag};
use crate::micrograph::{Orientation, ReadError};

/// How a page's pixels lie in the file.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    /// Bits a value.
    pub(super) bits: u8,
    pub(super) kind: ValueKind,
    /// Values a pixel, those that are no colour (transparency) included.
    pub(super) channels: usize,
    /// Whether each channel is stored by itself.
    pub(super) is_planar: bool,
    pub(super) photometric: Photometric,
    pub(super) compression: u64,
    pub(super) predictor: Predictor,
    /// Whether the bits of each byte are stored the lowest first.
    pub(super) has_reversed_bits: bool,
    pub(super) orientation: Orientation,
    /// Columns and rows of a tile, or of a strip.
    pub(super) chunk_px: [u32; 2],
    /// Where each chunk begins, and how many bytes it has; nothing for a hole, which is black.
    pub(super) chunks: Vec<Option<(u64, u64)>>,
}

/// What a value's bits mean (TIFF's SampleFormat).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Unsigned,
    Signed,
    Float,
}

/// What is stored in place of the values themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    /// The difference from the left neighbour.
    Horizontal,
    /// The same byte by byte, the highest bytes of a row first.
    Float,
}

/// What values mean (TIFF 6.0, PhotometricInterpretation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Photometric {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    YCbCr,
}

/// TIFF's numbers for ways to compress.
pub(super) const UNCOMPRESSED: u64 = 1;
pub(super) const LZW: u64 = 5;
pub(super) const JPEG: u64 = 7;
pub(super) const DEFLATE: u64 = 8;
pub(super) const PACK_BITS: u64 = 32_773;
pub(super) const OLD_DEFLATE: u64 = 32_946;
pub(super) const LZMA: u64 = 34_925;
pub(super) const ZSTD: u64 = 50_000;

/// No other supported compression makes a file smaller than this share of its pixels; LZW comes
/// nearest, with up to 4,096 bytes in 12 bits.
const MAX_COMPRESSION: u64 = 2730;
/// Of these two, a block of equal bytes takes hardly anything: 128 KiB in 4 bytes.
const MAX_COMPRESSION_OF_BLOCKS: u64 = 1 << 15;
/// How often the bytes of a file, or the pixels of an image, may be used in its parts together.
const MAX_OVERLAP: u64 = 4;
/// Small images may have far larger tiles, up to this many bytes together.
const MAX_MARGIN: u64 = 64 << 20;
/// More values a pixel are no image of a microscope's.
const MOST_CHANNELS: usize = 64;
const PLANAR: u64 = 2;
/// TIFF's number for bits stored the lowest first.
const LOWEST_FIRST: u64 = 2;
/// What the file's header takes: no part of an image begins there.
const HEADER_BYTES: u64 = 8;
/// So many values at most tell the ends of the others.
const MOST_FOR_ENDS: u64 = 2 << 20;
/// Memory that a chunk's place takes, while it is read.
const BYTES_PER_CHUNK: u64 = 64;

impl Layout {
    /// The layout of a page in a file of `file_bytes`.
    pub(super) fn of(
        page: &Directory<'_>,
        file_bytes: u64,
        limit_bytes: u64,
    ) -> Result<Self, ReadError> {
        let side = |tag: u16| page.number(tag).and_then(|side| u32::try_from(side).ok());
        let size = side(tag::IMAGE_WIDTH).zip(side(tag::IMAGE_LENGTH));
        let Some((width_px, height_px)) = size.filter(|(width, height)| *width > 0 && *height > 0)
        else {
            return Err(damaged("a page in it has no size"));
        };
        let (bits, kind) = bits_and_kind(page)?;
        let channels = page.number(tag::SAMPLES_PER_PIXEL).unwrap_or(1);
        if !(1..=MOST_CHANNELS as u64).contains(&channels) {
            return Err(damaged(&format!("it claims {channels} values a pixel")));
        }
        let tile = side(tag::TILE_WIDTH).zip(side(tag::TILE_LENGTH));
        let (chunk_px, offsets, counts) = match tile.filter(|(width, rows)| *width > 0 && *rows > 0)
        {
            Some((width, rows)) => ([width, rows], tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS),
            None => {
                let rows = side(tag::ROWS_PER_STRIP).unwrap_or(height_px).clamp(1, height_px);
                ([width_px, rows], tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
            }
        };
        let is_planar = channels > 1 && page.number(tag::PLANAR_CONFIGURATION) == Some(PLANAR);
        let across = u64::from(width_px.div_ceil(chunk_px[0]));
        let down = u64::from(height_px.div_ceil(chunk_px[1]));
        let planes = if is_planar { channels } else { 1 };
        // No more chunks than the file has bytes, whatever the page claims.
        let chunks = across.saturating_mul(down).saturating_mul(planes).min(file_bytes);
        check_size(width_px, height_px, chunks.saturating_mul(BYTES_PER_CHUNK), limit_bytes)?;
        let most = usize::try_from(chunks).unwrap_or(usize::MAX);
        let (offsets, counts) = (page.numbers(offsets, most), page.numbers(counts, most));
        Ok(Self {
            width_px,
            height_px,
            bits,
            kind,
            channels: channels as usize,
            is_planar,
            photometric: photometric(page, channels)?,
            compression: page.number(tag::COMPRESSION).unwrap_or(UNCOMPRESSED),
            predictor: predictor(page, bits, kind)?,
            has_reversed_bits: page.number(tag::FILL_ORDER) == Some(LOWEST_FIRST),
            orientation: Orientation::of_tag(page.number(tag::ORIENTATION)),
            chunk_px,
            chunks: places(&offsets, counts, file_bytes),
        })
    }

    /// Refuses what the page claims and the file cannot hold, before memory is taken for it.
    pub(super) fn check_claims(&self, file_bytes: u64) -> Result<(), ReadError> {
        let most_bytes = match self.compression {
            UNCOMPRESSED => file_bytes,
            LZMA | ZSTD => file_bytes.saturating_mul(MAX_COMPRESSION_OF_BLOCKS),
            _ => file_bytes.saturating_mul(MAX_COMPRESSION),
        };
        let stored_chunks = self.chunks.iter().flatten();
        if stored_chunks.clone().any(|(offset, _)| *offset < HEADER_BYTES)
            || stored_chunks.clone().next().is_none()
        {
            return Err(damaged("parts of the image are missing"));
        }
        let chunk = self.chunk_bytes();
        // Without holes all of it; the last chunk may be smaller than the others.
        let claimed = match self.chunks.iter().filter(|chunk| chunk.is_none()).count() {
            0 => self.unpacked_bytes(),
            holes => chunk.saturating_mul((self.chunks.len() - holes) as u64 - 1),
        };
        if claimed > most_bytes {
            return Err(damaged("the file is too small for the image that it claims to hold"));
        }
        // Parts that overlap, or that stick far out of the image, cost time without end.
        let stored = stored_chunks.map(|(_, count)| (*count).min(file_bytes));
        let stored = stored.fold(0_u64, u64::saturating_add);
        let all_chunks = chunk.saturating_mul(self.chunks.len() as u64);
        let is_packed = self.compression != UNCOMPRESSED;
        if is_packed
            && (stored > file_bytes.saturating_mul(MAX_OVERLAP)
                || all_chunks > MAX_MARGIN.max(self.unpacked_bytes().saturating_mul(MAX_OVERLAP)))
        {
            return Err(damaged("its parts overlap, or are larger than the image"));
        }
        let needed = self.chunks_across() * self.chunks_down() * self.planes() as u64;
        if (self.chunks.len() as u64) < needed {
            return Err(damaged("parts of the image are missing"));
        }
        Ok(())
    }

    /// Bytes that the page's values take in the file, unpacked.
    fn unpacked_bytes(&self) -> u64 {
        let row_bits = u64::from(self.width_px) * self.channels as u64 * u64::from(self.bits);
        row_bits.div_ceil(8).saturating_mul(u64::from(self.height_px))
    }

    /// The most memory that decoding takes at once: the values, a chunk that is being unpacked, and
    /// the pixels made of the values where these are more than one grey value each, or turned.
    pub(super) fn peak_bytes(&self, is_on_disk: bool) -> u64 {
        let pixels = u64::from(self.width_px) * u64::from(self.height_px);
        let count = pixels.saturating_mul(self.channels as u64);
        let bytes_per_value = match self.bits {
            0..=8 => 1,
            9..=16 => 2,
            17..=32 => 4,
            _ => 8,
        };
        let values = count.saturating_mul(bytes_per_value);
        let is_plain = self.channels == 1 && self.photometric != Photometric::Palette;
        let is_exact = self.is_exact();
        let made = if is_exact {
            // Where they stay as wide as they are, the values become numbers in their place.
            let in_place = is_plain && bytes_per_value >= 4;
            let numbers = if in_place { 0 } else { count.saturating_mul(bytes_per_value.max(4)) };
            let ends = count.min(MOST_FOR_ENDS) * 8;
            numbers.saturating_add(count.saturating_mul(2)).saturating_add(ends)
        } else if is_plain {
            0
        } else {
            values.max(pixels.saturating_mul(6))
        };
        let chunk = match self.compression {
            // A progressive JPEG stream is held as coefficients and as values besides.
            JPEG => self.chunk_bytes().saturating_mul(6),
            // As it is stored, and unpacked.
            _ if is_on_disk && self.compression != UNCOMPRESSED => {
                self.chunk_bytes().saturating_add(self.most_stored_bytes() as u64)
            }
            _ => self.chunk_bytes(),
        };
        let decoded = values.saturating_add(made).saturating_add(chunk);
        if self.orientation == Orientation::AS_STORED {
            return decoded;
        }
        let bytes_per_pixel = match (is_exact, is_plain) {
            (true, _) => 2 + bytes_per_value.max(4),
            (false, true) => bytes_per_value,
            (false, false) => 3,
        };
        decoded.max(pixels.saturating_mul(2 * bytes_per_pixel))
    }

    /// Whether 16 bits do not hold the values.
    pub(super) fn is_exact(&self) -> bool {
        self.bits > 16 || self.kind != ValueKind::Unsigned
    }

    /// Bytes of a whole chunk, unpacked.
    fn chunk_bytes(&self) -> u64 {
        (self.chunk_row_bytes() as u64).saturating_mul(u64::from(self.chunk_px[1]))
    }

    /// No chunk takes more bytes in the file, however badly its values can be packed.
    pub(super) fn most_stored_bytes(&self) -> usize {
        const TABLES_BYTES: u64 = 1 << 20;
        let most = self.chunk_bytes().saturating_mul(2).saturating_add(TABLES_BYTES);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    pub(super) fn chunks_across(&self) -> u64 {
        u64::from(self.width_px.div_ceil(self.chunk_px[0]))
    }

    pub(super) fn chunks_down(&self) -> u64 {
        u64::from(self.height_px.div_ceil(self.chunk_px[1]))
    }

    /// Images that lie one behind the other.
    pub(super) fn planes(&self) -> usize {
        if self.is_planar { self.channels } else { 1 }
    }

    /// Values a pixel within one plane.
    pub(super) fn channels_per_plane(&self) -> usize {
        if self.is_planar { 1 } else { self.channels }
    }

    /// Bytes of a row of a chunk, which begins with a new byte.
    pub(super) fn chunk_row_bytes(&self) -> usize {
        let values = self.chunk_px[0] as usize * self.channels_per_plane();
        (values * usize::from(self.bits)).div_ceil(8)
    }
}

/// Where the chunks are. Programs leave the counts out, or write 0: then a chunk may reach to the
/// next one. One without offset and count was never written.
fn places(offsets: &[u64], mut counts: Vec<u64>, file_bytes: u64) -> Vec<Option<(u64, u64)>> {
    counts.resize(offsets.len(), 0);
    let mut sorted = Vec::new();
    if counts.contains(&0) {
        sorted.extend_from_slice(offsets);
        sorted.sort_unstable();
    }
    let place = |(offset, count): (u64, u64)| match (offset, count) {
        (0, 0) => None,
        (_, 0) => {
            let next = sorted.get(sorted.partition_point(|other| *other <= offset));
            Some((offset, next.copied().unwrap_or(file_bytes).saturating_sub(offset)))
        }
        _ => Some((offset, count)),
    };
    offsets.iter().copied().zip(counts).map(place).collect()
}

fn bits_and_kind(page: &Directory<'_>) -> Result<(u8, ValueKind), ReadError> {
    let bits = page.numbers(tag::BITS_PER_SAMPLE, MOST_CHANNELS);
    let first = bits.first().copied().unwrap_or(1);
    let formats = page.numbers(tag::SAMPLE_FORMAT, MOST_CHANNELS);
    let format = formats.first().copied().unwrap_or(1);
    if bits.iter().any(|other| *other != first) || formats.iter().any(|other| *other != format) {
        return Err(unsupported("channels of different kinds"));
    }
    let kind = match (format, first) {
        // 4 is "of no stated kind".
        (1 | 4, 1..=32 | 64) => ValueKind::Unsigned,
        (2, 8 | 16 | 32 | 64) => ValueKind::Signed,
        (3, 16 | 32 | 64) => ValueKind::Float,
        _ => {
            let kind = match format {
                1 | 4 => "",
                2 => " signed",
                3 => " floating-point",
                5 | 6 => " complex",
                _ => " unknown",
            };
            return Err(unsupported(&format!("{first}-bit{kind} values")));
        }
    };
    Ok((first as u8, kind))
}

fn photometric(page: &Directory<'_>, channels: u64) -> Result<Photometric, ReadError> {
    match page.number(tag::PHOTOMETRIC) {
        Some(0) => Ok(Photometric::WhiteIsZero),
        Some(1) => Ok(Photometric::BlackIsZero),
        Some(2) if channels >= 3 => Ok(Photometric::Rgb),
        Some(3) => Ok(Photometric::Palette),
        Some(6) if channels == 3 => Ok(Photometric::YCbCr),
        // Left out by some programs.
        None if channels < 3 => Ok(Photometric::BlackIsZero),
        None => Ok(Photometric::Rgb),
        Some(other) => Err(unsupported(&format!("colours of kind {other} (tag 262)"))),
    }
}

fn predictor(page: &Directory<'_>, bits: u8, kind: ValueKind) -> Result<Predictor, ReadError> {
    // Other ways to compress have none, whatever the tag says.
    let compression = page.number(tag::COMPRESSION).unwrap_or(UNCOMPRESSED);
    if ![LZW, DEFLATE, OLD_DEFLATE, LZMA, ZSTD].contains(&compression) {
        return Ok(Predictor::None);
    }
    match page.number(tag::PREDICTOR) {
        None | Some(1) => Ok(Predictor::None),
        Some(2) if matches!(bits, 8 | 16 | 32 | 64) => Ok(Predictor::Horizontal),
        Some(3) if kind == ValueKind::Float => Ok(Predictor::Float),
        Some(other) => Err(unsupported(&format!("predictor {other} with {bits} bits"))),
    }
}

/// A valid file of a kind that is not read.
pub(super) fn unsupported(what: &str) -> ReadError {
    let reason = format!("{what}; save it as 8 or 16 bit grey, without compression or with LZW");
    ReadError::Unsupported { format: "TIFF", reason }
}
