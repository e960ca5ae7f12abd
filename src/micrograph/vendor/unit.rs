//! Units in all their spellings: `µm`, `μm`, `um`, `microns`, `Micrometer`, `\u00B5m`, `"um"`.

use unicode_normalization::UnicodeNormalization as _;

/// A unit's name and what one of it is in the base of its quantity.
pub(super) type Unit = (&'static str, f64);

/// What a word or its short form makes of the unit behind it.
const PREFIXES: [(&str, f64); 15] = [
    ("femto", 1e-15),
    ("pico", 1e-12),
    ("nano", 1e-9),
    ("micro", 1e-6),
    ("milli", 1e-3),
    ("centi", 1e-2),
    ("hecto", 1e2),
    ("kilo", 1e3),
    ("mega", 1e6),
    ("p", 1e-12),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("c", 1e-2),
    ("k", 1e3),
];

/// A unit's name in one spelling: without quotes and brackets, escapes and what wrong encodings
/// made of the signs, and micro as `u`.
pub(super) fn plain_name(unit: &str) -> String {
    // Rings and ordinals that stand for a degree sign would be letters in the normal form.
    let unit = unescaped(unit).replace(['º', '˚'], "°");
    // Bytes of UTF-8 that were read as Windows-1252, once.
    let unit = unit.replace("Î¼", "u").replace("Ã…", "Å").replace("â„«", "Å").replace("Â", "");
    // One character for the two of micro and of ångström, and for `㎛` and full-width letters.
    let unit: String = unit.nfkc().collect();
    let unit = unit.replace(['μ', '\u{fffd}', '?'], "u");
    let unit = unit.trim_matches(|c: char| c.is_whitespace() || "\"'[](){}".contains(c));
    let per_pixel = ["/px", "/pixel", "/pix", " per pixel"];
    per_pixel.iter().find_map(|end| unit.strip_suffix(end)).unwrap_or(unit).trim().to_owned()
}

/// Java writes characters beyond ASCII as `\u00B5`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                whole.push(character);
                whole.push_str(&part[4..]);
            }
            None => {
                whole.push_str("\\u");
                whole.push_str(part);
            }
        }
    }
    whole
}

/// What a unit is that is written as a word, in any case, singular or plural, with a prefix or
/// without: `Micrometers`, `µsec`, `Volt`.
pub(super) fn word_factor(unit: &str, words: &[Unit]) -> Option<f64> {
    let unit = unit.to_lowercase();
    let singular = unit.strip_suffix('s').unwrap_or(&unit);
    words.iter().find_map(|(word, factor)| {
        let prefix = singular.strip_suffix(word)?;
        if prefix.is_empty() {
            return Some(*factor);
        }
        let (_, multiple) = PREFIXES.iter().find(|(name, _)| *name == prefix)?;
        Some(multiple * factor)
    })
}

#[cfg(test)]
mod tests {
    use super::super::quantity::{ANGLE, CURRENT, LENGTH, PRESSURE, Quantity, TIME, VOLTAGE};

    fn assert_all(quantity: Quantity, wanted: f64, units: &[&str]) {
        for unit in units {
            let found = quantity.read(&format!("5 {unit}"));
            assert!(found.is_some_and(|f| (f / wanted - 1.0).abs() < 1e-12), "{unit}: {found:?}");
        }
    }

    #[test]
    fn lengths_are_known_in_every_spelling() {
        assert_all(
            LENGTH,
            5000.0,
            &[
                "µm",
                "μm",
                "um",
                "UM",
                "micron",
                "microns",
                "Micron",
                "micrometer",
                "micrometers",
                "Micrometre",
                "micrometres",
                "\\u00B5m",
                "\\u00b5m",
                "\\u03BCm",
                "\"µm\"",
                "'um'",
                "Âµm",
                "Î¼m",
                "[µm]",
                "(um)",
                "?m",
                "\u{fffd}m",
                "㎛",
                "µｍ",
                "um/px",
                "µmeter",
                "µm/pixel",
            ],
        );
        assert_all(
            LENGTH,
            5.0,
            &["nm", "NM", "Nm", "nanometer", "nanometers", "nanometre", "Nanometres", "㎚", "ｎｍ"],
        );
        assert_all(
            LENGTH,
            0.5,
            &[
                "Å",
                "\u{212b}",
                "A\u{30a}",
                "Angstrom",
                "angstroms",
                "Ångström",
                "ångstroms",
                "A",
                "A°",
                "Aº",
                "A˚",
                "\\u00C5",
                "\\u212B",
                "Ã…",
                "AÂ°",
            ],
        );
        assert_all(LENGTH, 5e6, &["mm", "MM", "millimeter", "Millimeters", "millimetres", "㎜"]);
        assert_all(LENGTH, 5e7, &["cm", "CM", "centimeter", "centimetres"]);
        assert_all(LENGTH, 5e9, &["m", "M", "meter", "metres", "Meters"]);
        assert_all(LENGTH, 5e-3, &["pm", "picometer", "picometres"]);
        assert_all(LENGTH, 1.27e8, &["inch", "in", "Inches"]);
    }

    #[test]
    fn other_quantities_are_known_in_words_too() {
        assert_all(VOLTAGE, 5.0, &["kV", "KV", "kilovolt", "Kilovolts", "kvolt"]);
        assert_all(VOLTAGE, 5e-3, &["V", "v", "Volt", "volts"]);
        assert_all(CURRENT, 5.0, &["pA", "PA", "picoampere", "picoamps", "pAmp"]);
        assert_all(CURRENT, 5e6, &["µA", "uA", "microamperes"]);
        assert_all(TIME, 5.0, &["µs", "us", "usec", "µsec", "microsecond", "Microseconds"]);
        assert_all(TIME, 5e6, &["s", "sec", "secs", "second", "Seconds"]);
        assert_all(PRESSURE, 500.0, &["mbar", "millibar", "millibars", "hPa"]);
        assert_all(PRESSURE, 666.611_84, &["Torr", "torr"]);
        assert_all(PRESSURE, 5.0, &["Pa", "pascal", "Pascals"]);
        assert_all(ANGLE, 5.0, &["°", "deg", "degs", "Degree", "degrees", "º", "Â°"]);
    }

    #[test]
    fn what_is_no_unit_of_the_quantity_is_refused() {
        for unit in ["furlong", "px", "pixel", "kV", "decimeters of", "metersmeter", "\\u", "\\u00"]
        {
            assert!(!LENGTH.knows(unit), "{unit}");
        }
        assert!(!VOLTAGE.knows("VV"));
    }
}
