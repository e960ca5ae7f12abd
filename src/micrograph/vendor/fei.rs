//! FEI and Thermo Fisher: tag 34682, INI sections in SI units.

use std::collections::HashMap;

use jiff::fmt::strtime;

use super::super::{InstrumentRecord, PixelSizeNm};
use super::number::number_and_unit;
use super::{non_blank, switch};

/// FEI_HELIOS.
pub(super) const TAG: u16 = 34682;
/// FEI_SFEG.
pub(super) const TAG_SFEG: u16 = 34680;
/// Thermo Fisher XML.
pub(super) const TAG_XML: u16 = 34683;

/// The record that an FEI header gives.
pub(super) fn parse(text: &str) -> InstrumentRecord {
    let header = Header::of(text);
    // The sections of the beam that took the image are named in [Beam]: EBeam, IBeam …
    let beam = header.value("Beam", "Beam").unwrap_or("EBeam");
    let scan = header.value("Beam", "Scan").unwrap_or("EScan");
    let detector = header.value("Detectors", "Name").unwrap_or_default();
    let mut record = InstrumentRecord::default();
    let r = &mut record;

    r.vendor = r.sourced("vendor", "TIFF tag 34682", "FEI / Thermo Fisher".to_owned());
    r.model = header.text(r, "model", &[("System", "SystemType"), ("System", "Type")]);
    r.software = header.text(r, "software", &[("System", "Software")]);
    r.acquired_at = header.acquired_at(r);
    r.user = header.text(r, "user", &[("User", "User")]);
    r.sample = header.text(r, "sample", &[("User", "UserText")]);
    r.accelerating_voltage_kv = header
        .quantity(r, "accelerating_voltage_kv", &[(beam, "HV"), ("Beam", "HV")])
        .map(|volts| volts / 1e3);
    r.beam_current_pa = header
        .quantity(r, "beam_current_pa", &[(beam, "BeamCurrent")])
        .map(|amperes| amperes * 1e12);
    r.working_distance_mm = header
        .quantity(r, "working_distance_mm", &[(beam, "WD"), ("Stage", "WorkingDistance")])
        .map(|metres| metres * 1e3);
    r.magnification = header.quantity(r, "magnification", &[("Image", "Magnification")]);
    r.pixel_size_nm = header.pixel_size_nm(r, scan);
    r.field_of_view_um = header
        .quantity(
            r,
            "field_of_view_um",
            &[(scan, "HorFieldsize"), ("Scan", "HorFieldsize"), (beam, "HFW")],
        )
        .map(|metres| metres * 1e6);
    r.detector = header.text(r, "detector", &[("Detectors", "Name")]);
    r.signal = header.text(r, "signal", &[("Detectors", "Mode"), (detector, "Signal")]);
    r.dwell_time_us = header
        .quantity(r, "dwell_time_us", &[(scan, "Dwell"), ("Scan", "Dwelltime")])
        .map(|seconds| seconds * 1e6);
    r.chamber_pressure_pa = header.quantity(r, "chamber_pressure_pa", &[("Vacuum", "ChPressure")]);
    r.vacuum_mode = header.text(r, "vacuum_mode", &[("Vacuum", "UserMode")]);
    r.stage.x_mm =
        header.quantity(r, "stage.x_mm", &[("Stage", "StageX")]).map(|metres| metres * 1e3);
    r.stage.y_mm =
        header.quantity(r, "stage.y_mm", &[("Stage", "StageY")]).map(|metres| metres * 1e3);
    r.stage.z_mm =
        header.quantity(r, "stage.z_mm", &[("Stage", "StageZ")]).map(|metres| metres * 1e3);
    r.stage.tilt_deg =
        header.quantity(r, "stage.tilt_deg", &[("Stage", "StageT")]).map(f64::to_degrees);
    r.stage.rotation_deg =
        header.quantity(r, "stage.rotation_deg", &[("Stage", "StageR")]).map(f64::to_degrees);
    r.tilt_correction = header.value(beam, "TiltCorrectionIsOn").and_then(|value| {
        let key = format!("[{beam}] TiltCorrectionIsOn");
        let Some(is_on) = switch(value) else {
            r.note_malformed(&key, value);
            return None;
        };
        r.sourced("tilt_correction", &key, is_on)
    });
    record
}

/// Rows of the picture without its data bar: the scan's own height.
pub(super) fn picture_height_px(text: &str) -> Option<u32> {
    let header = Header::of(text);
    let rows = [("Image", "ResolutionY"), ("Scan", "ResolutionY")]
        .iter()
        .find_map(|(section, key)| header.value(section, key))?;
    rows.parse().ok()
}

/// Values by section and key.
struct Header<'a>(HashMap<(&'a str, &'a str), &'a str>);

impl<'a> Header<'a> {
    fn of(text: &'a str) -> Self {
        let mut section = "";
        let mut values = HashMap::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
            } else if let Some((key, value)) = line.split_once('=') {
                values.insert((section, key.trim()), value.trim());
            }
        }
        Self(values)
    }

    fn value(&self, section: &str, key: &str) -> Option<&'a str> {
        self.0.get(&(section, key)).copied().filter(|value| !value.is_empty())
    }

    /// The first of `places` that has a text.
    fn text(
        &self,
        record: &mut InstrumentRecord,
        field: &str,
        places: &[(&str, &str)],
    ) -> Option<String> {
        let (section, key, value) = places.iter().find_map(|(section, key)| {
            Some((section, key, non_blank(self.value(section, key)?)?))
        })?;
        record.sourced(field, &format!("[{section}] {key}"), value)
    }

    /// The first of `places` that has a number, in SI units.
    fn quantity(
        &self,
        record: &mut InstrumentRecord,
        field: &str,
        places: &[(&str, &str)],
    ) -> Option<f64> {
        for (section, key) in places {
            let Some(value) = self.value(section, key) else {
                continue;
            };
            let raw_key = format!("[{section}] {key}");
            match number_and_unit(value) {
                Some((quantity, "")) => return record.sourced(field, &raw_key, quantity),
                _ => record.note_malformed(&raw_key, value),
            }
        }
        None
    }

    fn pixel_size_nm(&self, record: &mut InstrumentRecord, scan: &str) -> Option<PixelSizeNm> {
        let x = self
            .quantity(record, "pixel_size_nm", &[(scan, "PixelWidth"), ("Scan", "PixelWidth")])
            .filter(|metres| *metres > 0.0);
        let Some(x) = x else {
            record.raw_keys.remove("pixel_size_nm"); // a size of nothing tells nothing
            return None;
        };
        let places = [(scan, "PixelHeight"), ("Scan", "PixelHeight")];
        let y = places.iter().find_map(|(section, key)| {
            let (y, _) = number_and_unit(self.value(section, key)?)?;
            (y > 0.0).then_some(y)
        });
        Some(PixelSizeNm { x: x * 1e9, y: y.unwrap_or(x) * 1e9 })
    }

    /// Local time at the microscope; the header knows no time zone.
    ///
    /// `[PrivateFei] TimeOfCreation` is day.month.year on every system; `[User] Date` follows the
    /// computer's language, so that it is used only where it can be read in one way.
    fn acquired_at(&self, record: &mut InstrumentRecord) -> Option<String> {
        if let Some(created) = self.value("PrivateFei", "TimeOfCreation")
            && let Ok(time) =
                strtime::parse("%d.%m.%Y %H:%M:%S", created).and_then(|parsed| parsed.to_datetime())
        {
            return record.sourced("acquired_at", "[PrivateFei] TimeOfCreation", time.to_string());
        }
        let (date, time) = (self.value("User", "Date")?, self.value("User", "Time")?);
        let both = format!("{date} {time}");
        let read_as =
            |format: &str| strtime::parse(format, &both).and_then(|p| p.to_datetime()).ok();
        let month_first = read_as("%m/%d/%Y %I:%M:%S %p").or_else(|| read_as("%m/%d/%Y %H:%M:%S"));
        let day_first = read_as("%d/%m/%Y %I:%M:%S %p").or_else(|| read_as("%d/%m/%Y %H:%M:%S"));
        let dotted = read_as("%d.%m.%Y %H:%M:%S");
        let time = match (month_first, day_first, dotted) {
            (Some(one), Some(other), _) if one != other => None, // 03/04/2020 can be either
            (one, other, dotted) => one.or(other).or(dotted),
        };
        let Some(time) = time else {
            record.note_malformed("[User] Date, Time", &both);
            return None;
        };
        record.sourced("acquired_at", "[User] Date, Time", time.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "[User]\r\nDate=12/14/2022\r\nTime=01:53:39 PM\r\nUser=operator\r\n\
        [System]\r\nSystemType=Helios\r\n[Beam]\r\nHV=30000\r\nBeam=IBeam\r\nScan=IScan\r\n\
        [IBeam]\r\nHV=30000\r\nWD=0.0165\r\nBeamCurrent=2e-011\r\n\
        [IScan]\r\nDwell=1e-006\r\nPixelWidth=9.76562e-008\r\nPixelHeight=9.76562e-008\r\n\
        HorFieldsize=0,00015\r\n[Stage]\r\nStageX=-0.0032391\r\nStageT=0.558473\r\nStageR=notafloat\r\n\
        [Image]\r\nResolutionY=1024\r\n[Detectors]\r\nName=ETD\r\nMode=SE\r\n[Vacuum]\r\nChPressure=nan\r\n";

    #[test]
    fn the_beam_that_took_the_image_gives_the_values() {
        let record = parse(HEADER);
        assert_eq!(record.accelerating_voltage_kv, Some(30.0));
        assert!((record.working_distance_mm.unwrap() - 16.5).abs() < 1e-9);
        assert!((record.beam_current_pa.unwrap() - 20.0).abs() < 1e-9);
        assert_eq!(record.raw_keys["working_distance_mm"], "[IBeam] WD");
        assert!((record.pixel_size_nm.unwrap().x - 97.6562).abs() < 1e-6);
        assert!((record.stage.tilt_deg.unwrap() - 0.558473_f64.to_degrees()).abs() < 1e-9);
    }

    #[test]
    fn a_decimal_comma_is_understood() {
        assert!((parse(HEADER).field_of_view_um.unwrap() - 150.0).abs() < 1e-9);
    }

    #[test]
    fn malformed_numbers_cost_only_their_fields() {
        let record = parse(HEADER);
        assert_eq!((record.stage.rotation_deg, record.chamber_pressure_pa), (None, None));
        let keys: Vec<_> = record.malformed.iter().map(|field| field.raw_key.as_str()).collect();
        assert_eq!(keys, ["[Vacuum] ChPressure", "[Stage] StageR"]);
    }

    #[test]
    fn a_date_with_two_readings_is_not_guessed() {
        let ambiguous = HEADER.replace("12/14/2022", "03/04/2022");
        assert_eq!(parse(&ambiguous).acquired_at, None);
        assert_eq!(parse(HEADER).acquired_at.as_deref(), Some("2022-12-14T13:53:39"));
    }

    #[test]
    fn the_picture_ends_where_the_scan_does() {
        assert_eq!(picture_height_px(HEADER), Some(1024));
    }
}
