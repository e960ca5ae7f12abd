//! One page's pixels, in their own depth.

use std::io;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::{ColorType, TiffError};

use super::super::decode::{Decoded, check_size};
use super::super::pixels::luma;
use super::super::{Pixels, ReadError, Samples};
use super::directory::Directory;
use super::overlay::Overlay;
use super::{damaged, jpeg_chunk, tag};

const PALETTE: u64 = 3;
const BLACK_IS_ZERO: u8 = 1;
const PLANAR: u64 = 2;
const LITTLE_ENDIAN: u8 = b'I';
/// TIFF's numbers for ways to compress.
const UNCOMPRESSED: u64 = 1;
const JPEG: u64 = 7;
/// No supported compression makes a file smaller than this share of its pixels; LZW comes nearest,
/// with up to 4,096 bytes in 12 bits.
const MAX_COMPRESSION: u64 = 2730;

/// Least share of grey in a palette of grey values: Zeiss keeps a tenth of it for the colours of
/// marks in the data bar.
const GRAY_SHARE: f64 = 0.75;

/// Decodes the page at `index`, whose tags are `page`.
pub(super) fn decode(
    bytes: &[u8],
    index: usize,
    page: &Directory<'_>,
    limit_bytes: u64,
) -> Result<Decoded, ReadError> {
    let palette = palette(page);
    let mut decoder = open(bytes, page, limit_bytes)?;
    decoder.seek_to_image(index).map_err(explain)?;
    let (width_px, height_px) = decoder.dimensions().map_err(explain)?;
    let color = decoder.colortype().map_err(explain)?;
    check_claims(bytes, page, &mut decoder, color, limit_bytes)?;

    let layout = Layout {
        width_px,
        height_px,
        color,
        is_planar: page.number(tag::PLANAR_CONFIGURATION) == Some(PLANAR),
        is_lossy: page.number(tag::COMPRESSION) == Some(JPEG),
    };
    let mut values = DecodingResult::U8(Vec::new());
    decoder.read_image_to_buffer(&mut values).map_err(explain)?;
    let pixels = match &palette {
        Some(palette) => layout.pixels_of_indices(values, palette),
        None => layout.pixels(values),
    }?;
    let channels = if palette.is_some() { 1 } else { color.num_samples() as u8 };
    Ok(Decoded::of_pixels(pixels, color.bit_depth(), channels))
}

/// The `tiff` crate refuses palette images, yet that is how every Zeiss instrument stores its grey
/// values; read as if the page called itself grey, the indices come out.
fn open<'a>(
    bytes: &'a [u8],
    page: &Directory<'_>,
    limit_bytes: u64,
) -> Result<Decoder<Overlay<'a>>, ReadError> {
    let reader = match page.entry(tag::PHOTOMETRIC) {
        Some(entry) if page.number(tag::PHOTOMETRIC) == Some(PALETTE) => {
            let is_little = bytes.first() == Some(&LITTLE_ENDIAN);
            let patch = if is_little { vec![BLACK_IS_ZERO, 0] } else { vec![0, BLACK_IS_ZERO] };
            Overlay::new(bytes, entry.offset, patch)
        }
        _ => Overlay::none(bytes),
    };
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = bytes.len();
    Ok(Decoder::new(reader).map_err(explain)?.with_limits(limits))
}

/// Refuses what the page claims and the file cannot hold, before memory is taken for it.
fn check_claims(
    bytes: &[u8],
    page: &Directory<'_>,
    decoder: &mut Decoder<Overlay<'_>>,
    color: ColorType,
    limit_bytes: u64,
) -> Result<(), ReadError> {
    let (width_px, height_px) = decoder.dimensions().map_err(explain)?;
    let row_bits =
        u64::from(width_px) * u64::from(color.bit_depth()) * u64::from(color.num_samples());
    let needs_bytes = row_bits.div_ceil(8).saturating_mul(u64::from(height_px));
    check_size(width_px, height_px, needs_bytes, limit_bytes)?;

    let tiles = page.numbers(tag::TILE_BYTE_COUNTS);
    let is_tiled = !tiles.is_empty();
    let (offsets, counts) = if is_tiled {
        (page.numbers(tag::TILE_OFFSETS), tiles)
    } else {
        (page.numbers(tag::STRIP_OFFSETS), page.numbers(tag::STRIP_BYTE_COUNTS))
    };
    let stored: u64 = counts.iter().fold(0, |sum, count| sum.saturating_add(*count));
    let compression = page.number(tag::COMPRESSION).unwrap_or(UNCOMPRESSED);
    let most_bytes = match compression {
        UNCOMPRESSED => stored,
        _ => stored.min(bytes.len() as u64).saturating_mul(MAX_COMPRESSION),
    };
    if needs_bytes > most_bytes {
        return Err(damaged("the file is too small for the image that it claims to hold"));
    }
    if compression == JPEG {
        let (most_width, most_height) = decoder.chunk_dimensions();
        for (offset, count) in offsets.iter().zip(&counts) {
            let chunk = chunk(bytes, *offset, *count).ok_or_else(cut_short)?;
            let [width, height] = jpeg_chunk::size_px(chunk)
                .ok_or_else(|| damaged("a JPEG stream in it has no size"))?;
            // Encoders round a chunk up to whole blocks.
            if width > most_width.next_multiple_of(16) || height > most_height.next_multiple_of(16)
            {
                return Err(damaged("a JPEG stream in it is larger than its place"));
            }
        }
    }
    Ok(())
}

fn chunk(bytes: &[u8], offset: u64, count: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(count).ok()?)?)
}

/// The page's colour map as 8-bit RGB entries, where the page has one and uses it.
fn palette(page: &Directory<'_>) -> Option<Vec<[u8; 3]>> {
    if page.number(tag::PHOTOMETRIC) != Some(PALETTE) {
        return None;
    }
    let map = page.numbers(tag::COLOR_MAP);
    let entries = map.len() / 3;
    // Some programs fill the 16 bits of an entry only to 8.
    let shift = if map.iter().any(|value| *value > 0xff) { 8 } else { 0 };
    let color = |i: usize| [map[i], map[entries + i], map[2 * entries + i]];
    Some((0..entries).map(|i| color(i).map(|value| (value >> shift) as u8)).collect())
}

/// How the decoder hands the values over.
struct Layout {
    width_px: u32,
    height_px: u32,
    color: ColorType,
    is_planar: bool,
    is_lossy: bool,
}

impl Layout {
    fn pixels(&self, values: DecodingResult) -> Result<Pixels, ReadError> {
        let Self { width_px, height_px, color, .. } = *self;
        let channels = usize::from(color.num_samples());
        let pixels = match (color, values) {
            (ColorType::Gray(bits @ (1 | 2 | 4)), DecodingResult::U8(packed)) => {
                let brightest = (1_u16 << bits) - 1;
                let to_8_bit = |value: u8| (u16::from(value) * 255 / brightest) as u8;
                let gray = self.unpacked(&packed, bits).into_iter().map(to_8_bit);
                Pixels::new(width_px, height_px, Samples::Gray8(gray.collect()))
            }
            (ColorType::Gray(8), DecodingResult::U8(values)) => {
                Pixels::new(width_px, height_px, Samples::Gray8(values))
            }
            (ColorType::Gray(16), DecodingResult::U16(values)) => {
                Pixels::new(width_px, height_px, Samples::Gray16(values))
            }
            // Grey with transparency or other extra values behind it.
            (ColorType::Multiband { bit_depth: 8, .. }, DecodingResult::U8(values)) => {
                let gray = self.interleaved(values, channels).into_iter().step_by(channels);
                Pixels::new(width_px, height_px, Samples::Gray8(gray.collect()))
            }
            (ColorType::Multiband { bit_depth: 16, .. }, DecodingResult::U16(values)) => {
                let gray = self.interleaved(values, channels).into_iter().step_by(channels);
                Pixels::new(width_px, height_px, Samples::Gray16(gray.collect()))
            }
            (ColorType::RGB(8) | ColorType::RGBA(8), DecodingResult::U8(values)) => {
                let values = self.interleaved(values, channels);
                Pixels::from_rgb8(width_px, height_px, &values, channels, self.is_lossy)
            }
            (ColorType::RGB(16) | ColorType::RGBA(16), DecodingResult::U16(values)) => {
                let values = self.interleaved(values, channels);
                Pixels::from_rgb16(width_px, height_px, &values, channels)
            }
            // Only a JPEG stream comes whole; elsewhere colour has fewer values than brightness.
            (ColorType::YCbCr(8), DecodingResult::U8(mut values)) if self.is_lossy => {
                for pixel in values.as_chunks_mut::<3>().0 {
                    *pixel = rgb_of_ycbcr(*pixel);
                }
                Pixels::from_rgb8(width_px, height_px, &values, 3, true)
            }
            _ => return Err(self.unsupported()),
        };
        pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
    }

    fn pixels_of_indices(
        &self,
        values: DecodingResult,
        palette: &[[u8; 3]],
    ) -> Result<Pixels, ReadError> {
        let Self { width_px, height_px, .. } = *self;
        let indices = match (self.color, values) {
            (ColorType::Gray(bits @ (1 | 2 | 4)), DecodingResult::U8(packed)) => {
                self.unpacked(&packed, bits)
            }
            (ColorType::Gray(8), DecodingResult::U8(indices)) => indices,
            _ => return Err(self.unsupported()),
        };
        let color_of = |index: &u8| palette.get(usize::from(*index)).copied().unwrap_or_default();
        let grays = palette.iter().filter(|[r, g, b]| r == g && g == b).count();
        let pixels = if grays as f64 >= GRAY_SHARE * palette.len() as f64 {
            let tones: Vec<u8> = (0..=u8::MAX).map(|index| luma(&color_of(&index))).collect();
            let gray = indices.iter().map(|index| tones[usize::from(*index)]).collect();
            Pixels::new(width_px, height_px, Samples::Gray8(gray))
        } else {
            let rgb: Vec<u8> = indices.iter().flat_map(color_of).collect();
            Pixels::from_rgb8(width_px, height_px, &rgb, 3, false)
        };
        pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
    }

    /// One value a byte, out of rows that each begin with a new byte.
    fn unpacked(&self, packed: &[u8], bits: u8) -> Vec<u8> {
        let per_byte = usize::from(8 / bits);
        let width = self.width_px as usize;
        let mask = (1_u16 << bits) - 1;
        let row_of = |row: &[u8]| -> Vec<u8> {
            let value = |x: usize| {
                let shift = 8 - bits - bits * (x % per_byte) as u8;
                (u16::from(row[x / per_byte] >> shift) & mask) as u8
            };
            (0..width.min(row.len() * per_byte)).map(value).collect()
        };
        packed.chunks(width.div_ceil(per_byte)).flat_map(row_of).collect()
    }

    /// One pixel's values side by side, where the file has one plane behind the other.
    fn interleaved<T: Copy>(&self, values: Vec<T>, channels: usize) -> Vec<T> {
        let pixels = self.width_px as usize * self.height_px as usize;
        if !self.is_planar || values.len() != pixels * channels {
            return values;
        }
        let value_at = |i: usize| values[(i % channels) * pixels + i / channels];
        (0..values.len()).map(value_at).collect()
    }

    fn unsupported(&self) -> ReadError {
        ReadError::Unsupported {
            format: "TIFF",
            reason: format!("pixels of type {:?}; save it as 8 or 16 bit grey", self.color),
        }
    }
}

/// Full-range BT.601, as JFIF has it.
fn rgb_of_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb]
        .map(|value| value.round().clamp(0.0, 255.0) as u8)
}

fn cut_short() -> ReadError {
    damaged("the file ends too early")
}

fn explain(error: TiffError) -> ReadError {
    match error {
        TiffError::UnsupportedError(reason) => {
            ReadError::Unsupported { format: "TIFF", reason: reason.to_string() }
        }
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => cut_short(),
        TiffError::LimitsExceeded => damaged("it claims more data than the limit allows"),
        other => damaged(&other.to_string()),
    }
}
