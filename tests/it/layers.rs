//! The architecture, checked in the sources: a module uses only those above it in `src/lib.rs`,
//! and each large dependency stays in its place.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source_text::{declared_modules, modules_used, path_roots, tokens};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const MOST_LINES: usize = 600;

/// Knows nothing of ours: it runs closures.
const INDEPENDENT: &str = "jobs";
/// What a person uses; nothing in the library uses it.
const TOP: [&str; 2] = ["cli", "gui"];

/// Crates with the only places that may name them. A name covers its family: `egui` means
/// `egui_extras` too.
const PLACES: [(&str, &[&str]); 7] = [
    ("egui", &["gui", "main"]),
    ("eframe", &["gui", "main"]),
    ("rusqlite", &["catalog", "cache"]),
    ("hdf5", &["export"]),
    ("tract", &["classifier/engine"]),
    ("prost", &["classifier/engine"]),
    ("anyhow", &["cli", "main"]),
];

/// What `source`, the file `place` below `src/` (`cli/mod`, without its ending), may not do.
fn violations(modules: &[&str], place: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let place = place.trim_end_matches("/mod");
    let mut found = Vec::new();
    if !matches!(place, "main" | "lib") {
        let own = place.split('/').next().unwrap_or(place);
        for used in modules_used(&tokens, place.split('/').count()) {
            if modules.contains(&used) && !may_use(modules, own, used) {
                found.push(format!("{place} uses {used}"));
            }
        }
    }
    for (_, root) in path_roots(&tokens) {
        let rule = PLACES.iter().find(|(name, _)| is_of_family(root, name));
        if rule.is_some_and(|(_, places)| !places.iter().any(|allowed| is_in(place, allowed))) {
            found.push(format!("{place} names {root}"));
        }
    }
    found
}

fn may_use(modules: &[&str], own: &str, used: &str) -> bool {
    let position = |name: &str| modules.iter().position(|module| *module == name);
    own == used || (own != INDEPENDENT && !TOP.contains(&used) && position(used) < position(own))
}

fn is_of_family(root: &str, name: &str) -> bool {
    root.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn is_in(place: &str, folder: &str) -> bool {
    place.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The Rust files below `folder` of the package.
fn rust_files(folder: &str) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn each_module_uses_only_those_above_it_and_each_crate_stays_in_its_place() -> TestResult {
    let lib = tokens(&fs::read_to_string(root().join("src/lib.rs"))?);
    let modules = declared_modules(&lib);
    assert!(
        modules.starts_with(&["text", "micrograph"]) && modules.contains(&"cli"),
        "{modules:?}"
    );

    let mut found = Vec::new();
    let mut files = 0;
    for path in rust_files("src")? {
        let place = path.strip_prefix(root().join("src"))?.with_extension("");
        let place = place.to_string_lossy().replace('\\', "/");
        found.extend(violations(&modules, &place, &fs::read_to_string(&path)?));
        files += 1;
    }
    assert!(files > modules.len(), "{files} files");
    assert_eq!(found, Vec::<String>::new());
    Ok(())
}

#[test]
fn no_source_file_is_too_long_to_read() -> TestResult {
    for path in rust_files("src")?.into_iter().chain(rust_files("tests")?) {
        let lines = fs::read_to_string(&path)?.lines().count();
        assert!(lines <= MOST_LINES, "{lines} lines: {}", path.display());
    }
    Ok(())
}

/// An order as in `lib.rs`, and what the rules say of made-up sources.
fn found_in(place: &str, source: &str) -> Vec<String> {
    let lib = "pub mod micrograph; pub mod catalog; pub mod ops; pub mod jobs; pub mod session; \
               pub mod cli; pub mod gui;";
    violations(&declared_modules(&tokens(lib)), place, source)
}

#[test]
fn a_use_of_a_module_further_down_would_be_found() {
    assert_eq!(found_in("catalog/view", "use crate::ops::train;"), ["catalog/view uses ops"]);
    assert_eq!(found_in("catalog/mod", "use super::ops;"), ["catalog uses ops"]);
    assert_eq!(found_in("catalog/a", "use crate::{micrograph::A, ops};"), ["catalog/a uses ops"]);
    assert!(found_in("ops/train", "use crate::catalog::Library; use super::files;").is_empty());
    assert!(
        found_in("ops/train", "// use crate::cli;\n/// crate::cli\nlet a = \"crate::cli\";")
            .is_empty()
    );
}

#[test]
fn a_use_of_ours_by_the_jobs_would_be_found() {
    assert_eq!(
        found_in("jobs/task", "use crate::micrograph::read;"),
        ["jobs/task uses micrograph"]
    );
    assert!(found_in("jobs/task", "use crate::jobs::Wanted;").is_empty());
}

#[test]
fn a_use_of_the_command_line_or_the_window_would_be_found() {
    assert_eq!(found_in("session/mod", "use crate::cli::run;"), ["session uses cli"]);
    assert_eq!(found_in("cli/mod", "crate::gui::open()"), ["cli uses gui"]);
    assert_eq!(found_in("gui/app", "use crate::cli::Arguments;"), ["gui/app uses cli"]);
    assert!(found_in("main", "use semblance::cli; use crate::gui;").is_empty());
}

#[test]
fn a_crate_out_of_its_place_would_be_found() {
    let cases = [
        ("session/mod", "egui::Context", "gui/grid"),
        ("ops/mod", "egui_extras::Column", "gui/grid"),
        ("cli/mod", "eframe::run_native", "main"),
        ("ops/train", "rusqlite::Connection", "cache/mod"),
        ("ops/train", "hdf5::File", "export/nexus/node"),
        ("classifier/backbone", "tract_onnx::onnx", "classifier/engine/tract"),
        ("classifier/import", "prost::Message", "classifier/engine/onnx/mod"),
        ("ops/train", "anyhow::Result", "cli/output"),
    ];
    for (wrong, path, right) in cases {
        let source = format!("use {path};");
        let root = path.split("::").next().unwrap_or_default();
        assert_eq!(found_in(wrong, &source), [format!("{wrong} names {root}").replace("/mod", "")]);
        assert!(found_in(right, &source).is_empty(), "{right}: {path}");
        assert!(found_in(wrong, &format!("/// {path}")).is_empty(), "{wrong}: {path}");
    }
}
