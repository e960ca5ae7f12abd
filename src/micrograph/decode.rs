//! From a file's bytes to a [`Micrograph`]: which format it is, and one bad file's failure kept to
//! itself.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Micrograph, ReadError, SourceFile, data_bar, raster, tiff_file};

/// File name endings, lower case, that a folder is searched for.
pub const READABLE_EXTENSIONS: [&str; 6] = ["tif", "tiff", "png", "jpg", "jpeg", "bmp"];

/// Decodes a file. The content decides the format, not the file's name.
///
/// No image that would take more than `limit_bytes` when decoded is attempted, and a panic in a
/// decoder becomes an error.
///
/// # Errors
/// [`ReadError`] says why the file is no readable micrograph.
pub fn read(source: &SourceFile, limit_bytes: u64) -> Result<Micrograph, ReadError> {
    catch_unwind(AssertUnwindSafe(|| decode(source.bytes(), limit_bytes)))
        .unwrap_or_else(|payload| Err(ReadError::DecoderPanicked(panic_text(&*payload))))
}

fn decode(bytes: &[u8], limit_bytes: u64) -> Result<Micrograph, ReadError> {
    let mut micrograph = match Format::of(bytes) {
        Format::Tiff => tiff_file::decode(bytes, limit_bytes)?,
        Format::Raster(format) => raster::decode(bytes, format, limit_bytes)?,
        Format::Other(looks_like) => return Err(ReadError::NotAnImage { looks_like }),
    };
    if micrograph.data_bar.is_unknown() {
        micrograph.data_bar = data_bar::find(&micrograph.pixels);
    }
    Ok(micrograph)
}

enum Format {
    Tiff,
    Raster(image::ImageFormat),
    /// Not an image format we read; what it looks like, if that is known.
    Other(Option<String>),
}

impl Format {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Self::Tiff,
            [0x89, b'P', b'N', b'G', ..] => Self::Raster(image::ImageFormat::Png),
            [0xff, 0xd8, 0xff, ..] => Self::Raster(image::ImageFormat::Jpeg),
            [b'B', b'M', ..] if bytes.len() > 26 => Self::Raster(image::ImageFormat::Bmp),
            _ => Self::Other(looks_like(bytes)),
        }
    }
}

fn looks_like(bytes: &[u8]) -> Option<String> {
    let kind = match bytes {
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive or an office document",
        [b'G', b'I', b'F', b'8', ..] => "a GIF image",
        [0x89, b'H', b'D', b'F', ..] => "an HDF5 file",
        [b'R', b'I', b'F', b'F', ..] => "a WebP image or a video",
        [b'B', b'Z', b'h', ..] => {
            "a bzip2 archive; if it is a Phenom ELID file, export its images as TIFF first"
        }
        _ if bytes.iter().take(512).all(|b| is_text(*b)) => "a text file",
        _ => return None,
    };
    Some(kind.to_owned())
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..)
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given")
        .to_owned()
}
