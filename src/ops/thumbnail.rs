//! Small pictures for the grid.

use std::panic::resume_unwind;
use std::thread;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;

use super::FileToRead;
use super::classify::{ReadFrom, file_of, keep_reading, reading};
use super::likeness::keep_picture_hash;
use crate::cache::Cache;
use crate::catalog::{ImageId, Library};
use crate::micrograph::{
    self, DEFAULT_LIMIT_BYTES, Micrograph, ReadChoice, ReadError, ReadOptions, SourceFile, to_rgb8,
};

/// Longest side of the thumbnail that the cache keeps, in pixels: twice a grid cell, for screens of
/// high density.
pub const THUMBNAIL_SIZE_PX: u32 = 320;
/// Longest sides of thumbnails in pixels, each twice the one before. Up to [`THUMBNAIL_SIZE_PX`]
/// they are made of the cached one, above it of the file.
pub const THUMBNAIL_SIZES_PX: [u32; 5] = [80, 160, THUMBNAIL_SIZE_PX, 640, 1280];
const JPEG_QUALITY: u8 = 85;

/// Which thumbnail: of which image, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThumbnailKey {
    /// The image.
    pub image: ImageId,
    /// Longest side in pixels, one of [`THUMBNAIL_SIZES_PX`].
    pub size_px: u32,
}

/// A small RGB picture, three bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Columns.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
    /// Row-major RGB.
    pub rgb: Vec<u8>,
}

/// The image without its data bar, scaled to fit [`THUMBNAIL_SIZE_PX`]; `None` only where the
/// resizer refuses it.
pub fn make_thumbnail(micrograph: &Micrograph) -> Option<Thumbnail> {
    make_thumbnail_of_size(micrograph, THUMBNAIL_SIZE_PX)
}

fn make_thumbnail_of_size(micrograph: &Micrograph, size_px: u32) -> Option<Thumbnail> {
    let pixels = &micrograph.pixels;
    let (width_px, full_height_px) = (pixels.width_px(), pixels.height_px());
    let rows = micrograph.picture_rows();
    let height_px = rows.len() as u32;
    let scale = f64::from(size_px) / f64::from(width_px.max(height_px));
    let scaled = |side: u32| (f64::from(side) * scale.min(1.0)).round().max(1.0) as u32;

    let rgb = to_rgb8(micrograph);
    let source = ImageRef::new(width_px, full_height_px, &rgb, PixelType::U8x3).ok()?;
    let mut small = Image::new(scaled(width_px), scaled(height_px), PixelType::U8x3);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(0.0, f64::from(rows.start), f64::from(width_px), f64::from(height_px));
    Resizer::new().resize(&source, &mut small, &options).ok()?;
    Some(Thumbnail { width_px: small.width(), height_px: small.height(), rgb: small.into_vec() })
}

/// Under which the cache keeps a thumbnail: the content, and what was chosen of it.
pub(super) fn thumbnail_key(content_sha256: &str, choice: &ReadChoice) -> String {
    format!("{content_sha256}{}", choice.cache_suffix())
}

/// The thumbnail of a library's image: out of the cache, or made of the file, in which case the
/// library also learns what the file says.
///
/// # Errors
/// Says why the file could not be read; the library remembers that too.
pub fn load_thumbnail(
    library: &Library,
    cache: &Cache,
    image: ImageId,
) -> Result<Thumbnail, String> {
    let rows = library.rows(&[image]).map_err(|error| error.to_string())?;
    let file = file_of(library, image).map_err(|error| error.to_string())?;
    let cached = rows
        .first()
        .filter(|row| row.data_bar.is_some()) // else what was chosen has changed since
        .and_then(|row| cache.thumbnail(&thumbnail_key(row.content_sha256.as_ref()?, &file.choice)))
        .and_then(|jpeg| Thumbnail::from_jpeg(&jpeg));
    if let Some(thumbnail) = cached {
        return Ok(thumbnail);
    }
    let (content_sha256, micrograph) = read_image(library, cache, image, &file)?;
    let thumbnail = make_thumbnail(&micrograph).ok_or("The image cannot be scaled")?;
    if let Some(jpeg) = thumbnail.to_jpeg() {
        cache.store_thumbnail(&thumbnail_key(&content_sha256, &file.choice), &jpeg);
    }
    Ok(thumbnail)
}

/// As [`load_thumbnail`], at the size of the key.
///
/// # Errors
/// Says why the file could not be read; the library remembers that too.
pub fn load_sized_thumbnail(
    library: &Library,
    cache: &Cache,
    key: ThumbnailKey,
) -> Result<Thumbnail, String> {
    let refused = "The image cannot be scaled";
    if key.size_px <= THUMBNAIL_SIZE_PX {
        let thumbnail = load_thumbnail(library, cache, key.image)?;
        return thumbnail.scaled_to(key.size_px).ok_or_else(|| refused.to_owned());
    }
    let file = file_of(library, key.image).map_err(|error| error.to_string())?;
    let (_, micrograph) = read_image(library, cache, key.image, &file)?;
    make_thumbnail_of_size(&micrograph, key.size_px).ok_or_else(|| refused.to_owned())
}

/// Reads a library's image, which is `file`; the library also learns what the file says, and the
/// cache what the picture looks like. Gives the content's SHA-256 too.
///
/// # Errors
/// Says why the file could not be read; the library remembers that too.
pub fn read_image(
    library: &Library,
    cache: &Cache,
    image: ImageId,
    file: &FileToRead,
) -> Result<(String, Micrograph), String> {
    let (content_sha256, micrograph) = read_pixels(library, image, file)?;
    keep_picture_hash(cache, &content_sha256, &file.choice, &micrograph);
    Ok((content_sha256, micrograph))
}

/// The same without a look at the picture, for somebody who waits for it.
///
/// # Errors
/// Says why the file could not be read; the library remembers that too.
pub fn read_pixels(
    library: &Library,
    image: ImageId,
    file: &FileToRead,
) -> Result<(String, Micrograph), String> {
    let options = ReadOptions { choice: file.choice.clone(), ..ReadOptions::default() };
    // A library that cannot be written, as on a full disk, must not cost the picture: nothing is lost
    // that the next reading does not give again, and a decision says what is wrong.
    let failed = |stamp, error: ReadError| {
        let reason = error.to_string();
        let _ = library.save_read_error(image, &file.choice, stamp, &reason);
        reason
    };
    let source =
        SourceFile::open(&file.path, DEFAULT_LIMIT_BYTES).map_err(|error| failed(None, error))?;
    // Of a large file, either takes as long as a person notices.
    let (content_sha256, micrograph) = thread::scope(|scope| {
        let sha256 = scope.spawn(|| source.sha256());
        let micrograph = micrograph::read(&source, &options);
        (sha256.join().unwrap_or_else(|panic| resume_unwind(panic)), micrograph)
    });
    let failed = |error| failed(source.stamp(), error);
    let (content_sha256, micrograph) =
        (content_sha256.map_err(failed)?, micrograph.map_err(failed)?);
    let from = ReadFrom { content_sha256: &content_sha256, stamp: source.stamp() };
    let _ = keep_reading(library, image, &reading(from, &file.choice, &micrograph));
    Ok((content_sha256, micrograph))
}

impl Thumbnail {
    /// Scaled down to this longest side; `None` only where the resizer refuses it.
    fn scaled_to(self, size_px: u32) -> Option<Self> {
        let longest = self.width_px.max(self.height_px);
        if longest <= size_px {
            return Some(self);
        }
        let scale = f64::from(size_px) / f64::from(longest);
        let scaled = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
        let source =
            ImageRef::new(self.width_px, self.height_px, &self.rgb, PixelType::U8x3).ok()?;
        let mut small = Image::new(scaled(self.width_px), scaled(self.height_px), PixelType::U8x3);
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Resizer::new().resize(&source, &mut small, &options).ok()?;
        Some(Self { width_px: small.width(), height_px: small.height(), rgb: small.into_vec() })
    }

    /// As a JPEG file; `None` only where the encoder fails.
    pub fn to_jpeg(&self) -> Option<Vec<u8>> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
            .encode(&self.rgb, self.width_px, self.height_px, image::ExtendedColorType::Rgb8)
            .ok()?;
        Some(jpeg)
    }

    /// From a JPEG file; `None` where it is damaged.
    pub fn from_jpeg(jpeg: &[u8]) -> Option<Self> {
        let decoded = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).ok()?;
        let rgb = decoded.into_rgb8();
        Some(Self { width_px: rgb.width(), height_px: rgb.height(), rgb: rgb.into_raw() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_is_scaled_down_and_never_up() {
        let rgb: Vec<u8> = (0..320 * 200).flat_map(|pixel| [(pixel % 320 / 2) as u8; 3]).collect();
        let thumbnail = Thumbnail { width_px: 320, height_px: 200, rgb };
        let small = thumbnail.clone().scaled_to(80).unwrap();
        assert_eq!((small.width_px, small.height_px), (80, 50));
        let middle = small.rgb[(25 * 80 + 40) * 3];
        assert!(middle.abs_diff(80) <= 2, "{middle}");
        assert_eq!(thumbnail.clone().scaled_to(640), Some(thumbnail));
    }
}
