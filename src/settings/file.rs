//! The settings' file: read with patience, written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde_json::Value;

use super::{Settings, SettingsProblem};

/// Names the folder of the settings, in place of the user's own.
pub const CONFIG_DIRECTORY_VARIABLE: &str = "SEMBLANCE_CONFIG_DIR";

const FILE: &str = "settings.json";
/// What cannot be understood is kept under this name.
const SET_ASIDE: &str = "settings.broken.json";

/// Where settings are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    path: Option<PathBuf>,
}

impl SettingsFile {
    /// The one of whoever uses this computer.
    pub fn of_this_computer() -> Self {
        let directory = directory_or(std::env::var_os(CONFIG_DIRECTORY_VARIABLE));
        Self { path: directory.map(|directory| directory.join(FILE)) }
    }

    /// The one in this folder.
    pub fn in_folder(directory: &Path) -> Self {
        Self { path: Some(directory.join(FILE)) }
    }

    /// None: settings last as long as the program runs.
    pub fn nowhere() -> Self {
        Self { path: None }
    }

    /// Its path, if settings are kept.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The settings in it, and what was wrong with it. A file that is none is set aside; one that
    /// can neither be read nor set aside is left alone from here on.
    pub fn read(&mut self) -> (Settings, Vec<SettingsProblem>) {
        let Some(path) = self.path.clone() else { return (Settings::default(), Vec::new()) };
        let problem = match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(without_mark(&bytes)) {
                Ok(Value::Object(object)) => return Settings::of_json(object),
                _ => self.set_aside(&path),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(self.leave_alone(path, &error)),
        };
        (Settings::default(), problem.into_iter().collect())
    }

    fn set_aside(&mut self, path: &Path) -> Option<SettingsProblem> {
        let kept = path.with_file_name(SET_ASIDE);
        match fs::rename(path, &kept) {
            Ok(()) => Some(SettingsProblem::SetAside(kept)),
            // Another window of the program was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(self.leave_alone(path.to_owned(), &error)),
        }
    }

    fn leave_alone(&mut self, path: PathBuf, error: &io::Error) -> SettingsProblem {
        self.path = None;
        SettingsProblem::Unreadable { path, reason: error.to_string() }
    }

    /// Writes the settings, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written; the earlier one is then still there.
    pub fn write(&self, settings: &Settings) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut text = serde_json::to_string_pretty(&settings.to_json())?;
        text.push('\n');
        // Two windows of the program may write at once.
        let part = path.with_extension(format!("part-{}", std::process::id()));
        let written = write_and_sync(&part, text.as_bytes()).and_then(|()| fs::rename(&part, path));
        if written.is_err() {
            // Nothing more can be done about what is left of it.
            let _ = fs::remove_file(&part);
        }
        written
    }
}

fn write_and_sync(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Some editors put a byte order mark before the text.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn directory_or(asked_for: Option<OsString>) -> Option<PathBuf> {
    match asked_for {
        Some(directory) if !directory.is_empty() => Some(PathBuf::from(directory)),
        _ => ProjectDirs::from("org", "semblance", "semblance")
            .map(|directories| directories.config_dir().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, SettingsFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(&folder.path().join("config"));
        (folder, file)
    }

    fn put(file: &SettingsFile, text: &[u8]) {
        let path = file.path().unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(file: &SettingsFile) -> Vec<String> {
        let entries = fs::read_dir(file.path().unwrap().parent().unwrap()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn no_file_is_no_problem_and_what_is_written_is_there_alone() {
        let (_folder, mut file) = folder();
        assert_eq!(file.read(), (Settings::default(), Vec::new()));
        let settings = Settings { scale_percent: 130, ..Settings::default() };
        file.write(&Settings::default()).unwrap();
        file.write(&settings).unwrap();
        assert_eq!(names(&file), [FILE]);
        assert_eq!(file.read(), (settings, Vec::new()));
        let text = fs::read_to_string(file.path().unwrap()).unwrap();
        assert!(text.contains("\n  \"scale_percent\": 130,\n"), "{text}");
    }

    #[test]
    fn a_file_that_is_no_json_is_set_aside_and_told_once() {
        for text in [&b"{ \"theme\": \"li"[..], b"", b"[1]", b"\xff\xfe"] {
            let (_folder, mut file) = folder();
            put(&file, text);
            let (settings, problems) = file.read();
            assert_eq!(settings, Settings::default());
            assert!(matches!(problems[..], [SettingsProblem::SetAside(_)]), "{problems:?}");
            assert_eq!(names(&file), [SET_ASIDE]);
            assert!(file.read().1.is_empty());
            file.write(&settings).unwrap();
            assert_eq!(names(&file), [SET_ASIDE, FILE]);
        }
    }

    #[test]
    fn a_byte_order_mark_is_read_over() {
        let (_folder, mut file) = folder();
        put(&file, b"\xef\xbb\xbf{\"theme\": \"dark\"}");
        let (settings, problems) = file.read();
        assert_eq!((settings.theme.as_str(), problems), ("dark", Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_never_written_over() {
        let (_folder, mut file) = folder();
        fs::create_dir_all(file.path().unwrap()).unwrap(); // a folder of that name
        let (settings, problems) = file.read();
        assert!(matches!(problems[..], [SettingsProblem::Unreadable { .. }]), "{problems:?}");
        assert_eq!(file.path(), None);
        file.write(&settings).unwrap();
    }

    #[test]
    fn a_failure_leaves_the_earlier_file_and_nothing_else() {
        let (_folder, file) = folder();
        put(&file, b"{}");
        let path = file.path().unwrap().to_owned();
        let blocked = SettingsFile { path: Some(path.join("settings.json")) };
        assert!(blocked.write(&Settings::default()).is_err());
        assert_eq!(fs::read(path).unwrap(), b"{}");
        assert_eq!(names(&file), [FILE]);
    }

    #[test]
    fn the_variable_moves_the_folder_and_an_empty_one_does_not() {
        assert_eq!(directory_or(Some("/elsewhere".into())), Some(PathBuf::from("/elsewhere")));
        assert_eq!(directory_or(Some("".into())), directory_or(None));
    }
}
