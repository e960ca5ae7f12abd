//! Image paths as the database keeps them.
//!
//! Relative to the library's root, parts joined by `/`. On Unix the bytes are the file system's
//! own, so that names that are not UTF-8 survive; elsewhere they are lossy UTF-8.

use std::path::{Component, Path, PathBuf};

use crate::text::folded;

/// The stored form of a relative path, or `None` if it leads out of the root or is empty.
pub(super) fn to_bytes(relative: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for component in relative.components() {
        match component {
            Component::Normal(part) => {
                if !bytes.is_empty() {
                    bytes.push(b'/');
                }
                bytes.extend_from_slice(&part_bytes(part));
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::ParentDir => return None,
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// The path that was stored.
pub(super) fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    let path = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes);
    #[cfg(not(unix))]
    let path = String::from_utf8_lossy(&bytes).into_owned();
    PathBuf::from(path)
}

/// The path as names are compared, for searching and sorting; never shown.
pub(super) fn search_text(bytes: &[u8]) -> String {
    folded(&String::from_utf8_lossy(bytes))
}

/// The folder the image is in, parts joined by `/`; empty for the root itself.
pub(super) fn folder(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The file's name without its folder.
pub(super) fn name(bytes: &[u8]) -> &[u8] {
    bytes.rsplit(|&byte| byte == b'/').next().unwrap_or(bytes)
}

#[cfg(unix)]
fn part_bytes(part: &std::ffi::OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(part).to_vec()
}

#[cfg(not(unix))]
fn part_bytes(part: &std::ffi::OsStr) -> Vec<u8> {
    part.to_string_lossy().into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_and_have_one_spelling() {
        for path in ["a.tif", "x/y/Ä µ.tif", "./x//y/./Ä µ.tif"] {
            let bytes = to_bytes(Path::new(path)).unwrap();
            assert_eq!(to_bytes(&from_bytes(bytes.clone())), Some(bytes));
        }
        assert_eq!(to_bytes(Path::new("./x//a.tif")), to_bytes(Path::new("x/a.tif")));
    }

    #[test]
    fn paths_out_of_the_root_are_refused() {
        for path in ["", ".", "..", "x/../../a.tif", "/a.tif"] {
            assert_eq!(to_bytes(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn folder_is_the_part_before_the_name() {
        assert_eq!(folder(b"a.tif"), "");
        assert_eq!(folder(b"X/y/a.tif"), "X/y");
        assert_eq!(search_text("X/Ä.TIF".as_bytes()), "x/ä.tif");
    }
}
