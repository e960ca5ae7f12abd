//! A range of dates.

use std::fmt;

use super::QueryProblem;
use super::comparison::Comparison;
use super::period::Period;

/// Dates from one period up to another; at least one of them is there.
///
/// A date in ISO 8601 is in the range when its text is not before [`from_iso`](Self::from_iso) and
/// is before [`until_iso`](Self::until_iso): both are prefixes of such texts, so comparing strings
/// is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateRange {
    from: Option<Period>,
    until: Option<Period>,
}

impl DateRange {
    /// Reads what stands after the colon. Both ends of `2024-01..2024-06` belong to it as a whole.
    pub(super) fn parse(text: &str) -> Result<Self, QueryProblem> {
        let (from, until) = match Comparison::parse(text)? {
            Comparison::Exactly(text) => {
                let period = Period::parse(text)?;
                (Some(period), Some(after(period)?))
            }
            Comparison::Below(text) => (None, Some(Period::parse(text)?)),
            Comparison::AtMost(text) => (None, Some(after(Period::parse(text)?)?)),
            Comparison::Above(text) => (Some(after(Period::parse(text)?)?), None),
            Comparison::AtLeast(text) => (Some(Period::parse(text)?), None),
            Comparison::Between(first, last) => {
                let (from, until) = (Period::parse(first)?, after(Period::parse(last)?)?);
                if !from.starts_before(until) {
                    return Err(QueryProblem::ReversedRange);
                }
                (Some(from), Some(until))
            }
        };
        Ok(Self { from, until })
    }

    /// The earliest text in the range, such as `2024-03`.
    pub fn from_iso(&self) -> Option<String> {
        self.from.map(|period| period.to_string())
    }

    /// The earliest text after the range, such as `2024-04`.
    pub fn until_iso(&self) -> Option<String> {
        self.until.map(|period| period.to_string())
    }
}

/// As after the colon of a field.
impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.until, self.until.and_then(Period::previous)) {
            (Some(from), _, Some(last)) if from == last => write!(f, "{from}"),
            (Some(from), _, Some(last)) => write!(f, "{from}..{last}"),
            (Some(from), _, None) => write!(f, ">={from}"),
            (None, Some(until), _) => write!(f, "<{until}"),
            (None, None, _) => Ok(()),
        }
    }
}

fn after(period: Period) -> Result<Period, QueryProblem> {
    period.next().ok_or_else(|| QueryProblem::DateTooLate { value: period.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> (Option<String>, Option<String>) {
        let range = DateRange::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        (range.from_iso(), range.until_iso())
    }

    #[test]
    fn a_range_holds_the_whole_of_the_periods_it_names() {
        for (text, from, until) in [
            ("2024", Some("2024"), Some("2025")),
            ("2024-03", Some("2024-03"), Some("2024-04")),
            ("2024-12", Some("2024-12"), Some("2025-01")),
            ("2024-02-28", Some("2024-02-28"), Some("2024-02-29")),
            ("2024-02-29", Some("2024-02-29"), Some("2024-03-01")),
            ("2023-12-31", Some("2023-12-31"), Some("2024-01-01")),
            ("2024-01..2024-06", Some("2024-01"), Some("2024-07")),
            ("2023..2024-06-30", Some("2023"), Some("2024-07-01")),
            ("2024-06-15..2024-06", Some("2024-06-15"), Some("2024-07")),
            ("2024-03..", Some("2024-03"), None),
            ("..2024-03", None, Some("2024-04")),
            (">=2024-03", Some("2024-03"), None),
            (">2024-03", Some("2024-04"), None),
            ("<=2024-03", None, Some("2024-04")),
            ("<2024-03", None, Some("2024-03")),
        ] {
            let expected = (from.map(str::to_owned), until.map(str::to_owned));
            assert_eq!(ends(text), expected, "{text}");
        }
    }

    #[test]
    fn comparing_strings_tells_which_times_are_in_the_range() {
        let (from, until) = ends("2024-02..2024-03-05");
        let is_inside = |time: &str| from.as_deref() <= Some(time) && Some(time) < until.as_deref();
        for inside in ["2024-02-01T00:00:00", "2024-02-29", "2024-03-05T23:59:59.999Z"] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in ["2024-01-31T23:59:59", "2024-03-06T00:00:00", "2025-02-01"] {
            assert!(!is_inside(outside), "{outside}");
        }
    }

    #[test]
    fn a_reversed_range_is_refused() {
        for text in ["2024-06..2024-01", "2024..2023-12-31", "2024-01-02..2024-01-01"] {
            assert_eq!(DateRange::parse(text), Err(QueryProblem::ReversedRange), "{text}");
        }
    }

    #[test]
    fn the_end_of_the_last_year_is_refused() {
        for text in ["9999", ">9999-12", "<=9999-12-31", "2024..9999"] {
            let problem = DateRange::parse(text).expect_err(text);
            assert!(matches!(problem, QueryProblem::DateTooLate { .. }), "{text}");
        }
        assert_eq!(ends(">=9999"), (Some("9999".to_owned()), None));
    }
}
