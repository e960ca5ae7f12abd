//! The log-in that the program runs under: one person's, or shared by several.
//!
//! A label is worth what its name is worth. Where several people work under one log-in, as at most
//! microscopes, its name says nothing, so they are asked who labels. That a log-in is shared belongs
//! to this computer and not to a library: the same library is opened elsewhere by people with
//! log-ins of their own.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::catalog::data_directory;

/// Set to `1`, it says that this log-in is shared, whatever was chosen in the window.
pub const ASK_USER_VARIABLE: &str = "SEMBLANCE_ASK_USER";

const FILE: &str = "log-in.json";
/// Most names that are kept.
const MOST_PEOPLE: usize = 12;

/// The log-in that the program runs under.
#[derive(Debug, Clone)]
pub struct LogIn {
    name: String,
    /// Whether the computer's administrator says that it is shared.
    is_declared_shared: bool,
    kept: Kept,
    file: Option<PathBuf>,
}

/// What is kept of it in the user's data folder.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    is_shared: bool,
    /// Who said to be labelling, the last one first.
    people: Vec<String>,
}

/// What is to be written for the next start.
pub(super) struct KeptFile {
    file: PathBuf,
    kept: Kept,
}

impl LogIn {
    /// The one in use, with what was chosen for it.
    pub fn of_this_computer() -> Self {
        let file = data_directory().map(|directory| directory.join(FILE));
        let mut log_in = Self::kept_in(name(), file);
        log_in.is_declared_shared = std::env::var(ASK_USER_VARIABLE).is_ok_and(|set| set == "1");
        log_in
    }

    /// One of this name, with what is kept in `file`.
    pub fn kept_in(name: String, file: Option<PathBuf>) -> Self {
        let text = file.as_ref().map(fs::read_to_string);
        let kept = match text {
            Some(Ok(text)) => serde_json::from_str(&text).ok(),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => None,
            _ => Some(Kept::default()),
        };
        // What cannot be read may have said so: a question too many is better than a wrong name.
        let kept = kept.unwrap_or(Kept { is_shared: true, ..Kept::default() });
        Self { name, is_declared_shared: false, kept, file }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether several people use it, so that its name says nothing.
    pub fn is_shared(&self) -> bool {
        self.is_declared_shared || self.kept.is_shared
    }

    /// Whether that was said by [`ASK_USER_VARIABLE`] and cannot be changed in the window.
    pub fn is_declared_shared(&self) -> bool {
        self.is_declared_shared
    }

    /// Who said to be labelling, the last one first.
    pub fn people(&self) -> &[String] {
        &self.kept.people
    }

    /// Keeps that this person labels, and whether it is asked again at the next start; gives what is
    /// to be written for that.
    pub(super) fn keep(&mut self, person: &str, is_shared: bool) -> Option<KeptFile> {
        if !self.is_declared_shared {
            self.kept.is_shared = is_shared;
        }
        // The log-in's own name is no choice where it says nothing.
        if person != self.name {
            self.kept.people.retain(|known| known != person);
            self.kept.people.insert(0, person.to_owned());
            self.kept.people.truncate(MOST_PEOPLE);
        }
        Some(KeptFile { file: self.file.clone()?, kept: self.kept.clone() })
    }
}

impl KeptFile {
    /// Writes it, on a network folder in its own time.
    pub(super) fn write(&self) -> io::Result<()> {
        if let Some(directory) = self.file.parent() {
            fs::create_dir_all(directory)?;
        }
        // Under another name first, so that it is never there by half.
        let part = self.file.with_extension("part");
        fs::write(&part, serde_json::to_vec(&self.kept)?)?;
        fs::rename(&part, &self.file)
    }
}

fn name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .filter_map(|variable| std::env::var(variable).ok())
        .find(|name| !name.trim().is_empty())
        .or_else(asked_name)
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The system's answer, for programs that nobody has logged in to start.
fn asked_name() -> Option<String> {
    let output = Command::new("id").arg("-un").output().ok().filter(|_| cfg!(unix))?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_for_a_log_in_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = Some(folder.path().join("data").join(FILE));
        let mut log_in = LogIn::kept_in("sem".to_owned(), file.clone());
        assert!(!log_in.is_shared());
        for person in ["Ada", "Bob", "Ada"] {
            log_in.keep(person, true).unwrap().write().unwrap();
        }
        let mut next = LogIn::kept_in("sem".to_owned(), file.clone());
        assert!(next.is_shared());
        assert_eq!(next.people(), ["Ada", "Bob"]);
        next.keep("Bob", false).unwrap().write().unwrap();
        assert!(!LogIn::kept_in("sem".to_owned(), file).is_shared());
    }

    #[test]
    fn a_file_that_cannot_be_understood_makes_the_program_ask() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "{ \"is_sha").unwrap();
        assert!(LogIn::kept_in("sem".to_owned(), Some(file)).is_shared());
    }
}
