//! One function for each thing that a user can do; window and command line both call these.
//!
//! Long ones take an [`AtomicBool`](std::sync::atomic::AtomicBool) that cancels them and a closure
//! that hears of every result. One bad file never stops a run: it becomes a result of its own.

mod accept;
mod advise;
mod changed_files;
mod classify;
mod counted;
mod evaluate;
mod export_hdf5;
mod export_onnx;
mod export_prepared;
mod features;
mod files;
mod image_matching;
mod import_network;
mod inspect;
mod label_export;
mod label_import;
mod labelled_set;
mod compare_models;
mod library_benchmark;
mod library_models;
mod likeness;
mod model_card;
mod model_info;
mod more_like;
mod near_duplicates;
mod parallel;
mod pipeline;
mod record_facts;
mod report;
mod rescore;
mod review;
mod sample;
mod sessions;
mod target_names;
mod thumbnail;
mod train;

pub use accept::{AcceptFrom, AcceptPlan, AcceptedModel, Measured, plan_accept};
pub use advise::LabelledExamples;
pub use changed_files::read_changed_files;
pub use classify::{
    ClassifiedFile, LibraryWork, classify_files, classify_library, file_of, find_in_library,
    start_categories,
};
pub use compare_models::{Flip, LoadedModel, ModelComparison, compare_models};
pub use counted::{counted, image_count};
pub use evaluate::{EvaluateOptions, EvaluateReport, evaluate_model};
pub use export_hdf5::{ExportHdf5, ExportItem, ExportedFile, export_hdf5};
pub use export_onnx::{ExportOnnxError, ExportedOnnx, export_onnx};
pub use export_prepared::{ExportPrepared, export_prepared};
pub use features::FailedFile;
pub use files::{ExpandedPaths, FileToRead, expand_paths};
pub use import_network::{import_backbone, import_classifier, network_facts};
pub use inspect::{InspectedHeader, Inspection, inspect};
pub use label_export::{agreement_with, label_records};
pub use label_import::{
    ImportOptions, ImportPlan, ImportedPair, apply_import, hash_decided, plan_import,
};
pub use labelled_set::{LabelledImage, LabelledSet, LabelledSetError};
pub use library_benchmark::{LibraryFigures, fill_library, measure_library};
pub use library_models::{
    LibraryModelError, MODEL_SETTING, find_model, find_model_in, model_in_use, model_or_in_use,
    new_model_folder, own_models, remove_model, use_model,
};
pub use more_like::{LikeImage, LikenessError, group_by_likeness, more_like};
pub use near_duplicates::{NearDuplicates, find_near_duplicates, read_for_comparing};
pub use pipeline::{PipelineOptions, StageTimes};
pub use record_facts::{Fact, FactGroup, record_facts};
pub use report::{write_evaluation_report, write_training_report};
pub use rescore::rescore_library;
pub use review::{
    FoundLabelError, LabelErrors, ReviewError, Unlike, find_label_errors, find_unlike,
};
pub use sample::{SampleLibraryError, create_sample_library};
pub use thumbnail::{
    THUMBNAIL_SIZE_PX, THUMBNAIL_SIZES_PX, Thumbnail, ThumbnailKey, load_sized_thumbnail,
    load_thumbnail, make_thumbnail, read_image, read_pixels,
};
pub use train::{
    LeakReport, TrainModelError, TrainModelOptions, TrainPlaces, TrainReport, TrainStage,
    train_model,
};
