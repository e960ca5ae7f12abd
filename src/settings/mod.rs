//! What a person chooses for the program on this computer, in a small file of its own.
//!
//! Apart from any library, and apart from the log-in. Knows nothing of what the keys do: actions
//! stand here by the names that the window gives them. A field that cannot be understood costs that
//! field alone, and one that a later version wrote is kept.

mod after_label;
mod chord;
mod fields;
mod file;
mod problem;
mod saver;
mod theme_choice;
mod values;

pub use after_label::AfterLabel;
pub use chord::{Chord, ChordKey};
pub use file::{CONFIG_DIRECTORY_VARIABLE, SettingsFile};
pub use problem::SettingsProblem;
pub use saver::Saver;
pub use theme_choice::ThemeChoice;
pub use values::{
    DECIDE_BELOW_PERCENT, SCALE_PERCENT, Settings, THUMBNAIL_BUDGET_MB, THUMBNAIL_WIDTH_POINTS,
};
