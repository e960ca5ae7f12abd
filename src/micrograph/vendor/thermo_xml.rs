//! Thermo Fisher's XML, tag 34683: the same facts as the INI sections of tag 34682, in SI units,
//! with more digits.

use super::super::{InstrumentRecord, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, PRESSURE, TIME, VOLTAGE};
use super::values::{FieldPx, Values};
use super::{time, xml};

/// Whether `text` is Thermo Fisher's: others call their metadata so too.
pub(super) fn recognises(text: &str) -> bool {
    let is_theirs = |part: &&str| text.contains(part);
    xml::has_root(text, "Metadata")
        && ["schemas.fei.com", "<Optics>", "<BinaryResult>"].iter().any(is_theirs)
}

/// The record that the XML gives for an image of `size_px`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = xml::values(text);
    let metres = LENGTH.bare("m");
    let mm = metres.in_unit("mm");
    let radians = ANGLE.bare("rad");
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "FEI / Thermo Fisher".to_owned()),
        model: v.text("model", &["Instrument/InstrumentClass", "Instrument/InstrumentModel"]),
        software: v.text("software", &["Instrument/ControlSoftwareVersion"]),
        acquired_at: v.read("acquired_at", &["Acquisition/AcquisitionDatetime"], time::iso),
        user: v.text("user", &["Core/UserID"]),
        beam: v.read("beam", &["Acquisition/BeamType"], |name| Some(name.to_lowercase())),
        accelerating_voltage_kv: v.quantity(
            "accelerating_voltage_kv",
            &["Optics/AccelerationVoltage"],
            VOLTAGE.bare("V"),
        ),
        beam_current_pa: v.quantity("beam_current_pa", &["Optics/BeamCurrent"], CURRENT.bare("A")),
        working_distance_mm: v.quantity("working_distance_mm", &["Optics/WorkingDistance"], mm),
        pixel_size_nm: v
            .pixel_size_nm(&["BinaryResult/PixelSize/X"], &["BinaryResult/PixelSize/Y"], metres)
            .or_else(|| {
                // Where the header states the columns, `resized` sees to those of the image.
                let stated_px = picture_size(&v);
                let field = FieldPx::of(stated_px, size_px.filter(|_| stated_px.is_none()))?;
                v.pixel_size_of_field_nm(
                    &["Optics/ScanFieldOfView/X"],
                    &["Optics/ScanFieldOfView/Y"],
                    metres,
                    field,
                )
            }),
        field_of_view_um: v.positive(
            "field_of_view_um",
            &["Optics/ScanFieldOfView/X"],
            metres.in_unit("um"),
        ),
        detector: v.text("detector", &["Detectors/ScanningDetector/DetectorName"]),
        signal: v.text("signal", &["Detectors/ScanningDetector/Signal"]),
        dwell_time_us: v.positive("dwell_time_us", &["ScanSettings/DwellTime"], TIME.bare("s")),
        chamber_pressure_pa: v.quantity(
            "chamber_pressure_pa",
            &["VacuumProperties/SamplePressure"],
            PRESSURE.bare("Pa"),
        ),
        stage: StagePosition {
            x_mm: v.quantity("stage.x_mm", &["StageSettings/StagePosition/X"], mm),
            y_mm: v.quantity("stage.y_mm", &["StageSettings/StagePosition/Y"], mm),
            z_mm: v.quantity("stage.z_mm", &["StageSettings/StagePosition/Z"], mm),
            tilt_deg: v.quantity(
                "stage.tilt_deg",
                &["StageSettings/StagePosition/Tilt/Alpha"],
                radians,
            ),
            rotation_deg: v.quantity(
                "stage.rotation_deg",
                &["StageSettings/StagePosition/Rotation"],
                radians,
            ),
        },
        tilt_correction: v.switch("tilt_correction", &["Optics/SampleTiltCorrectionOn"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Columns and rows of the picture without its data bar.
pub(super) fn picture_size_px(text: &str) -> Option<[u32; 2]> {
    picture_size(&xml::values(text))
}

fn picture_size(v: &Values) -> Option<[u32; 2]> {
    let number = |key: &str| v.raw(key)?.parse().ok().filter(|size: &u32| *size > 0);
    Some([number("BinaryResult/ImageSize/X")?, number("BinaryResult/ImageSize/Y")?])
}
