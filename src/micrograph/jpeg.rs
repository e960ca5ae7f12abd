//! JPEG files, also those that others open: with bytes between their segments, without an end.

use std::borrow::Cow;

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::decode::{Decoded, check_size};
use super::raster::one_line;
use super::tiff_file::exif_orientation;
use super::{Pixels, ReadError, Samples, content_sha256};

/// The marker that begins the picture's own data.
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
/// What the decoder may read behind a stream that has no end, and as much of it as may count.
const FILLERS: [[u8; 64]; 2] = [[0; 64], [0x55; 64]];

/// Why a stream was not decoded.
enum Failure {
    EndsEarly,
    Other(ReadError),
}

impl Failure {
    fn of(error: DecodeErrors) -> Self {
        match error {
            DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Self::EndsEarly,
            other => damaged(&one_line(&other.to_string())),
        }
    }
}

fn damaged(reason: &str) -> Failure {
    Failure::Other(ReadError::Damaged { format: "JPEG", reason: reason.to_owned() })
}

/// Decodes a JPEG file, without its headers. The `image` crate would fill what is missing of a file
/// cut short with grey.
pub(super) fn decode(bytes: &[u8], limit_bytes: u64) -> Result<Decoded, ReadError> {
    let stream = without_stray_bytes(bytes);
    let decoded = decode_stream(&stream, limit_bytes).or_else(|failure| match failure {
        Failure::EndsEarly => decode_without_end(&stream, limit_bytes),
        other => Err(other),
    });
    decoded.map_err(|failure| match failure {
        Failure::EndsEarly => {
            ReadError::Damaged { format: "JPEG", reason: "the file ends too early".to_owned() }
        }
        Failure::Other(error) => error,
    })
}

/// Decodes a stream that ends where its end should be marked. It is whole where the picture is the
/// same whatever follows.
fn decode_without_end(stream: &[u8], limit_bytes: u64) -> Result<Decoded, Failure> {
    let stream = stream.strip_suffix(&[0xff]).unwrap_or(stream); // half a marker
    let [first, second] = FILLERS.map(|filler| [stream, &filler, &END_OF_IMAGE].concat());
    // Not two pictures in memory at once.
    let first = decode_stream(&first, limit_bytes).map(|decoded| picture_sha256(&decoded));
    match (first, decode_stream(&second, limit_bytes)) {
        (Ok(first), Ok(second)) if first == picture_sha256(&second) => Ok(second),
        (Err(Failure::Other(error @ ReadError::TooLarge { .. })), _) => Err(Failure::Other(error)),
        _ => Err(Failure::EndsEarly),
    }
}

fn picture_sha256(decoded: &Decoded) -> Option<String> {
    match decoded.pixels.samples() {
        Samples::Gray8(values) | Samples::Rgb8(values) => Some(content_sha256(values)),
        Samples::Gray16(_) => None, // no JPEG stream gives these
    }
}

fn decode_stream(stream: &[u8], limit_bytes: u64) -> Result<Decoded, Failure> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    decoder.decode_headers().map_err(Failure::of)?;
    let orientation = decoder.exif().map(|exif| exif_orientation(exif)).unwrap_or_default();
    let info = decoder.info().ok_or_else(|| damaged("it has no size"))?;
    let (width_px, height_px) = (u32::from(info.width), u32::from(info.height));
    let image_bytes = u64::from(width_px) * u64::from(height_px) * u64::from(info.components);
    // What the decoder holds besides the image, what is made of it, and the file.
    let needs_bytes = image_bytes.saturating_mul(4).saturating_add(stream.len() as u64);
    check_size(width_px, height_px, needs_bytes, limit_bytes).map_err(Failure::Other)?;
    let is_gray = info.components == 1;
    let colors = if is_gray { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(colors));
    let values = decoder.decode().map_err(Failure::of)?;
    let pixels = if is_gray {
        Pixels::new(width_px, height_px, Samples::Gray8(values))
    } else {
        Pixels::from_rgb8(width_px, height_px, &values, 3, true)
    };
    let pixels = pixels.ok_or_else(|| damaged("the pixels do not fill the image"))?;
    Ok(Decoded { orientation, ..Decoded::of_pixels(pixels, 8, info.components) })
}

/// The stream without what stands between its segments and belongs to none, which other readers pass
/// over and the decoder refuses where it must notice what is missing.
fn without_stray_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some((start, mut rest)) = bytes.split_at_checked(2) else { return Cow::Borrowed(bytes) };
    let mut clean = Vec::new(); // the segments so far, once there were stray bytes
    let mut read = start.len();
    loop {
        // Markers without a segment say nothing before the picture's data.
        let is_marker =
            |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 1 | 0xd0..=0xd7 | 0xff);
        let stray = rest.windows(2).position(is_marker);
        let Some(stray) = stray else { break };
        if rest[..stray].iter().any(|byte| *byte != 0xff) && clean.is_empty() {
            clean.extend_from_slice(&bytes[..read]);
        }
        let segment = &rest[stray..];
        let length = match segment[1] {
            START_OF_SCAN => segment.len(),
            0xd8 | 0xd9 => 2, // these stand alone
            _ => match segment.get(2..4) {
                Some(length) => 2 + usize::from(u16::from_be_bytes([length[0], length[1]])),
                None => segment.len(),
            },
        };
        let (segment, after) = segment.split_at(length.min(segment.len()));
        if !clean.is_empty() {
            clean.extend_from_slice(segment);
        }
        (read, rest) = (bytes.len() - after.len(), after);
    }
    if clean.is_empty() { Cow::Borrowed(bytes) } else { Cow::Owned(clean) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: [u8; 2] = [0xff, 0xd8];
    const COMMENT: [u8; 6] = [0xff, 0xfe, 0, 4, 0xff, 7];
    const SCAN: [u8; 9] = [0xff, 0xda, 0, 3, 9, 1, 2, 0xff, 0xd9];

    #[test]
    fn bytes_between_segments_are_left_out_and_nothing_else() {
        let clean = [&START[..], &COMMENT, &COMMENT, &SCAN].concat();
        assert!(matches!(without_stray_bytes(&clean), Cow::Borrowed(_)));
        let stray =
            [&START[..], &[1], &COMMENT, &[7, 0xff, 0, 0xff, 0xd3, 0xff], &COMMENT, &[3], &SCAN]
                .concat();
        assert_eq!(*without_stray_bytes(&stray), clean);
        let filled = [&START[..], &[0xff, 0xff], &COMMENT, &SCAN].concat();
        assert_eq!(*without_stray_bytes(&filled), filled);
    }

    #[test]
    fn a_stream_that_ends_early_is_left_as_it_is() {
        let whole = [&START[..], &COMMENT, &SCAN].concat();
        for length in 0..whole.len() {
            assert_eq!(*without_stray_bytes(&whole[..length]), whole[..length]);
        }
    }
}
