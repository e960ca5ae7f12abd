//! What the microscope is, and how it was set for the image.

use hdf5::Group;

use super::node::{Written, group, list, quantity, scalar, text, text_attribute};
use crate::micrograph::{InstrumentRecord, StagePosition};

/// The microscope, whatever it was set to.
pub(super) fn write_microscope(measurement: &Group, record: &InstrumentRecord) -> Written {
    let instrument = group(measurement, "instrument", "NXem_instrument")?;
    column(&instrument, record)?;
    if let (Some(vendor), Some(model)) = (&record.vendor, &record.model) {
        let fabrication = group(&instrument, "fabrication", "NXfabrication")?;
        text(&fabrication, "vendor", vendor)?;
        text(&fabrication, "model", model)?;
    }
    if let Some(detector) = &record.detector {
        text(&group(&instrument, "detector1", "NXdetector")?, "name", detector)?;
    }
    Ok(())
}

/// The settings for one image; nothing where nothing is known. The dwell time is only in the
/// instrument record: NXem has it beside a scan schema, which no header names.
pub(super) fn write_settings(event: &Group, record: &InstrumentRecord) -> Written {
    let r = record;
    let optics_known = r.magnification.is_some()
        || r.working_distance_mm.is_some()
        || r.beam_current_pa.is_some()
        || r.field_of_view_um.is_some()
        || r.tilt_correction.is_some();
    let anything_known = r.accelerating_voltage_kv.is_some()
        || optics_known
        || !r.stage.is_empty()
        || r.chamber_pressure_pa.is_some();
    if !anything_known {
        return Ok(());
    }

    let instrument = group(event, "instrument", "NXem_instrument")?;
    if let Some((column, source)) = column(&instrument, r)?
        && r.accelerating_voltage_kv.is_some()
    {
        let source = group(&column, source, "NXsource")?;
        quantity(&source, "voltage", r.accelerating_voltage_kv, "kV")?;
    }
    if optics_known {
        write_optics(&instrument, r)?;
    }
    if !r.stage.is_empty() {
        write_stage(&instrument, &r.stage)?;
    }
    if let Some(pressure_pa) = r.chamber_pressure_pa {
        let sensor = group(&instrument, "sensor1", "NXsensor")?;
        text(&sensor, "name", "chamber pressure")?;
        text(&sensor, "measurement", "pressure")?;
        let value = list(&sensor, "value", &[pressure_pa])?;
        text_attribute(&value, "units", "Pa")?;
    }
    Ok(())
}

/// The column of the beam that took the image, with the name of the source in it. Where no header
/// says, it is a scanning electron microscope's; another thing without a voltage is a camera, which
/// has none.
fn column(instrument: &Group, record: &InstrumentRecord) -> Written<Option<(Group, &'static str)>> {
    Ok(match record.beam.as_deref() {
        Some("ion") => Some((group(instrument, "ibeam_column", "NXibeam_column")?, "ion_source")),
        Some(other) if other != "electron" && record.accelerating_voltage_kv.is_none() => None,
        _ => Some((group(instrument, "ebeam_column", "NXebeam_column")?, "electron_source")),
    })
}

fn write_optics(instrument: &Group, record: &InstrumentRecord) -> Written {
    let optics = group(instrument, "optics", "NXem_optical_system")?;
    quantity(&optics, "magnification", record.magnification, "")?;
    quantity(&optics, "working_distance", record.working_distance_mm, "mm")?;
    quantity(&optics, "probe_current", record.beam_current_pa, "pA")?;
    quantity(&optics, "field_of_view", record.field_of_view_um, "um")?;
    match record.tilt_correction {
        Some(corrected) => scalar(&optics, "tilt_correction", corrected).map(drop),
        None => Ok(()),
    }
}

/// The stage. A position is three numbers: where one is unknown, only the instrument record has
/// the others.
fn write_stage(instrument: &Group, position: &StagePosition) -> Written {
    let stage = group(instrument, "stage", "NXmanipulator")?;
    quantity(&stage, "tilt1", position.tilt_deg, "deg")?;
    quantity(&stage, "rotation", position.rotation_deg, "deg")?;
    if let (Some(x_mm), Some(y_mm), Some(z_mm)) = (position.x_mm, position.y_mm, position.z_mm) {
        let position = list(&stage, "position", &[x_mm, y_mm, z_mm])?;
        text_attribute(&position, "units", "mm")?;
    }
    Ok(())
}
