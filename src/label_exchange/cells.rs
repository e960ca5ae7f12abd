//! The cells of one row become a record, whatever file they come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::column::{Column, folded};
use super::problem::Problem;
use super::record::{CategoryChoice, Decision, LabelRecord};

/// The cells of a row that are not blank.
#[derive(Debug, Default)]
pub(super) struct Cells(BTreeMap<Column, String>);

impl Cells {
    /// Fills a cell. Only in a path and a note white space at the ends has a meaning.
    pub(super) fn put(&mut self, column: Column, text: &str) {
        let trimmed = text.trim();
        let kept = if matches!(column, Column::Path | Column::Note) { text } else { trimmed };
        if !trimmed.is_empty() {
            self.0.insert(column, kept.to_owned());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the row says, or `None` if it names an image and says nothing about it. What can be left
    /// out is told to `problems`.
    ///
    /// # Errors
    /// When the row makes no label.
    pub(super) fn record(
        mut self,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<LabelRecord>, Problem> {
        let path = self.take(Column::Path).ok_or(Problem::NoPath)?;
        let decision = self.decision()?;
        let mut read = Readable { cells: self, problems };
        let record = LabelRecord {
            path: PathBuf::from(path.replace('\\', "/")),
            decision,
            annotated: read.part(Column::Annotated, flag, Problem::UnknownFlag),
            excluded: read.part(Column::Excluded, flag, Problem::UnknownFlag),
            at: read.part(Column::At, time, Problem::UnknownTime),
            sha256: read.part(Column::Sha256, sha256, Problem::UnknownSha256),
            note: read.cells.take(Column::Note),
            by: read.cells.take(Column::By),
            source: read.cells.take(Column::Source),
        };
        let says_something = record.decision.is_some()
            || record.note.is_some()
            || record.annotated.is_some()
            || record.excluded.is_some();
        Ok(says_something.then_some(record))
    }

    fn take(&mut self, column: Column) -> Option<String> {
        self.0.remove(&column)
    }

    fn decision(&mut self) -> Result<Option<Decision>, Problem> {
        let category = self.take(Column::Category);
        let second = self.take(Column::Second);
        let subcategory = self.take(Column::Subcategory);
        match (category, self.take(Column::Answer)) {
            (Some(category), None) => {
                Ok(Some(Decision::Category(CategoryChoice { category, second, subcategory })))
            }
            (Some(category), Some(answer)) => Err(Problem::Contradiction { category, answer }),
            (None, answer) => match (second.or(subcategory), answer) {
                (Some(further), _) => Err(Problem::NoFirstCategory(further)),
                (None, answer) => answer.map(known_answer).transpose(),
            },
        }
    }
}

/// Cells whose text has to be understood.
struct Readable<'a> {
    cells: Cells,
    problems: &'a mut Vec<Problem>,
}

impl Readable<'_> {
    fn part<T>(
        &mut self,
        column: Column,
        understand: fn(&str) -> Option<T>,
        problem: fn(String) -> Problem,
    ) -> Option<T> {
        let text = self.cells.take(column)?;
        let part = understand(&text);
        if part.is_none() {
            self.problems.push(problem(text));
        }
        part
    }
}

fn known_answer(answer: String) -> Result<Decision, Problem> {
    let matching = |decision: &Decision| decision.answer().map(folded) == Some(folded(&answer));
    let known = [Decision::NoneOfThese, Decision::Unusable].into_iter().find(matching);
    known.ok_or(Problem::UnknownAnswer(answer))
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "x" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// A time with its zone (RFC 3339), or a date or a time without one, which then is UTC: so it means
/// the same on every computer.
fn time(text: &str) -> Option<Timestamp> {
    let in_utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok();
    let without_zone = || text.parse().ok().and_then(in_utc).map(|time| time.timestamp());
    text.parse().ok().or_else(without_zone)
}

fn sha256(text: &str) -> Option<String> {
    let is_sha256 = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_sha256.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[(Column, &str)]) -> (Result<Option<LabelRecord>, Problem>, Vec<Problem>) {
        let mut row = Cells::default();
        for (column, text) in cells {
            row.put(*column, text);
        }
        let mut problems = Vec::new();
        (row.record(&mut problems), problems)
    }

    /// A row about `a.tif` that is read without a problem and says something.
    fn good(cell: (Column, &str)) -> LabelRecord {
        let (record, problems) = record(&[(Column::Path, "a.tif"), cell]);
        assert_eq!(problems, []);
        record.unwrap().unwrap()
    }

    #[test]
    fn paths_have_forward_slashes_and_keep_their_spaces() {
        let (record, _) = record(&[(Column::Path, " x\\y \\a.tif"), (Column::Category, " Tips ")]);
        let record = record.unwrap().unwrap();
        assert_eq!(record.path, PathBuf::from(" x/y /a.tif"));
        assert_eq!(record.decision.unwrap().choice().unwrap().category, "Tips");
    }

    #[test]
    fn answers_are_known_in_any_spelling() {
        let answer = |text| good((Column::Answer, text)).decision;
        assert_eq!(answer("None of these"), Some(Decision::NoneOfThese));
        assert_eq!(answer("UNUSABLE"), Some(Decision::Unusable));
        let (other, _) = record(&[(Column::Path, "a.tif"), (Column::Answer, "perhaps")]);
        assert_eq!(other, Err(Problem::UnknownAnswer("perhaps".to_owned())));
    }

    #[test]
    fn a_row_that_contradicts_itself_makes_no_label() {
        let path = (Column::Path, "a.tif");
        let both = [path, (Column::Category, "Tips"), (Column::Answer, "unusable")];
        let wanted =
            Problem::Contradiction { category: "Tips".to_owned(), answer: "unusable".to_owned() };
        assert_eq!(record(&both).0, Err(wanted));
        let second = [path, (Column::Second, "Tips"), (Column::Answer, "unusable")];
        assert_eq!(record(&second).0, Err(Problem::NoFirstCategory("Tips".to_owned())));
        assert_eq!(record(&[(Column::Category, "Tips")]).0, Err(Problem::NoPath));
    }

    #[test]
    fn a_note_or_a_flag_alone_is_worth_keeping_and_a_name_alone_is_not() {
        assert_eq!(good((Column::Note, " blurred\n")).note.as_deref(), Some(" blurred\n"));
        assert_eq!(good((Column::Excluded, "x")).excluded, Some(true));
        assert_eq!(good((Column::Annotated, "No")).annotated, Some(false));
        let nothing = [(Column::Path, "a.tif"), (Column::By, "AB"), (Column::Note, " \n")];
        assert_eq!(record(&nothing).0, Ok(None));
    }

    #[test]
    fn times_with_and_without_zone_are_read() {
        let at = |text| time(text).map(|at| at.to_string());
        assert_eq!(at("2025-03-31T14:05:00+02:00").as_deref(), Some("2025-03-31T12:05:00Z"));
        assert_eq!(at("2025-03-31 14:05").as_deref(), Some("2025-03-31T14:05:00Z"));
        assert_eq!(at("2025-03-31").as_deref(), Some("2025-03-31T00:00:00Z"));
        for text in ["31.03.2025", "03/04/2025", "14:05", "2025-02-30", "9999-12-31"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn parts_that_cannot_be_read_are_told_and_the_label_is_kept() {
        let cells = [
            (Column::Path, "a.tif"),
            (Column::Category, "Tips"),
            (Column::At, "yesterday"),
            (Column::Excluded, "perhaps"),
            (Column::Sha256, "12ab"),
        ];
        let (record, problems) = record(&cells);
        let record = record.unwrap().unwrap();
        assert!(record.decision.is_some());
        assert_eq!((record.at, record.excluded, record.sha256), (None, None, None));
        assert_eq!(problems.len(), 3);
        assert!(problems.iter().all(Problem::keeps_label));
    }

    #[test]
    fn a_sha256_is_kept_in_lower_case() {
        let text = "AB".repeat(32);
        assert_eq!(sha256(&text), Some(text.to_lowercase()));
        assert_eq!(sha256(&"xy".repeat(32)), None);
    }
}
