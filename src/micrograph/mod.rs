//! Turns files into [`Micrograph`] values: pixels, instrument record, data bar.
//!
//! Knows file formats and vendors' headers; knows nothing of labels, models, the database or the
//! screen.

mod data_bar;
mod decode;
mod display;
mod error;
mod instrument;
mod pixels;
mod raster;
mod source;
mod tiff_file;
mod vendor;

pub use data_bar::DataBar;
pub use decode::{READABLE_EXTENSIONS, read};
pub use display::{DisplayRange, to_gray8, to_rgb8};
pub use error::ReadError;
pub use instrument::{InstrumentRecord, MalformedField, PixelSizeNm, StagePosition};
pub use pixels::{Pixels, Samples};
pub use source::{SourceFile, content_sha256};

/// The largest decoded image accepted by default, in bytes (1 GiB).
pub const DEFAULT_LIMIT_BYTES: u64 = 1 << 30;

/// One image as an instrument (or a later program) wrote it, with what its header says.
#[derive(Debug, Clone)]
pub struct Micrograph {
    /// The first page's pixels, in their own depth.
    pub pixels: Pixels,
    /// Bits per sample in the file.
    pub bit_depth: u8,
    /// Samples per pixel in the file; a grey image re-saved as RGB has 3 here and grey pixels.
    pub channels: u8,
    /// Images in the file; only the first is read.
    pub pages: u32,
    /// What the vendor's header says, in common terms and units.
    pub instrument: InstrumentRecord,
    /// The vendor's headers, verbatim.
    pub raw_headers: Vec<RawHeader>,
    /// The burnt-in strip of text.
    pub data_bar: DataBar,
}

/// One vendor header as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHeader {
    /// Where it was found, such as `TIFF tag 34118`.
    pub origin: String,
    /// Its text; bytes that are not UTF-8 are read as latin-1.
    pub text: String,
}
