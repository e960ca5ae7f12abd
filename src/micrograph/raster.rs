//! PNG, JPEG and BMP.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use memchr::memmem;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::decode::{Decoded, HEADER_LIMIT_BYTES, check_size};
use super::{Pixels, RawHeader, ReadError, ReadOptions, Samples, vendor};

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
        return jpeg(bytes, options.limit_bytes);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // For profiles and texts in the file, which a few bytes can blow up; pixels are apart.
    limits.max_alloc = Some(options.limit_bytes.min(BESIDE_PIXELS_BYTES));
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| explain(name, error))?;
    let (width_px, height_px) = decoder.dimensions();
    // The image, and what is made of it.
    let needs_bytes = decoder.total_bytes().saturating_mul(2);
    check_size(width_px, height_px, needs_bytes, options.limit_bytes)?;
    limits.max_alloc = Some(options.limit_bytes);
    decoder.set_limits(limits).map_err(|error| explain(name, error))?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| explain(name, error))?;

    let color = image.color();
    let pixels = to_pixels(image)
        .ok_or(ReadError::Damaged { format: name, reason: "the image has no pixels".to_owned() })?;
    let bit_depth = (color.bits_per_pixel() / u16::from(color.channel_count())) as u8;
    let raw_headers = phenom_header(bytes).into_iter().collect();
    Ok(Decoded { raw_headers, ..Decoded::of_pixels(pixels, bit_depth, color.channel_count()) })
}

/// A JPEG file. The `image` crate would fill what is missing of a file cut short with grey.
fn jpeg(bytes: &[u8], limit_bytes: u64) -> Result<Decoded, ReadError> {
    let failed = |error: DecodeErrors| {
        let reason = one_line(&error.to_string());
        ReadError::Damaged { format: "JPEG", reason }
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let info = decoder.info().ok_or_else(|| ReadError::Damaged {
        format: "JPEG",
        reason: "it has no size".to_owned(),
    })?;
    let (width_px, height_px) = (u32::from(info.width), u32::from(info.height));
    let image_bytes = u64::from(width_px) * u64::from(height_px) * u64::from(info.components);
    // What the decoder holds besides the image, and what is made of it.
    check_size(width_px, height_px, image_bytes.saturating_mul(4), limit_bytes)?;
    let is_gray = info.components == 1;
    let colors = if is_gray { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(colors));
    let values = decoder.decode().map_err(failed)?;
    let pixels = if is_gray {
        Pixels::new(width_px, height_px, Samples::Gray8(values))
    } else {
        Pixels::from_rgb8(width_px, height_px, &values, 3, true)
    };
    let pixels = pixels.ok_or_else(|| ReadError::Damaged {
        format: "JPEG",
        reason: "the pixels do not fill the image".to_owned(),
    })?;
    let raw_headers = phenom_header(bytes).into_iter().collect();
    Ok(Decoded { raw_headers, ..Decoded::of_pixels(pixels, 8, info.components) })
}

/// Some decoders' reasons have several lines.
fn one_line(text: &str) -> String {
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
