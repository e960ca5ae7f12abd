//! The arguments of `semblance review`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::settings::Settings;

/// `semblance review`
#[derive(Debug, Args)]
pub struct ReviewArguments {
    /// What is looked for.
    #[command(subcommand)]
    pub action: ReviewAction,
}

/// What `semblance review` looks for.
#[derive(Debug, Subcommand)]
pub enum ReviewAction {
    /// Tell how many images wait in each queue, and the query that finds them.
    Queues(QueuesArguments),
    /// Find labels that are likely wrong, by models that never saw the image (`search is:doubtful`).
    Labels(ReviewTarget),
    /// Find images that are unlike anything labelled (`search is:unlike`).
    Unlike(ReviewTarget),
}

/// `semblance review queues`
#[derive(Debug, Args)]
pub struct QueuesArguments {
    /// Score from which on a prediction needs no look, 0 to 1. The window begins with the same one;
    /// what was chosen in its settings is not asked for here.
    #[arg(long, value_name = "SCORE", default_value_t = Settings::default().decide_below() as f32,
        value_parser = share)]
    pub threshold: f32,
    /// The library and the form of the answer.
    #[command(flatten)]
    pub target: ReviewTarget,
}

/// A library that is reviewed.
#[derive(Debug, Args)]
pub struct ReviewTarget {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
}

fn share(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("not a number from 0 to 1".to_owned()),
    }
}
