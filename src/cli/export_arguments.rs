//! The arguments of `semblance export`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::{EngineArguments, LimitArguments, at_least_one};
use super::read_arguments::ReadChoiceArguments;

/// `semblance export`
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The format.
    #[command(subcommand)]
    pub format: ExportFormat,
}

/// Formats that can be exported.
#[derive(Debug, Subcommand)]
pub enum ExportFormat {
    /// HDF5 in NeXus layout: image, instrument record, raw header, top 5, human label.
    Hdf5(ExportHdf5Arguments),
    /// A model as one ONNX file with its weights inside: pixels in, scores out.
    Onnx(ExportOnnxArguments),
    /// The square pictures that a model's network is shown, as PNG files in 8-bit grey.
    Prepared(ExportPreparedArguments),
}

/// Images that are exported, and where to.
#[derive(Debug, Args)]
pub struct ExportedImagesArguments {
    /// One JSON object per file.
    #[arg(long)]
    pub json: bool,
    /// Folder to write into, one file per image.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Library whose images these are, with their labels and predictions. A library, or the folder
    /// it belongs to; without it, the library of the folder you stand in, if it has one.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// How files are read that are in no library.
    #[command(flatten)]
    pub choice: ReadChoiceArguments,
    /// Image files, or folders of them; without any, the whole library.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `semblance export hdf5`
#[derive(Debug, Args)]
pub struct ExportHdf5Arguments {
    /// The images.
    #[command(flatten)]
    pub images: ExportedImagesArguments,
    /// Model for images that have no prediction yet. By default the library's, or starter.
    #[arg(long, value_name = "M")]
    pub model: Option<String>,
    /// How the network is run.
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// `semblance export onnx`
#[derive(Debug, Args)]
pub struct ExportOnnxArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// A model's folder, or a built-in one: starter, sample.
    #[arg(long, value_name = "M")]
    pub model: String,
    /// The file to write; its categories go into output_labels.txt beside it.
    #[arg(long, value_name = "FILE.onnx")]
    pub out: PathBuf,
}

/// `semblance export prepared`
#[derive(Debug, Args)]
pub struct ExportPreparedArguments {
    /// The images.
    #[command(flatten)]
    pub images: ExportedImagesArguments,
    /// The model whose network is meant. By default the library's, or starter.
    #[arg(long, value_name = "M")]
    pub model: Option<String>,
    /// Images in work at once; by default one per core.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub workers: Option<usize>,
    /// Limits.
    #[command(flatten)]
    pub limit: LimitArguments,
}
