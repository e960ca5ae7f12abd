//! Olympus Soft Imaging Solutions (analySIS, iTEM, Stream): tag 33560 points to a block of binary
//! values, which has no text of its own.
//!
//! There is no description of it by its maker. What other readers have found: little-endian; `SIS0`,
//! at byte 10 minute, hour, day, month from 0 and year from 1900, two bytes each, at 26 a name of 32
//! bytes, at 58 the number of entries. An entry is a kind and a count of two bytes each and an
//! offset in the file. Kind 1 has at byte 10 a power of ten, from 12 on a pixel's width and height
//! in metres times that power, at 36 the magnification, at 46 the camera's name of 34 bytes.

use super::super::InstrumentRecord;
use super::ReadAt;
use super::quantity::{LENGTH, MAGNIFICATION};
use super::time::{self, YEAR_FIRST};
use super::values::Values;
use crate::text;

const MAGIC: &[u8] = b"SIS0";
/// The line that a text made of the block begins with.
const SECTION: &str = "[Olympus SIS]";
const FIRST_ENTRY: usize = 60;
const ENTRY_BYTES: usize = 8;
const CALIBRATION: i16 = 1;
const CALIBRATION_BYTES: usize = 112;
/// Room for more entries than any block has.
const MOST_BLOCK_BYTES: usize = 4096;
/// Beyond this no power of ten makes a length of a pixel.
const LARGEST_POWER: i16 = 30;

/// Whether `text` was made of such a block.
pub(super) fn recognises(text: &str) -> bool {
    text.starts_with(SECTION)
}

/// The block's values as an INI file has them; `tag` is the tag's bytes, and `pointer` its number.
pub(super) fn text_of_tag(read_at: ReadAt<'_>, tag: &[u8], pointer: Option<u64>) -> Option<String> {
    let block =
        &if tag.starts_with(MAGIC) { tag.to_vec() } else { read_at(pointer?, MOST_BLOCK_BYTES) };
    if !block.starts_with(MAGIC) {
        return None;
    }
    let [minute, hour, day, month, year] = [10, 12, 14, 16, 18].map(|at| short(block, at));
    let mut lines = vec![SECTION.to_owned()];
    if let (Some(minute), Some(hour), Some(day), Some(month), Some(year)) =
        (minute, hour, day, month, year)
    {
        let (month, year) = (i32::from(month) + 1, i32::from(year) + 1900);
        lines.push(format!("Date={year:04}-{month:02}-{day:02}"));
        lines.push(format!("Time={hour:02}:{minute:02}"));
    }
    lines.extend(name(block, 26, 32).map(|name| format!("Name={name}")));
    let count = short(block, 58).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let entries = block.get(FIRST_ENTRY..).unwrap_or_default().as_chunks::<ENTRY_BYTES>().0;
    for entry in entries.iter().take(count) {
        if short(entry, 0) == Some(CALIBRATION)
            && let Some(offset) = entry.last_chunk::<4>()
        {
            let offset = u64::from(u32::from_le_bytes(*offset));
            lines.extend(calibration(&read_at(offset, CALIBRATION_BYTES)));
            break;
        }
    }
    Some(lines.join("\n") + "\n")
}

fn calibration(values: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let power = short(values, 10).filter(|power| power.abs() <= LARGEST_POWER);
    if let (Some(power), Some(x), Some(y)) = (power, double(values, 12), double(values, 20)) {
        let metres = 10_f64.powi(i32::from(power));
        lines.push(format!("PixelSizeX={:e} m", x * metres));
        lines.push(format!("PixelSizeY={:e} m", y * metres));
    }
    lines.extend(double(values, 36).map(|times| format!("Magnification={times}")));
    lines.extend(name(values, 46, 34).map(|camera| format!("Camera={camera}")));
    lines
}

fn short(bytes: &[u8], at: usize) -> Option<i16> {
    Some(i16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn double(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Text of so many bytes, up to the first zero; nothing where it is blank.
fn name(bytes: &[u8], at: usize, most: usize) -> Option<String> {
    let bytes = bytes.get(at..at + most)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(most);
    let name = text::decode(&bytes[..end]).replace(['\r', '\n'], " ");
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

/// The record that the values give.
pub(super) fn parse(text: &str, origin: &str) -> InstrumentRecord {
    let mut v = Values::of_ini(text, '=');
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "Olympus SIS".to_owned()),
        acquired_at: v.date_and_time("[Olympus SIS] Date", "[Olympus SIS] Time", |date, at| {
            time::local(date, YEAR_FIRST, at)
        }),
        magnification: v.measured("magnification", &["[Olympus SIS] Magnification"], MAGNIFICATION),
        pixel_size_nm: v.pixel_size_nm(
            &["[Olympus SIS] PixelSizeX"],
            &["[Olympus SIS] PixelSizeY"],
            LENGTH,
        ),
        detector: v.text("detector", &["[Olympus SIS] Camera"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with such a block at 100 and its calibration at 200.
    fn file(power: i16, x: f64, y: f64) -> Vec<u8> {
        let mut file = vec![0; 400];
        let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
        put(100, b"SIS0");
        for (at, number) in [(110, 5_i16), (112, 14), (114, 31), (116, 2), (118, 115), (158, 2)] {
            put(at, &number.to_le_bytes());
        }
        put(126, b"Sample\0rest");
        put(160, &[10, 0, 1, 0, 250, 0, 0, 0]);
        put(168, &[1, 0, 1, 0, 200, 0, 0, 0]);
        put(210, &power.to_le_bytes());
        put(212, &x.to_le_bytes());
        put(220, &y.to_le_bytes());
        put(236, &1500_f64.to_le_bytes());
        put(246, b"Morada\0");
        file
    }

    fn text_of(file: &[u8], tag: &[u8], pointer: Option<u64>) -> Option<String> {
        let read_at = |offset: u64, count: usize| {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(file.len());
            file[offset..file.len().min(offset + count)].to_vec()
        };
        text_of_tag(&read_at, tag, pointer)
    }

    fn record(file: &[u8]) -> InstrumentRecord {
        let text = text_of(file, &[], Some(100)).unwrap();
        assert!(recognises(&text));
        parse(&text, "TIFF tag 33560").without_conversion_noise()
    }

    #[test]
    fn the_calibration_is_a_length_times_a_power_of_ten() {
        let found = record(&file(-9, 0.023928, 0.024));
        let size = found.pixel_size_nm.unwrap();
        assert_eq!((size.x, size.y), (0.023928, 0.024));
        assert_eq!(found.raw_keys["pixel_size_nm"], "[Olympus SIS] PixelSizeX");
        assert_eq!(record(&file(-6, 0.5, 0.5)).pixel_size_nm.unwrap().x, 500.0);
        assert_eq!(found.acquired_at.as_deref(), Some("2015-03-31T14:05:00"));
        assert_eq!(found.magnification, Some(1500.0));
        assert_eq!(found.detector.as_deref(), Some("Morada"));
    }

    #[test]
    fn the_block_may_stand_in_the_tag_itself() {
        let file = file(-9, 5.0, 5.0);
        let text = text_of(&file, &file[100..180], Some(83)).unwrap();
        assert!(text.contains("PixelSizeX=5e-9 m"), "{text}");
    }

    #[test]
    fn what_is_damaged_costs_only_what_it_held() {
        let whole = file(-9, 5.0, 5.0);
        assert_eq!(record(&whole[..205]).pixel_size_nm, None);
        assert_eq!(record(&file(200, 5.0, 5.0)).pixel_size_nm, None);
        assert_eq!(record(&file(-9, 0.0, 0.0)).pixel_size_nm, None);
        assert_eq!(record(&file(-9, f64::NAN, 5.0)).pixel_size_nm, None);
        assert_eq!(text_of(&whole, &[], Some(101)), None);
        assert_eq!(text_of(&whole, &[], Some(u64::MAX)), None);
        assert_eq!(text_of(&whole, &[], None), None);
        assert!(text_of(&whole[..104], &[], Some(100)).is_some());
    }
}
