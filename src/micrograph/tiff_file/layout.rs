//! How a page's pixels lie in the file, by its tags, checked before anything is decoded.

use super::directory::Directory;
use super::{damaged, tag};
use crate::micrograph::ReadError;

/// How a page's pixels lie in the file.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    /// Bits a value.
    pub(super) bits: u8,
    /// Values a pixel, those that are no colour (transparency) included.
    pub(super) channels: usize,
    /// Whether each channel is stored by itself.
    pub(super) is_planar: bool,
    pub(super) photometric: Photometric,
    pub(super) compression: u64,
    /// Whether each value is stored as the difference from its left neighbour.
    pub(super) has_predictor: bool,
    /// Columns and rows of a tile, or of a strip.
    pub(super) chunk_px: [u32; 2],
    /// Where each chunk begins, and how many bytes it has.
    pub(super) chunks: Vec<(u64, u64)>,
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

/// No supported compression makes a file smaller than this share of its pixels; LZW comes nearest,
/// with up to 4,096 bytes in 12 bits.
const MAX_COMPRESSION: u64 = 2730;
/// How often the bytes of a file, or the pixels of an image, may be used in its parts together.
const MAX_OVERLAP: u64 = 4;
/// Small images may have far larger tiles, up to this many bytes together.
const MAX_MARGIN: u64 = 64 << 20;
/// More values a pixel are no image of a microscope's.
const MOST_CHANNELS: usize = 64;
const PLANAR: u64 = 2;
const HORIZONTAL_PREDICTOR: u64 = 2;
/// TIFF's numbers for unsigned values, and for values of no stated kind.
const UNSIGNED: [u64; 2] = [1, 4];

impl Layout {
    /// The layout of a page in a file of `file_bytes`.
    pub(super) fn of(page: &Directory<'_>, file_bytes: u64) -> Result<Self, ReadError> {
        let side = |tag: u16| page.number(tag).and_then(|side| u32::try_from(side).ok());
        let size = side(tag::IMAGE_WIDTH).zip(side(tag::IMAGE_LENGTH));
        let Some((width_px, height_px)) = size.filter(|(width, height)| *width > 0 && *height > 0)
        else {
            return Err(damaged("a page in it has no size"));
        };
        let bits = common_bits(page)?;
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
        let chunks = across.saturating_mul(down).saturating_mul(planes);
        // No more chunks than the file has bytes, whatever the page claims.
        let most = usize::try_from(chunks.min(file_bytes)).unwrap_or(usize::MAX);
        let (offsets, mut counts) = (page.numbers(offsets, most), page.numbers(counts, most));
        // Some programs leave the counts out; then a chunk may reach to the end of the file.
        counts.resize(offsets.len(), file_bytes);
        Ok(Self {
            width_px,
            height_px,
            bits,
            channels: channels as usize,
            is_planar,
            photometric: photometric(page, channels)?,
            compression: page.number(tag::COMPRESSION).unwrap_or(UNCOMPRESSED),
            has_predictor: has_predictor(page, bits)?,
            chunk_px,
            chunks: offsets.into_iter().zip(counts).collect(),
        })
    }

    /// Refuses what the page claims and the file cannot hold, before memory is taken for it.
    pub(super) fn check_claims(&self, file_bytes: u64) -> Result<(), ReadError> {
        let most_bytes = match self.compression {
            UNCOMPRESSED => file_bytes,
            _ => file_bytes.saturating_mul(MAX_COMPRESSION),
        };
        if self.unpacked_bytes() > most_bytes {
            return Err(damaged("the file is too small for the image that it claims to hold"));
        }
        // Parts that overlap, or that stick far out of the image, cost time without end.
        let stored = self.chunks.iter().map(|(_, count)| (*count).min(file_bytes));
        let stored = stored.fold(0_u64, u64::saturating_add);
        let chunk = (self.chunk_row_bytes() as u64).saturating_mul(u64::from(self.chunk_px[1]));
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
    /// the pixels made of the values where these are more than one grey value each.
    pub(super) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width_px) * u64::from(self.height_px);
        let bytes_per_value = if self.bits > 8 { 2 } else { 1 };
        let values = pixels.saturating_mul(self.channels as u64 * bytes_per_value);
        let is_plain = self.channels == 1 && self.photometric != Photometric::Palette;
        let made = if is_plain { 0 } else { values.max(pixels.saturating_mul(6)) };
        let chunk = (self.chunk_row_bytes() as u64).saturating_mul(u64::from(self.chunk_px[1]));
        // A progressive JPEG stream is held as coefficients and as values besides.
        let chunk = if self.compression == JPEG { chunk.saturating_mul(6) } else { chunk };
        values.saturating_add(made).saturating_add(chunk)
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

fn common_bits(page: &Directory<'_>) -> Result<u8, ReadError> {
    let bits = page.numbers(tag::BITS_PER_SAMPLE, MOST_CHANNELS);
    let first = bits.first().copied().unwrap_or(1);
    let formats = page.numbers(tag::SAMPLE_FORMAT, MOST_CHANNELS);
    let kind =
        formats.iter().find(|format| !UNSIGNED.contains(format)).map(|format| match format {
            2 => "signed",
            3 => "floating-point",
            _ => "complex",
        });
    if let Some(kind) = kind {
        return Err(unsupported(&format!("{first}-bit {kind} values")));
    }
    if !(1..=16).contains(&first) || bits.iter().any(|other| *other != first) {
        return Err(unsupported(&format!("{first}-bit values")));
    }
    Ok(first as u8)
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

fn has_predictor(page: &Directory<'_>, bits: u8) -> Result<bool, ReadError> {
    // Other ways to compress have none, whatever the tag says.
    let compression = page.number(tag::COMPRESSION).unwrap_or(UNCOMPRESSED);
    if ![LZW, DEFLATE, OLD_DEFLATE].contains(&compression) {
        return Ok(false);
    }
    match page.number(tag::PREDICTOR) {
        None | Some(1) => Ok(false),
        Some(HORIZONTAL_PREDICTOR) if matches!(bits, 8 | 16) => Ok(true),
        Some(other) => Err(unsupported(&format!("predictor {other} with {bits} bits"))),
    }
}

/// A valid file of a kind that is not read.
pub(super) fn unsupported(what: &str) -> ReadError {
    let reason = format!("{what}; save it as 8 or 16 bit grey, without compression or with LZW");
    ReadError::Unsupported { format: "TIFF", reason }
}
