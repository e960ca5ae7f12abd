//! OpenFIBSEM: JSON in the description, in SI units, of any instrument that it controls.

use serde_json::Value;

use super::super::{InstrumentRecord, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, TIME, VOLTAGE};
use super::time;
use super::values::{FieldPx, Values};

/// Whether `text` is OpenFIBSEM's.
pub(super) fn recognises(text: &str) -> bool {
    let keys = ["\"microscope_state\"", "\"pixel_size\"", "\"dwell_time\"", "\"beam_type\""];
    text.trim_start().starts_with('{') && keys.iter().filter(|key| text.contains(*key)).count() >= 3
}

/// The record that the JSON gives for an image of `size_px`.
///
/// Newer versions have the settings of the image below `image`, older ones at the top; the beams
/// were called `eb_settings` and `ib_settings`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = values(text, origin);
    let beam = v.raw("image/beam_type").or_else(|| v.raw("beam_type")).unwrap_or_default();
    let (beam, detector, old_beam) = if beam.eq_ignore_ascii_case("ion") {
        ("ion_beam", "ion_detector", "ib_settings")
    } else {
        ("electron_beam", "electron_detector", "eb_settings")
    };
    let in_beam = |key: &str| format!("microscope_state/{beam}/{key}");
    let in_old_beam = |key: &str| format!("microscope_state/{old_beam}/{key}");
    let in_detector = |key: &str| format!("microscope_state/{detector}/{key}");
    let in_stage = |key: &str| format!("microscope_state/stage_position/{key}");
    let metres = LENGTH.bare("m");
    let mm = metres.in_unit("mm");
    let radians = ANGLE.bare("rad");
    let field_width = ["image/hfw", "hfw", &in_beam("hfw"), &in_old_beam("hfw")];
    let record = InstrumentRecord {
        vendor: v.text_but("vendor", &["system/info/manufacturer"], "Unknown"),
        model: v.text_but("model", &["system/info/model"], "Unknown"),
        software: v
            .read("software", &["system/info/fibsem_version"], |version| {
                Some(format!("OpenFIBSEM {version}"))
            })
            .or_else(|| v.known("software", origin, "OpenFIBSEM".to_owned())),
        acquired_at: v.read("acquired_at", &["microscope_state/timestamp"], time::unix),
        user: v.text_but("user", &["user/name"], "Unknown"),
        beam: v.read("beam", &["image/beam_type", "beam_type"], |name| Some(name.to_lowercase())),
        accelerating_voltage_kv: v.positive(
            "accelerating_voltage_kv",
            &[&in_beam("voltage"), &in_old_beam("voltage")],
            VOLTAGE.bare("V"),
        ),
        beam_current_pa: v.positive(
            "beam_current_pa",
            &[&in_beam("beam_current"), &in_old_beam("beam_current")],
            CURRENT.bare("A"),
        ),
        working_distance_mm: v.quantity(
            "working_distance_mm",
            &[&in_beam("working_distance"), &in_old_beam("working_distance")],
            mm,
        ),
        pixel_size_nm: v.pixel_size_nm(&["pixel_size/x"], &["pixel_size/y"], metres).or_else(
            || {
                let field = FieldPx::of(picture_size(&v), size_px)?;
                v.pixel_size_of_field_nm(&field_width, &[], metres, field)
            },
        ),
        field_of_view_um: v.positive("field_of_view_um", &field_width, metres.in_unit("um")),
        detector: v.text_but("detector", &[&in_detector("type")], "Unknown"),
        signal: v.text_but("signal", &[&in_detector("mode")], "Unknown"),
        dwell_time_us: v.positive(
            "dwell_time_us",
            &["image/dwell_time", "dwell_time", &in_beam("dwell_time")],
            TIME.bare("s"),
        ),
        stage: StagePosition {
            x_mm: v.quantity("stage.x_mm", &[&in_stage("x")], mm),
            y_mm: v.quantity("stage.y_mm", &[&in_stage("y")], mm),
            z_mm: v.quantity("stage.z_mm", &[&in_stage("z")], mm),
            tilt_deg: v.quantity("stage.tilt_deg", &[&in_stage("t")], radians),
            rotation_deg: v.quantity("stage.rotation_deg", &[&in_stage("r")], radians),
        },
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Columns and rows of the image, unless it is a part of the field.
fn picture_size(v: &Values) -> Option<[u32; 2]> {
    if v.raw("image/reduced_area/width").or_else(|| v.raw("reduced_area/width")).is_some() {
        return None;
    }
    let side = |place: &str| {
        let key = format!("resolution/{place}");
        let side = v.raw(&format!("image/{key}")).or_else(|| v.raw(&key))?;
        side.parse().ok().filter(|px: &u32| *px > 0)
    };
    Some([side("0")?, side("1")?])
}

/// Each value with the names that lead to it, joined by `/`; a list's are counted from 0.
fn values(text: &str, origin: &str) -> Values {
    let mut values = Values::default();
    // Python writes numbers that are none as no other program reads them.
    let text = [": NaN", ": Infinity", ": -Infinity"]
        .iter()
        .fold(text.to_owned(), |text, none| text.replace(none, ": null"));
    match serde_json::from_str(&text) {
        Ok(json) => insert(&mut values, String::new(), &json),
        Err(error) => values.note_malformed(origin, &error.to_string()),
    }
    values
}

fn insert(values: &mut Values, path: String, json: &Value) {
    let below = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
    };
    match json {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| insert(values, below(name), member));
        }
        Value::Array(members) => {
            members
                .iter()
                .enumerate()
                .for_each(|(index, member)| insert(values, below(&index.to_string()), member));
        }
        // What is not set.
        Value::Null => {}
        Value::String(text) if text == "null" => {}
        Value::String(text) => values.insert(path, text),
        Value::Number(_) | Value::Bool(_) => values.insert(path, &json.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"image": {"beam_type": "ELECTRON", "resolution": [1536, 1024],
        "dwell_time": 1e-06, "hfw": 0.00015, "reduced_area": null}, "version": "v3",
        "pixel_size": {"x": 9.765625e-08, "y": 9.765625e-08},
        "microscope_state": {"timestamp": 1705987635.22,
            "stage_position": {"x": 0.001, "y": -0.002, "z": 0.004, "r": 0.0, "t": 0.5},
            "electron_beam": {"working_distance": 0.004, "beam_current": 1e-10, "voltage": 2000.0},
            "ion_beam": {"working_distance": 0.0165, "beam_current": 2e-11, "voltage": 30000.0},
            "electron_detector": {"type": "ETD", "mode": "SecondaryElectrons", "contrast": NaN}},
        "user": {"name": "null"}, "system": {"info": {"model": "Aquilos", "manufacturer": "ThermoFisher",
            "fibsem_version": "0.4.1"}}}"#;

    fn record(json: &str, size_px: [u32; 2]) -> InstrumentRecord {
        assert!(recognises(json));
        parse(json, "TIFF tag 270", Some(size_px)).without_conversion_noise()
    }

    #[test]
    fn values_come_out_in_the_units_of_their_names() {
        let record = record(JSON, [1536, 1024]);
        assert_eq!(record.pixel_size_nm.unwrap().x, 97.65625);
        assert_eq!(record.accelerating_voltage_kv, Some(2.0));
        assert_eq!(record.beam_current_pa, Some(100.0));
        assert_eq!(record.working_distance_mm, Some(4.0));
        assert_eq!((record.dwell_time_us, record.field_of_view_um), (Some(1.0), Some(150.0)));
        assert_eq!((record.stage.y_mm, record.stage.x_mm), (Some(-2.0), Some(1.0)));
        assert!((record.stage.tilt_deg.unwrap() - 0.5_f64.to_degrees()).abs() < 1e-9);
        assert_eq!(record.acquired_at.as_deref(), Some("2024-01-23T05:27:15.22+00:00"));
        assert_eq!(record.model.as_deref(), Some("Aquilos"));
        assert_eq!(record.software.as_deref(), Some("OpenFIBSEM 0.4.1"));
        assert_eq!((record.detector.as_deref(), record.user), (Some("ETD"), None));
        assert_eq!(
            record.raw_keys["beam_current_pa"],
            "microscope_state/electron_beam/beam_current"
        );
        assert_eq!(record.malformed, []);
    }

    #[test]
    fn the_beam_that_took_the_image_gives_the_values() {
        let record = record(&JSON.replace("ELECTRON", "ION"), [1536, 1024]);
        assert_eq!(record.beam.as_deref(), Some("ion"));
        assert_eq!(record.accelerating_voltage_kv, Some(30.0));
    }

    #[test]
    fn older_files_have_the_images_settings_at_the_top() {
        let json = r#"{"beam_type": "ELECTRON", "resolution": [1000, 500], "dwell_time": 2e-6,
            "hfw": 5e-5, "version": "v1", "pixel_size": null, "microscope_state": {"timestamp": 0.0,
            "eb_settings": {"working_distance": 0.004, "beam_current": 1e-10, "voltage": 2000.0}}}"#;
        let record = record(json, [500, 250]);
        assert_eq!(record.accelerating_voltage_kv, Some(2.0));
        assert_eq!(record.pixel_size_nm.unwrap().x, 100.0);
        assert_eq!(record.raw_keys["pixel_size_nm"], "hfw / 500");
    }

    #[test]
    fn broken_json_is_listed() {
        let record = record(&JSON[..JSON.len() - 9], [1536, 1024]);
        assert_eq!(record.pixel_size_nm, None);
        assert_eq!(record.malformed.len(), 1);
    }

    #[test]
    fn other_programs_json_is_not_theirs() {
        assert!(!recognises(r#"{"shape": [256, 192], "pixel_size": 5}"#));
    }
}
