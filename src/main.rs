//! Arguments to window or command line.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use semblance::cli::{self, Arguments};
use semblance::gui;

/// Keeps the large blocks that one image after the other needs, where the system's own gives each
/// back: reading a large image takes half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print(); // nobody listens
            // Nothing was done; or help was asked for, and given.
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    if let Some(command) = &arguments.command {
        return cli::run(command);
    }
    match gui::open_window(arguments.path.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a window and a terminal there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "semblance: {error}");
            ExitCode::FAILURE
        }
    }
}
