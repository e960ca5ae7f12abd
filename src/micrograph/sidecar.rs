//! Text files that an instrument writes beside an image.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A text file beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecar {
    /// Its name, without the folder.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Longer ones are no instrument's.
const LIMIT_BYTES: u64 = 4 << 20;

/// The text files that may belong to `image`, in the order in which they are believed.
///
/// JEOL and Hitachi write `image.txt` for `image.tif`, SEC `image.jpg.txt` for `image.jpg`, TESCAN
/// `image.hdr` or `image-tif.hdr`. What cannot be read is left out: it must not cost the pixels.
pub(super) fn beside(image: &Path) -> Vec<Sidecar> {
    let mut found: Vec<Sidecar> = Vec::new();
    for sidecar in candidates(image).iter().filter_map(|path| read(path)) {
        // Where case does not matter, a.txt and a.TXT are one file.
        if !found.iter().any(|known| known.file_name.eq_ignore_ascii_case(&sidecar.file_name)) {
            found.push(sidecar);
        }
    }
    found
}

fn candidates(image: &Path) -> Vec<PathBuf> {
    let (Some(name), Some(stem)) = (image.file_name(), image.file_stem()) else {
        return Vec::new();
    };
    let joined = |name: &std::ffi::OsStr, ending: &str| {
        let mut whole = OsString::from(name);
        whole.push(ending);
        image.with_file_name(whole)
    };
    let extension = image.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let mut paths = Vec::new();
    for (txt, hdr) in [(".txt", ".hdr"), (".TXT", ".HDR")] {
        paths.push(joined(name, txt));
        paths.push(joined(stem, &format!("-{extension}{hdr}")));
        paths.push(joined(stem, hdr));
        paths.push(joined(stem, txt));
    }
    paths
}

fn read(path: &Path) -> Option<Sidecar> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LIMIT_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(LIMIT_BYTES).read_to_end(&mut bytes).ok()?;
    let file_name = path.file_name()?.to_string_lossy().into_owned();
    Some(Sidecar { file_name, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(image: &str, beside_it: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for name in beside_it {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        let sidecars = beside(&folder.path().join(image));
        sidecars.into_iter().map(|sidecar| sidecar.file_name).collect()
    }

    #[test]
    fn text_files_are_found_by_each_vendors_rule() {
        assert_eq!(found("a.tif", &["a.txt", "b.txt"]), ["a.txt"]);
        assert_eq!(found("a.jpg", &["a.jpg.txt"]), ["a.jpg.txt"]);
        assert_eq!(found("a.tif", &["a.hdr"]), ["a.hdr"]);
        assert_eq!(found("a.png", &["a-png.hdr", "a-tif.hdr"]), ["a-png.hdr"]);
        assert_eq!(found("a.TIF", &["a.TXT"]), ["a.TXT"]);
    }

    #[test]
    fn the_whole_name_is_believed_before_the_stem() {
        assert_eq!(found("a.jpg", &["a.txt", "a.jpg.txt"]), ["a.jpg.txt", "a.txt"]);
    }

    #[test]
    fn a_folder_or_a_large_file_of_that_name_is_no_sidecar() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a.txt")).unwrap();
        let large = fs::File::create(folder.path().join("a.hdr")).unwrap();
        large.set_len(LIMIT_BYTES + 1).unwrap();
        assert_eq!(beside(&folder.path().join("a.tif")), []);
    }
}
