//! Other programs' readers and writers, in the Python that `SEMBLANCE_TEST_PYTHON` names (`python3`
//! without it).

use std::env;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

type AnyError = Box<dyn std::error::Error>;

/// Whether Python has a module. Where it is missing, tests are skipped, saying so; but they fail
/// where it was promised: under `CI=true`, or with `SEMBLANCE_TEST_PYTHON` set.
pub fn has(module: &str) -> Result<bool, AnyError> {
    let import = Command::new(python()).args(["-c", &format!("import {module}")]).output();
    if import.is_ok_and(|output| output.status.success()) {
        return Ok(true);
    }
    let promised = env::var_os("SEMBLANCE_TEST_PYTHON").is_some()
        || env::var_os("CI").is_some_and(|value| value == "true");
    if promised {
        return Err(format!("{} cannot import {module}", python()).into());
    }
    writeln!(std::io::stderr(), "skipped: {} cannot import {module}", python())?;
    Ok(false)
}

/// Runs a script in `tests/it` and gives what it printed.
pub fn run(script: &str, argument: impl AsRef<OsStr>) -> Result<Vec<u8>, AnyError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(script);
    let output = Command::new(python()).arg(script).arg(argument).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(output.stdout)
}

fn python() -> String {
    env::var("SEMBLANCE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
