//! Saves settings in a thread of its own: a folder on a network may take its time.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::{Settings, SettingsFile};

/// What is to be saved.
enum Change {
    All(Settings),
    Opened(PathBuf),
}

/// Saves settings in the background, the newest ones last; what is still waiting when it is dropped
/// is written before that returns.
pub struct Saver {
    sender: Option<Sender<Change>>,
    failures: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    /// A thread that saves into `file` and calls `wake` when it could not.
    pub fn new(file: SettingsFile, wake: impl Fn() + Send + 'static) -> Self {
        let (sender, waiting) = unbounded::<Change>();
        let (failed, failures) = unbounded();
        let thread = thread::spawn(move || {
            while let Ok(change) = waiting.recv() {
                let changes = [change].into_iter().chain(waiting.try_iter());
                let settings = changed(changes, || file.clone().read().0);
                if let Err(error) = file.write(&settings) {
                    // Nobody listens any more where the window is closed.
                    let _ = failed.send(format!("The settings could not be saved: {error}"));
                    wake();
                }
            }
        });
        Self { sender: Some(sender), failures, thread: Some(thread) }
    }

    /// Saves these settings soon.
    pub fn save(&self, settings: Settings) {
        self.send(Change::All(settings));
    }

    /// Saves soon that a folder was opened, beside what another window may have saved meanwhile.
    pub fn save_opened(&self, folder: PathBuf) {
        self.send(Change::Opened(folder));
    }

    fn send(&self, change: Change) {
        if let Some(sender) = &self.sender {
            // The thread ends only after this sender is dropped.
            let _ = sender.send(change);
        }
    }

    /// Why saving failed since the last call.
    pub fn take_failures(&self) -> impl Iterator<Item = String> {
        self.failures.try_iter()
    }
}

/// The settings after these changes. Only the newest of whole settings matter: a slider that is dragged
/// changes them sixty times a second.
fn changed(changes: impl Iterator<Item = Change>, saved: impl FnOnce() -> Settings) -> Settings {
    let (mut newest, mut opened) = (None, Vec::new());
    for change in changes {
        match change {
            Change::All(settings) => newest = Some(settings),
            Change::Opened(folder) => opened.push(folder),
        }
    }
    let mut settings = newest.unwrap_or_else(saved);
    opened.iter().for_each(|folder| settings.note_opened(folder));
    settings
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A panic there is its own report.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_newest_settings_are_on_disk_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = SettingsFile::in_folder(folder.path());
        let saver = Saver::new(file.clone(), || {});
        for scale_percent in 100..=200 {
            saver.save(Settings { scale_percent, ..Settings::default() });
        }
        drop(saver);
        assert_eq!(file.read().0.scale_percent, 200);
    }

    #[test]
    fn a_folder_that_was_opened_leaves_what_another_window_has_saved() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = SettingsFile::in_folder(folder.path());
        let saver = Saver::new(file.clone(), || {});
        file.write(&Settings { scale_percent: 150, ..Settings::default() }).unwrap();
        saver.save_opened(PathBuf::from("/images"));
        drop(saver);
        let (settings, _) = file.read();
        assert_eq!(settings.scale_percent, 150);
        assert_eq!(settings.recent_folders, [PathBuf::from("/images")]);
    }

    #[test]
    fn a_failure_is_told_and_wakes() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a file");
        std::fs::write(&place, "").unwrap();
        let woken = Arc::new(AtomicUsize::new(0));
        let wake = Arc::clone(&woken);
        let saver = Saver::new(SettingsFile::in_folder(&place), move || {
            wake.fetch_add(1, Ordering::SeqCst);
        });
        saver.save(Settings::default());
        let told = saver.failures.recv().unwrap();
        assert!(told.starts_with("The settings could not be saved: "), "{told}");
        drop(saver);
        assert_eq!(woken.load(Ordering::SeqCst), 1);
    }
}
