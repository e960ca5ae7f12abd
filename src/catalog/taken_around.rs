//! What was taken before and after an image, at the same place in the same session.

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use rusqlite::{Connection, OptionalExtension, named_params};

use super::error::Failure;
use super::{CatalogError, ImageId, Library, stored_path};

/// Nobody sits at a microscope for longer: what is further away is another session.
const SESSION_HOURS: i64 = 12;

/// An image and when it was taken, seen from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenImage {
    /// The image.
    pub id: ImageId,
    /// How many seconds later it was taken than the one that was asked about; negative where it was
    /// earlier, `None` where either time is not known.
    pub seconds: Option<i64>,
}

/// Dates are found by the index on them, of which no more than this is looked at: another
/// instrument's images of the same hours may be between. The join is a cross join so that SQLite
/// begins with these few, and not with all images of a folder.
const DATED: [&str; 2] = [
    "SELECT id, acquired_at FROM (
        SELECT image_id, acquired_at FROM instrument_record INDEXED BY record_date
        WHERE acquired_at IS NOT NULL AND acquired_at >= :limit AND acquired_at <= :at
            AND (acquired_at < :at OR image_id < :image)
        ORDER BY acquired_at DESC, image_id DESC LIMIT 1000) AS record
     CROSS JOIN image ON image.id = record.image_id
     WHERE hidden = 0 AND folder = :folder
     ORDER BY acquired_at DESC, id DESC LIMIT :count",
    "SELECT id, acquired_at FROM (
        SELECT image_id, acquired_at FROM instrument_record INDEXED BY record_date
        WHERE acquired_at IS NOT NULL AND acquired_at <= :limit AND acquired_at >= :at
            AND (acquired_at > :at OR image_id > :image)
        ORDER BY acquired_at, image_id LIMIT 1000) AS record
     CROSS JOIN image ON image.id = record.image_id
     WHERE hidden = 0 AND folder = :folder
     ORDER BY acquired_at, id LIMIT :count",
];

/// By name, those in the same folder; its subfolders' images may be between.
const NAMED: [&str; 2] = [
    "SELECT id FROM (
        SELECT id, folder, path_text FROM image
        WHERE hidden = 0 AND path_text < :path AND path_text >= :limit
        ORDER BY path_text DESC LIMIT 1000) AS near
     WHERE folder = :folder AND NOT (:undated AND EXISTS (
        SELECT 1 FROM instrument_record AS record
        WHERE record.image_id = near.id AND record.acquired_at IS NOT NULL))
     ORDER BY path_text DESC LIMIT :count",
    "SELECT id FROM (
        SELECT id, folder, path_text FROM image
        WHERE hidden = 0 AND path_text > :path AND path_text < :limit
        ORDER BY path_text LIMIT 1000) AS near
     WHERE folder = :folder AND NOT (:undated AND EXISTS (
        SELECT 1 FROM instrument_record AS record
        WHERE record.image_id = near.id AND record.acquired_at IS NOT NULL))
     ORDER BY path_text LIMIT :count",
];

/// The image that is asked about.
struct Origin {
    image: ImageId,
    folder: String,
    path_text: String,
    /// As the record has it, and read.
    taken: Option<(String, DateTime)>,
}

impl Library {
    /// The image itself and those of its folder that were taken before and after it in the same
    /// session, at most so many of each, in the order in which they were taken. Where that is not
    /// known, its neighbours by name; they also stand in where too few dates are known, since files
    /// that nobody has read yet have none.
    ///
    /// # Errors
    /// When the library has no such image, or the database cannot be read.
    pub fn taken_around(
        &self,
        image: ImageId,
        before: usize,
        after: usize,
    ) -> Result<Vec<TakenImage>, CatalogError> {
        self.read_image("find what was taken around an image", |connection| {
            let origin = origin(connection, image)?;
            let mut around = neighbours(connection, &origin, 0, before)?;
            around.reverse();
            let seconds = origin.taken.is_some().then_some(0);
            around.push(TakenImage { id: image, seconds });
            around.extend(neighbours(connection, &origin, 1, after)?);
            Ok(around)
        })
    }
}

fn origin(connection: &Connection, image: ImageId) -> Result<Origin, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT folder, path_text, acquired_at FROM image
         LEFT JOIN instrument_record ON image_id = id WHERE id = ?1",
    )?;
    let found = statement.query_row([image.0], |row| {
        let acquired_at: Option<String> = row.get(2)?;
        let taken = acquired_at.and_then(|text| Some((text.clone(), civil(&text)?)));
        Ok(Origin { image, folder: row.get(0)?, path_text: row.get(1)?, taken })
    });
    Ok(found.optional()?.ok_or(CatalogError::UnknownImage(image))?)
}

/// The nearest first, on one side: 0 before, 1 after.
fn neighbours(
    connection: &Connection,
    origin: &Origin,
    side: usize,
    count: usize,
) -> Result<Vec<TakenImage>, Failure> {
    let mut found = match &origin.taken {
        Some((text, taken)) => dated(connection, origin, (text, *taken), side, count)?,
        None => Vec::new(),
    };
    let missing = count - found.len();
    if missing > 0 {
        found.extend(named(connection, origin, side, missing)?);
    }
    Ok(found)
}

fn dated(
    connection: &Connection,
    origin: &Origin,
    (at, taken): (&str, DateTime),
    side: usize,
    count: usize,
) -> Result<Vec<TakenImage>, Failure> {
    let hours = if side == 0 { -SESSION_HOURS } else { SESSION_HOURS };
    let Ok(limit) = taken.checked_add(hours.hours()) else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(DATED[side])?;
    let params = named_params! {
        ":limit": limit.to_string(), ":at": at, ":image": origin.image.0,
        ":folder": origin.folder, ":count": count as i64,
    };
    let rows = statement.query_map(params, |row| {
        let acquired_at: String = row.get(1)?;
        // Of one folder, so by one clock: its offset need not be looked at.
        let later = civil(&acquired_at).map(|other| other.duration_since(taken));
        Ok(TakenImage { id: ImageId(row.get(0)?), seconds: later.map(|later| later.as_secs()) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn named(
    connection: &Connection,
    origin: &Origin,
    side: usize,
    count: usize,
) -> Result<Vec<TakenImage>, Failure> {
    let folder = stored_path::search_text(origin.folder.as_bytes());
    // Of all that begins with the folder's name; the character after the slash ends that.
    let limit = match (folder.is_empty(), side) {
        (true, 0) => String::new(),
        (true, _) => char::MAX.to_string(),
        (false, 0) => format!("{folder}/"),
        (false, _) => format!("{folder}0"),
    };
    let mut statement = connection.prepare_cached(NAMED[side])?;
    let params = named_params! {
        ":path": origin.path_text, ":limit": limit, ":folder": origin.folder,
        ":undated": origin.taken.is_some(), ":count": count as i64,
    };
    let rows = statement
        .query_map(params, |row| Ok(TakenImage { id: ImageId(row.get(0)?), seconds: None }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a clock at the instrument showed.
fn civil(acquired_at: &str) -> Option<DateTime> {
    acquired_at.get(..19)?.parse().ok()
}
