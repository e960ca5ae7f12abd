//! FEI and Thermo Fisher: INI sections in SI units, in tag 34682 (FEI_HELIOS) or 34680 (FEI_SFEG).

use super::super::{InstrumentRecord, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, MAGNIFICATION, PRESSURE, TIME, VOLTAGE};
use super::time;
use super::values::{FieldPx, Values};

/// Whether `text` has the sections of an FEI header.
pub(super) fn recognises(text: &str) -> bool {
    text.contains("[User]") && text.contains("[Beam]") || text.contains("[PrivateFei]")
}

/// The record that an FEI header gives for an image of `size_px`.
///
/// `[User] UserText` is the label in the data bar, in practice the institute's name and no
/// sample's.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = Values::of_ini(text, '=');
    let named = |v: &Values, key: &str, otherwise: &str| v.raw(key).unwrap_or(otherwise).to_owned();
    // The sections of the beam that took the image are named in [Beam]: EBeam, IBeam …
    let beam = named(&v, "[Beam] Beam", "EBeam");
    let scan = named(&v, "[Beam] Scan", "EScan");
    let detector = named(&v, "[Detectors] Name", "");
    let in_beam = |key: &str| format!("[{beam}] {key}");
    let in_scan = |key: &str| format!("[{scan}] {key}");
    let in_detector = |key: &str| format!("[{detector}] {key}");
    let metres = LENGTH.bare("m");
    let mm = metres.in_unit("mm");
    let radians = ANGLE.bare("rad");

    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "FEI / Thermo Fisher".to_owned()),
        model: v.text("model", &["[System] SystemType", "[System] Type"]),
        software: v.text("software", &["[System] Software"]),
        acquired_at: acquired_at(&mut v),
        user: v.text("user", &["[User] User"]),
        beam: v.read("beam", &["[Beam] Beam"], |name| {
            Some(match name {
                "EBeam" => "electron".to_owned(),
                "IBeam" => "ion".to_owned(),
                other => other.to_owned(), // such as IRBeam, a camera
            })
        }),
        accelerating_voltage_kv: v.quantity(
            "accelerating_voltage_kv",
            &[&in_beam("HV"), "[Beam] HV"],
            VOLTAGE.bare("V"),
        ),
        beam_current_pa: v.quantity(
            "beam_current_pa",
            &[&in_beam("BeamCurrent")],
            CURRENT.bare("A"),
        ),
        working_distance_mm: v.quantity(
            "working_distance_mm",
            &[&in_beam("WD"), "[Stage] WorkingDistance"],
            mm,
        ),
        magnification: v
            .positive("magnification", &["[Image] Magnification"], MAGNIFICATION)
            .or_else(|| screen_magnification(&mut v, &in_beam("HFW"))),
        pixel_size_nm: v
            .pixel_size_nm(
                &[&in_scan("PixelWidth"), "[Scan] PixelWidth"],
                &[&in_scan("PixelHeight"), "[Scan] PixelHeight"],
                metres,
            )
            .or_else(|| {
                // Where the header states the columns, `resized` sees to those of the image.
                let stated_px = picture_size(&v);
                let field = FieldPx::of(stated_px, size_px.filter(|_| stated_px.is_none()))?;
                v.pixel_size_of_field_nm(
                    &[&in_scan("HorFieldsize"), "[Scan] HorFieldsize", &in_beam("HFW")],
                    &[&in_scan("VerFieldsize"), "[Scan] VerFieldsize", &in_beam("VFW")],
                    metres,
                    field,
                )
            }),
        field_of_view_um: v.positive(
            "field_of_view_um",
            &[&in_scan("HorFieldsize"), "[Scan] HorFieldsize", &in_beam("HFW")],
            metres.in_unit("um"),
        ),
        signal: v.text_but("signal", &["[Detectors] Mode", &in_detector("Signal")], "None"),
        dwell_time_us: v.positive(
            "dwell_time_us",
            &[&in_scan("Dwell"), "[Scan] Dwelltime"],
            TIME.bare("s"),
        ),
        chamber_pressure_pa: v.quantity(
            "chamber_pressure_pa",
            &["[Vacuum] ChPressure"],
            PRESSURE.bare("Pa"),
        ),
        vacuum_mode: v.text("vacuum_mode", &["[Vacuum] UserMode"]),
        stage: StagePosition {
            x_mm: v.quantity("stage.x_mm", &["[Stage] StageX", &in_beam("StageX")], mm),
            y_mm: v.quantity("stage.y_mm", &["[Stage] StageY", &in_beam("StageY")], mm),
            z_mm: v.quantity("stage.z_mm", &["[Stage] StageZ", &in_beam("StageZ")], mm),
            tilt_deg: v.quantity(
                "stage.tilt_deg",
                &["[Stage] StageT", "[Stage] StageTa", &in_beam("StageTa")],
                radians,
            ),
            rotation_deg: v.quantity(
                "stage.rotation_deg",
                &["[Stage] StageR", &in_beam("StageR")],
                radians,
            ),
        },
        tilt_correction: v.switch("tilt_correction", &[&in_beam("TiltCorrectionIsOn")]),
        detector: v.text("detector", &["[Detectors] Name"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// How much wider the image stood on the screen than the field is on the sample.
fn screen_magnification(v: &mut Values, field_key: &str) -> Option<f64> {
    const CANVAS_KEY: &str = "[Image] MagCanvasRealWidth";
    let metres = |key: &str| LENGTH.bare("m").in_unit("m").read(v.raw(key)?);
    let magnification = metres(CANVAS_KEY)? / metres(field_key)?;
    (magnification.is_finite() && magnification > 0.0)
        .then(|| v.known("magnification", &format!("{CANVAS_KEY}, {field_key}"), magnification))?
}

/// Columns and rows of the picture without its data bar: the scan's own size.
pub(super) fn picture_size_px(text: &str) -> Option<[u32; 2]> {
    picture_size(&Values::of_ini(text, '='))
}

fn picture_size(v: &Values) -> Option<[u32; 2]> {
    let number = |key: &str| v.raw(key)?.parse().ok().filter(|size: &u32| *size > 0);
    Some([number("[Image] ResolutionX")?, number("[Image] ResolutionY")?])
}

/// Local time at the microscope; the header knows no time zone.
///
/// `[PrivateFei] TimeOfCreation` is day.month.year on every system; `[User] Date` follows the
/// computer's language, so that it is used only where it can be read in one way.
fn acquired_at(v: &mut Values) -> Option<String> {
    let created = v.read("acquired_at", &["[PrivateFei] TimeOfCreation"], |created| {
        let (date, time) = created.split_once(' ')?;
        time::local(date, &["%d.%m.%Y"], time)
    });
    if created.is_some() {
        return created;
    }
    v.date_and_time("[User] Date", "[User] Time", time::local_if_unambiguous)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "[User]\r\nDate=12/14/2022\r\nTime=01:53:39 PM\r\nUser=operator\r\n\
        [System]\r\nSystemType=Helios\r\n[Beam]\r\nHV=30000\r\nBeam=IBeam\r\nScan=IScan\r\n\
        [IBeam]\r\nHV=30000\r\nWD=0.0165\r\nBeamCurrent=2e-011\r\n\
        [IScan]\r\nDwell=1e-006\r\nPixelWidth=9.76562e-008\r\nPixelHeight=9.76562e-008\r\n\
        HorFieldsize=0,00015\r\n[Stage]\r\nStageX=-0.0032391\r\nStageT=0.558473\r\nStageR=notafloat\r\n\
        [Image]\r\nResolutionX=1536\r\nResolutionY=1024\r\n[Detectors]\r\nName=ETD\r\nMode=SE\r\n\
        [Vacuum]\r\nChPressure=nan\r\n";

    fn record(header: &str) -> InstrumentRecord {
        parse(header, "TIFF tag 34682", None).without_conversion_noise()
    }

    #[test]
    fn the_beam_that_took_the_image_gives_the_values() {
        let record = record(HEADER);
        assert_eq!(record.beam.as_deref(), Some("ion"));
        assert_eq!(record.accelerating_voltage_kv, Some(30.0));
        assert_eq!(record.working_distance_mm, Some(16.5));
        assert_eq!(record.beam_current_pa, Some(20.0));
        assert_eq!(record.raw_keys["working_distance_mm"], "[IBeam] WD");
        assert_eq!(record.pixel_size_nm.unwrap().x, 97.6562);
        assert!((record.stage.tilt_deg.unwrap() - 0.558473_f64.to_degrees()).abs() < 1e-9);
    }

    #[test]
    fn a_decimal_comma_is_understood() {
        assert_eq!(record(HEADER).field_of_view_um, Some(150.0));
    }

    #[test]
    fn malformed_numbers_cost_only_their_fields() {
        let record = record(HEADER);
        assert_eq!((record.stage.rotation_deg, record.chamber_pressure_pa), (None, None));
        let keys: Vec<_> = record.malformed.iter().map(|field| field.raw_key.as_str()).collect();
        assert_eq!(keys, ["[Vacuum] ChPressure", "[Stage] StageR"]);
    }

    #[test]
    fn a_date_with_two_readings_is_not_guessed() {
        let ambiguous = HEADER.replace("12/14/2022", "03/04/2022");
        assert_eq!(record(&ambiguous).acquired_at, None);
        assert_eq!(record(HEADER).acquired_at.as_deref(), Some("2022-12-14T13:53:39"));
    }

    #[test]
    fn the_field_of_view_gives_the_pixels_where_no_key_does() {
        let header = "[User]\r\n[Beam]\r\nBeam=EBeam\r\nScan=EScan\r\n[EBeam]\r\nHFW=2.56e-005\r\n\
            VFW=1.92e-005\r\n";
        let stated = format!("{header}[Image]\r\nResolutionX=1280\r\nResolutionY=960\r\n");
        let found = |header: &str, size_px| {
            let record = parse(header, "TIFF tag 34682", size_px).without_conversion_noise();
            record.pixel_size_nm.map(|size| (size.x, size.y))
        };
        assert_eq!(found(&stated, Some([1280, 1024])), Some((20.0, 20.0)));
        assert_eq!(found(header, Some([640, 512])), Some((40.0, 40.0)), "no columns stated");
        assert_eq!(found(header, None), None);
        let record = parse(&stated, "TIFF tag 34682", None);
        assert_eq!(record.raw_keys["pixel_size_nm"], "[EBeam] HFW / 1280");
    }

    #[test]
    fn the_picture_ends_where_the_scan_does() {
        assert_eq!(picture_size_px(HEADER), Some([1536, 1024]));
    }
}
