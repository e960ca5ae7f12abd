//! The arguments of commands that compare images.

use std::path::PathBuf;

use clap::Args;

use super::arguments::at_least_one;

/// `semblance duplicates`
#[derive(Debug, Args)]
pub struct DuplicatesArguments {
    /// One JSON object a cluster.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// Files read at once; by default one a core.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub workers: Option<usize>,
}

/// `semblance similar`
#[derive(Debug, Args)]
pub struct SimilarArguments {
    /// An image of the library.
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
    /// How many to give.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    pub count: usize,
    /// One JSON object an image.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the image.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
}

/// `semblance groups`
#[derive(Debug, Args)]
pub struct GroupsArguments {
    /// Which images, as for `semblance search`; without a query, those without a label.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Vec<String>,
    /// How many groups; by default as suits the number of images.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub groups: Option<usize>,
    /// One JSON object an image.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
}
