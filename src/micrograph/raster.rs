//! PNG, JPEG and BMP.

use std::io::Cursor;

use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};

use super::{DataBar, InstrumentRecord, Micrograph, Pixels, ReadError, Samples};

/// Decodes a PNG, JPEG or BMP file. These carry no instrument record.
pub(super) fn decode(
    bytes: &[u8],
    format: ImageFormat,
    limit_bytes: u64,
) -> Result<Micrograph, ReadError> {
    let name = format_name(format);
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width_px, height_px) = reader().into_dimensions().map_err(|error| explain(name, error))?;
    // 8 bytes a pixel is the most that any of the three formats decodes to.
    let needs_bytes = u64::from(width_px) * u64::from(height_px) * 8;
    if needs_bytes > limit_bytes {
        return Err(ReadError::TooLarge {
            what: format!("The image of {width_px}×{height_px} px"),
            needs_mib: needs_bytes >> 20,
            limit_mib: limit_bytes >> 20,
        });
    }
    let mut reader = reader();
    let mut limits = Limits::default();
    limits.max_alloc = Some(limit_bytes);
    reader.limits(limits);
    let image = reader.decode().map_err(|error| explain(name, error))?;

    let color = image.color();
    let pixels = to_pixels(image)
        .ok_or(ReadError::Damaged { format: name, reason: "the image has no pixels".to_owned() })?;
    Ok(Micrograph {
        pixels,
        bit_depth: (color.bits_per_pixel() / u16::from(color.channel_count())) as u8,
        channels: color.channel_count(),
        pages: 1,
        instrument: InstrumentRecord::default(),
        raw_headers: Vec::new(),
        data_bar: DataBar::UNKNOWN,
    })
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
        colored => Pixels::from_rgb8(width_px, height_px, colored.into_rgb8().into_raw()),
    }
}

fn explain(format: &'static str, error: ImageError) -> ReadError {
    let reason = error.to_string();
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
        ImageFormat::Jpeg => "JPEG",
        _ => "BMP",
    }
}
