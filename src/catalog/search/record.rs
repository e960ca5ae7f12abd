//! Images by values in a column: what the instrument recorded, scores, dates, folders.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::{Column, Search, column};
use crate::catalog::image_set::ImageSet;
use crate::query::{
    Bound, DateField, DateRange, Field, NumberField, NumberRange, Pattern, PatternPart, TextField,
};

/// How far a measured value may be from the one that was written, as a share of it: a working
/// distance of 4.5012 mm is the 4.5 mm that the data bar shows.
const TOLERANCE: f64 = 0.005;

impl Search<'_> {
    pub(super) fn in_number_range(
        &self,
        field: NumberField,
        range: &NumberRange,
    ) -> rusqlite::Result<ImageSet> {
        let Some(column) = column(Field::Number(field)) else {
            return Ok(ImageSet::default());
        };
        let Column { name, .. } = column;
        let mut conditions = vec![format!("{name} IS NOT NULL")];
        let mut values = Vec::new();
        let mut demand = |sign: &str, value: f64| {
            values.push(Value::Real(value));
            conditions.push(format!("{name} {sign} ?{}", values.len()));
        };
        if let Some(value) = range.exact() {
            demand(">=", value * (1.0 - TOLERANCE));
            demand("<=", value * (1.0 + TOLERANCE));
        } else {
            if let Some(Bound { value, is_inclusive }) = range.min() {
                demand(if is_inclusive { ">=" } else { ">" }, value.get());
            }
            if let Some(Bound { value, is_inclusive }) = range.max() {
                demand(if is_inclusive { "<=" } else { "<" }, value.get());
            }
        }
        let sql = format!("{} WHERE {}", column.scan(), conditions.join(" AND "));
        self.ids(&sql, params_from_iter(values))
    }

    /// Dates are the microscope's own, as it wrote them; those of labels are this computer's.
    pub(super) fn in_date_range(
        &self,
        field: DateField,
        range: &DateRange,
    ) -> rusqlite::Result<ImageSet> {
        let Some(column) = column(Field::Date(field)) else {
            return Ok(ImageSet::default());
        };
        let Column { name, .. } = column;
        let bound = |iso: Option<String>| match field {
            DateField::Taken => iso,
            DateField::Labelled => iso.map(|iso| in_utc(&iso)),
        };
        let from = bound(range.from_iso()).unwrap_or_default();
        let sql = format!("{} WHERE {name} >= ?1 AND {name} < ?2", column.scan());
        let until = bound(range.until_iso()).unwrap_or_else(|| "a".to_owned()); // after all digits
        self.ids(&sql, params![from, until])
    }

    pub(super) fn matching(
        &self,
        field: TextField,
        pattern: &Pattern,
    ) -> rusqlite::Result<ImageSet> {
        let Some(column) = column(Field::Text(field)) else {
            return self.named(pattern);
        };
        let Column { name, .. } = column;
        if let [PatternPart::Text(text)] = pattern.parts() {
            let sql = format!("{} WHERE {name} = ?1 COLLATE NOCASE", column.scan());
            return self.ids(&sql, [text]);
        }
        let sql =
            format!("{} WHERE {name} IS NOT NULL AND {name} LIKE ?1 ESCAPE '\\'", column.scan());
        self.ids(&sql, [like(pattern)])
    }

    /// Images in this folder and below, also those that are shown at another place.
    pub(in crate::catalog) fn in_folder(&self, folder: &str) -> rusqlite::Result<ImageSet> {
        if folder.is_empty() {
            return self.every_image();
        }
        // '0' is the character after '/': everything below the folder lies between the two.
        self.ids(
            "SELECT CASE hidden WHEN 2 THEN same_as ELSE id END FROM image
             WHERE hidden IN (0, 1, 2)
               AND (folder = ?1 OR (folder > ?1 || '/' AND folder < ?1 || '0'))",
            [folder],
        )
    }

    fn named(&self, pattern: &Pattern) -> rusqlite::Result<ImageSet> {
        // SQLite looks for the longest piece; only where that is, the whole is compared.
        let pieces = pattern.parts().iter().filter_map(|part| match part {
            PatternPart::Text(text) => Some(text.to_lowercase()),
            PatternPart::AnyText => None,
        });
        let piece = pieces.max_by_key(String::len).unwrap_or_default();
        let mut statement = self.connection.prepare_cached(
            "SELECT id, path_text FROM image INDEXED BY image_by_path
             WHERE hidden IN (0, 1, 2) AND instr(path_text, ?1) > 0",
        )?;
        let mut rows = statement.query([piece])?;
        let mut images = ImageSet::default();
        while let Some(row) = rows.next()? {
            let path = row.get_ref(1)?.as_str()?;
            if pattern.matches(path.rsplit('/').next().unwrap_or(path)) {
                images.insert(crate::catalog::ImageId(row.get(0)?));
            }
        }
        self.add_images_of_places(&mut images)?;
        Ok(images)
    }
}

/// The pattern for SQLite's `LIKE`, with `\` before what means something there.
fn like(pattern: &Pattern) -> String {
    let mut like = String::new();
    for part in pattern.parts() {
        match part {
            PatternPart::AnyText => like.push('%'),
            PatternPart::Text(text) => {
                for c in text.chars() {
                    if matches!(c, '%' | '_' | '\\') {
                        like.push('\\');
                    }
                    like.push(c);
                }
            }
        }
    }
    like
}

/// The beginning of a year, month or day here, as the time in UTC that the database keeps.
fn in_utc(iso: &str) -> String {
    let beginning = format!("{iso}{}", &"0000-01-01"[iso.len().min(10)..]);
    let local = beginning
        .parse::<jiff::civil::Date>()
        .map(DateTime::from)
        .and_then(|date| date.to_zoned(TimeZone::system()));
    local.map_or_else(|_| iso.to_owned(), |local| local.timestamp().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Condition, Query};

    #[test]
    fn signs_that_like_would_understand_are_taken_literally() {
        let query = Query::parse("detector:*50%_x*").unwrap();
        let Condition::Matches(_, pattern) = &query.terms()[0].any_of[0] else { panic!() };
        assert_eq!(like(pattern), r"%50\%\_x%");
    }

    #[test]
    fn years_and_months_begin_on_their_first_day() {
        for (iso, day) in [("2024", "2024-01-01"), ("2024-03", "2024-03-01")] {
            assert_eq!(in_utc(iso), in_utc(day));
            let instant: jiff::Timestamp = in_utc(iso).parse().unwrap();
            assert_eq!(instant.to_zoned(TimeZone::system()).date().to_string(), day);
        }
    }
}
