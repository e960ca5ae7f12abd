//! Turns files into [`Micrograph`] values: pixels, instrument record, data bar.
//!
//! Knows file formats and vendors' headers; knows nothing of labels, models, the database or the
//! screen.

mod data_bar;
mod decode;
mod display;
mod error;
mod file_stamp;
mod halving;
mod instrument;
mod pixels;
mod raster;
mod sidecar;
mod source;
mod tiff_file;
mod vendor;

pub use data_bar::{DataBar, DataBarSource};
pub use decode::{READABLE_EXTENSIONS, ReadChoice, ReadOptions, SizedDataBar, read, read_sidecar};
pub use display::{DisplayMapping, DisplayRange, histogram, to_gray8, to_rgb8};
pub use error::ReadError;
pub use file_stamp::FileStamp;
pub use instrument::{InstrumentRecord, MalformedField, PixelSizeNm, StagePosition};
pub use pixels::{Pixels, Samples};
pub use sidecar::Sidecar;
pub use source::{SIDECAR_SUFFIX, SourceFile, content_sha256};

/// The largest decoded image accepted by default, in bytes (1 GiB).
pub const DEFAULT_LIMIT_BYTES: u64 = 1 << 30;

/// One image as an instrument (or a later program) wrote it, with what its header says.
#[derive(Debug, Clone)]
pub struct Micrograph {
    /// The page's pixels, in their own depth.
    pub pixels: Pixels,
    /// Bits per sample in the file.
    pub bit_depth: u8,
    /// Samples per pixel in the file; a grey image re-saved as RGB has 3 here and grey pixels.
    pub channels: u8,
    /// Which of the file's images this is, counted from 1.
    pub page: u32,
    /// Images in the file.
    pub pages: u32,
    /// What the vendor's headers say, in common terms and units.
    pub instrument: InstrumentRecord,
    /// The vendor's headers, verbatim.
    pub raw_headers: Vec<RawHeader>,
    /// The burnt-in strip of text.
    pub data_bar: DataBar,
    /// Who says so.
    pub data_bar_source: DataBarSource,
}

impl Micrograph {
    /// Whether all pixels of the picture, its data bar left out, are equal.
    pub fn is_blank(&self) -> bool {
        let width = self.pixels.width_px() as usize;
        let rows = self.picture_rows();
        let picture = rows.start as usize * width..rows.end as usize * width;
        match self.pixels.samples() {
            Samples::Gray8(values) => all_equal(&values[picture]),
            Samples::Gray16(values) => all_equal(&values[picture]),
            Samples::Rgb8(rgb) => all_equal(&rgb.as_chunks::<3>().0[picture]),
        }
    }

    /// The rows that are picture and not data bar; never empty, since a bar that would leave
    /// nothing is not believed.
    pub fn picture_rows(&self) -> std::ops::Range<u32> {
        let height_px = self.pixels.height_px();
        let DataBar { top, bottom } = self.data_bar;
        match height_px.checked_sub(bottom) {
            Some(end) if end > top => top..end,
            _ => 0..height_px,
        }
    }
}

/// One vendor header as it stands in the file, or beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHeader {
    /// Where it was found, such as `TIFF tag 34118`, or the name of the text file.
    pub origin: String,
    /// Its text; decoded by [`crate::text::decode`]. TESCAN's tag is
    /// binary and gets the names of its sections from us.
    pub text: String,
}

fn all_equal<T: PartialEq>(values: &[T]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}
