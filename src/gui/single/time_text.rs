//! Differences of time in a few characters, and in words.

/// A minute, an hour and a day in seconds, with their units.
const UNITS: [(i64, &str, &str); 3] =
    [(86_400, "d", "days"), (3_600, "h", "hours"), (60, "min", "minutes")];

/// How much later, such as `+2 min` or `−40 s`.
pub(super) fn later_text(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "+" };
    let (count, unit, _) = in_unit(seconds.abs());
    if seconds == 0 { "0 s".to_owned() } else { format!("{sign}{count} {unit}") }
}

/// The same in words, such as `2 minutes later`.
pub(super) fn later_words(seconds: i64) -> String {
    let (count, _, unit) = in_unit(seconds.abs());
    let unit = if count == 1 { unit.trim_end_matches('s') } else { unit };
    match seconds {
        0 => "at the same time".to_owned(),
        1.. => format!("{count} {unit} later"),
        _ => format!("{count} {unit} earlier"),
    }
}

/// In the largest unit of which there is at least one, rounded.
fn in_unit(seconds: i64) -> (i64, &'static str, &'static str) {
    let unit = UNITS.into_iter().find(|(size, ..)| seconds >= *size);
    unit.map_or((seconds, "s", "seconds"), |(size, short, long)| {
        ((seconds + size / 2) / size, short, long)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_one_unit() {
        let texts = [0, 40, -40, -120, 227, 3_600, -7_300, 100_000].map(later_text);
        let expected = ["0 s", "+40 s", "−40 s", "−2 min", "+4 min", "+1 h", "−2 h", "+1 d"];
        assert_eq!(texts, expected);
        assert_eq!(later_words(-3_700), "1 hour earlier");
        assert_eq!(later_words(227), "4 minutes later");
        assert_eq!(later_words(0), "at the same time");
    }
}
