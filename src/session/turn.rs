//! A library that another program writes: once that one closes it, it is opened again to be written.

use std::convert::Infallible;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::{NoticeLevel, Session, Wake};
use crate::catalog::Library;

/// How often the other program's lock is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Waits for the other program until it is dropped.
pub(super) struct Turn {
    came: Receiver<()>,
    _stop: Sender<Infallible>,
}

impl Turn {
    /// Begins to wait, where the library is held by another program.
    pub(super) fn for_library(library: &Library, wake: &Wake) -> Option<Self> {
        if !library.is_read_only() || library.is_unwritable() {
            return None;
        }
        let (place, wake) = (library.place().clone(), wake.clone());
        let (_stop, stopped) = bounded::<Infallible>(0);
        let (sender, came) = bounded(1);
        thread::spawn(move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if place.is_free() {
                    let _ = sender.send(()); // it is dropped where the folder was closed meanwhile
                    return wake(Duration::ZERO);
                }
            }
        });
        Some(Self { came, _stop })
    }
}

impl Session {
    /// Opens the library again once the other program has closed it.
    pub(super) fn receive_turn(&mut self) {
        let Some(open) = &self.open else { return };
        let has_come = open.turn.as_ref().is_some_and(|turn| turn.came.try_recv().is_ok());
        if has_come {
            let root = open.library.root().to_owned();
            self.notify(
                NoticeLevel::Info,
                "The other Semblance has closed this library: labels can be given here now",
            );
            self.open_folder(&root);
        }
    }
}
