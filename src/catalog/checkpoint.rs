//! Brings what was written ahead into the library file, beside the writing: SQLite would do it within a
//! write, with two syncs, and whoever decides would wait.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::CatalogError;
use super::connection::open_reader;

/// Between one checkpoint and the next: so much is synced with a decision at most.
const PAUSE: Duration = Duration::from_millis(500);

/// A connection that does nothing else.
#[derive(Debug)]
pub(super) struct Checkpoints(Mutex<State>);

#[derive(Debug)]
struct State {
    connection: Connection,
    /// When the last one ended.
    last: Option<Instant>,
}

impl Checkpoints {
    pub(super) fn of(database: &Path) -> Result<Self, CatalogError> {
        let connection = open_reader(database)?;
        Ok(Self(Mutex::new(State { connection, last: None })))
    }

    /// To be called after a write that is not a decision, by the thread that wrote.
    pub(super) fn make_if_due(&self) {
        // Where another thread is making one, or died of it, nobody waits: SQLite makes one by itself
        // where much has been written.
        let Ok(mut state) = self.0.try_lock() else { return };
        if state.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        // What was written is safe where it is: after a failure, the next one brings more.
        let _ = state.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        state.last = Some(Instant::now());
    }
}
