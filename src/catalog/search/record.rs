//! Images by values in a column: what the instrument recorded, scores, dates, folders.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::{Column, Search, column};
use crate::catalog::ImageId;
use crate::catalog::id_list::ids_in;
use crate::catalog::image_set::ImageSet;
use crate::query::{
    Bound, DateField, DateRange, Field, NumberField, NumberRange, Pattern, PatternPart, TextField,
};
use crate::text::folded;

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
        let Column { table, name, index } = column;
        // In ASCII alone, SQLite's own comparison is that of people.
        if let Some(text) = pattern.exact_text().filter(|text| text.is_ascii()) {
            let sql = format!("{} WHERE {name} = ?1 COLLATE NOCASE", column.scan());
            return self.ids(&sql, [text]);
        }
        // Values are few, and each is looked at once.
        let sql = format!(
            "SELECT {name}, image_ids(image_id) FROM {table} INDEXED BY {index}
             WHERE {name} IS NOT NULL GROUP BY {name} COLLATE NOCASE"
        );
        let mut images = ImageSet::default();
        self.each_group(&sql, |value, ids| {
            if pattern.matches(value) {
                images.extend(ids_in(ids));
            }
        })?;
        Ok(images)
    }

    /// Images in the folder of this name and below, also those that are shown at another place. A
    /// folder of another computer is the one with the longest end of its path.
    pub(super) fn in_folder_called(&self, folder: &str) -> rusqlite::Result<ImageSet> {
        let folder = folded(&folder.replace('\\', "/"));
        let has_root = folder.starts_with('/') || folder.split('/').next().is_some_and(is_drive);
        let mut wanted = folder.trim_matches('/');
        if wanted.is_empty() {
            return self.every_image();
        }
        let mut folders: Vec<(String, Vec<ImageId>)> = Vec::new();
        for hidden in [0, 1, 2] {
            let sql = format!(
                "SELECT folder, image_ids(CASE hidden WHEN 2 THEN same_as ELSE id END)
                 FROM image INDEXED BY image_by_folder WHERE hidden = {hidden} GROUP BY folder"
            );
            self.each_group(&sql, |folder, ids| {
                folders.push((folded(folder), ids_in(ids).collect()));
            })?;
        }
        loop {
            let is_in = |folder: &str| {
                folder
                    .strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let found = folders.iter().filter(|(folder, _)| is_in(folder));
            let found: ImageSet = found.flat_map(|(_, images)| images.iter().copied()).collect();
            match wanted.split_once('/') {
                Some((_, rest)) if found.is_empty() && has_root => wanted = rest,
                _ => return Ok(found),
            }
        }
    }

    /// Hands over each value that `sql` gives, with the ids that were gathered for it.
    fn each_group(&self, sql: &str, mut take: impl FnMut(&str, &[u8])) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_blob()?);
        }
        Ok(())
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
            PatternPart::Text(text) => Some(folded(text)),
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
                images.insert(ImageId(row.get(0)?));
            }
        }
        self.add_images_of_places(&mut images)?;
        Ok(images)
    }
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
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

    #[test]
    fn years_and_months_begin_on_their_first_day() {
        for (iso, day) in [("2024", "2024-01-01"), ("2024-03", "2024-03-01")] {
            assert_eq!(in_utc(iso), in_utc(day));
            let instant: jiff::Timestamp = in_utc(iso).parse().unwrap();
            assert_eq!(instant.to_zoned(TimeZone::system()).date().to_string(), day);
        }
    }
}
