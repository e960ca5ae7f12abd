//! Zeiss SmartSEM: tag 34118 (CZ_SEM).
//!
//! A block of bare numbers, then pairs of lines: a key such as `AP_WD`, then what the instrument
//! shows, `WD = 5.0 mm`. Dates and times use a colon: `Date :9 Dec 2019`.

use std::collections::HashMap;

use jiff::civil::{Date, Time};
use jiff::fmt::strtime;

use super::super::{InstrumentRecord, PixelSizeNm};
use super::number::{
    angle_deg, current_a, length_m, magnification, pressure_pa, time_s, voltage_v,
};
use super::{non_blank, switch};

/// CZ_SEM.
pub(super) const TAG: u16 = 34118;
/// A second block in some files.
pub(super) const TAG_SECOND: u16 = 34119;

/// The record that a CZ_SEM header gives.
pub(super) fn parse(text: &str) -> InstrumentRecord {
    let header = Header::of(text);
    let mut record = InstrumentRecord::default();
    let r = &mut record;

    r.vendor = r.sourced("vendor", "TIFF tag 34118", "Zeiss".to_owned());
    r.model =
        header.text(r, "model", "DP_SEM").or_else(|| header.text(r, "model", "SV_SERIAL_NUMBER"));
    r.software =
        header.text(r, "software", "SV_VERSION").map(|version| format!("SmartSEM {version}"));
    r.acquired_at = header.acquired_at(r);
    r.user = header.text(r, "user", "SV_USER_NAME");
    r.sample = header.text(r, "sample", "SV_SAMPLE_ID");
    r.accelerating_voltage_kv = header
        .quantity(r, "accelerating_voltage_kv", "AP_ACTUALKV", |t| Some(voltage_v(t)? / 1e3))
        .or_else(|| {
            header.quantity(r, "accelerating_voltage_kv", "AP_MANUALKV", |t| {
                Some(voltage_v(t)? / 1e3)
            })
        });
    r.beam_current_pa =
        header.quantity(r, "beam_current_pa", "AP_IPROBE", |t| Some(current_a(t)? * 1e12));
    r.working_distance_mm = header.quantity(r, "working_distance_mm", "AP_WD", millimetres);
    r.magnification = header.quantity(r, "magnification", "AP_MAG", magnification);
    r.pixel_size_nm = header.pixel_size_nm(r);
    r.field_of_view_um =
        header.quantity(r, "field_of_view_um", "AP_WIDTH", |t| Some(length_m(t)? * 1e6));
    r.detector = header
        .text(r, "detector", "DP_DETECTOR_CHANNEL")
        .or_else(|| header.text(r, "detector", "DP_DETECTOR_TYPE"));
    r.dwell_time_us =
        header.quantity(r, "dwell_time_us", "DP_DWELL_TIME", |t| Some(time_s(t)? * 1e6));
    r.scan_speed = header.text(r, "scan_speed", "DP_SCANRATE");
    r.chamber_pressure_pa =
        header.quantity(r, "chamber_pressure_pa", "AP_CHAMBER_PRESSURE", pressure_pa);
    r.vacuum_mode = header.text(r, "vacuum_mode", "DP_VAC_MODE");
    r.stage.x_mm = header.quantity(r, "stage.x_mm", "AP_STAGE_AT_X", millimetres);
    r.stage.y_mm = header.quantity(r, "stage.y_mm", "AP_STAGE_AT_Y", millimetres);
    r.stage.z_mm = header.quantity(r, "stage.z_mm", "AP_STAGE_AT_Z", millimetres);
    r.stage.tilt_deg = header.quantity(r, "stage.tilt_deg", "AP_STAGE_AT_T", angle_deg);
    r.stage.rotation_deg = header.quantity(r, "stage.rotation_deg", "AP_STAGE_AT_R", angle_deg);
    r.tilt_correction = header.value("DP_TILT_CORRECTION").and_then(|value| {
        let Some(is_on) = switch(value) else {
            r.note_malformed("DP_TILT_CORRECTION", value);
            return None;
        };
        r.sourced("tilt_correction", "DP_TILT_CORRECTION", is_on)
    });
    record
}

fn millimetres(text: &str) -> Option<f64> {
    Some(length_m(text)? * 1e3)
}

/// The header's keys, each with the text behind its `=` (or the colon of dates and times).
struct Header<'a>(HashMap<&'a str, &'a str>);

impl<'a> Header<'a> {
    fn of(text: &'a str) -> Self {
        let is_key =
            |line: &str| ["AP_", "DP_", "SV_"].iter().any(|prefix| line.starts_with(prefix));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pairs = lines.windows(2).filter_map(|pair| {
            let (key, shown) = (pair[0], pair[1]);
            let at = shown.find(['=', ':'])?;
            (is_key(key) && !is_key(shown)).then(|| (key, shown[at + 1..].trim()))
        });
        Self(pairs.collect())
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied().filter(|value| !value.is_empty())
    }

    fn text(&self, record: &mut InstrumentRecord, field: &str, key: &str) -> Option<String> {
        let value = non_blank(self.value(key)?)?;
        record.sourced(field, key, value)
    }

    fn quantity(
        &self,
        record: &mut InstrumentRecord,
        field: &str,
        key: &str,
        parse: fn(&str) -> Option<f64>,
    ) -> Option<f64> {
        let value = self.value(key)?;
        match parse(value) {
            Some(quantity) => record.sourced(field, key, quantity),
            None => {
                record.note_malformed(key, value);
                None
            }
        }
    }

    /// `AP_PIXEL_SIZE` is that of the screen, wrong for stores of 2 k and 3 k: the image's own
    /// comes first.
    fn pixel_size_nm(&self, record: &mut InstrumentRecord) -> Option<PixelSizeNm> {
        let nanometres = |text: &str| length_m(text).map(|m| m * 1e9).filter(|nm| *nm > 0.0);
        let nm = self
            .quantity(record, "pixel_size_nm", "AP_IMAGE_PIXEL_SIZE", nanometres)
            .or_else(|| self.quantity(record, "pixel_size_nm", "AP_PIXEL_SIZE", nanometres))?;
        Some(PixelSizeNm { x: nm, y: nm })
    }

    /// Local time at the microscope; the header knows no time zone.
    fn acquired_at(&self, record: &mut InstrumentRecord) -> Option<String> {
        let (date, time) = (self.value("AP_DATE")?, self.value("AP_TIME")?);
        let parsed = strtime::parse("%d %b %Y", date)
            .and_then(|parsed| parsed.to_date())
            .and_then(|d: Date| Ok((d, strtime::parse("%H:%M:%S", time)?.to_time()?)));
        match parsed {
            Ok((date, time)) => {
                let time: Time = time;
                record.sourced(
                    "acquired_at",
                    "AP_DATE, AP_TIME",
                    date.to_datetime(time).to_string(),
                )
            }
            Err(_) => {
                record.note_malformed("AP_DATE, AP_TIME", &format!("{date} {time}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "0\r\n0\r\n3.5e-008\r\nDP_SEM\r\nSem = Merlin\r\nAP_ACTUALKV\r\nEHT =  3.00 kV\r\n\
        AP_WD\r\nWD = 5.961 mm\r\nAP_MAG\r\nMag =    8.00 K X\r\nAP_PIXEL_SIZE\r\nPixel Size = 70.06 nm\r\n\
        AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 35.03 nm\r\nAP_DATE\r\nDate :29 Jan 2020\r\n\
        AP_TIME\r\nTime :8:03:05\r\nAP_IPROBE\r\nI Probe =    100 pA\r\nSV_USER_NAME\r\nUser Name = \r\n\
        DP_TILT_CORRECTION\r\nTilt Corrn. = Off\r\nAP_STAGE_AT_X\r\nStage at X = 62.45x mm\r\n";

    #[test]
    fn values_come_out_in_the_units_of_their_names() {
        let record = parse(HEADER);
        assert_eq!(record.model.as_deref(), Some("Merlin"));
        assert_eq!(record.accelerating_voltage_kv, Some(3.0));
        assert_eq!(record.magnification, Some(8000.0));
        assert!((record.working_distance_mm.unwrap() - 5.961).abs() < 1e-9);
        assert!((record.beam_current_pa.unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(record.acquired_at.as_deref(), Some("2020-01-29T08:03:05"));
        assert_eq!(record.tilt_correction, Some(false));
    }

    #[test]
    fn the_images_own_pixel_size_wins_over_the_screens() {
        let record = parse(HEADER);
        assert!((record.pixel_size_nm.unwrap().x - 35.03).abs() < 1e-9);
        assert_eq!(record.raw_keys["pixel_size_nm"], "AP_IMAGE_PIXEL_SIZE");
    }

    #[test]
    fn a_malformed_number_costs_only_its_field_and_is_listed() {
        let record = parse(HEADER);
        assert_eq!(record.stage.x_mm, None);
        assert_eq!(record.malformed.len(), 1);
        assert_eq!(record.malformed[0].raw_key, "AP_STAGE_AT_X");
    }

    #[test]
    fn an_empty_value_is_absent_and_not_malformed() {
        let record = parse(HEADER);
        assert_eq!(record.user, None);
        assert!(!record.raw_keys.contains_key("user"));
    }
}
