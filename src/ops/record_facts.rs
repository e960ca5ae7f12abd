//! An instrument record in words, for people: grouped, with units, the same in the window and on
//! the command line.

use crate::micrograph::InstrumentRecord;

/// Facts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactGroup {
    /// What they are about, such as `Beam`.
    pub title: &'static str,
    /// The facts that are known; never empty.
    pub facts: Vec<Fact>,
}

/// One line about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is, such as `Working distance`.
    pub name: &'static str,
    /// Its value with its unit.
    pub value: String,
    /// The key in the vendor's header.
    pub raw_key: String,
}

/// All that a record knows, in groups.
pub fn record_facts(record: &InstrumentRecord) -> Vec<FactGroup> {
    let fact = |name: &'static str, field: &str, value: Option<String>| {
        let raw_key = record.raw_keys.get(field).cloned().unwrap_or_default();
        value.map(|value| Fact { name, value, raw_key })
    };
    let text = |name, field, value: &Option<String>| fact(name, field, value.clone());
    let number = |name, field, value: Option<f64>, unit: &str| {
        fact(name, field, value.map(|value| format!("{} {unit}", significant(value))))
    };
    let scaled = |name, field, value: Option<f64>, units: &[Unit]| {
        fact(name, field, value.map(|value| in_best_unit(value, units)))
    };
    let r = record;
    let groups = [
        (
            "Instrument",
            vec![
                text("Vendor", "vendor", &r.vendor),
                text("Model", "model", &r.model),
                text("Software", "software", &r.software),
            ],
        ),
        (
            "Acquisition",
            vec![
                fact("Taken", "acquired_at", taken(r)),
                text("By", "user", &r.user),
                text("Sample", "sample", &r.sample),
            ],
        ),
        (
            "Scale",
            vec![
                fact(
                    "Pixel size",
                    "pixel_size_nm",
                    r.pixel_size_nm.map(|size| {
                        let [x, y] = [size.x, size.y].map(|nm| in_best_unit(nm, &LENGTHS_NM));
                        if x == y { x } else { format!("{x} × {y}") }
                    }),
                ),
                fact(
                    "Field of view",
                    "field_of_view_um",
                    r.field_of_view_um
                        .map(|um| format!("{} wide", in_best_unit(um * 1e3, &LENGTHS_NM))),
                ),
                number("Magnification", "magnification", r.magnification, "×"),
            ],
        ),
        (
            "Beam",
            vec![
                text("Kind", "beam", &r.beam),
                number("Voltage", "accelerating_voltage_kv", r.accelerating_voltage_kv, "kV"),
                scaled("Current", "beam_current_pa", r.beam_current_pa, &CURRENTS_PA),
                number("Working distance", "working_distance_mm", r.working_distance_mm, "mm"),
                scaled("Dwell time", "dwell_time_us", r.dwell_time_us, &TIMES_US),
                text("Scan speed", "scan_speed", &r.scan_speed),
            ],
        ),
        (
            "Detection",
            vec![text("Detector", "detector", &r.detector), text("Signal", "signal", &r.signal)],
        ),
        (
            "Chamber",
            vec![
                text("Vacuum", "vacuum_mode", &r.vacuum_mode),
                number("Pressure", "chamber_pressure_pa", r.chamber_pressure_pa, "Pa"),
            ],
        ),
        (
            "Stage",
            vec![
                number("X", "stage.x_mm", r.stage.x_mm, "mm"),
                number("Y", "stage.y_mm", r.stage.y_mm, "mm"),
                number("Z", "stage.z_mm", r.stage.z_mm, "mm"),
                number("Tilt", "stage.tilt_deg", r.stage.tilt_deg, "°"),
                number("Rotation", "stage.rotation_deg", r.stage.rotation_deg, "°"),
                fact(
                    "Tilt correction",
                    "tilt_correction",
                    r.tilt_correction.map(|is_on| if is_on { "on" } else { "off" }.to_owned()),
                ),
            ],
        ),
    ];
    groups
        .into_iter()
        .map(|(title, facts)| FactGroup { title, facts: facts.into_iter().flatten().collect() })
        .filter(|group| !group.facts.is_empty())
        .collect()
}

/// A unit's name, and how much of the record's own unit it is.
type Unit = (&'static str, f64);

const LENGTHS_NM: [Unit; 4] = [("pm", 1e-3), ("nm", 1.0), ("µm", 1e3), ("mm", 1e6)];
const CURRENTS_PA: [Unit; 3] = [("pA", 1.0), ("nA", 1e3), ("µA", 1e6)];
const TIMES_US: [Unit; 4] = [("ns", 1e-3), ("µs", 1.0), ("ms", 1e3), ("s", 1e6)];

/// In the largest of `units`, ascending, that leaves at least 1 before the point.
fn in_best_unit(value: f64, units: &[Unit]) -> String {
    let fits = |(_, size): &&Unit| value.abs() >= *size * (1.0 - 1e-9);
    let best = units.iter().rev().find(fits).or_else(|| units.first());
    best.map_or_else(String::new, |(name, size)| format!("{} {name}", significant(value / size)))
}

/// The moment, and whether its zone is known.
fn taken(record: &InstrumentRecord) -> Option<String> {
    let at = record.acquired_at.as_ref()?.replace('T', " ");
    Some(match record.acquired_at_zone.as_deref() {
        Some("unknown") => format!("{at} (time zone not recorded)"),
        _ => at,
    })
}

/// Four significant digits, or all before the point, without trailing zeros; a power of ten where
/// the number is tiny.
fn significant(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.2e}");
    }
    let digits = if value == 0.0 { 0.0 } else { 3.0 - value.abs().log10().floor() };
    let text = format!("{value:.*}", digits.clamp(0.0, 6.0) as usize);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_but_not_wrong() {
        assert_eq!(significant(5.0), "5");
        assert_eq!(significant(35.03), "35.03");
        assert_eq!(significant(150_000.0), "150000");
        assert_eq!(significant(0.000_111), "1.11e-4");
        assert_eq!(significant(0.0), "0");
    }

    #[test]
    fn values_are_told_in_the_unit_people_would_use() {
        assert_eq!(in_best_unit(200_000.0, &CURRENTS_PA), "200 nA");
        assert_eq!(in_best_unit(0.5, &CURRENTS_PA), "0.5 pA");
        assert_eq!(in_best_unit(3372.0, &LENGTHS_NM), "3.372 µm");
        assert_eq!(in_best_unit(1e6, &LENGTHS_NM), "1 mm");
        assert_eq!(in_best_unit(-0.05, &TIMES_US), "-50 ns");
    }

    #[test]
    fn facts_are_grouped_with_units_and_raw_keys_and_unknown_is_left_out() {
        let mut record = InstrumentRecord {
            accelerating_voltage_kv: Some(20.0),
            acquired_at: Some("2020-02-13T21:23:51".to_owned()),
            acquired_at_zone: Some("unknown".to_owned()),
            ..InstrumentRecord::default()
        };
        record.raw_keys.insert("accelerating_voltage_kv".to_owned(), "[EBeam] HV".to_owned());
        let groups = record_facts(&record);
        assert_eq!(
            groups.iter().map(|group| group.title).collect::<Vec<_>>(),
            ["Acquisition", "Beam"]
        );
        assert_eq!(groups[0].facts[0].value, "2020-02-13 21:23:51 (time zone not recorded)");
        let voltage = &groups[1].facts[0];
        assert_eq!((voltage.value.as_str(), voltage.raw_key.as_str()), ("20 kV", "[EBeam] HV"));
        assert_eq!(record_facts(&InstrumentRecord::default()), []);
    }
}
