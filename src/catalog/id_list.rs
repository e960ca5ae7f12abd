//! Lists of images out of the database, gathered where the rows are.
//!
//! Handing over row by row costs three times as much as finding them; here an aggregate function
//! gathers them inside SQLite, and one value is handed over.

use std::panic::{RefUnwindSafe, UnwindSafe};

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Params};

use super::ImageId;

/// Makes `image_ids(id)` known to the connection.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_aggregate_function("image_ids", 1, flags, ImageIds)
}

/// All ids that `sql` gives in its only column, in its order.
pub(super) fn select_ids(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<ImageId>> {
    gather(connection, sql, params, |bytes| {
        let (ids, _) = bytes.as_chunks::<4>();
        ids.iter().map(|id| ImageId(u32::from_le_bytes(*id))).collect()
    })
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

struct ImageIds;

/// Ids that were gathered so far, as they are handed over.
struct Gathered(Vec<u8>);

impl UnwindSafe for Gathered {}
impl RefUnwindSafe for Gathered {}

impl Aggregate<Gathered, Vec<u8>> for ImageIds {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Gathered> {
        Ok(Gathered(Vec::new()))
    }

    fn step(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> rusqlite::Result<()> {
        gathered.0.extend(context.get::<u32>(0)?.to_le_bytes());
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        gathered: Option<Gathered>,
    ) -> rusqlite::Result<Vec<u8>> {
        Ok(gathered.map_or_else(Vec::new, |gathered| gathered.0))
    }
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
}
