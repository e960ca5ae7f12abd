//! Opens a library file: checks that it is one, brings it up to date, sets how it is written.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use super::following::follow_categories;
use super::prediction::uncertainty;
use super::schema::{APPLICATION_ID, MIGRATIONS, NEWEST_VERSION};
use super::{CatalogError, id_list};
use crate::text::folded;

/// How long to wait for another program that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The statements of the catalogue, all kept compiled.
const STATEMENT_CACHE_CAPACITY: usize = 64;

/// Pages written ahead from which on SQLite makes a checkpoint by itself, within a write: more than come
/// together between those that are made beside writing. 32 MB.
const CHECKPOINT_PAGES: u32 = 8192;

/// A connection that may write. Creates the file or brings it to the newest format.
pub(super) fn open_writer(path: &Path, is_shared: bool) -> Result<Connection, CatalogError> {
    let failed = |source| CatalogError::database("open", path, source);
    let mut connection = connect(path).map_err(failed)?;
    // Checked before anything is written, so that a file that is not ours stays as it is.
    check(&connection, path)?;
    check_length(&connection, path)?;
    // Writing ahead needs memory that all programs share, which computers do not.
    let journal_mode = if is_shared { "TRUNCATE" } else { "WAL" };
    connection.pragma_update(None, "journal_mode", journal_mode).map_err(failed)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(failed)?;
    migrate(&mut connection).map_err(failed)?;
    Ok(connection)
}

/// A connection that only reads, for a file that [`open_writer`] has opened, here or elsewhere.
pub(super) fn open_reader(path: &Path) -> Result<Connection, CatalogError> {
    let failed = |source| CatalogError::database("open", path, source);
    let connection = connect(path).map_err(failed)?;
    check(&connection, path)?;
    connection.pragma_update(None, "query_only", true).map_err(failed)?;
    Ok(connection)
}

/// The same for what is known of single images: a row is found by its number, with few pages in memory.
pub(super) fn open_image_reader(path: &Path) -> Result<Connection, CatalogError> {
    let connection = open_reader(path)?;
    connection
        .pragma_update(None, "cache_size", -8 * 1024) // KiB
        .map_err(|source| CatalogError::database("open", path, source))?;
    Ok(connection)
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
    id_list::register(&connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Sorting a big view: in memory rather than in files beside the images.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -24 * 1024)?; // KiB
    Ok(connection)
}

/// Refuses databases of other programs and of newer versions of this one.
fn check(connection: &Connection, path: &Path) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::database("open", path, source);
    let found = user_version(connection).map_err(failed)?;
    let application_id: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failed)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failed)?;
    let ours = application_id == APPLICATION_ID;
    let empty = application_id == 0 && found == 0 && tables == 0;
    if !ours && !empty {
        return Err(CatalogError::NotALibrary { path: path.to_owned() });
    }
    if found > NEWEST_VERSION {
        let path = path.to_owned();
        return Err(CatalogError::NewerLibrary { found, supported: NEWEST_VERSION, path });
    }
    Ok(())
}

/// Refuses a file that was cut short, before somebody works on in what is left of it.
fn check_length(connection: &Connection, path: &Path) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::database("open", path, source);
    let number = |pragma| {
        connection.pragma_query_value(None, pragma, |row| row.get(0)).map(i64::cast_unsigned)
    };
    let expected_bytes =
        number("page_count").map_err(failed)? * number("page_size").map_err(failed)?;
    let length = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    // What was written ahead may not be in the file yet.
    let mut ahead = path.as_os_str().to_owned();
    ahead.push("-wal");
    if length(Path::new(&ahead)) == 0 && length(path) < expected_bytes {
        let reason = "the file is shorter than its first page says".to_owned();
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        let source = rusqlite::Error::SqliteFailure(code, Some(reason));
        return Err(CatalogError::damaged("open", path.to_owned(), source));
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if user_version(connection)? == NEWEST_VERSION {
        return Ok(());
    }
    // A migration may make a table anew that others refer to.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.create_scalar_function(
        "uncertainty",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| {
            let (scores, _) = context.get_raw(0).as_blob()?.as_chunks::<4>();
            let scores: Vec<f32> = scores.iter().map(|score| f32::from_le_bytes(*score)).collect();
            Ok(uncertainty(&scores))
        },
    )?;
    connection.create_scalar_function(
        "folded",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| Ok(folded(context.get_raw(0).as_str()?)),
    )?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another program may have migrated while we waited for the lock.
    let version = user_version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    // Earlier formats kept best categories as the models call them.
    follow_categories(&transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", NEWEST_VERSION)?;
    transaction.commit()?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
