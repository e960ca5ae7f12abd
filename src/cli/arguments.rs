//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use super::curation_arguments::*;
pub use super::export_arguments::*;
pub use super::likeness_arguments::*;
pub use super::model_arguments::*;
pub use super::read_arguments::{OrAuto, ReadChoiceArguments};
use super::read_arguments::{data_bar_or_auto, page_or_auto, size_px};
pub use super::review_arguments::*;
pub use super::training_arguments::*;
use crate::micrograph::DataBar;

/// Look at, classify, label and hand on scanning electron micrographs.
#[derive(Debug, Parser)]
#[command(
    name = "semblance",
    version,
    about,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 all fine, 1 nothing done, 2 done but some files failed."
)]
pub struct Arguments {
    /// What to do; without it, the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A folder of micrographs to open in the window.
    pub path: Option<PathBuf>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make synthetic micrographs to try the program with.
    Sample(SampleArguments),
    /// Say what is in image files: size, depth, instrument record, data bar.
    Inspect(InspectArguments),
    /// Choose the page or the data bar of a library's images, for good.
    Choose(ChooseArguments),
    /// Give the best categories for images, with scores.
    Classify(ClassifyArguments),
    /// Train a model on labelled images.
    Train(TrainArguments),
    /// Measure a model on labelled images.
    Evaluate(EvaluateArguments),
    /// Write images with all that is known about them, or a model for other programs.
    Export(ExportArguments),
    /// List, describe and import models, and networks to train on.
    Models(ModelsArguments),
    /// Find images of a library.
    Search(SearchArguments),
    /// List, save and remove saved filters: queries with a name, for `search --saved` and the window.
    Searches(SearchesArguments),
    /// Find the images of a library that show nearly the same, whatever their size, contrast, format
    /// and narrow margins; not what was cropped by more, turned or mirrored.
    Duplicates(DuplicatesArguments),
    /// Find the images of a library most like one of them.
    Similar(SimilarArguments),
    /// Put images of a library that are alike into groups.
    Groups(GroupsArguments),
    /// Find what in a library most needs a second look: doubtful labels, images unlike all others.
    Review(ReviewArguments),
    /// List and change the categories of a library; each change can be undone.
    Categories(CategoriesArguments),
    /// Give labels, take them over from files, write them, undo and redo.
    Labels(LabelsArguments),
    /// Measure how fast the program is on this computer.
    Bench(BenchArguments),
    /// Look after a library: what is in it, whether it is in order, backups, its size.
    Library(LibraryArguments),
}

/// `semblance bench`
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// What is measured.
    #[command(subcommand)]
    pub target: BenchTarget,
}

/// What `semblance bench` measures.
#[derive(Debug, Subcommand)]
pub enum BenchTarget {
    /// A library of many images: opening, paging, filtering, labelling.
    Library(LibraryBenchArguments),
}

/// `semblance bench library`
#[derive(Debug, Args)]
pub struct LibraryBenchArguments {
    /// Images in the library, whose records are synthetic. It is made in the folder for temporary
    /// files and removed; a million take about 4 GB.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = at_least_one)]
    pub images: usize,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Measure this library, made for it before.
    #[arg(long, hide = true, value_name = "DIR")]
    pub measure: Option<PathBuf>,
}

/// `semblance sample`
#[derive(Debug, Args)]
pub struct SampleArguments {
    /// Folder to make; it must not exist yet, or be empty.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Images per category.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = at_least_one)]
    pub per_category: usize,
    /// Same seed, same images.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Limits on what is read.
#[derive(Debug, Args)]
pub struct LimitArguments {
    /// The largest image to decode, in MiB of memory.
    #[arg(long, value_name = "MIB", default_value_t = 1024,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_mib: u64,
}

impl LimitArguments {
    /// The limit in bytes.
    pub fn bytes(&self) -> u64 {
        self.limit_mib.saturating_mul(1 << 20)
    }
}

/// `semblance inspect`
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// One JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The vendor's headers too, verbatim.
    #[arg(long)]
    pub raw: bool,
    /// How the files are read.
    #[command(flatten)]
    pub choice: ReadChoiceArguments,
    /// Limits.
    #[command(flatten)]
    pub limit: LimitArguments,
    /// Image files, or folders of them; also text files that an instrument wrote beside an image.
    #[arg(required = true, value_name = "FILE")]
    pub paths: Vec<PathBuf>,
}

/// `semblance choose`
#[derive(Debug, Args)]
pub struct ChooseArguments {
    /// One JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The library. A library, or the folder it belongs to; without it, the library of the folder
    /// you stand in or of the first PATH.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// Page of the files, counted from 1, or auto.
    #[arg(long, value_name = "N", value_parser = page_or_auto)]
    pub page: Option<OrAuto<u32>>,
    /// Rows of burnt-in text, as TOP,BOTTOM or BOTTOM; 0 for none; or auto.
    #[arg(long, value_name = "ROWS", value_parser = data_bar_or_auto, allow_hyphen_values = true)]
    pub data_bar: Option<OrAuto<DataBar>>,
    /// With a folder: the size of the images that are meant, in columns and rows.
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size_px)]
    pub size: Option<[u32; 2]>,
    /// Limits.
    #[command(flatten)]
    pub limit: LimitArguments,
    /// Images of the library, or folders in it; without --page and --data-bar, what holds is told.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// How the network is run.
#[derive(Debug, Args)]
pub struct EngineArguments {
    /// Inference engine.
    #[arg(long, value_name = "ENGINE", default_value = "auto", value_parser = ["auto", "tract"])]
    pub engine: String,
    /// Threads within one image's inference.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    pub threads: usize,
    /// Images in work at once; by default one per core, divided by --threads.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub workers: Option<usize>,
    /// Limits.
    #[command(flatten)]
    pub limit: LimitArguments,
}

/// `semblance classify`
#[derive(Debug, Args)]
pub struct ClassifyArguments {
    /// One JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// Library whose images these are: predictions are saved in it. A library, or the folder it
    /// belongs to; without it, the library of the folder you stand in or of the first PATH, if there is one.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// A model's folder, or a built-in one: starter, sample. By default the library's, or starter.
    #[arg(long, value_name = "M")]
    pub model: Option<String>,
    /// How the network is run.
    #[command(flatten)]
    pub engine: EngineArguments,
    /// How files are read that are in no library.
    #[command(flatten)]
    pub choice: ReadChoiceArguments,
    /// Categories per image, the best first; 0 for all.
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub top: usize,
    /// Image files, or folders of them; without any, the library's images that have no prediction
    /// by this model yet.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Where labelled images are.
#[derive(Debug, Args)]
pub struct LabelledArguments {
    /// A folder with one sub-folder per category.
    #[arg(long, value_name = "DIR", conflicts_with = "library")]
    pub images: Option<PathBuf>,
    /// A library, or the folder it belongs to: the images labelled in it.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// CSV with the columns file, group (same paper, sample or series) and optionally licence:
    /// a group stays on one side of every split.
    #[arg(long, value_name = "CSV")]
    pub manifest: Option<PathBuf>,
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1 is needed".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err("not a whole number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_bare_path_opens_the_window_and_a_command_does_not() {
        let window = Arguments::parse_from(["semblance", "some/folder"]);
        assert!(window.command.is_none() && window.path.is_some());
        let command = Arguments::parse_from(["semblance", "inspect", "a.tif"]);
        assert!(matches!(command.command, Some(Command::Inspect(_))) && command.path.is_none());
    }
}
