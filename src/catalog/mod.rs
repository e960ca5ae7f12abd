//! The library on disk: images, labels, predictions and the journal of every decision.
//!
//! Knows SQLite and the folder tree; decodes no image, runs no model and draws nothing.

mod picture_state;
mod place; // where a library lives
mod network_share;
mod library; // the open library: one writer, one reader
mod holder; // who may write it
mod connection;
mod checkpoint; // what was written ahead, into the file
mod schema;
mod error;
mod scan; // the folder tree becomes image rows
mod known_files;
mod changed_content; // decisions stay with the bytes they are about
mod same_content; // files of the same bytes are one image
mod stored_path;
mod image;
mod image_set;
mod id_list;
mod search; // which images a query is about
mod view; // which images the window shows …
mod order; // … in which order …
mod grouping; // … and in which groups
mod taken_around;
mod texts_beside; // which come, go and change // what was taken before and after an image
mod counts;
mod journal; // who decided what, when
mod label; // what a person decided …
mod labelling; // … written with its journal entry …
mod acceptance; // … or became of a prediction by itself
mod mark; // notes and flags
mod history;
mod log; // all decisions, page by page
mod undo;
mod split_side;
mod standing; // what undo leaves to an image that several files became
mod category_list;
mod alias; // other names of categories
mod category_change; // rename, merge, split, move, retire …
mod category_words; // … and what that is called
mod timeline; // what they were called then
mod read_only;
mod reading; // what reading an image file gave
mod read_choice; // how a person wants an image read
mod prediction; // what a model said …
mod following; // … and what that means now
mod doubt; // which labels are likely wrong
mod novelty; // which images are unlike those labelled
mod review; // what waits for a decision
mod near_duplicate; // which images show nearly the same
mod setting;
mod root;
mod saved_search; // queries with a name
mod people; // who has labelled
mod importing; // labels that come from elsewhere
mod merging; // another library's decisions
mod backup;
mod filling; // for benchmarks
mod upkeep; // verify, compact
#[cfg(test)]
mod tests;

pub use acceptance::{Acceptance, AcceptanceRule, JudgedPrediction};
pub use category_change::{CategoryChange, CategoryChanged};
pub use counts::Counts;
pub use doubt::LabelDoubt;
pub use error::CatalogError;
pub use filling::FilledImage;
pub use grouping::{Group, Grouping, Shown};
pub use history::{EntryFacts, HistoryItem};
pub use holder::Holder;
pub use image::{ImageId, ImageRow};
pub use image_set::ImageSet;
pub use importing::ForeignLabels;
pub use journal::EntryId;
pub use label::{Answer, Label, LabelSource, LabelStanding, LabelValue, NamedLabel};
pub use library::Library;
pub use log::{LogEntry, LogFilter};
pub use mark::Mark;
pub use merging::{MergeConflict, MergeOptions, MergeReport, OnConflict};
pub use near_duplicate::ImageContent;
pub use novelty::Novelty;
pub use picture_state::{PictureState, Revision};
pub use place::{DATA_DIRECTORY_VARIABLE, LibraryPlace, data_directory};
pub use prediction::{ModelInfo, Prediction};
pub use read_choice::{ChangedChoice, ChoiceChange};
pub use reading::Reading;
pub use review::{ReviewCounts, ReviewQueue};
pub use saved_search::SavedSearch;
pub use scan::{ScanProgress, ScanReport};
pub use split_side::Side;
pub use taken_around::TakenImage;
pub use upkeep::{Compacted, VerifyReport};
pub use view::{Filter, Listed, Sort, View};
