//! What was wrong with the settings file.

use std::path::PathBuf;

/// What was wrong with the settings file, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsProblem {
    /// One field cannot be understood; the others hold.
    #[error("The setting “{field}” is {found}, which is not {wanted}: its default is used")]
    Field {
        /// Its name in the file.
        field: String,
        /// What is there, as JSON, cut where it is long.
        found: String,
        /// What can be there.
        wanted: String,
    },
    /// The file holds no settings at all.
    #[error(
        "The settings file cannot be understood: all settings begin anew, and it is kept as {0}"
    )]
    SetAside(PathBuf),
    /// The file cannot be read, or cannot be set aside.
    #[error(
        "The settings cannot be read ({reason}): the defaults are used, and changes last until the \
         window is closed; the file is {path}"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}
