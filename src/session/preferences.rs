//! The settings: what a person chose for the program on this computer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{NoticeLevel, Session};
use crate::settings::{AfterLabel, Saver, Settings, SettingsFile};

/// The settings in use, and what keeps them.
pub(super) struct Preferences {
    settings: Settings,
    file: SettingsFile,
    /// Begun with the first change.
    saver: Option<Saver>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { settings: Settings::default(), file: SettingsFile::nowhere(), saver: None }
    }
}

impl Session {
    /// The same session with the settings in `file`, where changes are kept; what is wrong with the
    /// file becomes notices.
    pub fn with_settings(mut self, mut file: SettingsFile) -> Self {
        let (settings, problems) = file.read();
        for problem in problems {
            self.notify(NoticeLevel::Warning, problem.to_string());
        }
        self.preferences = Preferences { settings, file, saver: None };
        self
    }

    /// What a person chose for the program on this computer.
    pub fn settings(&self) -> &Settings {
        &self.preferences.settings
    }

    /// Where the settings are kept, if they are.
    pub fn settings_path(&self) -> Option<&Path> {
        self.preferences.file.path()
    }

    /// Whether the next image is looked at after one was labelled.
    pub(super) fn goes_on_after_label(&self) -> bool {
        self.preferences.settings.after_label == AfterLabel::GoOn
    }

    pub(super) fn change_settings(&mut self, settings: Settings) {
        if settings == self.preferences.settings {
            return;
        }
        let is_recounted =
            settings.decide_below_percent != self.preferences.settings.decide_below_percent;
        let queue = self.queue().filter(|_| is_recounted);
        self.preferences.settings = settings;
        self.keep_settings();
        if is_recounted {
            self.refresh_facts();
        }
        if let Some(queue) = queue {
            let query = self.queue_query(queue);
            self.change_view(|view| view.query = query.clone());
        }
    }

    /// Keeps that a folder was opened, to be offered again.
    pub(super) fn note_opened(&mut self, folder: &Path) {
        self.preferences.settings.note_opened(folder);
        if let Some(saver) = self.saver() {
            saver.save_opened(folder.to_owned());
        }
    }

    fn keep_settings(&mut self) {
        let settings = self.preferences.settings.clone();
        if let Some(saver) = self.saver() {
            saver.save(settings);
        }
    }

    /// Nothing where settings are not kept, which was told when they were read.
    fn saver(&mut self) -> Option<&Saver> {
        let preferences = &mut self.preferences;
        preferences.file.path()?;
        let (wake, file) = (Arc::clone(&self.wake), &preferences.file);
        let begin = || Saver::new(file.clone(), move || wake(Duration::ZERO));
        Some(preferences.saver.get_or_insert_with(begin))
    }

    /// Tells why settings could not be saved, where that was so.
    pub(super) fn receive_preferences(&mut self) {
        let failures: Vec<String> =
            self.preferences.saver.iter().flat_map(Saver::take_failures).collect();
        for failure in failures {
            self.notify(NoticeLevel::Warning, failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::session::{Command, LogIn};

    fn session(file: SettingsFile) -> Session {
        let log_in = LogIn::kept_in("test person".to_owned(), None);
        Session::new(log_in, Arc::new(|_| {})).with_settings(file)
    }

    #[test]
    fn settings_are_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        let mut first = session(file.clone());
        let settings = Settings { scale_percent: 140, ..first.settings().clone() };
        first.apply(Command::ChangeSettings(settings.clone()));
        assert_eq!(first.settings(), &settings);
        drop(first);
        assert_eq!(session(file).settings(), &settings);
    }

    #[test]
    fn folders_that_were_opened_are_kept_the_last_one_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        let mut first = session(file.clone());
        for number in [1, 2, 3, 4, 5, 6, 7, 8, 9, 4] {
            first.note_opened(Path::new(&format!("/images/{number}")));
        }
        drop(first);
        let expected =
            [4, 9, 8, 7, 6, 5, 3, 2].map(|number| PathBuf::from(format!("/images/{number}")));
        assert_eq!(session(file).settings().recent_folders, expected);
    }

    #[test]
    fn what_is_wrong_with_the_file_is_a_notice() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::in_folder(folder.path());
        std::fs::write(file.path().unwrap(), r#"{"theme": 7, "scale_percent": 120}"#).unwrap();
        let session = session(file);
        assert_eq!(session.settings().scale_percent, 120);
        let [notice] = session.notices() else { panic!("{:?}", session.notices()) };
        assert!(notice.text.contains("“theme” is 7"), "{}", notice.text);
    }
}
