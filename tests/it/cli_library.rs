//! Looking after a library on the command line.

use std::fs;

use semblance::catalog::{Library, LibraryPlace};

use crate::program::Program;

fn with_library() -> Program {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "images/a.tif");
    program.line("classify --model sample --library images --json").fine();
    program
}

#[test]
fn a_library_is_described_verified_backed_up_and_compacted() {
    let program = with_library();
    let info = program.line("library info --json images").fine().row();
    assert_eq!((&info["images"], &info["labelled"]), (&1.into(), &0.into()));
    assert!(info["newest_backup"].is_null());
    let backup = program.line("library backup --json images").fine().row();
    let info = program.line("library info --json images/.semblance").fine().row();
    assert_eq!(info["newest_backup"], backup["backup"]);
    assert_eq!(
        program.line("library verify --json images").fine().row()["problems"],
        serde_json::json!([])
    );
    program.line("library compact images").fine();
    program.line("library info elsewhere").refused(&["no library here"]);
}

#[test]
fn a_library_that_is_open_elsewhere_is_read_and_not_written() {
    let program = with_library();
    let place = LibraryPlace::for_folder(&program.folder().join("images")).unwrap();
    let library = Library::open(&place).unwrap();
    program.line("choose --data-bar 9 images/a.tif").refused_in_words(&["open in another"]);
    program.line("library compact images").refused(&["open in another"]);
    program.line("library verify images").fine();
    program.line("export hdf5 --library images --out out").fine();
    drop(library);
    program.line("choose --data-bar 9 images/a.tif").fine();
}

#[test]
fn a_damaged_library_is_refused_with_the_way_to_its_backup() {
    let program = with_library();
    let backup = program.line("library backup images").fine().stdout;
    let database = program.folder().join("images/.semblance/library.db");
    let whole = fs::read(&database).unwrap();
    fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    program.line("library verify images").refused(&["damaged", backup.trim()]);
    program.line("classify --library images").refused(&["damaged", backup.trim()]);
}
