//! Icons: glyphs of the Phosphor font, which stands behind the text fonts.
//!
//! A button that is an icon alone gets an accessible name and a hint. `assets/README.md` lists what
//! else is in the font.

/// Opens a folder.
pub(super) const FOLDER_OPEN: &str = "\u{E256}";
/// Takes back.
pub(super) const UNDO: &str = "\u{E08A}";
/// Makes again.
pub(super) const REDO: &str = "\u{E08C}";
/// Settings.
pub(super) const SETTINGS: &str = "\u{E272}";
/// Keys.
pub(super) const KEYBOARD: &str = "\u{E2D8}";
/// Adds.
pub(super) const PLUS: &str = "\u{E3D4}";
/// Takes some away.
pub(super) const MINUS: &str = "\u{E32A}";

/// All of them.
#[cfg(test)]
pub(super) const ALL: [&str; 7] = [FOLDER_OPEN, UNDO, REDO, SETTINGS, KEYBOARD, PLUS, MINUS];
