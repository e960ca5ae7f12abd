//! `semblance inspect`

use std::fmt::Write as _;

use super::arguments::InspectArguments;
use super::{Outcome, Output};
use crate::ops::{Inspection, expand_paths, inspect};

pub(super) fn run(arguments: &InspectArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let (mut done, mut failed) = (0, 0);
    for path in expand_paths(&arguments.paths) {
        let inspection = inspect(&path, arguments.limit.bytes());
        match inspection.error {
            None => done += 1,
            Some(_) => failed += 1,
        }
        if arguments.json {
            output.json(&inspection)?;
        } else {
            output.line(&describe(&inspection))?;
        }
    }
    Ok(Outcome::of(done, failed))
}

fn describe(inspection: &Inspection) -> String {
    let mut text = inspection.path.clone();
    // Writing to a String cannot fail.
    if let Some(error) = &inspection.error {
        let _ = write!(text, "\n  error: {error}");
        return text;
    }
    if let (Some(width_px), Some(height_px)) = (inspection.width_px, inspection.height_px) {
        let _ = write!(text, "\n  size                {width_px} × {height_px} px");
    }
    if let (Some(depth), Some(channels)) = (inspection.bit_depth, inspection.channels) {
        let _ = write!(text, "\n  depth               {depth} bit × {channels}");
    }
    if let Some(bar) = inspection.data_bar_px.filter(|bar| bar.top + bar.bottom > 0) {
        let _ =
            write!(text, "\n  data bar            top {} px, bottom {} px", bar.top, bar.bottom);
    }
    let Some(record) = &inspection.instrument else { return text };
    let texts = [
        ("vendor", &record.vendor),
        ("model", &record.model),
        ("software", &record.software),
        ("acquired", &record.acquired_at),
        ("user", &record.user),
        ("sample", &record.sample),
        ("detector", &record.detector),
        ("signal", &record.signal),
        ("scan speed", &record.scan_speed),
        ("vacuum mode", &record.vacuum_mode),
    ];
    let numbers = [
        ("voltage", record.accelerating_voltage_kv, "kV"),
        ("beam current", record.beam_current_pa, "pA"),
        ("working distance", record.working_distance_mm, "mm"),
        ("magnification", record.magnification, "×"),
        ("pixel size", record.pixel_size_nm.map(|size| size.x), "nm"),
        ("field of view", record.field_of_view_um, "µm"),
        ("dwell time", record.dwell_time_us, "µs"),
        ("chamber pressure", record.chamber_pressure_pa, "Pa"),
        ("stage x", record.stage.x_mm, "mm"),
        ("stage y", record.stage.y_mm, "mm"),
        ("stage z", record.stage.z_mm, "mm"),
        ("stage tilt", record.stage.tilt_deg, "°"),
        ("stage rotation", record.stage.rotation_deg, "°"),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            let _ = write!(text, "\n  {name:<20}{value}");
        }
    }
    for (name, value, unit) in numbers {
        if let Some(value) = value {
            let _ = write!(text, "\n  {name:<20}{} {unit}", significant(value));
        }
    }
    for field in &record.malformed {
        let _ = write!(text, "\n  not understood      {} = {:?}", field.raw_key, field.raw_value);
    }
    text
}

/// Up to six significant digits, without trailing zeros.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (5 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn six_significant_digits_without_noise() {
        assert_eq!(significant(5.961), "5.961");
        assert_eq!(significant(10_000.0), "10000");
        assert_eq!(significant(0.000_111), "0.000111");
        assert_eq!(significant(97.656_212_3), "97.6562");
        assert_eq!(significant(0.0), "0");
    }
}
