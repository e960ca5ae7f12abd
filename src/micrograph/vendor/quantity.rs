//! Numbers with units, as instruments write them: `5.00 kV`, `5.73e-006 mbar`, `10.00 K X`,
//! `0,5 mm`, `x500`.

use super::unit::{Unit, plain_name, word_factor};

/// What a raw value measures: the units it may come in, the one that is meant where it is a bare
/// number, and the one that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quantity {
    /// Signs of units, each with what one of it is in the quantity's base.
    signs: &'static [Unit],
    /// Names of units in words, without a prefix and in the singular.
    words: &'static [Unit],
    bare: Option<&'static str>,
    wanted: &'static str,
}

/// A length, wanted in nm; a bare number is refused.
pub(super) const LENGTH: Quantity = Quantity {
    signs: &[
        ("pm", 1e-12),
        ("Å", 1e-10),
        ("A", 1e-10),
        ("A°", 1e-10),
        ("nm", 1e-9),
        ("um", 1e-6),
        ("mm", 1e-3),
        ("cm", 1e-2),
        ("m", 1.0),
        ("in", 2.54e-2),
        ("inches", 2.54e-2),
    ],
    words: &[
        ("meter", 1.0),
        ("metre", 1.0),
        ("micron", 1e-6),
        ("angstrom", 1e-10),
        ("ångström", 1e-10),
        ("ångstrom", 1e-10),
        ("inch", 2.54e-2),
    ],
    bare: None,
    wanted: "nm",
};
/// A voltage, wanted in kV.
pub(super) const VOLTAGE: Quantity = Quantity {
    signs: &[("mV", 1e-3), ("V", 1.0), ("kV", 1e3), ("MV", 1e6)],
    words: &[("volt", 1.0)],
    bare: None,
    wanted: "kV",
};
/// A current, wanted in pA.
pub(super) const CURRENT: Quantity = Quantity {
    signs: &[("fA", 1e-15), ("pA", 1e-12), ("nA", 1e-9), ("uA", 1e-6), ("mA", 1e-3), ("A", 1.0)],
    words: &[("ampere", 1.0), ("amp", 1.0)],
    bare: None,
    wanted: "pA",
};
/// A pressure, wanted in Pa.
pub(super) const PRESSURE: Quantity = Quantity {
    signs: &[("Pa", 1.0), ("hPa", 100.0), ("kPa", 1e3), ("mbar", 100.0), ("mTorr", 0.133_322_368)],
    words: &[("pascal", 1.0), ("bar", 1e5), ("torr", 133.322_368)],
    bare: None,
    wanted: "Pa",
};
/// A time, wanted in µs.
pub(super) const TIME: Quantity = Quantity {
    signs: &[("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0)],
    words: &[("second", 1.0), ("sec", 1.0), ("minute", 60.0), ("min", 60.0)],
    bare: None,
    wanted: "us",
};
/// An angle, wanted in degrees.
pub(super) const ANGLE: Quantity = Quantity {
    signs: &[
        ("°", 1.0),
        ("deg", 1.0),
        ("rad", 180.0 / std::f64::consts::PI),
        ("mrad", 0.18 / std::f64::consts::PI),
    ],
    words: &[("degree", 1.0), ("deg", 1.0), ("radian", 180.0 / std::f64::consts::PI)],
    bare: None,
    wanted: "deg",
};
/// A magnification, a number without a unit.
pub(super) const MAGNIFICATION: Quantity = Quantity {
    signs: &[("x", 1.0), ("×", 1.0), ("K X", 1e3), ("kx", 1e3), ("k", 1e3), ("M X", 1e6)],
    words: &[],
    bare: Some("x"),
    wanted: "x",
};

impl Quantity {
    /// The same, where a number without a unit means `unit`.
    pub(super) const fn bare(self, unit: &'static str) -> Self {
        Self { bare: Some(unit), ..self }
    }

    /// The same, wanted in `unit`.
    pub(super) const fn in_unit(self, unit: &'static str) -> Self {
        Self { wanted: unit, ..self }
    }

    /// The value in the wanted unit, or `None` where `text` is no number with a known unit.
    pub(super) fn read(self, text: &str) -> Option<f64> {
        let (value, unit) = number_and_unit(text)?;
        self.wanted(value, unit)
    }

    /// The first of two values in a row and the second, if there is one. They may share the unit
    /// that stands at the end: `1.067mm 0.800mm`, `1.067 0.800mm`, `1.067 x 0.800 mm`.
    pub(super) fn read_pair(self, text: &str) -> Option<(f64, Option<f64>)> {
        let (first, rest) = number_and_unit(text)?;
        let Some(at) = rest.find(|c: char| c.is_ascii_digit() || "+-.".contains(c)) else {
            return Some((self.wanted(first, rest)?, None));
        };
        let unit = rest[..at].trim_end_matches(|c: char| c.is_whitespace() || "x×*,;/".contains(c));
        let (second, shared) = number_and_unit(&rest[at..])?;
        let unit = if unit.is_empty() { shared } else { unit };
        Some((self.wanted(first, unit)?, Some(self.wanted(second, shared)?)))
    }

    /// Whether `unit` is one of this quantity's.
    pub(super) fn knows(self, unit: &str) -> bool {
        self.factor(unit).is_some()
    }

    fn wanted(self, value: f64, unit: &str) -> Option<f64> {
        let unit = if unit.is_empty() { self.bare? } else { unit };
        let converted = value * self.factor(unit)? / self.factor(self.wanted)?;
        converted.is_finite().then_some(converted)
    }

    /// Case tells mV from MV, so both are in the table and it is looked at first; `KV` and `NM` are
    /// known without it.
    fn factor(self, unit: &str) -> Option<f64> {
        let unit = plain_name(unit);
        let (exact, folded) = (
            self.signs.iter().find(|(name, _)| *name == unit),
            self.signs.iter().find(|(name, _)| name.eq_ignore_ascii_case(&unit)),
        );
        exact.or(folded).map(|(_, factor)| *factor).or_else(|| word_factor(&unit, self.words))
    }
}

/// A finite number and the text that follows it, or `None` where there is no number.
///
/// A comma is a decimal comma (`0,5`), unless a point follows it (`1,234.5`); a comma before three
/// last digits could be either and is refused.
pub(super) fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "=\"'".contains(c));
    let text = text.strip_prefix(['x', 'X', '×']).unwrap_or(text).trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_numeric = |(i, c): (usize, char)| match c {
        '0'..='9' | '.' | ',' => true,
        '+' | '-' => i == 0 || text[..i].ends_with(['e', 'E']),
        'e' | 'E' => text[i + 1..].starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)),
        _ => false,
    };
    let end = text.char_indices().find(|at| !is_numeric(*at)).map_or(text.len(), |(i, _)| i);
    let digits = &text[..end];
    let plain = match digits.split_once(',') {
        None => digits.to_owned(),
        Some(_) if digits.contains('.') => without_thousands(digits)?,
        Some((_, rest)) if rest.len() == 3 => return None, // ten thousand, or ten
        Some(_) => digits.replace(',', "."),
    };
    let value: f64 = plain.parse().ok()?;
    value.is_finite().then(|| (value, text[end..].trim()))
}

/// `1,234.5` as `1234.5`; `None` where the commas do not stand before three digits each.
fn without_thousands(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.')?;
    let mut groups = whole.split(',');
    groups.next().filter(|first| !first.is_empty())?;
    (groups.all(|group| group.len() == 3) && !fraction.contains(','))
        .then(|| digits.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_instruments_write_them() {
        for (text, number) in [
            ("  5.00 kV", (5.0, "kV")),
            ("5.73e-006 mbar", (5.73e-6, "mbar")),
            ("-37.0 °", (-37.0, "°")),
            ("0,5 mm", (0.5, "mm")),
            ("30000", (30000.0, "")),
            ("12eV", (12.0, "eV")),
            ("=  4.28 kV", (4.28, "kV")),
            ("110uA", (110.0, "uA")),
            ("x500 ", (500.0, "")),
            ("+1.5 mm", (1.5, "mm")),
            ("1,234.5 V", (1234.5, "V")),
        ] {
            assert_eq!(number_and_unit(text), Some(number), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        for text in ["", "10,000 V", "nan", "notafloat", "1e999", "-", "1.2.3 nm", "inf", ",5.0"] {
            assert_eq!(number_and_unit(text), None, "{text:?}");
        }
    }

    #[test]
    fn units_are_converted_to_the_one_that_is_wanted() {
        let near = |value: Option<f64>, expected: f64| {
            assert!((value.unwrap() / expected - 1.0).abs() < 1e-12, "{value:?} {expected}");
        };
        near(LENGTH.read("1500 pm"), 1.5);
        near(LENGTH.in_unit("mm").read("8500 µm"), 8.5);
        near(LENGTH.bare("m").read("5e-8"), 50.0);
        near(VOLTAGE.read("15000 Volt"), 15.0);
        near(VOLTAGE.read("1.80 KV"), 1.8);
        near(VOLTAGE.read("500 mV"), 5e-4);
        near(PRESSURE.read("2 mbar"), 200.0);
        near(CURRENT.bare("A").read("1.6e-9"), 1600.0);
        near(MAGNIFICATION.read("10.00 K X"), 10_000.0);
        near(MAGNIFICATION.read("x500"), 500.0);
        near(ANGLE.bare("rad").read("0.5"), 0.5_f64.to_degrees());
        near(TIME.read("100 ns"), 0.1);
        near(TIME.read("2 mins"), 1.2e8);
    }

    #[test]
    fn two_values_may_share_the_unit_at_the_end() {
        let um = LENGTH.in_unit("um");
        for text in [
            "1.067mm 0.800mm",
            "1.067 0.800mm",
            "1.067 mm 0.800 mm",
            "1.067 x 0.800 mm",
            "1067um 0.8mm",
            "1067 µm × 800 µm",
        ] {
            let (x, y) = um.read_pair(text).unwrap();
            assert!((x - 1067.0).abs() < 1e-9 && (y.unwrap() - 800.0).abs() < 1e-9, "{text:?}");
        }
        assert_eq!(LENGTH.read_pair("93.75nm"), Some((93.75, None)));
        assert_eq!(LENGTH.bare("nm").read_pair("93.75 46.5"), Some((93.75, Some(46.5))));
        for text in ["1.067 0.800", "1.067mm 0.800furlongs", "", "mm"] {
            assert_eq!(LENGTH.read_pair(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_unknown_unit_and_a_missing_one_are_refused() {
        assert_eq!(LENGTH.read("5 furlongs"), None);
        assert_eq!(LENGTH.read("5"), None);
    }
}
