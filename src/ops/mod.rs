//! One function for each thing that a user can do; window and command line both call these.
//!
//! Long ones take an [`AtomicBool`](std::sync::atomic::AtomicBool) that cancels them and a closure
//! that hears of every result. One bad file never stops a run: it becomes a result of its own.

mod classify;
mod evaluate;
mod export_hdf5;
mod files;
mod inspect;
mod label_export;
mod label_import;
mod labelled_set;
mod library_benchmark;
mod likeness;
mod model_card;
mod more_like;
mod near_duplicates;
mod parallel;
mod pipeline;
mod record_facts;
mod sample;
mod split_groups;
mod thumbnail;
mod train;

pub use classify::{
    ClassifiedFile, LibraryWork, classify_files, classify_library, file_of, find_in_library,
    start_categories,
};
pub use evaluate::{EvaluateReport, evaluate_model};
pub use export_hdf5::{ExportHdf5, ExportItem, ExportedFile, export_hdf5};
pub use files::{FileToRead, expand_paths};
pub use inspect::{InspectedHeader, Inspection, inspect};
pub use label_export::{agreement_with, label_records};
pub use label_import::{
    ImportOptions, ImportPlan, ImportedPair, apply_import, hash_decided, plan_import,
};
pub use labelled_set::{LabelledImage, LabelledSet, LabelledSetError};
pub use library_benchmark::{LibraryFigures, fill_library, measure_library};
pub use more_like::{LikeImage, LikenessError, group_by_likeness, more_like};
pub use near_duplicates::{NearDuplicates, find_near_duplicates, read_for_comparing};
pub use pipeline::{PipelineOptions, StageTimes};
pub use record_facts::{Fact, FactGroup, record_facts};
pub use sample::{MODEL_SETTING, SampleLibraryError, create_sample_library};
pub use thumbnail::{THUMBNAIL_SIZE_PX, Thumbnail, load_thumbnail, make_thumbnail, read_image};
pub use train::{TrainModelError, TrainModelOptions, TrainReport, train_model};
