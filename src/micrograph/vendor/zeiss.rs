//! Zeiss SmartSEM: tag 34118 (CZ_SEM), and tag 34119 with the same text in UTF-16.
//!
//! A block of bare numbers, then pairs of lines: a key such as `AP_WD`, then what the instrument
//! shows, `WD = 5.0 mm`. Dates and times use a colon: `Date :9 Dec 2019`.

use super::super::{InstrumentRecord, PixelSizeNm, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, MAGNIFICATION, PRESSURE, TIME, VOLTAGE};
use super::time::{self, MONTH_NAMED};
use super::values::{FieldPx, Values};

/// Whether `text` has pairs of SmartSEM's keys and values.
pub(super) fn recognises(text: &str) -> bool {
    text.lines().filter(|line| is_key(line.trim())).take(LEAST_KEYS).count() == LEAST_KEYS
}

/// Keys that make a text one of SmartSEM's.
const LEAST_KEYS: usize = 2;
/// Columns of the screen that `AP_PIXEL_SIZE` belongs to.
const SCREEN_WIDTH_PX: f64 = 1024.0;

/// The record that a CZ_SEM header gives for an image of `size_px`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = values(text);
    let mm = LENGTH.in_unit("mm");
    // Instruments with two columns write the keys of both, whichever took the image.
    let is_ion_image = v.raw("DP_FIB_IMAGING").is_some_and(|beam| beam.eq_ignore_ascii_case("FIB"));
    let (voltage, magnification): (&[&str], &[&str]) = if is_ion_image {
        (&["AP_FIB_EHT_ACTUAL"], &["AP_FIB_MAGNIFICATION"])
    } else {
        (&["AP_ACTUALKV", "AP_MANUALKV"], &["AP_MAG"])
    };
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "Zeiss".to_owned()),
        model: v
            .text("model", &["DP_SEM"])
            .or_else(|| v.read("model", &["SV_SERIAL_NUMBER"], |serial| Some(model_of(serial)))),
        software: v
            .read("software", &["SV_VERSION"], |version| Some(format!("SmartSEM {version}"))),
        acquired_at: v.date_and_time("AP_DATE", "AP_TIME", |date, at| {
            time::local(date, MONTH_NAMED, at).or_else(|| time::local_if_unambiguous(date, at))
        }),
        user: v.text("user", &["SV_USER_NAME", "SV_OPERATOR"]),
        sample: v.text("sample", &["SV_SAMPLE_ID"]),
        beam: v.read("beam", &["DP_FIB_IMAGING"], |beam| {
            match beam.to_uppercase().as_str() {
                "SEM" => Some("electron".to_owned()),
                "FIB" => Some("ion".to_owned()),
                _ => None, // both at once
            }
        }),
        accelerating_voltage_kv: v.quantity("accelerating_voltage_kv", voltage, VOLTAGE),
        beam_current_pa: if is_ion_image {
            ion_current_pa(&mut v)
        } else {
            v.quantity("beam_current_pa", &["AP_IPROBE"], CURRENT)
        },
        working_distance_mm: if is_ion_image {
            v.measured("working_distance_mm", &["AP_FIB_WORKING_DISTANCE"], mm)
        } else {
            v.quantity("working_distance_mm", &["AP_WD"], mm)
        },
        magnification: v.positive("magnification", magnification, MAGNIFICATION),
        pixel_size_nm: if is_ion_image { None } else { pixel_size_nm(&mut v, size_px) },
        field_of_view_um: if is_ion_image {
            None
        } else {
            v.positive("field_of_view_um", &["AP_WIDTH"], LENGTH.in_unit("um"))
        },
        detector: v.text("detector", &["DP_DETECTOR_CHANNEL", "DP_DETECTOR_TYPE"]),
        dwell_time_us: v.positive("dwell_time_us", &["DP_DWELL_TIME"], TIME),
        scan_speed: v.text("scan_speed", &["DP_SCANRATE"]),
        // In high vacuum the chamber's own gauge is off and reads zero.
        chamber_pressure_pa: v.measured(
            "chamber_pressure_pa",
            &["AP_CHAMBER_PRESSURE", "AP_SYSTEM_VAC"],
            PRESSURE,
        ),
        vacuum_mode: v.text("vacuum_mode", &["DP_VAC_MODE"]),
        stage: StagePosition {
            x_mm: v.quantity("stage.x_mm", &["AP_STAGE_AT_X"], mm),
            y_mm: v.quantity("stage.y_mm", &["AP_STAGE_AT_Y"], mm),
            z_mm: v.quantity("stage.z_mm", &["AP_STAGE_AT_Z"], mm),
            tilt_deg: v.quantity("stage.tilt_deg", &["AP_STAGE_AT_T"], ANGLE.bare("deg")),
            rotation_deg: v.quantity("stage.rotation_deg", &["AP_STAGE_AT_R"], ANGLE.bare("deg")),
        },
        tilt_correction: v.switch("tilt_correction", &["DP_TILT_CORRECTION"]),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Columns and rows of the image that `AP_IMAGE_PIXEL_SIZE` belongs to.
pub(super) fn stored_size_px(text: &str) -> Option<[u32; 2]> {
    let v = values(text);
    v.raw("AP_IMAGE_PIXEL_SIZE")?;
    store_size_px(&v)
}

fn store_size_px(v: &Values) -> Option<[u32; 2]> {
    let (width_px, height_px) = v.raw("DP_IMAGE_STORE")?.split_once('*')?;
    let side = |text: &str| text.trim().parse().ok().filter(|side: &u32| *side > 0);
    Some([side(width_px)?, side(height_px)?])
}

/// The image's own pixel size; `AP_PIXEL_SIZE`, which older versions have alone, is that of a
/// screen of 1,024 columns. Where neither is there, the field of view tells it.
fn pixel_size_nm(v: &mut Values, size_px: Option<[u32; 2]>) -> Option<PixelSizeNm> {
    let own = v.positive("pixel_size_nm", &["AP_IMAGE_PIXEL_SIZE"], LENGTH);
    let square = own.or_else(|| {
        let [width_px, _] = size_px?;
        let on_screen = v.positive("pixel_size_nm", &["AP_PIXEL_SIZE"], LENGTH)?;
        let nm = on_screen * SCREEN_WIDTH_PX / f64::from(width_px);
        if f64::from(width_px) == SCREEN_WIDTH_PX {
            return Some(nm);
        }
        v.known("pixel_size_nm", &format!("AP_PIXEL_SIZE × 1024 / {width_px}"), nm)
    });
    if let Some(nm) = square {
        return Some(PixelSizeNm { x: nm, y: nm });
    }
    let field = FieldPx::of(store_size_px(v), size_px)?;
    v.pixel_size_of_field_nm(&["AP_WIDTH"], &["AP_HEIGHT"], LENGTH, field)
}

/// The ion beam's settings in one text, `30kV:50pA`.
fn ion_current_pa(v: &mut Values) -> Option<f64> {
    v.read("beam_current_pa", &["DP_FIB_IMAGE_PROBE", "DP_FIB_PROBE"], |probe| {
        CURRENT.read(probe.split_once(':')?.1)
    })
}

/// A serial number is the model and two numbers: `ULTRA 55-36-06`.
fn model_of(serial: &str) -> String {
    let mut parts = serial.rsplitn(3, '-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let has_numbers = is_number(parts.next()) && is_number(parts.next());
    parts.next().filter(|_| has_numbers).unwrap_or(serial).to_owned()
}

fn is_key(line: &str) -> bool {
    ["AP_", "DP_", "SV_"].iter().any(|prefix| line.starts_with(prefix)) && !line.contains('=')
}

/// Each key with the text behind the `=` (or the colon of dates and times) of the line below it.
fn values(text: &str) -> Values {
    let mut values = Values::default();
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(key) = lines.next() {
        if is_key(key)
            && let Some(shown) = lines.next_if(|line| !is_key(line))
            && let Some(at) = shown.find(['=', ':'])
        {
            values.insert(key.to_owned(), &shown[at + 1..]);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "0\r\n0\r\n3.5e-008\r\nDP_SEM\r\nSem = Merlin\r\nAP_ACTUALKV\r\nEHT =  3.00 kV\r\n\
        AP_WD\r\nWD = 5.961 mm\r\nAP_MAG\r\nMag =    8.00 K X\r\nAP_PIXEL_SIZE\r\nPixel Size = 70.06 nm\r\n\
        AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 35.03 nm\r\nAP_DATE\r\nDate :29 Jan 2020\r\n\
        AP_TIME\r\nTime :8:03:05\r\nAP_IPROBE\r\nI Probe =    100 pA\r\nSV_USER_NAME\r\nUser Name = \r\n\
        DP_TILT_CORRECTION\r\nTilt Corrn. = Off\r\nAP_STAGE_AT_X\r\nStage at X = 62.45x mm\r\n";

    fn record() -> InstrumentRecord {
        parse(HEADER, "TIFF tag 34118", Some([2048, 1536])).without_conversion_noise()
    }

    #[test]
    fn values_come_out_in_the_units_of_their_names() {
        let record = record();
        assert_eq!(record.model.as_deref(), Some("Merlin"));
        assert_eq!(record.accelerating_voltage_kv, Some(3.0));
        assert_eq!(record.magnification, Some(8000.0));
        assert_eq!(record.working_distance_mm, Some(5.961));
        assert_eq!(record.beam_current_pa, Some(100.0));
        assert_eq!(record.acquired_at.as_deref(), Some("2020-01-29T08:03:05"));
        assert_eq!(record.tilt_correction, Some(false));
    }

    #[test]
    fn the_images_own_pixel_size_wins_over_the_screens() {
        let record = record();
        assert_eq!(record.pixel_size_nm.unwrap().x, 35.03);
        assert_eq!(record.raw_keys["pixel_size_nm"], "AP_IMAGE_PIXEL_SIZE");
    }

    #[test]
    fn the_screens_pixel_size_is_that_of_1024_columns() {
        let old = HEADER.replace("AP_IMAGE_PIXEL_SIZE", "AP_OTHER");
        let nm = |width_px| {
            let record = parse(&old, "TIFF tag 34118", Some([width_px, 384]));
            record.without_conversion_noise().pixel_size_nm.unwrap().x
        };
        assert_eq!((nm(1024), nm(512), nm(2048)), (70.06, 140.12, 35.03));
    }

    #[test]
    fn the_field_of_view_gives_the_pixels_where_no_key_does() {
        let header = "DP_SEM\r\nSem = Merlin\r\nAP_WIDTH\r\nWidth = 25.60 µm\r\nAP_HEIGHT\r\n\
            Height = 19.20 µm\r\n";
        let stored = format!("{header}DP_IMAGE_STORE\r\nStore resolution = 2048 * 1536\r\n");
        let found = |header: &str, size_px| {
            let record = parse(header, "TIFF tag 34118", Some(size_px)).without_conversion_noise();
            let size = record.pixel_size_nm.unwrap();
            (size.x, size.y, record.raw_keys["pixel_size_nm"].clone())
        };
        let key = |columns| format!("AP_WIDTH / {columns}");
        assert_eq!(found(&stored, [2048, 1536]), (12.5, 12.5, key(2048)));
        assert_eq!(found(&stored, [1024, 768]), (25.0, 25.0, key(1024)), "saved smaller");
        assert_eq!(found(&stored, [1000, 300]), (12.5, 12.5, key(2048)), "a part");
        assert_eq!(found(header, [1024, 768]), (25.0, 25.0, key(1024)));
    }

    #[test]
    fn a_gauge_that_is_off_is_no_pressure() {
        let header = format!(
            "{HEADER}AP_CHAMBER_PRESSURE\r\nChamber = 0.00e+000 Pa\r\nAP_SYSTEM_VAC\r\n\
             System Vacuum = 5.73e-006 mbar\r\n"
        );
        let record = parse(&header, "TIFF tag 34118", None).without_conversion_noise();
        assert_eq!(record.chamber_pressure_pa, Some(5.73e-4));
        assert_eq!(record.raw_keys["chamber_pressure_pa"], "AP_SYSTEM_VAC");
    }

    #[test]
    fn a_malformed_number_costs_only_its_field_and_is_listed() {
        let record = record();
        assert_eq!(record.stage.x_mm, None);
        assert_eq!(record.malformed.len(), 1);
        assert_eq!(record.malformed[0].raw_key, "AP_STAGE_AT_X");
    }

    #[test]
    fn an_empty_value_is_absent_and_not_malformed() {
        let record = record();
        assert_eq!(record.user, None);
        assert!(!record.raw_keys.contains_key("user"));
    }
}
