//! The system's own dialogs for files and folders, which some computers do not have.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A dialog that ends sooner without an answer was never on the screen: nobody is that fast.
const NOBODY_IS_FASTER: Duration = Duration::from_millis(300);

/// What came of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    Path(PathBuf),
    /// Somebody put it away.
    Dismissed,
    /// The system shows none, such as a Linux without a portal and without Zenity.
    Unavailable,
}

/// Shows a dialog and waits for its end, so not in the window's own thread.
pub(super) fn ask(dialog: impl FnOnce() -> Option<PathBuf>) -> Chosen {
    let began = Instant::now();
    match dialog() {
        Some(path) => Chosen::Path(path),
        None if began.elapsed() < NOBODY_IS_FASTER => Chosen::Unavailable,
        None => Chosen::Dismissed,
    }
}
