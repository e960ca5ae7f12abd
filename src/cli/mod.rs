//! The command line: arguments to `ops`, results to stdout, messages to stderr.
//!
//! Exit codes: 0 all fine, 1 nothing done, 2 done but some files failed.

mod advise;
mod arguments;
mod bench;
mod categories;
mod category_names;
mod choose;
mod classify;
mod curation_arguments;
mod evaluate;
mod export;
mod export_arguments;
mod files;
mod inspect;
mod interrupt;
mod label_accept;
mod label_import;
mod labels;
mod library;
mod library_log;
mod library_models;
mod library_upkeep;
mod likeness;
mod likeness_arguments;
mod model_arguments;
mod models;
mod output;
mod read_arguments;
mod review;
mod review_arguments;
mod sample;
mod search;
mod searches;
mod tally;
mod train;
mod training_arguments;

use std::io::Write as _;
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
            (0, _) => Self::NothingDone,
            (_, 0) => Self::Fine,
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
        Command::Choose(arguments) => choose::run(arguments, &mut output),
        Command::Classify(arguments) => classify::run(arguments, &mut output),
        Command::Train(arguments) => train::run(arguments, &mut output),
        Command::Evaluate(arguments) => evaluate::run(arguments, &mut output),
        Command::Export(arguments) => export::run(arguments, &mut output),
        Command::Models(arguments) => models::run(arguments, &mut output),
        Command::Search(arguments) => search::run(arguments, &mut output),
        Command::Searches(arguments) => searches::run(arguments, &mut output),
        Command::Duplicates(arguments) => likeness::duplicates(arguments, &mut output),
        Command::Similar(arguments) => likeness::similar(arguments, &mut output),
        Command::Groups(arguments) => likeness::groups(arguments, &mut output),
        Command::Review(arguments) => review::run(arguments, &mut output),
        Command::Categories(arguments) => categories::run(arguments, &mut output),
        Command::Labels(arguments) => labels::run(arguments, &mut output),
        Command::Bench(arguments) => bench::run(arguments, &mut output),
        Command::Library(arguments) => library_upkeep::run(arguments, &mut output),
    };
    let result = result.and_then(|outcome| {
        output.data().flush()?;
        Ok(outcome)
    });
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(2),
        Ok(Outcome::NothingDone) => ExitCode::FAILURE,
        // The reader of a pipe went away (`… | head`): nothing is wrong.
        Err(_) if !output.has_reader() => ExitCode::SUCCESS,
        Err(error) => {
            output.message(&format!("semblance: {}", said_once(&error)));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, leaving out a cause that the message before it already tells.
fn said_once(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text += &format!(": {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_told_by_what_was_done_and_what_failed() {
        assert_eq!(Outcome::of(3, 0), Outcome::Fine);
        assert_eq!(Outcome::of(3, 1), Outcome::SomeFailed);
        assert_eq!(Outcome::of(0, 1), Outcome::NothingDone);
        assert_eq!(Outcome::of(0, 0), Outcome::NothingDone);
    }

    #[test]
    fn a_cause_that_the_message_contains_is_not_repeated() {
        let cause = || std::io::Error::other("disk on fire");
        let tells = anyhow::Error::new(cause()).context("Cannot write: disk on fire: a.h5");
        assert_eq!(said_once(&tells), "Cannot write: disk on fire: a.h5");
        let keeps = anyhow::Error::new(cause()).context("Cannot write a.h5");
        assert_eq!(said_once(&keeps), "Cannot write a.h5: disk on fire");
    }
}
