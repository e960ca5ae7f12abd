//! PNG and BMP, and what JPEG shares with them.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use memchr::memmem;

use super::decode::{Decoded, HEADER_LIMIT_BYTES, check_size};
use super::tiff_file::exif_orientation;
use super::{Orientation, Pixels, RawHeader, ReadError, ReadOptions, Samples, jpeg, vendor};

/// What a decoder may take besides the pixels.
const BESIDE_PIXELS_BYTES: u64 = 64 << 20;

/// Decodes a PNG, JPEG or BMP file, which is one page.
pub(super) fn decode(
    bytes: &[u8],
    format: ImageFormat,
    options: &ReadOptions,
) -> Result<Decoded, ReadError> {
    let name = format_name(format);
    if let Some(wanted) = options.choice.page.filter(|page| *page != 1) {
        return Err(ReadError::NoSuchPage { wanted, pages: 1 });
    }
    if format == ImageFormat::Jpeg {
        let decoded = jpeg::decode(bytes, options.limit_bytes)?;
        return Ok(Decoded { raw_headers: phenom_header(bytes).into_iter().collect(), ..decoded });
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // For profiles and texts in the file, which a few bytes can blow up; pixels are apart.
    limits.max_alloc = Some(options.limit_bytes.min(BESIDE_PIXELS_BYTES));
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| explain(name, error))?;
    let (width_px, height_px) = decoder.dimensions();
    let orientation = decoder
        .exif_metadata()
        .map_err(|error| explain(name, error))?
        .map_or(Orientation::AS_STORED, |exif| exif_orientation(&exif));
    // The file, the image, and what is made of it.
    let needs_bytes = decoder.total_bytes().saturating_mul(2).saturating_add(bytes.len() as u64);
    check_size(width_px, height_px, needs_bytes, options.limit_bytes)?;
    limits.max_alloc = Some(options.limit_bytes);
    decoder.set_limits(limits).map_err(|error| explain(name, error))?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| explain(name, error))?;

    let color = image.color();
    let pixels = to_pixels(image)
        .ok_or(ReadError::Damaged { format: name, reason: "the image has no pixels".to_owned() })?;
    let bit_depth = (color.bits_per_pixel() / u16::from(color.channel_count())) as u8;
    let raw_headers = phenom_header(bytes).into_iter().collect();
    let decoded = Decoded::of_pixels(pixels, bit_depth, color.channel_count());
    Ok(Decoded { raw_headers, orientation, ..decoded })
}

/// Some decoders' reasons have several lines.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Phenom instruments put their XML into the file as it is.
fn phenom_header(bytes: &[u8]) -> Option<RawHeader> {
    const END: &[u8] = b"</FeiImage>";
    let start = memmem::find(bytes, b"<FeiImage")?;
    let bytes = &bytes[start..bytes.len().min(start.saturating_add(HEADER_LIMIT_BYTES))];
    let length = memmem::find(bytes, END)? + END.len();
    vendor::header_of_text("XML in the file", &bytes[..length])
}

fn to_pixels(image: DynamicImage) -> Option<Pixels> {
    let (width_px, height_px) = (image.width(), image.height());
    match image {
        DynamicImage::ImageLuma8(gray) => {
            Pixels::new(width_px, height_px, Samples::Gray8(gray.into_raw()))
        }
        DynamicImage::ImageLuma16(gray) => {
            Pixels::new(width_px, height_px, Samples::Gray16(gray.into_raw()))
        }
        DynamicImage::ImageLumaA8(_) => {
            Pixels::new(width_px, height_px, Samples::Gray8(image.into_luma8().into_raw()))
        }
        DynamicImage::ImageLumaA16(_) => {
            Pixels::new(width_px, height_px, Samples::Gray16(image.into_luma16().into_raw()))
        }
        DynamicImage::ImageRgb8(rgb) => {
            Pixels::from_rgb8(width_px, height_px, rgb.as_raw(), 3, false)
        }
        DynamicImage::ImageRgba8(rgba) => {
            Pixels::from_rgb8(width_px, height_px, rgba.as_raw(), 4, false)
        }
        DynamicImage::ImageRgb16(rgb) => Pixels::from_rgb16(width_px, height_px, rgb.as_raw(), 3),
        DynamicImage::ImageRgba16(rgba) => {
            Pixels::from_rgb16(width_px, height_px, rgba.as_raw(), 4)
        }
        other => Pixels::from_rgb8(width_px, height_px, other.into_rgb8().as_raw(), 3, false),
    }
}

fn explain(format: &'static str, error: ImageError) -> ReadError {
    let reason = one_line(&error.to_string());
    match error {
        ImageError::Unsupported(_) => ReadError::Unsupported { format, reason },
        ImageError::Limits(_) => {
            let reason = "its header claims an image that no memory holds".to_owned();
            ReadError::Unsupported { format, reason }
        }
        _ => ReadError::Damaged { format, reason },
    }
}

fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        _ => "BMP",
    }
}
