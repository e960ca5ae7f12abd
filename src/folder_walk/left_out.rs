//! What operating systems, network storage and other programs keep beside people's files.

use std::ffi::OsStr;
use std::fs::FileType;

/// Folders that hold no images of people: waste, thumbnails, snapshots and what file systems need.
/// In lower case.
const FOLDERS: [&str; 17] = [
    // Synology
    "@eadir",
    "@tmp",
    "@sharebin",
    "#recycle",
    "#snapshot",
    // QNAP
    "@recycle",
    "@recently-snapshot",
    // NetApp
    "~snapshot",
    // Windows
    "$recycle.bin",
    "system volume information",
    "found.000",
    // macOS
    "__macosx",
    "network trash folder",
    "temporary items",
    "thevolumesettingsfolder",
    // Linux
    "lost+found",
    // Python
    "__pycache__",
];

/// Whether a walk passes over this entry of a folder: a hidden one (`.DS_Store`, `._1.tif`,
/// `.ipynb_checkpoints`), or a folder that is no person's.
pub(super) fn is_left_out(name: &OsStr, kind: FileType) -> bool {
    if name.as_encoded_bytes().starts_with(b".") {
        return true;
    }
    !kind.is_file() && FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
}
