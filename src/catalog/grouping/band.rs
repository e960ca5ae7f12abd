//! Numbers that belong together: a voltage as it was set, a stretch of working distances or
//! magnifications.

use crate::query::NumberField;

/// The greatest number that has a band.
const GREATEST: f64 = 1e15;

/// The band of a number. Higher numbers have higher bands; `None` for one that says nothing.
pub(super) fn band_of(field: NumberField, value: f64) -> Option<i64> {
    // Nothing that is measured is larger; a header may say so all the same.
    if !(0.0..=GREATEST).contains(&value) {
        return None;
    }
    match field {
        NumberField::Score | NumberField::Uncertainty => Some((value * 10.0).min(9.0) as i64),
        // What is measured is a little off what was set.
        NumberField::VoltageKv if value < 1.0 => Some((value * 100.0).round() as i64),
        NumberField::VoltageKv => Some((value * 10.0).round() as i64 * 10),
        NumberField::WorkingDistanceMm => Some(value as i64),
        NumberField::Magnification | NumberField::PixelSizeNm => {
            (value > 0.0).then(|| step_below(value))
        }
    }
}

/// The band's name.
pub(super) fn band_title(field: NumberField, band: i64) -> String {
    match field {
        NumberField::Score | NumberField::Uncertainty => {
            format!("{} to {} %", band * 10, (band + 1) * 10)
        }
        NumberField::VoltageKv => format!("{} kV", band as f64 / 100.0),
        NumberField::WorkingDistanceMm => format!("{band} to {} mm", band + 1),
        NumberField::Magnification => format!("{} to {}×", step_text(band), step_text(band + 1)),
        NumberField::PixelSizeNm => format!("{} to {} nm", step_text(band), step_text(band + 1)),
    }
}

/// The number of the greatest step of 1, 2, 5, 10, 20 … that is not above the value.
fn step_below(value: f64) -> i64 {
    // A value that is a step but for rounding is that step.
    let value = value * (1.0 + 1e-9);
    let exponent = value.log10().floor();
    let step = match value / 10_f64.powf(exponent) {
        mantissa if mantissa >= 5.0 => 2,
        mantissa if mantissa >= 2.0 => 1,
        _ => 0,
    };
    exponent as i64 * 3 + step
}

/// Such as `0.5` or `20,000`.
fn step_text(step: i64) -> String {
    let exponent = step.div_euclid(3) as i32;
    let first = [1.0, 2.0, 5.0][step.rem_euclid(3) as usize];
    let value = first * 10_f64.powi(exponent);
    let text = format!("{value:.*}", exponent.min(0).unsigned_abs() as usize);
    if exponent < 3 {
        return text;
    }
    let mut grouped = String::new();
    for (index, digit) in text.char_indices() {
        if index > 0 && (text.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_the_band_that_names_them() {
        let check = |field, value, title: &str| {
            let band = band_of(field, value).unwrap();
            assert_eq!(band_title(field, band), title, "{value}");
        };
        check(NumberField::Score, 1.0, "90 to 100 %");
        check(NumberField::Score, 0.0, "0 to 10 %");
        check(NumberField::VoltageKv, 4.998, "5 kV");
        check(NumberField::VoltageKv, 0.25, "0.25 kV");
        check(NumberField::VoltageKv, 12.5, "12.5 kV");
        check(NumberField::WorkingDistanceMm, 4.5, "4 to 5 mm");
        check(NumberField::Magnification, 1000.0, "1,000 to 2,000×");
        check(NumberField::Magnification, 999.0, "500 to 1,000×");
        check(NumberField::Magnification, 250_000.0, "200,000 to 500,000×");
        check(NumberField::PixelSizeNm, 0.5, "0.5 to 1 nm");
        check(NumberField::PixelSizeNm, 0.021, "0.02 to 0.05 nm");
        check(NumberField::PixelSizeNm, 10.0, "10 to 20 nm");
        assert_eq!(band_of(NumberField::PixelSizeNm, 0.0), None);
        assert_eq!(band_of(NumberField::Magnification, f64::NAN), None);
        for field in [NumberField::VoltageKv, NumberField::WorkingDistanceMm] {
            assert_eq!(band_of(field, 1e30), None);
            assert!(!band_title(field, band_of(field, GREATEST).unwrap()).is_empty());
        }
    }

    #[test]
    fn bands_rise_with_the_numbers() {
        for field in [
            NumberField::VoltageKv,
            NumberField::WorkingDistanceMm,
            NumberField::Magnification,
            NumberField::PixelSizeNm,
        ] {
            let values = (1..20_000).map(|number| f64::from(number) * 0.0137);
            let bands: Vec<i64> = values.filter_map(|value| band_of(field, value)).collect();
            assert!(bands.is_sorted(), "{field:?}");
        }
    }
}
