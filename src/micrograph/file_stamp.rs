//! By what a file is known until it is read.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

/// A file's size, and when it was last written: as long as both are the same, so is its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Size in bytes.
    pub size_bytes: i64,
    /// When it was last written, in ns since 1970.
    pub modified_ns: i64,
}

impl FileStamp {
    /// What the file system says of a file.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            size_bytes: i64::try_from(metadata.len()).unwrap_or(i64::MAX),
            modified_ns: metadata.modified().map_or(0, ns_since_1970),
        }
    }
}

fn ns_since_1970(time: SystemTime) -> i64 {
    let ns = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()),
        Err(before) => i64::try_from(before.duration().as_nanos()).map(|ns| -ns),
    };
    ns.unwrap_or(0) // over 292 years from 1970: a broken clock
}
