//! JEOL: lines such as `$CM_MAG 5000` and `$$SM_MICRON_MARKER 1um`, in a `.txt` beside the image
//! or, newer, as `$CM_MAG=5000` in a maker's note within it (tag 37500).

use super::super::{InstrumentRecord, PixelSizeNm, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, MAGNIFICATION, PRESSURE, Quantity, TIME, VOLTAGE};
use super::time;
use super::values::Values;

/// Lines with JEOL's keys that make a text one of its own.
const LEAST_LINES: usize = 2;

/// Whether `text` has JEOL's keys.
pub(super) fn recognises(text: &str) -> bool {
    let is_ours = |line: &str| {
        let key = line.trim_start();
        key.starts_with('$')
            && ["CM_", "SM_", "SEM_"].iter().any(|p| key.trim_start_matches('$').starts_with(p))
    };
    text.split(['\n', '\t']).filter(|line| is_ours(line)).count() >= LEAST_LINES
}

/// The UTF-16 text of a maker's note, which begins with the word UNICODE.
pub(super) fn text_of_maker_note(bytes: &[u8]) -> String {
    let is_start = |window: &[u8]| window == [b'$', 0, b'C', 0, b'M', 0];
    let start = bytes.windows(6).position(is_start).unwrap_or(0);
    crate::text::decode(&bytes[start..])
}

/// The record that JEOL's text gives for an image of `size_px`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = values(text);
    let mm = LENGTH.bare("mm").in_unit("mm");
    let degrees = ANGLE.bare("deg");
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "JEOL".to_owned()),
        model: v.text("model", &["$CM_INSTRUMENT", "$CM_INSTRUMENT_TYPE"]),
        acquired_at: v.date_and_time("$CM_DATE", "$CM_TIME", time::local_if_unambiguous),
        user: v.text("user", &["$CM_OPERATOR"]),
        accelerating_voltage_kv: v.quantity(
            "accelerating_voltage_kv",
            &["$CM_ACCEL_VOLT"],
            VOLTAGE.bare("kV"),
        ),
        beam_current_pa: v.measured("beam_current_pa", &["$SM_PROBE_CURRENT"], CURRENT.bare("A")),
        working_distance_mm: v.quantity("working_distance_mm", &["$SM_WD", "$CM_WD"], mm),
        magnification: v.positive("magnification", &["$CM_MAG"], MAGNIFICATION),
        pixel_size_nm: pixel_size_nm(&mut v, size_px),
        field_of_view_um: v.read("field_of_view_um", &["$CM_FIELD_OF_VIEW"], |value| {
            LENGTH.in_unit("um").read(value.split_whitespace().next()?)
        }),
        detector: v.text("detector", &["$CM_DETECTOR_NAME", "$CM_DETECTOR", "$SM_DETECTOR"]),
        signal: v.text("signal", &["$CM_SIGNAL_NAME", "$CM_SIGNAL"]),
        dwell_time_us: v.measured("dwell_time_us", &["$SM_DWELL_TIME"], TIME),
        scan_speed: v.text("scan_speed", &["$CM_SCAN_SPEED", "$CM_INSTRUMENT_SCAN_SPEED"]),
        chamber_pressure_pa: v.measured(
            "chamber_pressure_pa",
            &["$SM_PRESSURE_AT_LOW_VACUUM"],
            PRESSURE.bare("Pa"),
        ),
        vacuum_mode: v.text("vacuum_mode", &["$SM_VACUUM_MODE"]),
        stage: StagePosition {
            x_mm: stage(&mut v, "stage.x_mm", 'X', 0, mm),
            y_mm: stage(&mut v, "stage.y_mm", 'Y', 1, mm),
            z_mm: stage(&mut v, "stage.z_mm", 'Z', 2, mm),
            tilt_deg: stage(&mut v, "stage.tilt_deg", 'T', 4, degrees),
            rotation_deg: stage(&mut v, "stage.rotation_deg", 'R', 3, degrees),
        },
        tilt_correction: v.switch("tilt_correction", &["$SM_TILT_MAG_CORRECTION"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Columns and rows of the picture without its data bar.
pub(super) fn picture_size_px(text: &str) -> Option<[u32; 2]> {
    picture_size(&values(text))
}

fn picture_size(v: &Values) -> Option<[u32; 2]> {
    let size = v.raw("$CM_FULL_SIZE").or_else(|| v.raw("$CM_IMAGE_SIZE"))?;
    let mut sides = size.split_whitespace().filter_map(|side| side.parse().ok());
    let (width, height): (u32, u32) = (sides.next()?, sides.next()?);
    (width > 0 && height > 0).then_some([width, height])
}

/// Versions differ in whether a key begins with one dollar sign or two, so both are one here.
fn values(text: &str) -> Values {
    let mut values = Values::default();
    for line in text.split(['\n', '\r', '\t']).map(str::trim).filter(|line| line.starts_with('$')) {
        let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
        let (key, value) = line.split_at(end);
        values.insert_as(
            &format!("${}", key.trim_start_matches('$')),
            key.to_owned(),
            value.trim_start_matches(|c: char| c.is_whitespace() || c == '='),
        );
    }
    values
}

/// Stated by newer versions; else the scale bar's length on the sample by its length in the image.
fn pixel_size_nm(v: &mut Values, size_px: Option<[u32; 2]>) -> Option<PixelSizeNm> {
    const MARKER: [&str; 2] = ["$SM_MICRON_MARKER", "$SM_MICRON_BAR"];
    let stated = v.read("pixel_size_nm", &["$CM_PIXEL_SIZE"], |value| {
        LENGTH.bare("nm").read(value.split_whitespace().next()?).filter(|nm| *nm > 0.0)
    });
    if let Some(nm) = stated {
        return Some(PixelSizeNm { x: nm, y: nm });
    }
    let bar_px = v.raw("$SM_MICRON_BAR")?.to_owned();
    let marker = v.raw("$SM_MICRON_MARKER")?.to_owned();
    let nm_per_px = || {
        let bar_px: f64 = bar_px.parse().ok().filter(|px| *px > 0.0)?;
        Some(LENGTH.read(&marker)? / bar_px).filter(|nm| *nm > 0.0)
    };
    let Some(nm) = nm_per_px() else {
        v.note_malformed_of(&MARKER, &format!("{marker}, {bar_px}"));
        return None;
    };
    // The bar's length is that in the image as scanned, also where it was saved smaller.
    let scale = picture_size(v).and_then(|stated| super::scale(stated, size_px?)).unwrap_or(1.0);
    v.known_of("pixel_size_nm", &MARKER, PixelSizeNm { x: nm * scale, y: nm * scale })
}

/// `$CM_STAGE_POS` is x, y, z in mm, rotation and tilt in degrees, in this order; older versions
/// name them: `X=37.1, Y=44.9, R=355.0, Z=16.9, T=0.0`.
fn stage(v: &mut Values, field: &str, name: char, place: usize, unit: Quantity) -> Option<f64> {
    v.read(field, &["$CM_STAGE_POS", "$CM_STAGE_POSITION"], |position| {
        if position.contains('=') {
            let mut parts = position.split([',', ' ']).filter_map(|part| part.split_once('='));
            return unit.read(parts.find(|(key, _)| key.trim() == name.to_string())?.1);
        }
        unit.read(position.split_whitespace().nth(place)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "$SEM_DATA_VERSION 1\r\n$CM_ACCEL_VOLT 7.00\r\n$$SM_WD 10.52\r\n$CM_MAG 95\r\n\
        $$SM_PROBE_CURRENT 0.00\r\n$CM_STAGE_POS 30.6525 -2.6135 10.5465 20 5 0\r\n\
        $CM_DATE 2020/08/31\r\n$CM_TIME 15:32:31\r\n$CM_INSTRUMENT 8530F\r\n$$SM_MICRON_BAR 100\r\n\
        $$SM_MICRON_MARKER 1\u{b5}m\r\n$CM_FULL_SIZE 1280 960\r\n$CM_COMMENT \r\n";

    fn record(text: &str, size_px: [u32; 2]) -> InstrumentRecord {
        parse(text, "a.txt", Some(size_px)).without_conversion_noise()
    }

    #[test]
    fn values_come_out_in_the_units_of_their_names() {
        let record = record(TEXT, [1280, 1024]);
        assert_eq!(record.accelerating_voltage_kv, Some(7.0));
        assert_eq!(record.working_distance_mm, Some(10.52));
        assert_eq!(record.pixel_size_nm.unwrap().x, 10.0);
        assert_eq!(record.acquired_at.as_deref(), Some("2020-08-31T15:32:31"));
        assert_eq!((record.stage.rotation_deg, record.stage.tilt_deg), (Some(20.0), Some(5.0)));
        assert_eq!(record.malformed, []);
    }

    #[test]
    fn no_current_was_measured_where_zero_stands() {
        let record = record(TEXT, [1280, 1024]);
        assert_eq!(record.beam_current_pa, None);
        assert!(!record.raw_keys.contains_key("beam_current_pa"));
    }

    #[test]
    fn an_image_saved_at_half_size_has_pixels_twice_as_large() {
        assert_eq!(record(TEXT, [640, 512]).pixel_size_nm.unwrap().x, 20.0);
    }

    #[test]
    fn a_named_stage_position_is_read_by_its_names() {
        let text = TEXT.replace(
            "$CM_STAGE_POS 30.6525 -2.6135 10.5465 20 5 0",
            "$CM_STAGE_POSITION X=37.1, Y=44.9, R=355.0, Z=16.90, T=-1.5",
        );
        let stage = record(&text, [1280, 1024]).stage;
        assert_eq!((stage.x_mm, stage.z_mm), (Some(37.1), Some(16.9)));
        assert_eq!((stage.rotation_deg, stage.tilt_deg), (Some(355.0), Some(-1.5)));
    }

    #[test]
    fn a_makers_note_has_the_same_keys() {
        let note = "$CM_FORMAT=JEOL\t$CM_MAG=500\t$CM_PIXEL_SIZE=93.75nm 93.75nm\t";
        let mut bytes = b"UNICODE\0".to_vec();
        bytes.extend(note.encode_utf16().flat_map(u16::to_le_bytes));
        let text = text_of_maker_note(&bytes);
        assert!(recognises(&text));
        let record = record(&text, [1280, 960]);
        assert_eq!(record.magnification, Some(500.0));
        assert_eq!(record.pixel_size_nm.unwrap().x, 93.75);
    }

    #[test]
    fn a_shell_script_is_not_jeols() {
        assert!(!recognises("$HOME/bin\n$CM_MAG alone\n"));
    }
}
