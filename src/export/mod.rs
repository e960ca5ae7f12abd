//! Micrographs handed on, with what is known and what was decided about them: HDF5 in NeXus
//! layout. And measures of models, as a report.
//!
//! Takes plain values and writes files; reads no library and knows nothing of the screen.

mod annotated;
mod error;
mod evaluation_report;
mod hdf5_file;
mod nexus;
mod temporary_file;
mod whole_file;

pub use annotated::{AnnotatedMicrograph, Classification, GivenLabel, SourceInfo};
pub use error::ExportError;
pub use evaluation_report::{
    LeakComparison, MeasuredAccuracy, ModelFacts, ReportInput, evaluation_report,
};
pub use hdf5_file::{Hdf5File, exported_sha256, write_hdf5};
pub use whole_file::write_file;
