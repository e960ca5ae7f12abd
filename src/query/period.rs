//! Years, months and days.

use std::fmt;
use std::str::FromStr;

use super::QueryProblem;

/// The last year whose ISO text has four digits.
const LAST_YEAR: u16 = 9999;

/// A year, a month or a day of the Gregorian calendar, from year 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Period {
    Year(u16),
    Month(u16, u8),
    Day(u16, u8, u8),
}

impl Period {
    /// Reads `2024`, `2024-03` or `2024-03-05`.
    pub(super) fn parse(text: &str) -> Result<Self, QueryProblem> {
        let parts: Vec<&str> = text.split('-').collect();
        let read = || {
            Some(match parts[..] {
                [year] => Self::Year(digits(year, 4)?),
                [year, month] => Self::Month(digits(year, 4)?, digits(month, 2)?),
                [year, month, day] => {
                    Self::Day(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
                }
                _ => return None,
            })
        };
        let period = read().ok_or_else(|| QueryProblem::NotADate { value: text.to_owned() })?;
        if period.is_in_the_calendar() {
            Ok(period)
        } else {
            Err(QueryProblem::NoSuchDate { value: text.to_owned() })
        }
    }

    /// The period of the same length after this one, except after the last.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::Year(year) => (year < LAST_YEAR).then(|| Self::Year(year + 1)),
            Self::Month(year, 12) => (year < LAST_YEAR).then(|| Self::Month(year + 1, 1)),
            Self::Month(year, month) => Some(Self::Month(year, month + 1)),
            Self::Day(year, month, day) if day < days_in(year, month) => {
                Some(Self::Day(year, month, day + 1))
            }
            Self::Day(year, month, _) => {
                let (year, month, day) = Self::Month(year, month).next()?.first_day();
                Some(Self::Day(year, month, day))
            }
        }
    }

    /// The period of the same length before this one, except before the first.
    pub(super) fn previous(self) -> Option<Self> {
        match self {
            Self::Year(year) => Some(Self::Year(year.checked_sub(1)?)),
            Self::Month(year, 1) => Some(Self::Month(year.checked_sub(1)?, 12)),
            Self::Month(year, month) => Some(Self::Month(year, month - 1)),
            Self::Day(year, month, 1) => {
                let (year, month, _) = Self::Month(year, month).previous()?.first_day();
                Some(Self::Day(year, month, days_in(year, month)))
            }
            Self::Day(year, month, day) => Some(Self::Day(year, month, day - 1)),
        }
    }

    pub(super) fn starts_before(self, other: Self) -> bool {
        self.first_day() < other.first_day()
    }

    const fn first_day(self) -> (u16, u8, u8) {
        match self {
            Self::Year(year) => (year, 1, 1),
            Self::Month(year, month) => (year, month, 1),
            Self::Day(year, month, day) => (year, month, day),
        }
    }

    fn is_in_the_calendar(self) -> bool {
        let (year, month, day) = self.first_day();
        (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)
    }
}

/// ISO 8601, as far as the period is known.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(year, month, day) => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    let is_leap_year =
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number in a text of exactly so many digits.
fn digits<T: FromStr>(text: &str, count: usize) -> Option<T> {
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn periods_follow_each_other_over_the_ends_of_months_and_years() {
        for (earlier, later) in [
            ("2023", "2024"),
            ("2024-03", "2024-04"),
            ("2024-12", "2025-01"),
            ("2024-03-05", "2024-03-06"),
            ("2024-04-30", "2024-05-01"),
            ("2024-12-31", "2025-01-01"),
        ] {
            assert_eq!(period(earlier).next(), Some(period(later)));
            assert_eq!(period(later).previous(), Some(period(earlier)));
            assert!(period(earlier).starts_before(period(later)));
        }
    }

    #[test]
    fn february_has_29_days_in_leap_years_only() {
        for year in ["2024", "2000"] {
            assert_eq!(
                period(&format!("{year}-02-28")).next(),
                Some(period(&format!("{year}-02-29")))
            );
            assert_eq!(
                period(&format!("{year}-02-29")).next(),
                Some(period(&format!("{year}-03-01")))
            );
        }
        for year in ["2023", "1900"] {
            assert_eq!(
                period(&format!("{year}-02-28")).next(),
                Some(period(&format!("{year}-03-01")))
            );
        }
    }

    #[test]
    fn the_calendar_ends_at_year_9999() {
        for last in ["9999", "9999-12", "9999-12-31"] {
            assert_eq!(period(last).next(), None);
        }
        for first in ["0000", "0000-01", "0000-01-01"] {
            assert_eq!(period(first).previous(), None);
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2023-02-30", "2023-02-29", "2024-04-31", "2024-13", "2024-00", "2024-01-00"] {
            let problem = QueryProblem::NoSuchDate { value: text.to_owned() };
            assert_eq!(Period::parse(text), Err(problem));
        }
    }

    #[test]
    fn other_ways_to_write_a_date_are_refused() {
        for text in
            ["", "24", "20240305", "2024-3", "05.03.2024", "2024-03-05-01", "+024", "２０２４"]
        {
            let problem = QueryProblem::NotADate { value: text.to_owned() };
            assert_eq!(Period::parse(text), Err(problem));
        }
    }
}
