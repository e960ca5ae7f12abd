//! ImageJ: `ImageJ=1.53t` and `unit=nm` in a TIFF's description, pixels per unit in its resolution
//! tags. ImageJ2 and Fiji write by SCIFIO as well: `axes=X,Y`, `scales=5.0,5.0`, `units=nm,nm`.

use super::super::{InstrumentRecord, PixelSizeNm};
use super::PrintScale;
use super::quantity::LENGTH;
use super::unit::plain_name;
use super::values::Values;

/// Pixels larger than this in cm or inches come from a print's resolution, or from a scanner's:
/// 4,800 dots an inch and fewer.
const PRINTED_NM: f64 = 2.54e7 / 4800.0;

/// Whether `text` is ImageJ's.
pub(super) fn recognises(text: &str) -> bool {
    text.starts_with("ImageJ=") || text.starts_with("SCIFIO=")
}

/// The pixel size that ImageJ's calibration gives: whatever the resolution tags' own unit says,
/// they count pixels per `unit`.
///
/// An image that was opened with a print's resolution is calibrated in inches or centimetres;
/// nobody looks at a sample through that.
pub(super) fn parse(text: &str, scale: PrintScale) -> InstrumentRecord {
    let mut v = Values::of_ini(text, '=');
    let pixel_size_nm = match v.raw("scales") {
        Some(_) => of_axes_nm(&mut v),
        None => of_resolution_nm(&mut v, scale),
    };
    v.into_record(InstrumentRecord { pixel_size_nm, ..Default::default() })
}

/// Each axis has its scale and its unit.
fn of_axes_nm(v: &mut Values) -> Option<PixelSizeNm> {
    let [axes, scales, units] =
        ["axes", "scales", "units"].map(|key| v.raw(key).map(str::to_owned));
    let (axes, scales, units) = (axes?, scales?, units?);
    let side_nm = |v: &mut Values, axis: &str| {
        let place = axes.split(',').position(|name| name.trim().eq_ignore_ascii_case(axis))?;
        let (scale, unit) = (scales.split(',').nth(place)?, units.split(',').nth(place)?);
        let unit = calibrated_unit(v, "units", unit)?;
        LENGTH.read(&format!("{scale} {unit}")).filter(|nm| *nm > 0.0)
    };
    let size = PixelSizeNm { x: side_nm(v, "X")?, y: side_nm(v, "Y")? };
    v.known("pixel_size_nm", "ImageDescription scales, units", size)
}

fn of_resolution_nm(v: &mut Values, scale: PrintScale) -> Option<PixelSizeNm> {
    let [x_unit, y_unit] = ["unit", "yunit"].map(|key| v.raw(key).map(str::to_owned));
    let x_unit = calibrated_unit(v, "unit", &x_unit?)?;
    // It is written only where it differs.
    let has_y_unit = y_unit.is_some();
    let y_unit = y_unit.map_or(Some(x_unit.clone()), |unit| calibrated_unit(v, "yunit", &unit))?;
    let nm = |px_per_unit: Option<f64>, unit: &str| {
        let px_per_unit = px_per_unit.filter(|px| *px > 0.0)?;
        let nm = LENGTH.read(&format!("{} {unit}", 1.0 / px_per_unit))?;
        (!is_prints(unit) || nm < PRINTED_NM).then_some(nm)
    };
    let x = nm(scale.x_px_per_unit, &x_unit)?;
    let y = match scale.y_px_per_unit {
        Some(y_px_per_unit) => nm(Some(y_px_per_unit), &y_unit)?,
        None => nm(scale.x_px_per_unit, &y_unit)?,
    };
    let keys = if has_y_unit { "unit, yunit, XResolution" } else { "unit, XResolution" };
    v.known("pixel_size_nm", &format!("ImageDescription {keys}"), PixelSizeNm { x, y })
}

/// The unit of length that is `written` under `key`; one that is not known is listed.
fn calibrated_unit(v: &mut Values, key: &str, written: &str) -> Option<String> {
    let unit = plain_name(written);
    if LENGTH.knows(&unit) {
        return Some(unit);
    }
    let is_uncalibrated = ["", "pixel", "pixels", "px", "null"].contains(&unit.as_str());
    if !is_uncalibrated {
        v.note_malformed(key, written);
    }
    None
}

fn is_prints(unit: &str) -> bool {
    ["cm", "centimeter", "centimetre", "in", "inch", "inche"]
        .contains(&unit.to_lowercase().trim_end_matches('s'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(units: &str, x_px_per_unit: f64) -> InstrumentRecord {
        let text = format!("ImageJ=1.53t\n{units}\nmin=0.0\nmax=255.0\n");
        parse(&text, PrintScale { x_px_per_unit: Some(x_px_per_unit), y_px_per_unit: None })
    }

    fn nm(unit: &str, px_per_unit: f64) -> Option<f64> {
        let record = record(&format!("unit={unit}"), px_per_unit).without_conversion_noise();
        assert_eq!(record.malformed, []);
        Some(record.pixel_size_nm?.x)
    }

    #[test]
    fn resolution_counts_pixels_in_the_descriptions_unit() {
        assert_eq!(nm("nm", 0.5), Some(2.0));
        for unit in ["micron", "microns", "um", "µm", "μm", "\\u00B5m", "\"um\"", "Micrometers"] {
            assert_eq!(nm(unit, 25.0), Some(40.0), "{unit}");
        }
        assert_eq!(nm("\\u00C5", 0.02), Some(5.0));
        assert_eq!(nm("mm", 200_000.0), Some(5.0));
    }

    #[test]
    fn a_prints_resolution_is_no_pixel_size() {
        for unit in ["inch", "inches", "in"] {
            assert_eq!(nm(unit, 300.0), None, "{unit}");
        }
        assert_eq!(nm("cm", 118.0), None);
        assert_eq!(nm("pixel", 1.0), None);
        assert_eq!(nm("", 1.0), None);
        assert_eq!(nm("nm", 0.0), None);
    }

    #[test]
    fn a_calibration_in_a_prints_unit_counts_where_no_print_is_so_fine() {
        assert_eq!(nm("cm", 2_000_000.0), Some(5.0));
        assert_eq!(nm("inch", 5_080_000.0), Some(5.0));
    }

    #[test]
    fn rows_may_have_a_unit_of_their_own() {
        let record = record("unit=nm\nyunit=\\u00B5m", 0.2).without_conversion_noise();
        let size = record.pixel_size_nm.unwrap();
        assert_eq!((size.x, size.y), (5.0, 5000.0));
    }

    #[test]
    fn fijis_other_writer_gives_each_axis_its_scale_and_unit() {
        let of = |units: &str| {
            let text = format!(
                "SCIFIO=0.42.0\naxes=X,Y\nlengths=256,192\nscales=0.005,6.0\nunits={units}\n\
                 bitsPerPixel=8\nunit=pixel\n"
            );
            assert!(recognises(&text));
            let print = PrintScale { x_px_per_unit: Some(72.0), y_px_per_unit: Some(72.0) };
            parse(&text, print).without_conversion_noise()
        };
        let size = of("\\u00B5m,nm").pixel_size_nm.unwrap();
        assert_eq!((size.x, size.y), (5.0, 6.0));
        assert_eq!((of("null,null").pixel_size_nm, of("null,null").malformed.len()), (None, 0));
        assert_eq!(of("furlong,nm").malformed[0].raw_value, "furlong");
    }

    #[test]
    fn a_unit_that_is_not_known_is_listed_and_gives_no_size() {
        for units in ["unit=furlong", "unit=nm\nyunit=furlong"] {
            let record = record(units, 0.2);
            assert_eq!(record.pixel_size_nm, None, "{units}");
            assert_eq!(record.malformed[0].raw_value, "furlong", "{units}");
        }
    }
}
