//! Numbers and names as they stand in the report.

use crate::learning::Interval;

/// Between a number and its unit, and between thousands: narrow, and no line breaks there.
const NARROW_SPACE: char = '\u{202f}';
/// Where there is no value.
pub(super) const NONE: &str = "–";

/// `text` as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Of the control characters, HTML allows white space alone.
            other if other.is_control() && !other.is_whitespace() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `78.3 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}{NARROW_SPACE}%", share * 100.0)
}

/// `95 %`, `99.5 %`: with the digits that it has, for figures that somebody chose.
pub(super) fn plain_percent(share: f64) -> String {
    format!("{}{NARROW_SPACE}%", (share * 1e5).round() / 1e3)
}

/// `69.3 – 85.1 %`.
pub(super) fn percent_range(interval: Interval) -> String {
    let (low, high) = (interval.low * 100.0, interval.high * 100.0);
    format!("{low:.1}{NARROW_SPACE}–{NARROW_SPACE}{high:.1}{NARROW_SPACE}%")
}

/// `+1.2`: a difference of shares in percentage points.
pub(super) fn points(difference: f64) -> String {
    let text = format!("{:+.1}", difference * 100.0).replace('-', "−");
    if text == "+0.0" || text == "−0.0" { "0.0".to_owned() } else { text }
}

/// `or_none(Some(0.5), percent)`: the value as text, or a dash.
pub(super) fn or_none(value: Option<f64>, text: fn(f64) -> String) -> String {
    value.map_or_else(|| NONE.to_owned(), text)
}

/// `18 693`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits are read at a glance.
        if place > 0 && (digits.len() - place).is_multiple_of(3) && digits.len() > 4 {
            grouped.push(NARROW_SPACE);
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 image`, `12 images`.
pub(super) fn images(number: usize) -> String {
    format!("{} {}", count(number), if number == 1 { "image" } else { "images" })
}

/// A score with two decimals; with more where it is near 1, so that what is left to 1 is seen.
pub(super) fn score(score: f64) -> String {
    let decimals = [0.99, 0.999, 0.9999].iter().filter(|limit| score >= **limit).count() + 2;
    format!("{score:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_open_a_tag_or_leave_an_attribute() {
        assert_eq!(
            escape("<b title=\"x\">'&\u{0}\n"),
            "&lt;b title=&quot;x&quot;&gt;&#39;&amp;\u{fffd}\n"
        );
    }

    #[test]
    fn thousands_are_grouped_from_five_digits_on() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1234), "1234");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn scores_near_one_show_what_is_left() {
        assert_eq!(score(0.5), "0.50");
        assert_eq!(score(0.991), "0.991");
        assert_eq!(score(0.99996), "0.99996");
    }

    #[test]
    fn promises_keep_the_digits_they_have() {
        assert_eq!(plain_percent(0.95), "95\u{202f}%");
        assert_eq!(plain_percent(0.995), "99.5\u{202f}%");
    }

    #[test]
    fn differences_have_a_sign_and_nothing_has_none() {
        assert_eq!(points(0.033), "+3.3");
        assert_eq!(points(-0.005), "−0.5");
        assert_eq!(points(-0.0001), "0.0");
    }
}
