//! Vendors' headers: from raw text to the common [`InstrumentRecord`].

mod fei;
mod number;
mod zeiss;

use super::{InstrumentRecord, RawHeader};

/// TIFF tags that hold a vendor's header, the most telling first.
pub(super) const TIFF_TAGS: [u16; 5] = [
    zeiss::TAG,        // CZ_SEM
    zeiss::TAG_SECOND, // a second Zeiss block, kept verbatim
    fei::TAG,          // FEI_HELIOS, also every Thermo Fisher instrument since
    fei::TAG_SFEG,     // FEI_SFEG, older; XML in newer files
    fei::TAG_XML,      // Thermo Fisher XML
];

/// The record that the first understood header gives.
pub(super) fn record(headers: &[RawHeader]) -> InstrumentRecord {
    find(headers, zeiss::TAG)
        .map(zeiss::parse)
        .or_else(|| find(headers, fei::TAG).map(fei::parse))
        .unwrap_or_default()
        .without_conversion_noise()
}

/// Rows of the picture without its data bar, where a header says so.
pub(super) fn picture_height_px(headers: &[RawHeader]) -> Option<u32> {
    find(headers, fei::TAG).and_then(fei::picture_height_px)
}

/// Header bytes as text: UTF-8 where they are, latin-1 otherwise, without the closing zero.
pub(super) fn decode_text(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn find(headers: &[RawHeader], tag: u16) -> Option<&str> {
    let origin = format!("TIFF tag {tag}");
    headers.iter().find(|header| header.origin == origin).map(|header| header.text.as_str())
}

/// A switch's position, or `None` where the word is not known.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" | "1" => Some(true),
        "off" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A value's text, or `None` where it is blank.
fn non_blank(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
