//! Texts whose name and an image's are spelled differently: `Sample01.tif` and `SAMPLE01.TXT`, or
//! accents that one computer writes apart. A folder is listed once for all images in it.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, io};

use super::decode::READABLE_EXTENSIONS;
use super::sidecar::{TEXT_EXTENSIONS, texts_of};
use crate::text::folded;

/// What stands beside an image for one of the names that its text may have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OtherSpelling {
    /// No text.
    Missing,
    /// One text, which no other image claims.
    Found(OsString),
    /// Texts that are several, or that images of several spellings claim.
    Undecided(Vec<OsString>),
}

/// The texts of a folder by their folded names.
#[derive(Debug, Default)]
pub(super) struct FolderNames {
    texts: HashMap<String, Claims>,
}

/// Texts of one folded name.
#[derive(Debug, Default)]
struct Claims {
    texts: Vec<OsString>,
    /// The names that images beside them would have their texts called; of more than two it is
    /// enough to know that they differ.
    claimed_as: Vec<OsString>,
}

impl FolderNames {
    fn list(folder: &Path) -> io::Result<Self> {
        let mut texts: HashMap<String, Claims> = HashMap::new();
        let mut images = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            // Names that are no Unicode are known by their bytes alone.
            let Some(readable) = name.to_str() else { continue };
            let extension = Path::new(readable).extension().unwrap_or_default();
            if has_one_of(extension, &TEXT_EXTENSIONS) {
                texts.entry(folded(readable)).or_default().texts.push(name);
            } else if has_one_of(extension, &READABLE_EXTENSIONS) {
                images.push(name);
            }
        }
        // Most folders have no texts, and then there is nothing to claim.
        let images = if texts.is_empty() { &[] } else { &images[..] };
        for name in images.iter().flat_map(|image| texts_of(image)) {
            let Some(readable) = name.to_str() else { continue };
            let Some(claims) = texts.get_mut(&folded(readable)) else { continue };
            if claims.claimed_as.len() < 2 && !claims.claimed_as.contains(&name) {
                claims.claimed_as.push(name);
            }
        }
        texts.values_mut().for_each(|claims| claims.texts.sort());
        Ok(Self { texts })
    }

    /// The text called `name` in another spelling.
    pub(super) fn other_spelling(&self, name: &OsStr) -> OtherSpelling {
        let claims = name.to_str().and_then(|name| self.texts.get(&folded(name)));
        let Some(Claims { texts, claimed_as }) = claims else { return OtherSpelling::Missing };
        match &texts[..] {
            [text] if claimed_as.len() == 1 => OtherSpelling::Found(text.clone()),
            _ => OtherSpelling::Undecided(texts.clone()),
        }
    }
}

fn has_one_of(extension: &OsStr, known: &[&str]) -> bool {
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Folders whose names are kept: those that several workers read from at a time.
const KEPT_FOLDERS: usize = 16;
/// File systems and clocks of other computers may be behind by this much.
const UNSETTLED: Duration = Duration::from_secs(2);
/// A folder that changes all the time is listed for at most one part in so many of the time.
const LISTING_SHARE: u32 = 10;

static KEPT: Mutex<Vec<KeptNames>> = Mutex::new(Vec::new());

struct KeptNames {
    folder: PathBuf,
    names: Arc<FolderNames>,
    modified: Option<SystemTime>,
    /// Whether any later change has another time of modification.
    is_settled: bool,
    listed: Instant,
    took: Duration,
}

impl KeptNames {
    fn list(folder: &Path, modified: Option<SystemTime>) -> io::Result<Self> {
        let listed = Instant::now();
        let names = Arc::new(FolderNames::list(folder)?);
        let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        Ok(Self {
            folder: folder.to_owned(),
            names,
            modified,
            is_settled: age.is_some_and(|age| age > UNSETTLED),
            listed,
            took: listed.elapsed(),
        })
    }

    fn is_current(&self, modified: Option<SystemTime>) -> bool {
        let is_unchanged = self.is_settled && self.modified == modified;
        is_unchanged || self.listed.elapsed() < self.took * LISTING_SHARE
    }
}

/// The names in `folder`, listed again only where it has changed since.
pub(super) fn names_in(folder: &Path) -> io::Result<Arc<FolderNames>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let modified = fs::metadata(folder)?.modified().ok(); // some file systems have none
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = kept.iter().position(|names| names.folder == folder) {
        let names = kept.remove(at);
        if names.is_current(modified) {
            let current = Arc::clone(&names.names);
            kept.push(names);
            return Ok(current);
        }
    }
    let names = KeptNames::list(folder, modified)?;
    let current = Arc::clone(&names.names);
    kept.push(names);
    if kept.len() > KEPT_FOLDERS {
        kept.remove(0);
    }
    Ok(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str]) -> FolderNames {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        FolderNames::list(folder.path()).unwrap()
    }

    fn found(name: &str) -> OtherSpelling {
        OtherSpelling::Found(name.into())
    }

    #[test]
    fn a_text_is_found_whatever_its_case_and_unicode_form() {
        let names = names(&["Sample01.tif", "SAMPLE01.TXT", "Gro\u{308}\u{df}e.tif", "GRÖßE.Txt"]);
        assert_eq!(names.other_spelling(OsStr::new("Sample01.txt")), found("SAMPLE01.TXT"));
        assert_eq!(names.other_spelling(OsStr::new("Gro\u{308}\u{df}e.txt")), found("GRÖßE.Txt"));
        assert_eq!(names.other_spelling(OsStr::new("Sample02.txt")), OtherSpelling::Missing);
    }

    #[test]
    fn copies_of_one_image_in_two_formats_share_a_text() {
        let names = names(&["Sample01.tif", "Sample01.png", "SAMPLE01.TXT"]);
        assert_eq!(names.other_spelling(OsStr::new("Sample01.txt")), found("SAMPLE01.TXT"));
    }

    #[cfg(target_os = "linux")] // elsewhere a folder has one name in one spelling
    #[test]
    fn what_could_be_two_is_undecided() {
        let undecided =
            |texts: &[&str]| OtherSpelling::Undecided(texts.iter().map(OsString::from).collect());
        let two_texts = names(&["Sample01.tif", "SAMPLE01.TXT", "sample01.txt"]);
        let of_image = two_texts.other_spelling(OsStr::new("Sample01.txt"));
        assert_eq!(of_image, undecided(&["SAMPLE01.TXT", "sample01.txt"]));

        let two_images = names(&["Sample01.tif", "sample01.tif", "SAMPLE01.TXT"]);
        let of_image = two_images.other_spelling(OsStr::new("Sample01.txt"));
        assert_eq!(of_image, undecided(&["SAMPLE01.TXT"]));
    }

    #[test]
    fn a_folder_that_has_changed_is_listed_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tif"), b"x").unwrap();
        let modified = fs::metadata(folder.path()).unwrap().modified().unwrap();
        let settled = KeptNames {
            is_settled: true,
            took: Duration::ZERO,
            ..KeptNames::list(folder.path(), Some(modified)).unwrap()
        };
        assert!(settled.is_current(Some(modified)));
        assert!(!settled.is_current(Some(modified + Duration::from_secs(5))));
        let unsettled = KeptNames { is_settled: false, ..settled };
        assert!(!unsettled.is_current(Some(modified)), "a change may have left no trace");
    }

    #[cfg(unix)] // elsewhere a folder's time cannot be set like that of a file
    #[test]
    fn names_are_kept_between_images_and_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tif"), b"x").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        fs::File::open(folder.path()).unwrap().set_modified(long_ago).unwrap();
        let first = names_in(folder.path()).unwrap();
        assert!(Arc::ptr_eq(&first, &names_in(folder.path()).unwrap()));
        assert!(names_in(&folder.path().join("missing")).is_err());
    }
}
