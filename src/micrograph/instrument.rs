//! The instrument record: what a vendor's header says, in common terms and units.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the header says about how an image was taken. Unknown is absent, never guessed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstrumentRecord {
    /// The maker, such as `Zeiss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The instrument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The acquisition software and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// When the image was taken, ISO 8601; without an offset where the header gives no time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquired_at: Option<String>,
    /// The offset from UTC in `acquired_at`, such as `+02:00`, or `unknown`: then it is what a
    /// clock at the microscope showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquired_at_zone: Option<String>,
    /// Who was logged in at the microscope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The sample's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// What scanned the sample: `electron`, `ion`, or the header's own word for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beam: Option<String>,
    /// Accelerating voltage in kV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerating_voltage_kv: Option<f64>,
    /// Beam (probe) current in pA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beam_current_pa: Option<f64>,
    /// Working distance in mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_distance_mm: Option<f64>,
    /// Magnification as the instrument states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub magnification: Option<f64>,
    /// Size of a pixel on the sample, in nm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel_size_nm: Option<PixelSizeNm>,
    /// Width of the imaged field on the sample, in µm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_of_view_um: Option<f64>,
    /// The detector, such as `InLens` or `ETD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector: Option<String>,
    /// The signal, such as `SE` or `BSE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Time the beam stays on a pixel, in µs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dwell_time_us: Option<f64>,
    /// Scan speed, the vendor's own number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_speed: Option<String>,
    /// Pressure in the chamber in Pa.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chamber_pressure_pa: Option<f64>,
    /// Vacuum mode, the vendor's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vacuum_mode: Option<String>,
    /// Where the stage stood.
    #[serde(skip_serializing_if = "StagePosition::is_empty")]
    pub stage: StagePosition,
    /// Whether the scan was corrected for tilt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tilt_correction: Option<bool>,
    /// For each value above, the raw key it came from.
    pub raw_keys: BTreeMap<String, String>,
    /// Values in the header that could not be understood; each costs only its own field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub malformed: Vec<MalformedField>,
}

/// Size of a pixel on the sample in nm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PixelSizeNm {
    /// Along a row.
    pub x: f64,
    /// From row to row.
    pub y: f64,
}

/// Stage position: lengths in mm, angles in degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StagePosition {
    /// X in mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_mm: Option<f64>,
    /// Y in mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y_mm: Option<f64>,
    /// Z in mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z_mm: Option<f64>,
    /// Tilt in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tilt_deg: Option<f64>,
    /// Rotation in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_deg: Option<f64>,
}

impl StagePosition {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A header value that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MalformedField {
    /// The raw key.
    pub raw_key: String,
    /// The raw value, as it stands.
    pub raw_value: String,
}

impl InstrumentRecord {
    /// The instrument and the day on which the image was taken, such as `Zeiss Sigma 2019-03-12`;
    /// nothing where the day is not known.
    pub fn day_at_instrument(&self) -> Option<String> {
        let day = self.acquired_at.as_ref()?.get(..10)?;
        let known = [self.vendor.as_deref(), self.model.as_deref(), Some(day)];
        Some(known.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }

    /// The record with what it does not know taken from `other`, and the raw keys with it.
    pub(super) fn filled_from(mut self, other: Self) -> Self {
        let Self { raw_keys: other_keys, malformed, stage, .. } = other;
        macro_rules! fill {
            ($($place:expr, $value:expr, $name:expr;)*) => {$(
                if $place.is_none() && $value.is_some() {
                    $place = $value;
                    if let Some(key) = other_keys.get($name) {
                        self.raw_keys.insert($name.to_owned(), key.clone());
                    }
                }
            )*};
        }
        fill! {
            self.vendor, other.vendor, "vendor";
            self.model, other.model, "model";
            self.software, other.software, "software";
            self.acquired_at, other.acquired_at, "acquired_at";
            self.user, other.user, "user";
            self.sample, other.sample, "sample";
            self.beam, other.beam, "beam";
            self.accelerating_voltage_kv, other.accelerating_voltage_kv, "accelerating_voltage_kv";
            self.beam_current_pa, other.beam_current_pa, "beam_current_pa";
            self.working_distance_mm, other.working_distance_mm, "working_distance_mm";
            self.magnification, other.magnification, "magnification";
            self.pixel_size_nm, other.pixel_size_nm, "pixel_size_nm";
            self.field_of_view_um, other.field_of_view_um, "field_of_view_um";
            self.detector, other.detector, "detector";
            self.signal, other.signal, "signal";
            self.dwell_time_us, other.dwell_time_us, "dwell_time_us";
            self.scan_speed, other.scan_speed, "scan_speed";
            self.chamber_pressure_pa, other.chamber_pressure_pa, "chamber_pressure_pa";
            self.vacuum_mode, other.vacuum_mode, "vacuum_mode";
            self.stage.x_mm, stage.x_mm, "stage.x_mm";
            self.stage.y_mm, stage.y_mm, "stage.y_mm";
            self.stage.z_mm, stage.z_mm, "stage.z_mm";
            self.stage.tilt_deg, stage.tilt_deg, "stage.tilt_deg";
            self.stage.rotation_deg, stage.rotation_deg, "stage.rotation_deg";
            self.tilt_correction, other.tilt_correction, "tilt_correction";
        }
        for field in malformed {
            if !self.malformed.contains(&field) {
                self.malformed.push(field);
            }
        }
        self
    }

    /// The record with its numbers as a person would write them: 200000 pA, where the conversion
    /// of `200 nA` gave 200000.00000000003.
    pub(super) fn without_conversion_noise(mut self) -> Self {
        let Self { stage, pixel_size_nm, .. } = &mut self;
        let sizes = pixel_size_nm.iter_mut().flat_map(|size| [&mut size.x, &mut size.y]);
        let positions = [
            &mut stage.x_mm,
            &mut stage.y_mm,
            &mut stage.z_mm,
            &mut stage.tilt_deg,
            &mut stage.rotation_deg,
        ];
        sizes.chain(positions.into_iter().flatten()).for_each(round);
        let others = [
            &mut self.accelerating_voltage_kv,
            &mut self.beam_current_pa,
            &mut self.working_distance_mm,
            &mut self.magnification,
            &mut self.field_of_view_um,
            &mut self.dwell_time_us,
            &mut self.chamber_pressure_pa,
        ];
        others.into_iter().flatten().for_each(round);
        self
    }
}

/// Rounds to 12 significant digits: far finer than any instrument, coarser than the noise.
fn round(value: &mut f64) {
    *value = format!("{value:.11e}").parse().unwrap_or(*value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_at_the_instrument_is_told_where_the_day_is_known() {
        let record = |vendor: Option<&str>, acquired_at: Option<&str>| InstrumentRecord {
            vendor: vendor.map(str::to_owned),
            acquired_at: acquired_at.map(str::to_owned),
            ..InstrumentRecord::default()
        };
        let day = record(Some("Zeiss"), Some("2019-03-12T10:00:00")).day_at_instrument();
        assert_eq!(day.as_deref(), Some("Zeiss 2019-03-12"));
        let day = record(None, Some("2019-03-12")).day_at_instrument();
        assert_eq!(day.as_deref(), Some("2019-03-12"));
        assert_eq!(record(Some("Zeiss"), None).day_at_instrument(), None);
    }

    #[test]
    fn conversions_leave_no_noise_in_the_numbers() {
        let record = InstrumentRecord {
            beam_current_pa: Some(200e-9 * 1e12),
            working_distance_mm: Some(4.500_000_000_000_001),
            pixel_size_nm: Some(PixelSizeNm { x: 223.200_000_000_000_02, y: 97.656_25 }),
            stage: StagePosition { x_mm: Some(60.199_999_999_999_996), ..Default::default() },
            ..InstrumentRecord::default()
        };
        let rounded = record.without_conversion_noise();
        assert_eq!(rounded.beam_current_pa, Some(200_000.0));
        assert_eq!(rounded.working_distance_mm, Some(4.5));
        assert_eq!(rounded.pixel_size_nm, Some(PixelSizeNm { x: 223.2, y: 97.656_25 }));
        assert_eq!(rounded.stage.x_mm, Some(60.2));
    }
}
