//! What a file says about itself.

use serde::Serialize;

use super::FileToRead;
use crate::micrograph::{
    self, DataBar, DataBarSource, InstrumentRecord, Orientation, ReadError, ReadOptions, SourceFile,
};

/// A file's facts; with `error` set, the rest is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inspection {
    /// The file.
    pub path: String,
    /// Columns.
    pub width_px: Option<u32>,
    /// Rows, data bar included.
    pub height_px: Option<u32>,
    /// Bits per sample in the file.
    pub bit_depth: Option<u8>,
    /// What values are that are no whole numbers of up to 16 bits: `signed`, `unsigned` or
    /// `floating-point`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_kind: Option<&'static str>,
    /// How the file asks for its pixels to be turned, by TIFF's and Exif's number; only where they
    /// were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Orientation>,
    /// Samples per pixel in the file.
    pub channels: Option<u8>,
    /// Which of the file's images this is, counted from 1.
    pub page: Option<u32>,
    /// Images in the file.
    pub pages: Option<u32>,
    /// What the vendor's header says.
    pub instrument: Option<InstrumentRecord>,
    /// Rows of burnt-in text at the top and at the bottom.
    pub data_bar_px: Option<DataBar>,
    /// Who says so.
    pub data_bar_source: Option<DataBarSource>,
    /// The vendor's headers, verbatim; only where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_headers: Option<Vec<InspectedHeader>>,
    /// Why the file could not be read.
    pub error: Option<String>,
}

/// A vendor's header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectedHeader {
    /// Where it was found.
    pub origin: String,
    /// Its text.
    pub text: String,
}

/// Reads a file and says what is in it. A text file that an instrument wrote beside an image has
/// an instrument record and nothing else.
pub fn inspect(file: &FileToRead, limit_bytes: u64, with_raw_headers: bool) -> Inspection {
    let path = file.path.display().to_string();
    match look(file, limit_bytes, with_raw_headers) {
        Ok(inspection) => Inspection { path, ..inspection },
        Err(error) => Inspection { path, error: Some(error.to_string()), ..Inspection::default() },
    }
}

fn look(
    file: &FileToRead,
    limit_bytes: u64,
    with_raw_headers: bool,
) -> Result<Inspection, ReadError> {
    let source = SourceFile::open(&file.path, limit_bytes)?;
    if let Some(instrument) = micrograph::read_sidecar(&source)? {
        return Ok(Inspection { instrument: Some(instrument), ..Inspection::default() });
    }
    let options = ReadOptions { limit_bytes, choice: file.choice.clone() };
    let image = micrograph::read(&source, &options)?;
    let raw_headers = image.raw_headers.into_iter();
    Ok(Inspection {
        width_px: Some(image.pixels.width_px()),
        height_px: Some(image.pixels.height_px()),
        bit_depth: Some(image.bit_depth),
        value_kind: image.pixels.exact().map(|(values, _)| values.kind()),
        orientation: (image.orientation != Orientation::AS_STORED).then_some(image.orientation),
        channels: Some(image.channels),
        page: Some(image.page),
        pages: Some(image.pages),
        instrument: Some(image.instrument),
        data_bar_px: Some(image.data_bar),
        data_bar_source: Some(image.data_bar_source),
        raw_headers: with_raw_headers.then(|| {
            raw_headers
                .map(|header| InspectedHeader { origin: header.origin, text: header.text })
                .collect()
        }),
        ..Inspection::default()
    })
}
