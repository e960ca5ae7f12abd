//! What the targets share: the reading of micrographs, and what must hold of whatever is read.

// The program's own modules where they stand, and not the whole program: see Cargo.toml. They reach
// for nothing outside themselves, so they compile anywhere.
#[path = "../../src/micrograph/mod.rs"]
pub mod micrograph;
#[path = "../../src/text/mod.rs"]
pub mod text;

mod memory;
pub mod tiff_file;

use std::path::Path;

use micrograph::{InstrumentRecord, Micrograph, ReadError, ReadOptions, Sidecar};
use micrograph::{SourceFile, read, read_sidecar};

/// The largest image that a target decodes: far below what the fuzzer may take, so that memory
/// taken in spite of the limit stands out.
pub const LIMIT_BYTES: u64 = 64 << 20;

/// Memory that reading may take besides the image, for each byte of the file. A table's entry takes
/// some hundred bytes, and a line or a tag makes one out of few.
const MOST_PER_BYTE: usize = 256;
/// What the decoders' own tables may take.
const TABLES_BYTES: usize = 4 << 20;

/// Reads an image as the program does, and checks what comes out.
pub fn read_image(
    bytes: Vec<u8>,
    sidecars: Vec<Sidecar>,
    limit_bytes: u64,
) -> Result<Micrograph, ReadError> {
    let source = SourceFile::in_memory(Path::new("image"), bytes, sidecars);
    let options = ReadOptions { limit_bytes, ..ReadOptions::default() };
    let (result, held_bytes) = memory::most_held(|| read(&source, &options));
    fail_on_panic(&result);
    // Twice: the image in its file's form, and as it is kept.
    check_memory(&source, held_bytes, 2 * limit_bytes as usize);
    if let Ok(micrograph) = &result {
        check(micrograph, limit_bytes);
    }
    result
}

/// Reads a text that stands beside an image, and checks what comes out.
pub fn read_text(bytes: Vec<u8>) {
    let source = SourceFile::in_memory(Path::new("image.txt"), bytes, Vec::new());
    let (result, held_bytes) = memory::most_held(|| read_sidecar(&source));
    fail_on_panic(&result);
    check_memory(&source, held_bytes, 0);
    if let Ok(Some(record)) = &result {
        check_record(record);
    }
}

/// The program turns a decoder's panic into an error and goes on; here it is what is looked for.
fn fail_on_panic<T>(result: &Result<T, ReadError>) {
    if let Err(error @ ReadError::DecoderPanicked(_)) = result {
        panic!("{error}");
    }
}

fn check_memory(source: &SourceFile, held_bytes: usize, image_bytes: usize) {
    let beside: usize = source.sidecars().iter().map(|sidecar| sidecar.bytes.len()).sum();
    let file_bytes = source.size_bytes() as usize + beside;
    let most_bytes = image_bytes + TABLES_BYTES + MOST_PER_BYTE * file_bytes;
    assert!(
        held_bytes <= most_bytes,
        "{held_bytes} bytes of memory for a file of {file_bytes}, whose image may take {image_bytes}"
    );
}

fn check(micrograph: &Micrograph, limit_bytes: u64) {
    let Micrograph { pixels, data_bar, page, pages, .. } = micrograph;
    let pixels_bytes = pixels.size_bytes();
    let (width_px, height_px) = (pixels.width_px(), pixels.height_px());
    assert!(
        pixels_bytes as u64 <= limit_bytes,
        "{width_px}×{height_px} px take {pixels_bytes} bytes, over the limit of {limit_bytes}"
    );
    assert!(
        data_bar.top.saturating_add(data_bar.bottom) < height_px,
        "{data_bar:?} leaves nothing of {height_px} rows"
    );
    assert!((1..=*pages).contains(page), "page {page} of {pages}");
    assert!(micrograph.bit_depth > 0, "no bits in a sample");
    assert!(micrograph.channels > 0, "no samples in a pixel");
    check_record(&micrograph.instrument);
}

/// The record is kept and handed on as JSON, which has no number for infinity or for what is no
/// number: either would become a null. Fields that are absent are left out.
fn check_record(record: &InstrumentRecord) {
    let json = serde_json::to_value(record).expect("a record has a form in JSON");
    assert!(!has_null(&json), "a number that is not finite: {record:?}");
}

fn has_null(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Null => true,
        serde_json::Value::Array(values) => values.iter().any(has_null),
        serde_json::Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}
