//! Dates and times, from the formats that instruments use to ISO 8601.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::fmt::temporal::{DateTimeParser, Pieces};
use jiff::tz::Offset;

/// Year first, as in `2023/07/13 14:38:59`: it can be read in one way only.
pub(super) const YEAR_FIRST: &[&str] = &["%Y/%m/%d", "%Y-%m-%d", "%Y.%m.%d", "%Y:%m:%d"];
/// A month's name, as in `29 Jan 2020`.
pub(super) const MONTH_NAMED: &[&str] = &["%d %b %Y", "%d %B %Y", "%d-%b-%Y"];

/// The date and time in ISO 8601 without an offset, where `date` has one of `date_formats`.
pub(super) fn local(date: &str, date_formats: &[&str], time: &str) -> Option<String> {
    let (date, time) = (date.trim(), time_of_day(time)?);
    date_formats.iter().find_map(|format| {
        let date = strtime::parse(format, date).ok()?.to_date().ok()?;
        Some(date.to_datetime(time).to_string())
    })
}

/// The same for a date of numbers whose order follows the computer's language: `12/14/2022` can be
/// read in one way, `03/04/2022` in two, and then there is none.
pub(super) fn local_if_unambiguous(date: &str, time: &str) -> Option<String> {
    let read = |formats: &[&str]| local(date, formats, time);
    match (read(&["%m/%d/%Y"]), read(&["%d/%m/%Y"])) {
        (Some(month_first), Some(day_first)) if month_first != day_first => None,
        (month_first, day_first) => month_first
            .or(day_first)
            .or_else(|| read(&["%d.%m.%Y"]))
            .or_else(|| read(YEAR_FIRST))
            .or_else(|| read(MONTH_NAMED)),
    }
}

/// An ISO 8601 time with the offset that it may have: `2017-04-20T11:52:36.078+02:00`.
pub(super) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let pieces = DateTimeParser::new().parse_pieces(text).ok()?;
    let civil = pieces.date().to_datetime(pieces.time()?);
    let with_offset = |offset| Pieces::from(civil).with_offset(offset).to_string();
    Some(pieces.offset().map_or_else(|| civil.to_string(), with_offset))
}

/// Seconds since 1970, with a fraction: a moment in UTC.
pub(super) fn unix(seconds: &str) -> Option<String> {
    let milliseconds = (seconds.trim().parse::<f64>().ok()? * 1e3).round();
    let moment = Timestamp::from_millisecond(milliseconds as i64).ok()?;
    Some(moment.display_with_offset(Offset::UTC).to_string())
}

/// The offset at the end of an ISO 8601 time, or `None` where it has none.
pub(super) fn offset_of(iso: &str) -> Option<&str> {
    let (_, time) = iso.split_once('T')?;
    time.find(['Z', '+', '-']).map(|at| &time[at..])
}

/// `14:38:59`, `7:34:27 PM`, `오후 7:34:27`, with or without a fraction of a second.
fn time_of_day(text: &str) -> Option<jiff::civil::Time> {
    let mut text = text.trim().to_owned();
    for (local, english) in [
        ("오전", "AM"),
        ("오후", "PM"),
        ("上午", "AM"),
        ("下午", "PM"),
        ("午前", "AM"),
        ("午後", "PM"),
    ] {
        if let Some(at) = text.find(local) {
            text.replace_range(at..at + local.len(), "");
            text = format!("{} {english}", text.trim());
        }
    }
    let read = |text: &str| {
        let formats = ["%H:%M:%S%.f", "%I:%M:%S%.f %p", "%H:%M"];
        formats.iter().find_map(|format| strtime::parse(format, text).ok()?.to_time().ok())
    };
    // JEOL writes 14:31:24 PM.
    read(&text).or_else(|| read(text.strip_suffix(" PM")?).filter(|time| time.hour() > 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vendors_spelling_becomes_iso() {
        let expected = Some("2019-12-03T19:34:27".to_owned());
        assert_eq!(local("2019/12/03", YEAR_FIRST, "19:34:27"), expected);
        assert_eq!(local("2019-12-03", YEAR_FIRST, "오후 7:34:27"), expected);
        assert_eq!(local("3 Dec 2019", MONTH_NAMED, "19:34:27"), expected);
        assert_eq!(local("3 Dec 2019", MONTH_NAMED, "19:34:27 PM"), expected);
        assert_eq!(local("03.12.2019", &["%d.%m.%Y"], "07:34:27 PM"), expected);
        let fraction = local("2019-12-03", YEAR_FIRST, "19:34:27.1369355");
        assert_eq!(fraction.as_deref(), Some("2019-12-03T19:34:27.1369355"));
    }

    #[test]
    fn a_date_with_two_readings_is_not_guessed() {
        assert_eq!(local_if_unambiguous("03/04/2022", "10:00:00"), None);
        let read = |date: &str| local_if_unambiguous(date, "01:53:39 PM");
        assert_eq!(read("12/14/2022").as_deref(), Some("2022-12-14T13:53:39"));
        assert_eq!(read("14/12/2022").as_deref(), Some("2022-12-14T13:53:39"));
        assert_eq!(read("05/05/2022").as_deref(), Some("2022-05-05T13:53:39"));
    }

    #[test]
    fn an_offset_is_kept_and_none_is_made_up() {
        let zoned = iso("2017-04-20T11:52:36.078+02:00").unwrap();
        assert_eq!(zoned, "2017-04-20T11:52:36.078+02:00");
        assert_eq!(offset_of(&zoned), Some("+02:00"));
        assert_eq!(iso("2020-08-18T13:40:03").as_deref(), Some("2020-08-18T13:40:03"));
        assert_eq!(iso("2020-08-18T13:40:03Z").as_deref(), Some("2020-08-18T13:40:03Z"));
        assert_eq!(offset_of("2020-08-18T13:40:03"), None);
        assert_eq!(iso("2020-08-18 13:40:03+09:00").as_deref(), Some("2020-08-18T13:40:03+09:00"));
        let named = iso("2020-08-18T13:40:03-05:00[America/New_York]");
        assert_eq!(named.as_deref(), Some("2020-08-18T13:40:03-05:00"));
        assert_eq!(iso("yesterday"), None);
    }
}
