//! Text files that an instrument writes beside an image.

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

use super::folder_names::{OtherSpelling, names_in};

/// A text file beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecar {
    /// Its name, without the folder.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What stands beside an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// Texts that may belong to it, in the order in which they are believed.
    pub(super) sidecars: Vec<Sidecar>,
    /// Texts that could not be read or told apart, and why.
    pub(super) problems: Vec<SidecarProblem>,
}

/// Why a text beside an image was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SidecarProblem {
    /// The text, or those that it could be.
    pub(super) file_names: String,
    /// The reason.
    pub(super) reason: String,
}

/// Longer ones are no instrument's.
const LIMIT_BYTES: u64 = 4 << 20;
/// Extensions of text files that instruments write beside images, lower case.
pub const TEXT_EXTENSIONS: [&str; 2] = ["txt", "hdr"];

/// The text files that may belong to `image`.
///
/// A name that is spelled as the image's is believed before others. Where there is none, names count
/// that differ in case or Unicode form only, unless they are several.
pub(super) fn beside(image: &Path) -> Beside {
    let mut beside = Beside::default();
    let Some(image_name) = image.file_name() else { return beside };
    let names = texts_of(image_name);
    let is_upper = image.extension().is_some_and(|extension| !has_lower_case(extension));
    for name in &names {
        let upper = with_upper_extension(name);
        let spellings = if is_upper { [&upper, name] } else { [name, &upper] };
        // Where case does not matter, a.txt and a.TXT are one file.
        for spelling in spellings {
            if beside.add(image, spelling) {
                break;
            }
        }
    }
    if beside == Beside::default() {
        beside.add_other_spellings(image, &names);
    }
    beside
}

/// What the text of an image may be called, in the order in which it is believed.
///
/// JEOL and Hitachi write `image.txt` for `image.tif`, SEC `image.jpg.txt` for `image.jpg`, TESCAN
/// `image.hdr` or `image-tif.hdr`.
pub fn texts_of(image_name: &OsStr) -> [OsString; 4] {
    let image = Path::new(image_name);
    let stem = image.file_stem().unwrap_or_default();
    let extension = image.extension().unwrap_or_default();
    let joined = |parts: &[&OsStr]| parts.iter().copied().collect::<OsString>();
    let (txt, hdr) = (OsStr::new(".txt"), OsStr::new(".hdr"));
    [
        joined(&[image_name, txt]),
        joined(&[stem, OsStr::new("-"), extension, hdr]),
        joined(&[stem, hdr]),
        joined(&[stem, txt]),
    ]
}

fn has_lower_case(name: &OsStr) -> bool {
    name.as_encoded_bytes().iter().any(u8::is_ascii_lowercase)
}

fn with_upper_extension(name: &OsStr) -> OsString {
    let path = Path::new(name);
    let extension = path.extension().unwrap_or_default().to_ascii_uppercase();
    path.with_extension(extension).into_os_string()
}

impl Beside {
    /// Adds the file called `name` beside `image`; whether there is one.
    fn add(&mut self, image: &Path, name: &OsStr) -> bool {
        let file_name = name.to_string_lossy().into_owned();
        match read(&image.with_file_name(name)) {
            Ok(Some(bytes)) => self.sidecars.push(Sidecar { file_name, bytes }),
            Ok(None) => return false,
            Err(error) => self.add_problem(file_name, format!("it cannot be read: {error}")),
        }
        true
    }

    fn add_other_spellings(&mut self, image: &Path, names: &[OsString]) {
        let folder = image.parent().unwrap_or(Path::new(""));
        let in_folder = match names_in(folder) {
            Ok(in_folder) => in_folder,
            Err(error) => {
                let reason = format!("its folder cannot be listed: {error}");
                return self.add_problem("text beside the image".to_owned(), reason);
            }
        };
        for name in names {
            match in_folder.other_spelling(name) {
                OtherSpelling::Missing => {}
                OtherSpelling::Found(text) => {
                    self.add(image, &text);
                }
                OtherSpelling::Undecided(texts) => {
                    let texts: Vec<_> = texts.iter().map(|text| text.to_string_lossy()).collect();
                    let reason = "several names differ only in case or accents; which text belongs \
                        to this image is undecided: spell its name as the image's";
                    self.add_problem(texts.join(", "), reason.to_owned());
                }
            }
        }
    }

    fn add_problem(&mut self, file_names: String, reason: String) {
        self.problems.push(SidecarProblem { file_names, reason });
    }
}

/// The content of a file that may be a text; nothing where there is none, or something else.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_no_such_name(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() || metadata.len() > LIMIT_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Names can be too long for the file system once `.txt` is behind them.
fn is_no_such_name(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | InvalidFilename | NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside_files(image: &str, files: &[&str]) -> Beside {
        let folder = tempfile::tempdir().unwrap();
        for name in files.iter().chain([&image]) {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        beside(&folder.path().join(image))
    }

    fn found(image: &str, files: &[&str]) -> Vec<String> {
        let beside = beside_files(image, files);
        assert_eq!(beside.problems, []);
        beside.sidecars.into_iter().map(|sidecar| sidecar.file_name).collect()
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
    fn names_may_differ_in_case_and_unicode_form() {
        assert_eq!(found("Sample01.tif", &["SAMPLE01.TXT"]), ["SAMPLE01.TXT"]);
        assert_eq!(found("MIXED.TIF", &["MIXED.Txt"]), ["MIXED.Txt"]);
        assert_eq!(found("Ab.JPG", &["aB.jpg.Txt"]), ["aB.jpg.Txt"]);
        assert_eq!(found("x.tif", &["X-TIF.hdr"]), ["X-TIF.hdr"]);
        assert_eq!(found("gro\u{308}be.tif", &["Gröbe.txt"]), ["Gröbe.txt"]);
        assert_eq!(found("photo.jpg.tif", &["photo.jpg.txt"]), ["photo.jpg.txt"]);
        assert_eq!(found("wafer 3 edge.tif", &["001_q09.txt"]), Vec::<String>::new());
    }

    #[cfg(target_os = "linux")] // elsewhere a folder has one name in one spelling
    #[test]
    fn the_exact_spelling_wins_and_several_others_are_undecided() {
        assert_eq!(found("a.tif", &["A.TXT", "a.txt", "a.TXT"]), ["a.txt"]);
        assert_eq!(found("A.TIF", &["A.TXT", "a.txt", "A.txt"]), ["A.TXT"]);
        let several = beside_files("Sample.tif", &["SAMPLE.TXT", "sample.txt"]);
        assert_eq!(several.sidecars, []);
        assert_eq!(several.problems[0].file_names, "SAMPLE.TXT, sample.txt");
    }

    #[test]
    fn a_folder_or_a_large_file_of_that_name_is_no_sidecar() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tif"), b"x").unwrap();
        fs::create_dir(folder.path().join("a.txt")).unwrap();
        let large = fs::File::create(folder.path().join("a.hdr")).unwrap();
        large.set_len(LIMIT_BYTES + 1).unwrap();
        assert_eq!(beside(&folder.path().join("a.tif")), Beside::default());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_too_long_for_the_file_system_is_no_sidecars() {
        let name = format!("{}.tif", "x".repeat(250));
        assert_eq!(found(&name, &[]), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_text_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("a.txt");
        std::os::unix::fs::symlink(&link, &link).unwrap();
        let problems = beside(&folder.path().join("a.tif")).problems;
        assert_eq!(problems[0].file_names, "a.txt");
    }
}
