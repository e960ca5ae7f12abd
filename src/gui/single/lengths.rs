//! Lengths on the sample as people write them.

/// Units of length with their size in nm, the smallest first.
const UNITS: [(&str, f64); 3] = [("nm", 1.0), ("µm", 1e3), ("mm", 1e6)];

/// The longest length of 1, 2 or 5 times a power of ten up to `most_nm`, in nm, with its text.
pub(super) fn round_length(most_nm: f64) -> (f64, String) {
    let power = 10_f64.powf(most_nm.max(1e-3).log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= most_nm).unwrap_or(1.0);
    let length_nm = step * power;
    let (unit, size_nm) = unit_of(length_nm);
    let value = length_nm / size_nm;
    let decimals = if value < 1.0 { decimals(value, 1) } else { 0 };
    (length_nm, format!("{value:.decimals$} {unit}"))
}

/// A length with three significant digits.
pub(super) fn length_text(length_nm: f64) -> String {
    // Rounded before the unit is chosen: 999.9 nm are 1.00 µm.
    let rounded = match length_nm {
        0.0 => 0.0,
        _ => {
            let step = 10_f64.powf(length_nm.log10().floor() - 2.0);
            (length_nm / step).round() * step
        }
    };
    let (unit, size_nm) = unit_of(rounded);
    format!("{} {unit}", digits_text(rounded / size_nm))
}

/// A number with three significant digits, and all of those before the point.
pub(super) fn digits_text(value: f64) -> String {
    let decimals = decimals(value, 3);
    format!("{value:.decimals$}")
}

/// How many places after the point show so many significant digits.
fn decimals(value: f64, digits: i32) -> usize {
    if value <= 0.0 {
        return 0;
    }
    // A little more, so that 0.1 times ten is not taken for less than 1.
    let before_point = (value * (1.0 + 1e-9)).log10().floor() as i32 + 1;
    (digits - before_point).clamp(0, 9) as usize
}

fn unit_of(length_nm: f64) -> (&'static str, f64) {
    let fits = |(_, size_nm): &&(&str, f64)| length_nm >= *size_nm * (1.0 - 1e-9);
    UNITS.iter().rev().find(fits).copied().unwrap_or(UNITS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_bars_have_round_lengths_in_sensible_units() {
        assert_eq!(round_length(730.0), (500.0, "500 nm".to_owned()));
        assert_eq!(round_length(2_400.0), (2_000.0, "2 µm".to_owned()));
        assert_eq!(round_length(1.0), (1.0, "1 nm".to_owned()));
        assert_eq!(round_length(9_999_999.0), (5_000_000.0, "5 mm".to_owned()));
        assert_eq!(round_length(1_000.0), (1_000.0, "1 µm".to_owned()));
        assert_eq!(round_length(0.7).1, "0.5 nm");
        assert_eq!(round_length(0.031).1, "0.02 nm");
    }

    #[test]
    fn measured_lengths_have_three_digits() {
        let texts = [
            (0.0, "0 nm"),
            (0.0512, "0.0512 nm"),
            (7.0, "7.00 nm"),
            (345.4, "345 nm"),
            (999.4, "999 nm"),
            (999.6, "1.00 µm"),
            (1_234.0, "1.23 µm"),
            (56_780.0, "56.8 µm"),
            (2_000_000.0, "2.00 mm"),
            (123_456_789.0, "123 mm"),
        ];
        for (length_nm, text) in texts {
            assert_eq!(length_text(length_nm), text);
        }
    }

    #[test]
    fn pixels_have_three_digits_too() {
        assert_eq!([0.25, 9.87, 1234.5].map(digits_text), ["0.250", "9.87", "1234"]);
    }
}
