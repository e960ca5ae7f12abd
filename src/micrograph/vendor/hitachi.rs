//! Hitachi: a `.txt` beside the image, an INI section `[SemImageFile]`.

use super::super::{InstrumentRecord, PixelSizeNm, StagePosition};
use super::quantity::{ANGLE, LENGTH, MAGNIFICATION, PRESSURE, VOLTAGE};
use super::time;
use super::values::Values;

/// Whether `text` has Hitachi's section, or, in files of tabletop instruments, its keys without it.
pub(super) fn recognises(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| line.eq_ignore_ascii_case("[SemImageFile]"))
        || (text.contains("InstructName=") && text.contains("DataSize="))
}

/// The record that Hitachi's text gives for an image of `size_px`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = values(text);
    let nm = LENGTH.bare("nm");
    let stage_mm = nm.in_unit("mm");
    // A stage that is moved by hand has no positions, only zeros in their place.
    let has_stage = v.raw("StageType") != Some("0");
    let condition = |name: &'static str| {
        move |value: &str| {
            value.split_whitespace().find_map(|part| part.strip_prefix(name)).map(str::to_owned)
        }
    };
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "Hitachi".to_owned()),
        model: v.text("model", &["InstructName", "Instrument name"]),
        software: v.text("software", &["SemVersion", "Version"]),
        acquired_at: v.date_and_time("Date", "Time", time::local_if_unambiguous),
        sample: v.text("sample", &["SampleName"]),
        accelerating_voltage_kv: v
            .quantity("accelerating_voltage_kv", &["AcceleratingVoltage"], VOLTAGE.bare("V"))
            .or_else(|| {
                v.read("accelerating_voltage_kv", &["Condition"], |value| {
                    VOLTAGE.read(&condition("Vacc=")(value)?)
                })
            }),
        working_distance_mm: v
            .quantity("working_distance_mm", &["WorkingDistance"], LENGTH.bare("um").in_unit("mm"))
            .or_else(|| {
                v.read("working_distance_mm", &["Condition"], |value| {
                    LENGTH.in_unit("mm").read(&condition("WD=")(value)?)
                })
            }),
        magnification: v.positive("magnification", &["Magnification"], MAGNIFICATION).or_else(
            || {
                v.read("magnification", &["Condition"], |value| {
                    MAGNIFICATION.read(&condition("Mag=")(value)?)
                })
            },
        ),
        pixel_size_nm: v.positive("pixel_size_nm", &["PixelSize"], nm).map(|nm| {
            // It is that of the image as scanned, also where it was saved smaller.
            let stated = data_size(&v);
            let scale = stated.and_then(|stated| super::scale(stated, size_px?)).unwrap_or(1.0);
            PixelSizeNm { x: nm * scale, y: nm * scale }
        }),
        detector: v.text("detector", &["SignalName"]),
        signal: v.text("signal", &["SignalName"]),
        scan_speed: v.text("scan_speed", &["ScanSpeed"]),
        chamber_pressure_pa: pressure(&mut v),
        vacuum_mode: v.text("vacuum_mode", &["Vacuum"]),
        stage: if has_stage {
            StagePosition {
                x_mm: v.quantity("stage.x_mm", &["StagePositionX"], stage_mm),
                y_mm: v.quantity("stage.y_mm", &["StagePositionY"], stage_mm),
                z_mm: v.quantity("stage.z_mm", &["StagePositionZ"], stage_mm),
                tilt_deg: angle(&mut v, "stage.tilt_deg", "StagePositionT"),
                rotation_deg: angle(&mut v, "stage.rotation_deg", "StagePositionR"),
            }
        } else {
            StagePosition::default()
        },
        tilt_correction: v.switch("tilt_correction", &["TiltCompensation"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Columns and rows that the text states for the image.
pub(super) fn picture_size_px(text: &str) -> Option<[u32; 2]> {
    data_size(&values(text))
}

/// Some files lack the section's line, and the keys are the same without it.
fn values(text: &str) -> Values {
    let mut values = Values::default();
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        values.insert(key.trim().to_owned(), value);
    }
    values
}

fn data_size(v: &Values) -> Option<[u32; 2]> {
    let (width, height) = v.raw("DataSize")?.split_once(['x', 'X', '*'])?;
    let (width, height) = (width.trim().parse().ok()?, height.trim().parse().ok()?);
    (width > 0 && height > 0).then_some([width, height])
}

/// `Vacuum` is a word, or a pressure with its unit.
fn pressure(v: &mut Values) -> Option<f64> {
    let pressure_pa = PRESSURE.read(v.raw("Vacuum")?)?;
    v.known("chamber_pressure_pa", "Vacuum", pressure_pa)
}

/// Models differ in the unit; more than a turn is no angle in degrees, and left out.
fn angle(v: &mut Values, field: &str, key: &str) -> Option<f64> {
    let degrees = v.quantity(field, &[key], ANGLE.bare("deg"))?;
    if degrees.abs() > 360.0 {
        v.forget(field);
        return None;
    }
    Some(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[SemImageFile]\r\nInstructName=SU8000\r\nDate=12/14/2022\r\nTime=11:02:13\r\n\
        DataSize=1280x960\r\nPixelSize=24.8\r\nSignalName=SE(U)\r\nAcceleratingVoltage=15000 Volt\r\n\
        DecelerationVoltage=0 Volt\r\nMagnification=4000\r\nWorkingDistance=8500 um\r\n\
        EmissionCurrent=9600 nA\r\nVacuum=\r\nStageType=5\r\nStagePositionX=76097000\r\n\
        StagePositionT=0\r\nStagePositionR=15000\r\n\
        Condition=Vacc=15.0kV   Mag=x4.00k   WD=8.5mm\r\nDirectory=C:\\data\\\r\n";

    fn record(text: &str, size_px: [u32; 2]) -> InstrumentRecord {
        parse(text, "a.txt", Some(size_px)).without_conversion_noise()
    }

    #[test]
    fn values_come_out_in_the_units_of_their_names() {
        let record = record(TEXT, [1280, 960]);
        assert_eq!(record.accelerating_voltage_kv, Some(15.0));
        assert_eq!(record.working_distance_mm, Some(8.5));
        assert_eq!(record.pixel_size_nm.unwrap().x, 24.8);
        assert_eq!(record.stage.x_mm, Some(76.097));
        assert_eq!((record.stage.tilt_deg, record.stage.rotation_deg), (Some(0.0), None));
        assert_eq!(record.beam_current_pa, None, "an emission current is no beam current");
        assert_eq!(record.malformed, []);
    }

    #[test]
    fn the_line_of_conditions_stands_in_for_missing_keys() {
        let old: String = TEXT
            .lines()
            .filter(|line| !["Acc", "Work", "Magn"].iter().any(|key| line.starts_with(key)))
            .map(|line| format!("{line}\n"))
            .collect();
        let record = record(&old, [1280, 960]);
        assert_eq!(record.accelerating_voltage_kv, Some(15.0));
        assert_eq!(record.working_distance_mm, Some(8.5));
        assert_eq!(record.magnification, Some(4000.0));
        assert_eq!(record.raw_keys["magnification"], "Condition");
    }

    #[test]
    fn a_stage_moved_by_hand_has_no_position() {
        let text = TEXT.replace("StageType=5", "StageType=0");
        assert!(record(&text, [1280, 960]).stage.is_empty());
    }

    #[test]
    fn a_pressure_stands_where_the_vacuum_is_low() {
        let low = record(&TEXT.replace("Vacuum=\r", "Vacuum=30 Pa\r"), [1280, 960]);
        assert_eq!(low.chamber_pressure_pa, Some(30.0));
        let high = record(&TEXT.replace("Vacuum=\r", "Vacuum=High\r"), [1280, 960]);
        assert_eq!((high.chamber_pressure_pa, high.vacuum_mode.as_deref()), (None, Some("High")));
    }

    #[test]
    fn tabletop_files_without_the_section_are_recognised() {
        assert!(recognises("Version=02-01\r\nInstructName=TM3000\r\nDataSize=1280x1100\r\n"));
        assert!(!recognises("[TemImageFile]\r\n"));
    }
}
