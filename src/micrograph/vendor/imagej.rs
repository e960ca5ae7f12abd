//! ImageJ: `ImageJ=1.53t` and `unit=nm` in a TIFF's description, pixels per unit in its resolution
//! tags.

use super::super::{InstrumentRecord, PixelSizeNm};
use super::PrintScale;
use super::quantity::LENGTH;
use super::values::Values;

/// Pixels larger than this in cm come from a print's resolution: 1,200 dots an inch and fewer.
const PRINTED_NM: f64 = 2.54e7 / 1200.0;

/// Whether `text` is ImageJ's.
pub(super) fn recognises(text: &str) -> bool {
    text.starts_with("ImageJ=")
}

/// The pixel size that ImageJ's calibration gives: whatever the resolution tags' own unit says,
/// they count pixels per `unit`.
///
/// An image that was opened with a print's resolution is calibrated in inches or centimetres;
/// nobody looks at a sample through that.
pub(super) fn parse(text: &str, _origin: &str, scale: PrintScale) -> InstrumentRecord {
    let mut v = Values::of_ini(text, '=');
    let record =
        InstrumentRecord { pixel_size_nm: pixel_size_nm(&mut v, scale), ..Default::default() };
    v.into_record(record)
}

fn pixel_size_nm(v: &mut Values, scale: PrintScale) -> Option<PixelSizeNm> {
    let x_unit = v.raw("unit").map(unescaped)?;
    let y_unit = v.raw("yunit").map_or_else(|| x_unit.clone(), unescaped);
    let nm = |px_per_unit: Option<f64>, unit: &str| {
        let px_per_unit = px_per_unit.filter(|px| *px > 0.0)?;
        let nm = LENGTH.read(&format!("{} {unit}", 1.0 / px_per_unit))?;
        (unit != "cm" || nm < PRINTED_NM).then_some(nm)
    };
    let x = nm(scale.x_px_per_unit, &x_unit)?;
    let y = nm(scale.y_px_per_unit, &y_unit).unwrap_or(x);
    v.known("pixel_size_nm", "ImageDescription unit, XResolution", PixelSizeNm { x, y })
}

/// ImageJ writes the sign for micro as Java does.
fn unescaped(unit: &str) -> String {
    match unit.replace("\\u00B5", "µ").replace("\\u03BC", "µ").replace("\\u00C5", "Å").as_str() {
        "microns" | "micrometer" | "micrometre" => "um".to_owned(),
        "nanometer" | "nanometre" => "nm".to_owned(),
        unit => unit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nm(unit: &str, px_per_unit: f64) -> Option<f64> {
        let text = format!("ImageJ=1.53t\nunit={unit}\nmin=0.0\nmax=255.0\n");
        let scale = PrintScale { x_px_per_unit: Some(px_per_unit), y_px_per_unit: None };
        let size = parse(&text, "ImageDescription", scale).pixel_size_nm?;
        Some(size.x)
    }

    #[test]
    fn resolution_counts_pixels_in_the_descriptions_unit() {
        assert_eq!(nm("nm", 0.5), Some(2.0));
        for unit in ["micron", "um", "µm", "\\u00B5m"] {
            assert!((nm(unit, 25.0).unwrap() - 40.0).abs() < 1e-9, "{unit}");
        }
    }

    #[test]
    fn a_prints_resolution_is_no_pixel_size() {
        assert_eq!(nm("inch", 300.0), None);
        assert_eq!(nm("cm", 118.0), None);
        assert_eq!(nm("pixel", 1.0), None);
        assert_eq!(nm("nm", 0.0), None);
    }
}
