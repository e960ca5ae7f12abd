//! Who may write a library: one program at a time. The others read it, and say who that is.
//!
//! The claim is a lock of the operating system on a file beside the database, which ends with the
//! process that holds it, however it ends: no lock is ever left behind by a dead program.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const LOCK: &str = "library.lock";
/// Apart from the lock, which on Windows nobody else may read.
const HOLDER: &str = "library.holder";

/// The program that may write a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who runs it.
    pub user: String,
    /// On which computer.
    pub host: String,
    /// Its process number there.
    pub process: u32,
    /// Since when.
    #[serde(with = "super::label::rfc3339")]
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, host, process, since } = self;
        let since = since.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        write!(f, "{user} on {host}, process {process}, since {since}")
    }
}

/// An answer to asking for a library.
pub(super) enum Claim {
    /// It may be written as long as this is kept. Without a file where the file system has no
    /// locks: then SQLite's own must do.
    Granted(Option<File>),
    /// Somebody else has it; who, where that can be read.
    Held(Option<Holder>),
}

/// Asks to be the one who writes the library in `directory`.
pub(super) fn claim(directory: &Path) -> Claim {
    let lock = directory.join(LOCK);
    let Ok(file) = OpenOptions::new().create(true).truncate(false).write(true).open(lock) else {
        return Claim::Granted(None);
    };
    match file.try_lock() {
        Ok(()) => {
            // What nobody can read costs a name in a message.
            let _ = serde_json::to_vec(&this_process())
                .map(|json| fs::write(directory.join(HOLDER), json));
            Claim::Granted(Some(file))
        }
        Err(TryLockError::WouldBlock) => {
            let json = fs::read(directory.join(HOLDER)).unwrap_or_default();
            Claim::Held(serde_json::from_slice(&json).ok())
        }
        Err(TryLockError::Error(_)) => Claim::Granted(None),
    }
}

/// Whether nobody has the library in `directory`. Takes nothing: somebody else may have it next.
pub(super) fn is_free(directory: &Path) -> bool {
    let file = OpenOptions::new().write(true).open(directory.join(LOCK));
    file.is_ok_and(|file| file.try_lock().is_ok())
}

fn this_process() -> Holder {
    let variable = |names: [&str; 2]| {
        names
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
    };
    let host = fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned());
    Holder {
        user: variable(["USER", "USERNAME"]).unwrap_or_else(|| "another session".to_owned()),
        host: host
            .ok()
            .or_else(|| variable(["HOSTNAME", "COMPUTERNAME"]))
            .unwrap_or_else(|| "this computer".to_owned()),
        process: std::process::id(),
        since: Timestamp::now(),
    }
}
