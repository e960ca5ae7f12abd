//! From a file's bytes to a [`Micrograph`]: which format it is, what the vendor says of it, and one
//! bad file's failure kept to itself.

use std::cell::LazyCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::content::Content;
use super::vendor::{self, ImageFacts, PrintScale};
use super::{
    DEFAULT_LIMIT_BYTES, DataBar, DataBarSource, InstrumentRecord, MalformedField, Micrograph,
    Orientation, Pixels, RawHeader, ReadError, Sidecar, SourceFile, data_bar, raster, tiff_file,
};

/// The longest vendor header that is read; real ones take some 100 kB.
pub(super) const HEADER_LIMIT_BYTES: usize = 4 << 20;
/// Rows by which the height of a data bar that was found may be off.
const BLURRED_PX: u32 = 4;
/// As much of a file that is no image as tells what else it is.
const SNIFFED_BYTES: usize = 64 << 10;

/// File name endings, lower case, that a folder is searched for.
pub const READABLE_EXTENSIONS: [&str; 6] = ["tif", "tiff", "png", "jpg", "jpeg", "bmp"];

/// How to read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The largest decoded image, in bytes.
    pub limit_bytes: u64,
    /// What a person has chosen for this file.
    pub choice: ReadChoice,
}

/// What a person has chosen for a file, in place of what the program would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadChoice {
    /// The page, counted from 1; otherwise the first that is no reduced copy of another.
    pub page: Option<u32>,
    /// The data bar; otherwise what the header says or the pixels show.
    pub data_bar: Option<DataBar>,
    /// Data bars chosen for all images of one size in a folder, the nearest folder's first; the
    /// file's own comes before them.
    pub folder_data_bars: Vec<SizedDataBar>,
}

/// The data bar of images of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct SizedDataBar {
    /// Columns and rows of the images.
    pub size_px: [u32; 2],
    /// Their bar.
    pub data_bar: DataBar,
}

impl ReadChoice {
    /// The bar chosen for an image of this size.
    fn data_bar_for(&self, size_px: [u32; 2]) -> Option<DataBar> {
        let of_folder = self.folder_data_bars.iter().find(|bar| bar.size_px == size_px);
        self.data_bar.or(of_folder.map(|bar| bar.data_bar))
    }

    /// Tells pixels read by this choice from those read by another, and is empty where nothing was
    /// chosen: for keys of what is kept between runs.
    pub fn cache_suffix(&self) -> String {
        let mut suffix = String::new();
        if let Some(page) = self.page {
            suffix.push_str(&format!("-page{page}"));
        }
        if let Some(DataBar { top, bottom }) = self.data_bar {
            suffix.push_str(&format!("-bar{top}+{bottom}"));
        }
        for SizedDataBar { size_px: [width, height], data_bar } in &self.folder_data_bars {
            let DataBar { top, bottom } = data_bar;
            suffix.push_str(&format!("-{width}x{height}bar{top}+{bottom}"));
        }
        suffix
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { limit_bytes: DEFAULT_LIMIT_BYTES, choice: ReadChoice::default() }
    }
}

/// What a format's decoder finds in a file.
#[derive(Debug)]
pub(super) struct Decoded {
    /// As they are stored.
    pub(super) pixels: Pixels,
    pub(super) orientation: Orientation,
    pub(super) bit_depth: u8,
    pub(super) channels: u8,
    pub(super) page: u32,
    pub(super) pages: u32,
    pub(super) raw_headers: Vec<RawHeader>,
    pub(super) scale: PrintScale,
}

impl Decoded {
    /// The only page of a file without headers.
    pub(super) fn of_pixels(pixels: Pixels, bit_depth: u8, channels: u8) -> Self {
        Self {
            pixels,
            orientation: Orientation::AS_STORED,
            bit_depth,
            channels,
            page: 1,
            pages: 1,
            raw_headers: Vec::new(),
            scale: PrintScale::default(),
        }
    }
}

/// Decodes a file. The content decides the format, not the file's name.
///
/// No image that would take more than the limit when decoded is attempted, and a panic in a
/// decoder becomes an error.
///
/// # Errors
/// [`ReadError`] says why the file is no readable micrograph.
pub fn read(source: &SourceFile, options: &ReadOptions) -> Result<Micrograph, ReadError> {
    let micrograph = guarded(|| decode(source, options));
    // A disk that failed, or a file that changed, looks like a damaged file.
    source.check_parts()?;
    micrograph
}

/// The instrument record of a text file that an instrument wrote beside an image, or `None` where
/// `source` is no such file.
///
/// # Errors
/// [`ReadError::DecoderPanicked`], which is a mistake of ours.
pub fn read_sidecar(source: &SourceFile) -> Result<Option<InstrumentRecord>, ReadError> {
    guarded(|| {
        let Content::Held(bytes) = source.content() else { return Ok(None) };
        let is_image = !matches!(Format::of(bytes), Format::Other(_));
        if is_image || bytes.len() > HEADER_LIMIT_BYTES {
            return Ok(None);
        }
        let name = source.path().file_name().unwrap_or_default().to_string_lossy();
        let header = vendor::header_of_text(&name, bytes);
        Ok(header.map(|header| vendor::record(&[header], ImageFacts::default())))
    })
}

fn guarded<T>(work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(ReadError::DecoderPanicked(panic_text(&*payload))))
}

fn decode(source: &SourceFile, options: &ReadOptions) -> Result<Micrograph, ReadError> {
    let content = source.content();
    let mut decoded = match Format::of(&content.up_to(0, SNIFFED_BYTES)) {
        Format::Tiff => tiff_file::decode(content, options)?,
        Format::Raster(format) => raster::decode(&content.up_to(0, usize::MAX), format, options)?,
        Format::Other(looks_like) => return Err(ReadError::NotAnImage { looks_like }),
    };
    let beside = source.sidecars().iter();
    let of_text = |text: &Sidecar| vendor::header_of_text(&text.file_name, &text.bytes);
    decoded.raw_headers.extend(beside.filter_map(of_text));
    let stored_px = [decoded.pixels.width_px(), decoded.pixels.height_px()];
    let facts = ImageFacts { size_px: Some(stored_px), scale: decoded.scale };
    let mut instrument = vendor::record(&decoded.raw_headers, facts);
    instrument.malformed.extend(source.sidecar_problems().iter().map(|problem| MalformedField {
        raw_key: problem.file_names.clone(),
        raw_value: problem.reason.clone(),
    }));
    let orientation = decoded.orientation;
    decoded.pixels = decoded.pixels.turned(orientation);
    let (data_bar, data_bar_source) = data_bar_of(&decoded, stored_px, &options.choice)?;
    Ok(Micrograph {
        instrument: orientation.turned_record(instrument, stored_px),
        pixels: decoded.pixels,
        orientation,
        bit_depth: decoded.bit_depth,
        channels: decoded.channels,
        page: decoded.page,
        pages: decoded.pages,
        raw_headers: decoded.raw_headers,
        data_bar,
        data_bar_source,
    })
}

/// A person's word is final, then a header's; otherwise it is what the pixels show. A person speaks
/// of the picture, a header of the image as it is stored.
fn data_bar_of(
    decoded: &Decoded,
    stored_px: [u32; 2],
    choice: &ReadChoice,
) -> Result<(DataBar, DataBarSource), ReadError> {
    let pixels = &decoded.pixels;
    let size_px = [pixels.width_px(), pixels.height_px()];
    if let Some(bar) = choice.data_bar_for(size_px) {
        bar.check(pixels.height_px())?;
        return Ok((bar, DataBarSource::Person));
    }
    let found = LazyCell::new(|| data_bar::find(pixels));
    let is_near = |a: u32, b: u32| a.abs_diff(b) <= BLURRED_PX;
    let is_seen = |bar: DataBar| match bar.bottom {
        0 => is_near(bar.top, found.top),
        bottom => is_near(bottom, found.bottom),
    };
    let in_picture = |stored: DataBar| {
        let turned = decoded.orientation.turned_bar(stored)?;
        // A program that turned image and header together, and said so of the image alone.
        let is_turned_already = turned != stored && is_seen(stored) && !is_seen(turned);
        Some(if is_turned_already { stored } else { turned })
    };
    let is_there = |stored| in_picture(stored).is_some_and(is_seen);
    let stated = vendor::data_bar(&decoded.raw_headers, stored_px, is_there);
    Ok(match stated.and_then(in_picture) {
        Some(bar) => (bar, DataBarSource::Header),
        None => (*found, DataBarSource::Pixels),
    })
}

/// Refuses an image that would take more than the limit.
pub(super) fn check_size(
    width_px: u32,
    height_px: u32,
    needs_bytes: u64,
    limit_bytes: u64,
) -> Result<(), ReadError> {
    if needs_bytes <= limit_bytes {
        return Ok(());
    }
    Err(ReadError::TooLarge {
        what: format!("The image of {width_px}×{height_px} px"),
        needs_mib: needs_bytes >> 20,
        limit_mib: limit_bytes >> 20,
    })
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
            _ if tiff_file::is_tiff(bytes) => Self::Tiff,
            [0x89, b'P', b'N', b'G', ..] => Self::Raster(image::ImageFormat::Png),
            [0xff, 0xd8, ..] => Self::Raster(image::ImageFormat::Jpeg),
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
        _ if vendor::header_of_text("", &bytes[..bytes.len().min(SNIFFED_BYTES)]).is_some() => {
            "the text file that an instrument writes beside an image: give the image"
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
