//! Work that rests until it is told to go on.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Whether a task rests, and for how long it has.
#[derive(Debug, Default)]
pub(super) struct Pause {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Since when it rests.
    since: Option<Instant>,
    /// How long it rested before.
    rested: Duration,
    is_cancelled: bool,
    /// Whether the work has come to rest.
    is_resting: bool,
}

impl Pause {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, is_paused: bool) {
        let mut state = self.lock();
        match (is_paused, state.since) {
            (true, None) => state.since = Some(Instant::now()),
            (false, Some(since)) => {
                state.rested += since.elapsed();
                state.since = None;
            }
            _ => {}
        }
        self.changed.notify_all();
    }

    /// What rests must wake up to stop.
    pub(super) fn cancel(&self) {
        self.lock().is_cancelled = true;
        self.changed.notify_all();
    }

    pub(super) fn is_set(&self) -> bool {
        self.lock().since.is_some()
    }

    /// Whether the work has come to rest: what it had in hand is done.
    pub(super) fn is_resting(&self) -> bool {
        self.lock().is_resting
    }

    /// Time that was no work.
    pub(super) fn rested(&self) -> Duration {
        let state = self.lock();
        state.rested + state.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Returns when the work may go on, or is to stop.
    pub(super) fn wait(&self) {
        let mut state = self.lock();
        while state.since.is_some() && !state.is_cancelled {
            state.is_resting = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_resting = false;
    }
}
