//! SEC tabletop instruments (SNE): `image.jpg.txt` beside the image, `Key : value` lines in
//! sections, some keys misspelt.

use super::super::InstrumentRecord;
use super::quantity::{LENGTH, MAGNIFICATION, VOLTAGE};
use super::time;
use super::values::Values;

/// Whether `text` has SEC's first section and one of its own keys.
pub(super) fn recognises(text: &str) -> bool {
    let keys =
        ["SNE-", "Acceleated Voltage", "Accelerated Voltage", "Discription", "Detector Mode"];
    text.contains("[Image Info]") && keys.iter().any(|key| text.contains(key))
}

/// The record that SEC's text gives.
pub(super) fn parse(text: &str, origin: &str) -> InstrumentRecord {
    let mut v = Values::of_ini(text, ':');
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "SEC".to_owned()),
        model: v.text("model", &["[Image Info] Model"]),
        acquired_at: acquired_at(&mut v),
        accelerating_voltage_kv: v.quantity(
            "accelerating_voltage_kv",
            &[
                "[Image Info] Acceleated Voltage",
                "[Image Info] Accelerated Voltage",
                "[Image Info] Accelerating Voltage",
                "[Config Info] Alias",
            ],
            VOLTAGE.bare("kV"),
        ),
        // The default working distance is that of nothing.
        working_distance_mm: v.quantity(
            "working_distance_mm",
            &["[Working Distance] Working Distance", "[Image Info] Working Distance"],
            LENGTH.in_unit("mm"),
        ),
        magnification: v.positive(
            "magnification",
            &["[Image Info] Magnification", "[Running Info] Magnification"],
            MAGNIFICATION,
        ),
        detector: v.text("detector", &["[Image Info] Detector Mode"]),
        scan_speed: v.text("scan_speed", &["[Image Info] Scan Speed"]),
        vacuum_mode: v.text("vacuum_mode", &["[Image Info] Vacuum Mode"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// `Date` repeats the time in the computer's language; `Time` has it in 24 hours, with a fraction.
fn acquired_at(v: &mut Values) -> Option<String> {
    let whole = v.raw("[Image Info] Date")?.to_owned();
    let (date, time_in_date) = whole.split_once(' ').unwrap_or((&whole, ""));
    let time = v.raw("[Image Info] Time").map_or_else(|| time_in_date.to_owned(), str::to_owned);
    match time::local_if_unambiguous(date, &time) {
        Some(at) => v.known("acquired_at", "[Image Info] Date, Time", at),
        None => {
            v.note_malformed("[Image Info] Date, Time", &format!("{whole}, {time}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[Image Info]\r\nModel : SNE-4500M Plus\r\nDate : 2019-12-03 오후 7:34:27\r\n\
        Time : 19:34:27.1369355\r\nFile Name : D:\\DATA\\a.jpg\r\nAcceleated Voltage :  20 kV\r\n\
        Magnification : x500 \r\nDetector Mode : SED\r\nScan Speed : \r\n[Running Info]\r\n\
        [   - Detector]\r\nDetector : 105\r\n[   - Working Distance]\r\n\
        Default Working Distance : 0mm\r\nWorking Distance : 5mm\r\n[Active Scan]\r\nPixel Size : 0.7\r\n";

    #[test]
    fn misspelt_keys_and_sections_are_understood() {
        assert!(recognises(TEXT));
        let record = parse(TEXT, "a.jpg.txt");
        assert_eq!(record.accelerating_voltage_kv, Some(20.0));
        assert_eq!(record.magnification, Some(500.0));
        assert_eq!(record.working_distance_mm, Some(5.0));
        assert_eq!(record.detector.as_deref(), Some("SED"));
        assert_eq!(record.scan_speed, None);
        assert_eq!(record.pixel_size_nm, None, "that of the scan is not the picture's");
        assert_eq!(record.malformed, []);
    }

    #[test]
    fn the_korean_date_is_read_with_and_without_the_time_of_24_hours() {
        let at = |text: &str| parse(text, "a.jpg.txt").acquired_at.unwrap();
        assert_eq!(at(TEXT), "2019-12-03T19:34:27.1369355");
        assert_eq!(at(&TEXT.replace("Time : 19:34:27.1369355\r\n", "")), "2019-12-03T19:34:27");
    }
}
