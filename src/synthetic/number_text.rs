//! Numbers as instruments write them.

/// `1.116500e-008`: an exponent of at least three digits, as Windows programs of old wrote it.
pub fn exponent(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}");
    let Some((mantissa, power)) = text.split_once('e') else {
        return text;
    };
    let (sign, digits) = match power.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', power),
    };
    format!("{mantissa}e{sign}{digits:0>3}")
}

/// At most six digits, with an exponent only for very small numbers: `0.00172667`, `1e-005`.
pub fn general(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = to_digits(value, 6);
    if rounded.abs() >= 1e-4 {
        return format!("{rounded}");
    }
    let text = exponent(rounded, 5);
    let Some((mantissa, power)) = text.split_once('e') else {
        return text;
    };
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    format!("{mantissa}e{power}")
}

/// Rounds to a number of significant digits.
pub fn to_digits(value: f64, digits: usize) -> f64 {
    // Through text, so that the result is the very number that a reader of the text gets.
    format!("{:.*e}", digits - 1, value).parse().unwrap_or(value)
}

/// A length with four digits in the unit that suits it: `827.2 pm`, `11.16 nm`, `1.116 µm`.
pub fn length(nm: f64) -> String {
    let (value, unit) = in_unit(nm);
    let whole_digits = value.abs().log10().floor().max(0.0) as usize + 1;
    format!("{value:.*} {unit}", 4_usize.saturating_sub(whole_digits))
}

/// A round length, for scale bars: `200 nm`, `5 µm`.
pub fn round_length(nm: f64) -> String {
    let (value, unit) = in_unit(nm);
    format!("{value} {unit}")
}

fn in_unit(nm: f64) -> (f64, &'static str) {
    if nm < 1.0 {
        (nm * 1e3, "pm")
    } else if nm < 1e3 {
        (nm, "nm")
    } else if nm < 1e6 {
        (nm / 1e3, "µm")
    } else {
        (nm / 1e6, "mm")
    }
}
