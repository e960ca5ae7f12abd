//! The command line: arguments to `ops`, results to stdout, messages to stderr.
//!
//! Exit codes: 0 all fine, 1 nothing done, 2 done but some files failed.

mod arguments;
mod classify;
mod evaluate;
mod export;
mod inspect;
mod library;
mod output;
mod sample;
mod train;

use std::process::ExitCode;

pub use arguments::{Arguments, Command};
use output::Output;

/// How a command ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All done.
    Fine,
    /// Done, but some files failed.
    SomeFailed,
    /// There was nothing to do, or every file failed.
    NothingDone,
}

impl Outcome {
    fn of(done: usize, failed: usize) -> Self {
        match (done, failed) {
            (_, 0) if done > 0 => Self::Fine,
            (0, 0) => Self::NothingDone,
            _ => Self::SomeFailed,
        }
    }
}

/// Runs a command and gives the process's exit code.
pub fn run(command: &Command) -> ExitCode {
    let mut output = Output::new();
    let result = match command {
        Command::Sample(arguments) => sample::run(arguments, &mut output),
        Command::Inspect(arguments) => inspect::run(arguments, &mut output),
        Command::Classify(arguments) => classify::run(arguments, &mut output),
        Command::Train(arguments) => train::run(arguments, &mut output),
        Command::Evaluate(arguments) => evaluate::run(arguments, &mut output),
        Command::Export(arguments) => export::run(arguments, &mut output),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(2),
        Ok(Outcome::NothingDone) => ExitCode::FAILURE,
        // The reader of a pipe went away (`… | head`): nothing is wrong.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output.message(&format!("semblance: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
