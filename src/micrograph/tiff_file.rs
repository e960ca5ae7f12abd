//! TIFF, as microscopes write it: vendor tags first, then the first page's pixels.

use std::io::{self, Cursor};

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{IfdPointer, Tag, ValueBuffer};
use tiff::{ColorType, TiffError};

use super::{DataBar, Micrograph, Pixels, RawHeader, ReadError, Samples, vendor};

const PHOTOMETRIC: u16 = 262;
const PALETTE: u64 = 3;
const BLACK_IS_ZERO: u8 = 1;
/// The longest vendor header that is read; real ones take some 100 kB.
const HEADER_LIMIT_BYTES: usize = 16 << 20;
/// More pages than any instrument writes: stops a loop of directories.
const MAX_PAGES: u32 = 10_000;

type MemoryDecoder<'a> = Decoder<Cursor<&'a [u8]>>;

/// Decodes the first page and every vendor header of a TIFF file.
pub(super) fn decode(bytes: &[u8], limit_bytes: u64) -> Result<Micrograph, ReadError> {
    let mut decoder = open(bytes, limit_bytes)?;
    let (width_px, height_px) = decoder.dimensions().map_err(explain)?;
    let raw_headers = vendor_headers(&mut decoder);
    let palette = palette(&mut decoder)?;

    let patched; // keeps the copy alive for the decoder that borrows it
    let mut decoder = match (&palette, decoder.ifd_pointer()) {
        (Some(_), Some(page)) => {
            patched = with_gray_photometric(bytes, page)?;
            open(&patched, limit_bytes)?
        }
        _ => decoder,
    };
    let color = decoder.colortype().map_err(explain)?;
    check_size(width_px, height_px, color, limit_bytes)?;
    let values = decoder.read_image().map_err(explain)?;
    let pixels = to_pixels(width_px, height_px, color, values, palette.as_deref())?;
    let pages = count_pages(&mut decoder);

    let instrument = vendor::record(&raw_headers);
    let data_bar = vendor::picture_height_px(&raw_headers)
        .filter(|picture_px| *picture_px > 0 && *picture_px <= height_px)
        .map_or(DataBar::UNKNOWN, |picture_px| DataBar::at_bottom(height_px - picture_px));
    Ok(Micrograph {
        pixels,
        bit_depth: color.bit_depth(),
        channels: color.num_samples() as u8,
        pages,
        instrument,
        raw_headers,
        data_bar,
    })
}

fn open(bytes: &[u8], limit_bytes: u64) -> Result<MemoryDecoder<'_>, ReadError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    limits.ifd_value_size = HEADER_LIMIT_BYTES;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(explain)?.with_limits(limits))
}

fn check_size(
    width_px: u32,
    height_px: u32,
    color: ColorType,
    limit_bytes: u64,
) -> Result<(), ReadError> {
    let bytes_per_sample = u64::from(color.bit_depth().div_ceil(8));
    let needs_bytes = u64::from(width_px)
        .saturating_mul(u64::from(height_px))
        .saturating_mul(bytes_per_sample * u64::from(color.num_samples()));
    if needs_bytes > limit_bytes {
        return Err(ReadError::TooLarge {
            what: format!("The image of {width_px}×{height_px} px"),
            needs_mib: needs_bytes >> 20,
            limit_mib: limit_bytes >> 20,
        });
    }
    Ok(())
}

/// The vendor headers of the current page, verbatim. One that cannot be read is left out: it must
/// not cost the pixels.
fn vendor_headers(decoder: &mut MemoryDecoder<'_>) -> Vec<RawHeader> {
    vendor::TIFF_TAGS
        .iter()
        .filter_map(|tag| {
            let mut buffer = ValueBuffer::empty(tiff::tags::Type::BYTE);
            let mut directory = decoder.image_ifd();
            directory.find_tag_buf(Tag::Unknown(*tag), &mut buffer).ok()??;
            Some(RawHeader {
                origin: format!("TIFF tag {tag}"),
                text: vendor::decode_text(buffer.as_bytes()),
            })
        })
        .collect()
}

/// The page's colour map as 8-bit RGB entries, where the page has one.
fn palette(decoder: &mut MemoryDecoder<'_>) -> Result<Option<Vec<[u8; 3]>>, ReadError> {
    let photometric: Option<u64> =
        decoder.find_tag_unsigned(Tag::PhotometricInterpretation).map_err(explain)?;
    if photometric != Some(PALETTE) {
        return Ok(None);
    }
    let map: Vec<u16> =
        decoder.find_tag_unsigned_vec(Tag::ColorMap).map_err(explain)?.unwrap_or_default();
    let entries = map.len() / 3;
    let high_byte = |value: u16| (value >> 8) as u8;
    Ok(Some(
        (0..entries)
            .map(|i| [map[i], map[entries + i], map[2 * entries + i]].map(high_byte))
            .collect(),
    ))
}

/// A copy of the file in which `page` calls itself grey.
///
/// The `tiff` crate refuses palette images, yet that is how every Zeiss instrument stores its grey
/// values; read as grey, the indices come out, and the colour map is applied to them afterwards.
fn with_gray_photometric(bytes: &[u8], page: IfdPointer) -> Result<Vec<u8>, ReadError> {
    let little_endian = bytes.first() == Some(&b'I');
    let big_tiff = bytes.get(2..4).is_some_and(|version| version.contains(&43));
    let (count_bytes, entry_bytes, value_offset) = if big_tiff { (8, 20, 12) } else { (2, 12, 8) };
    let cut_short = || damaged("the page's directory ends early");

    let directory = usize::try_from(page.0).map_err(|_| cut_short())?;
    let mut patched = bytes.to_vec();
    let entries = patched.get_mut(directory + count_bytes..).ok_or_else(cut_short)?;
    for entry in entries.chunks_exact_mut(entry_bytes) {
        let tag = [entry[0], entry[1]];
        let tag = if little_endian { u16::from_le_bytes(tag) } else { u16::from_be_bytes(tag) };
        if tag == PHOTOMETRIC {
            // A SHORT lies left-justified in the value field.
            let low_byte = if little_endian { 0 } else { 1 };
            entry[value_offset + low_byte] = BLACK_IS_ZERO;
            return Ok(patched);
        }
    }
    Err(cut_short())
}

fn to_pixels(
    width_px: u32,
    height_px: u32,
    color: ColorType,
    values: DecodingResult,
    palette: Option<&[[u8; 3]]>,
) -> Result<Pixels, ReadError> {
    let unsupported =
        || ReadError::Unsupported { format: "TIFF", reason: format!("pixels of type {color:?}") };
    let pixels = match (color, values) {
        (ColorType::Gray(8), DecodingResult::U8(indices)) => match palette {
            Some(palette) => apply_palette(width_px, height_px, &indices, palette),
            None => Pixels::new(width_px, height_px, Samples::Gray8(indices)),
        },
        (ColorType::Gray(16), DecodingResult::U16(values)) => {
            Pixels::new(width_px, height_px, Samples::Gray16(values))
        }
        (ColorType::RGB(8), DecodingResult::U8(rgb)) => Pixels::from_rgb8(width_px, height_px, rgb),
        (ColorType::RGBA(8), DecodingResult::U8(rgba)) => {
            let rgb = rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]);
            Pixels::from_rgb8(width_px, height_px, rgb.collect())
        }
        (ColorType::RGB(16), DecodingResult::U16(rgb)) => {
            let rgb = rgb.into_iter().map(|value| (value >> 8) as u8);
            Pixels::from_rgb8(width_px, height_px, rgb.collect())
        }
        _ => return Err(unsupported()),
    };
    pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
}

fn apply_palette(
    width_px: u32,
    height_px: u32,
    indices: &[u8],
    palette: &[[u8; 3]],
) -> Option<Pixels> {
    let is_gray_ramp =
        palette.len() == 256 && palette.iter().enumerate().all(|(i, rgb)| *rgb == [i as u8; 3]);
    if is_gray_ramp {
        return Pixels::new(width_px, height_px, Samples::Gray8(indices.to_vec()));
    }
    let color_of = |index: &u8| palette.get(usize::from(*index)).copied().unwrap_or_default();
    Pixels::from_rgb8(width_px, height_px, indices.iter().flat_map(color_of).collect())
}

fn count_pages(decoder: &mut MemoryDecoder<'_>) -> u32 {
    let mut pages = 1;
    while pages < MAX_PAGES && decoder.more_images() && decoder.next_image().is_ok() {
        pages += 1;
    }
    pages
}

fn damaged(reason: &str) -> ReadError {
    ReadError::Damaged { format: "TIFF", reason: reason.to_owned() }
}

fn explain(error: TiffError) -> ReadError {
    match error {
        TiffError::UnsupportedError(reason) => {
            ReadError::Unsupported { format: "TIFF", reason: reason.to_string() }
        }
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            damaged("the file ends too early")
        }
        TiffError::LimitsExceeded => damaged("it claims more data than the limit allows"),
        other => damaged(&other.to_string()),
    }
}
