//! Lists of images out of the database, gathered where the rows are.
//!
//! Handing over row by row costs three times as much as finding them; here an aggregate function
//! gathers them inside SQLite, and one value is handed over.

use std::panic::{RefUnwindSafe, UnwindSafe};

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params};

use super::ImageId;

/// Makes `image_ids(id)` and `image_values(id, value)` known to the connection.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_aggregate_function("image_ids", 1, flags, Gathering(add_id))?;
    connection.create_aggregate_function("image_values", 2, flags, Gathering(add_id_and_value))
}

/// The ids that `image_ids` gathered.
pub(super) fn ids_in(bytes: &[u8]) -> impl Iterator<Item = ImageId> {
    let (ids, _) = bytes.as_chunks::<4>();
    ids.iter().map(|id| ImageId(u32::from_le_bytes(*id)))
}

/// Hands over each id and number that `sql` gives in its two columns, in its order. A text is a
/// date: `2024-03-01…` is 20240301, and what is no date is not a number.
pub(super) fn select_values(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(ImageId, f64),
) -> rusqlite::Result<()> {
    let sql =
        format!("WITH found (id, value) AS ({sql}) SELECT image_values(id, value) FROM found");
    connection.prepare_cached(&sql)?.query_row([], |row| {
        let (pairs, _) = row.get_ref(0)?.as_blob()?.as_chunks::<12>();
        for [a, b, c, d, value @ ..] in pairs {
            take(ImageId(u32::from_le_bytes([*a, *b, *c, *d])), f64::from_le_bytes(*value));
        }
        Ok(())
    })
}

/// All ids that `sql` gives in its only column, in its order.
pub(super) fn select_ids(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<ImageId>> {
    gather(connection, sql, params, |bytes| ids_in(bytes).collect())
}

/// Hands over the ids that `sql` gives, four bytes each, lowest first.
pub(super) fn gather<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    take: impl FnOnce(&[u8]) -> T,
) -> rusqlite::Result<T> {
    // The order within is the order of gathering: SQLite keeps it for aggregates such as this.
    let sql = format!("WITH found (id) AS ({sql}) SELECT image_ids(id) FROM found");
    connection.prepare_cached(&sql)?.query_row(params, |row| Ok(take(row.get_ref(0)?.as_blob()?)))
}

/// An aggregate function: what it adds of each row.
struct Gathering(fn(&Context<'_>, &mut Vec<u8>) -> rusqlite::Result<()>);

/// What was gathered so far, as it is handed over.
struct Gathered(Vec<u8>);

impl UnwindSafe for Gathered {}
impl RefUnwindSafe for Gathered {}

impl Aggregate<Gathered, Vec<u8>> for Gathering {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Gathered> {
        Ok(Gathered(Vec::new()))
    }

    fn step(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> rusqlite::Result<()> {
        (self.0)(context, &mut gathered.0)
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        gathered: Option<Gathered>,
    ) -> rusqlite::Result<Vec<u8>> {
        Ok(gathered.map_or_else(Vec::new, |gathered| gathered.0))
    }
}

fn add_id(context: &Context<'_>, gathered: &mut Vec<u8>) -> rusqlite::Result<()> {
    gathered.extend(context.get::<u32>(0)?.to_le_bytes());
    Ok(())
}

fn add_id_and_value(context: &Context<'_>, gathered: &mut Vec<u8>) -> rusqlite::Result<()> {
    let value = match context.get_raw(1) {
        ValueRef::Real(value) => value,
        ValueRef::Integer(value) => value as f64,
        ValueRef::Text(date) => day_number(date).unwrap_or(f64::NAN),
        ValueRef::Null | ValueRef::Blob(_) => f64::NAN,
    };
    add_id(context, gathered)?;
    gathered.extend(value.to_le_bytes());
    Ok(())
}

/// Of `2024-03-01…`: 20240301.
fn day_number(date: &[u8]) -> Option<f64> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h, ..] = date else { return None };
    let digits = [a, b, c, d, e, f, g, h];
    let number = |sum: u32, digit: u8| Some(sum * 10 + char::from(digit).to_digit(10)?);
    digits.into_iter().try_fold(0, number).map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_in_the_order_that_was_asked_for() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE image (id INTEGER PRIMARY KEY, name TEXT);
                 CREATE INDEX by_name ON image (name);
                 INSERT INTO image VALUES (1, 'c'), (2, 'a'), (70000, 'b'), (4294967295, 'b');",
            )
            .unwrap();
        let ids = |sql: &str| -> Vec<u32> {
            let ids = select_ids(&connection, sql, []).unwrap();
            ids.into_iter().map(|ImageId(id)| id).collect()
        };
        assert_eq!(ids("SELECT id FROM image ORDER BY name, id"), [2, 70_000, u32::MAX, 1]);
        // Not of the index: SQLite has to sort for it.
        assert_eq!(ids("SELECT id FROM image ORDER BY name DESC, id"), [1, 70_000, u32::MAX, 2]);
        assert_eq!(ids("SELECT id FROM image ORDER BY -id"), [u32::MAX, 70_000, 2, 1]);
        assert_eq!(ids("SELECT id FROM image WHERE id < 0"), [0; 0]);
        let of_name = select_ids(&connection, "SELECT id FROM image WHERE name = ?1", ["a"]);
        assert_eq!(of_name.unwrap(), [ImageId(2)]);
    }

    #[test]
    fn numbers_and_dates_come_with_their_images() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let values = |sql: &str| {
            let mut values = Vec::new();
            select_values(&connection, sql, |ImageId(id), value| values.push((id, value))).unwrap();
            values
        };
        let dates = "SELECT 7, '2024-03-01T10:00:00' UNION ALL SELECT 3, '2023-12-31'";
        assert_eq!(values(dates), [(7, 20_240_301.0), (3, 20_231_231.0)]);
        assert_eq!(values("SELECT 1, 2 UNION ALL SELECT 70000, 0.5"), [(1, 2.0), (70_000, 0.5)]);
        for unknown in ["'March 2024'", "'2024/03/01'", "NULL"] {
            assert!(values(&format!("SELECT 1, {unknown}"))[0].1.is_nan(), "{unknown}");
        }
        assert_eq!(values("SELECT 1, 2 WHERE 0"), []);
    }
}
