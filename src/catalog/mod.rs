//! The library on disk: images, labels, predictions and the journal of every decision.
//!
//! Knows SQLite and the folder tree; decodes no image, runs no model and draws nothing.

mod place; // where a library lives
mod network_share;
mod library; // the open library: one writer, one reader
mod holder; // who may write it
mod connection;
mod schema;
mod error;
mod scan; // the folder tree becomes image rows
mod known_files;
mod stored_path;
mod image;
mod view; // which images the window shows, in which order
mod counts;
mod label; // what a person decided …
mod labelling; // … written with its journal entry
mod history;
mod category_list;
mod reading; // what reading an image file gave
mod read_choice; // how a person wants an image read
mod prediction; // what a model said
mod setting;
mod backup;
mod upkeep; // verify, compact
#[cfg(test)]
mod tests;

pub use counts::Counts;
pub use error::CatalogError;
pub use history::HistoryItem;
pub use holder::Holder;
pub use image::{ImageId, ImageRow};
pub use label::{Label, LabelSource, LabelValue, NamedLabel};
pub use labelling::EntryId;
pub use library::Library;
pub use place::{DATA_DIRECTORY_VARIABLE, LibraryPlace, data_directory};
pub use prediction::{ModelInfo, Prediction};
pub use read_choice::{ChangedChoice, ChoiceChange};
pub use reading::Reading;
pub use scan::{ScanProgress, ScanReport};
pub use upkeep::{Compacted, VerifyReport};
pub use view::{Filter, Sort, View};
