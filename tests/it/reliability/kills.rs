//! kill -9 in the middle of every kind of work, at random moments: see `mod.rs` for what must hold.

use std::io::Write as _;

use super::backups;
use super::killing::{Environment, Pace, run_and_kill};
use super::ledger::End;
use super::stage::Stage;

/// Kills so many workers of this kind, one after the other in one library, within steps of these
/// kinds.
fn survives(kind: &str, kills: u64, within: &[&str]) {
    let (mut stage, mut pace) = (Stage::new(), Pace::default());
    for seed in 0..kills {
        let order = stage.order(kind, seed);
        let lines = run_and_kill(&order, &Environment::new(), within, &mut pace);
        let mut problems = stage.problems_after(&lines, End::Killed);
        problems.extend(backups::problems(&stage.directory(), &lines));
        assert_eq!(problems, [""; 0], "{order:?}, which told {lines:?}");
    }
    stage.check_all();
    let [lost, kept] = stage.ledger.in_flight;
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "{kind}: {kills} kills, in flight {lost} not there and {kept} there");
    assert!((lost + kept) as u64 * 3 >= kills, "it was rarely in the middle of its work");
}

#[test]
fn every_acknowledged_label_outlives_a_killed_program() {
    survives("single labels", 120, &["label"]);
}

#[test]
fn labels_of_many_images_are_all_there_or_none_after_a_kill() {
    survives("many labels", 60, &["label"]);
}

#[test]
fn undo_and_redo_outlive_a_killed_program() {
    survives("undo", 100, &["undo", "label", "mark"]);
}

#[test]
fn notes_outlive_a_killed_program() {
    survives("notes", 60, &["mark"]);
}

#[test]
fn labels_that_are_imported_are_all_there_or_none_after_a_kill() {
    survives("import", 60, &["label"]);
}

#[test]
fn labels_of_a_merged_library_are_all_there_or_none_after_a_kill() {
    survives("merging", 45, &["merge"]);
}

#[test]
fn changes_to_categories_outlive_a_killed_program() {
    survives("categories", 100, &["category"]);
}

#[test]
fn predictions_and_readings_outlive_a_killed_program() {
    survives("classification", 80, &["read", "predict"]);
}

#[test]
fn labels_given_while_predictions_are_written_outlive_a_killed_program() {
    survives("labelling beside classification", 60, &["label", "predict"]);
}

#[test]
fn labels_accepted_automatically_are_all_there_or_none_after_a_kill() {
    survives("automatic acceptance", 60, &["label"]);
}

#[test]
fn found_files_and_their_labels_outlive_a_killed_program() {
    survives("scanning", 50, &["scan", "label"]);
}

#[test]
fn saved_filters_outlive_a_killed_program() {
    survives("saved filters", 60, &["save filter"]);
}

#[test]
fn a_kill_while_the_library_is_compacted_loses_nothing() {
    survives("compaction", 80, &["compact"]);
}

#[test]
fn a_kill_while_a_backup_is_made_leaves_no_half_backup_under_its_final_name() {
    survives("backups", 80, &["back up"]);
}
