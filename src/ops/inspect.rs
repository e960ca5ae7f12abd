//! What a file says about itself.

use std::path::Path;

use serde::Serialize;

use crate::micrograph::{self, DataBar, InstrumentRecord, ReadOptions, SourceFile};

/// A file's facts; with `error` set, the rest is unknown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The file.
    pub path: String,
    /// Columns.
    pub width_px: Option<u32>,
    /// Rows, data bar included.
    pub height_px: Option<u32>,
    /// Bits per sample in the file.
    pub bit_depth: Option<u8>,
    /// Samples per pixel in the file.
    pub channels: Option<u8>,
    /// Images in the file.
    pub pages: Option<u32>,
    /// What the vendor's header says.
    pub instrument: Option<InstrumentRecord>,
    /// Rows of burnt-in text at the top and at the bottom.
    pub data_bar_px: Option<DataBar>,
    /// Why the file could not be read.
    pub error: Option<String>,
}

/// Reads a file and says what is in it.
pub fn inspect(path: &Path, limit_bytes: u64) -> Inspection {
    let read = SourceFile::open(path, limit_bytes).and_then(|source| {
        micrograph::read(&source, &ReadOptions { limit_bytes, ..ReadOptions::default() })
    });
    let path = path.display().to_string();
    match read {
        Ok(image) => Inspection {
            path,
            width_px: Some(image.pixels.width_px()),
            height_px: Some(image.pixels.height_px()),
            bit_depth: Some(image.bit_depth),
            channels: Some(image.channels),
            pages: Some(image.pages),
            instrument: Some(image.instrument),
            data_bar_px: Some(image.data_bar),
            error: None,
        },
        Err(error) => Inspection {
            path,
            width_px: None,
            height_px: None,
            bit_depth: None,
            channels: None,
            pages: None,
            instrument: None,
            data_bar_px: None,
            error: Some(error.to_string()),
        },
    }
}
