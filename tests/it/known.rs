//! Real files with known answers; see `data/README.md`.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// The folder of real files, where it is here; says that the test is skipped where it is not.
pub fn real_data() -> Option<PathBuf> {
    let data = env::var_os("SEMBLANCE_TEST_DATA").map_or("../shared/data".into(), PathBuf::from);
    if data.join("vendor").is_dir() {
        return data.canonicalize().ok();
    }
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "skipped: there is no {}", data.join("vendor").display());
    None
}

/// The rows of a table in `tests/it/data`, without its head.
pub fn table(text: &str) -> Vec<Vec<String>> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}
