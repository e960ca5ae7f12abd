//! Numbers as instruments write them: `5.00 kV`, `5.73e-006 mbar`, `10.00 K X`, `0,5 mm`.

/// A finite number and the text that follows it, or `None` where there is no number.
pub(super) fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_numeric = |(i, c): (usize, char)| match c {
        '0'..='9' | '.' | ',' => true,
        '+' | '-' => i == 0 || text[..i].ends_with(['e', 'E']),
        'e' | 'E' => text[i + 1..].starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)),
        _ => false,
    };
    let end = text.char_indices().find(|at| !is_numeric(*at)).map_or(text.len(), |(i, _)| i);
    let digits = &text[..end];
    if digits.split_once(',').is_some_and(|(_, rest)| rest.len() == 3) {
        return None; // 10,000 may be ten thousand or ten
    }
    let value: f64 = digits.replace(',', ".").parse().ok()?;
    value.is_finite().then(|| (value, text[end..].trim()))
}

/// A length in metres, from a value with its unit.
pub(super) fn length_m(text: &str) -> Option<f64> {
    let (value, unit) = number_and_unit(text)?;
    let metres_per_unit = match unit {
        "pm" => 1e-12,
        "nm" => 1e-9,
        "µm" | "μm" | "um" => 1e-6,
        "mm" => 1e-3,
        "cm" => 1e-2,
        "m" => 1.0,
        _ => return None,
    };
    Some(value * metres_per_unit)
}

/// A voltage in volts.
pub(super) fn voltage_v(text: &str) -> Option<f64> {
    scaled(text, &[("V", 1.0), ("kV", 1e3), ("KV", 1e3)])
}

/// A current in amperes.
pub(super) fn current_a(text: &str) -> Option<f64> {
    let units =
        [("fA", 1e-15), ("pA", 1e-12), ("nA", 1e-9), ("µA", 1e-6), ("mA", 1e-3), ("A", 1.0)];
    scaled(text, &units)
}

/// A pressure in pascals.
pub(super) fn pressure_pa(text: &str) -> Option<f64> {
    scaled(text, &[("Pa", 1.0), ("mbar", 100.0), ("hPa", 100.0), ("Torr", 133.322_368)])
}

/// A time in seconds.
pub(super) fn time_s(text: &str) -> Option<f64> {
    scaled(
        text,
        &[("ns", 1e-9), ("µs", 1e-6), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("Secs", 1.0)],
    )
}

/// An angle in degrees; a bare number is taken as degrees.
pub(super) fn angle_deg(text: &str) -> Option<f64> {
    scaled(text, &[("°", 1.0), ("deg", 1.0), ("", 1.0)])
}

/// A magnification: `10.00 K X` is 10,000.
pub(super) fn magnification(text: &str) -> Option<f64> {
    scaled(text, &[("X", 1.0), ("K X", 1e3), ("KX", 1e3), ("M X", 1e6), ("", 1.0)])
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (value, unit) = number_and_unit(text)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    Some(value * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_instruments_write_them() {
        assert_eq!(number_and_unit("  5.00 kV"), Some((5.0, "kV")));
        assert_eq!(number_and_unit("5.73e-006 mbar"), Some((5.73e-6, "mbar")));
        assert_eq!(number_and_unit("-37.0 °"), Some((-37.0, "°")));
        assert_eq!(number_and_unit("0,5 mm"), Some((0.5, "mm")));
        assert_eq!(number_and_unit("30000"), Some((30000.0, "")));
        assert_eq!(number_and_unit("12eV"), Some((12.0, "eV")));
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        for text in ["", "10,000 V", "nan", "notafloat", "1e999", "-", "1.2.3 nm", "inf"] {
            assert_eq!(number_and_unit(text), None, "{text:?}");
        }
    }

    #[test]
    fn units_are_brought_to_si() {
        assert_eq!(length_m("1500 pm"), Some(1500.0 * 1e-12));
        assert_eq!(voltage_v("1.80 kV"), Some(1800.0));
        assert_eq!(pressure_pa("2 mbar"), Some(200.0));
        assert_eq!(magnification("10.00 K X"), Some(10_000.0));
        assert_eq!(length_m("5 furlongs"), None);
    }
}
