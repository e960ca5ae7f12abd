//! Micrographs for tests, made on the spot.

use std::fs;

use semblance::export::{AnnotatedMicrograph, SourceInfo};
use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, DataBar, DataBarSource, InstrumentRecord, Micrograph, Orientation,
    PixelSizeNm, Pixels, RawHeader, ReadOptions, Samples, SourceFile, StagePosition, read,
};

/// The checksum that every made-up source file claims.
pub const SOURCE_SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A micrograph of which nothing is known but its pixels.
pub fn bare(width_px: u32, height_px: u32, samples: Samples) -> Micrograph {
    Micrograph {
        bit_depth: if matches!(samples, Samples::Gray16(_)) { 16 } else { 8 },
        channels: if matches!(samples, Samples::Rgb8(_)) { 3 } else { 1 },
        pixels: Pixels::new(width_px, height_px, samples).unwrap_or_else(|| unreachable!()),
        orientation: Orientation::AS_STORED,
        page: 1,
        pages: 1,
        instrument: InstrumentRecord::default(),
        raw_headers: Vec::new(),
        data_bar: DataBar::NONE,
        data_bar_source: DataBarSource::Pixels,
    }
}

/// The same with a header that says everything.
pub fn documented(width_px: u32, height_px: u32, samples: Samples) -> Micrograph {
    let instrument = InstrumentRecord {
        vendor: Some("Zeiss".to_owned()),
        model: Some("LEO 1530".to_owned()),
        acquired_at: Some("2019-12-09T11:03:00".to_owned()),
        user: Some("Mößbauer".to_owned()),
        sample: Some("as cast".to_owned()),
        accelerating_voltage_kv: Some(5.0),
        beam_current_pa: Some(120.0),
        working_distance_mm: Some(3.7),
        magnification: Some(10_000.0),
        pixel_size_nm: Some(PixelSizeNm { x: 11.25, y: 12.5 }),
        detector: Some("InLens".to_owned()),
        dwell_time_us: Some(0.1),
        chamber_pressure_pa: Some(1.5e-3),
        stage: StagePosition {
            x_mm: Some(62.1),
            y_mm: Some(50.25),
            z_mm: Some(30.0),
            tilt_deg: Some(52.0),
            rotation_deg: Some(12.5),
        },
        ..InstrumentRecord::default()
    };
    Micrograph {
        instrument,
        raw_headers: vec![
            RawHeader {
                origin: "TIFF tag 34118".to_owned(), text: "AP_WD\r\n5 µm\t\n".to_owned()
            },
            RawHeader { origin: "TIFF tag 34119".to_owned(), text: "a\0b µ".to_owned() },
        ],
        data_bar: DataBar::at_bottom(2),
        ..bare(width_px, height_px, samples)
    }
}

/// Nothing said of it yet, by a model or a person.
pub fn undecided<'a>(micrograph: &'a Micrograph, file_name: &'a str) -> AnnotatedMicrograph<'a> {
    AnnotatedMicrograph {
        micrograph,
        source: SourceInfo { file_name, sha256: SOURCE_SHA256 },
        classification: None,
        label: None,
    }
}

/// A TIFF file's bytes, read as a user's file is.
pub fn read_bytes(tiff: Vec<u8>) -> Result<Micrograph, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.tif");
    fs::write(&path, tiff)?;
    Ok(read(&SourceFile::open(&path, DEFAULT_LIMIT_BYTES)?, &ReadOptions::default())?)
}
