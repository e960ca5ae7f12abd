//! The power fails at random moments: what was not synced is lost. See `power_cut.c` for how that
//! is made, and `mod.rs` for what must hold of what is left.
//!
//! Half of the times nothing that was not synced has reached the disk, half of the times any sectors
//! of it have, as disks write in an order of their own.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::backups;
use super::killing::{Environment, Pace, Running, run_and_kill};
use super::ledger::End;
use super::line::Line;
use super::shim::{Shim, copy_folder, files_in};
use super::stage::Stage;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
/// Shared memory, which is not in files at all.
const MEMORY: &str = "-shm";
/// A copy that the shim had not ended.
const UNFINISHED: &str = ".copying";
/// What a file has if its new name reached the disk.
const RENAMED: &str = ".renamed";

/// What reaches the disk of what was not synced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unsynced {
    Nothing,
    SomeSectors,
}

/// Fails the power so many times, one after the other for one library; what was wrong at the first
/// time that something was.
fn first_problems(
    shim: &Shim,
    kind: &str,
    cuts: u64,
    within: &[&str],
    besides: &Environment,
) -> Vec<String> {
    let (mut stage, mut pace) = (Stage::new(), Pace::default());
    let (live, shadow) = (stage.directory(), stage.beside("shadow"));
    let mut environment = shim.over(&live);
    environment.push(("SHIM_SHADOW", shadow.clone().into()));
    environment.extend(besides.iter().cloned());
    for seed in 0..cuts {
        let unsynced =
            if seed.is_multiple_of(2) { Unsynced::Nothing } else { Unsynced::SomeSectors };
        copy_folder(&live, &shadow, &[MEMORY]); // all is on the disk
        let order = stage.order(kind, 1000 + seed);
        let lines = run_and_kill(&order, &environment, within, &mut pace);
        restore(&live, &shadow, unsynced, seed);
        let mut problems = stage.problems_after(&lines, End::PowerCut);
        problems.extend(backups::problems(&live, &lines));
        if !problems.is_empty() {
            problems.push(format!("after {order:?}, which told {lines:?}"));
            return problems;
        }
    }
    stage.check_all();
    let [lost, kept] = stage.ledger.in_flight;
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "{kind}: {cuts} power cuts, in flight {lost} lost and {kept} kept");
    assert!((lost + kept) as u64 * 3 >= cuts, "it was rarely in the middle of its work");
    Vec::new()
}

/// Brings the library's folder to what is on the disk.
fn restore(live: &Path, shadow: &Path, unsynced: Unsynced, seed: u64) {
    if unsynced == Unsynced::SomeSectors {
        mix_into(shadow, live, seed);
    }
    copy_folder(shadow, live, &[UNFINISHED, RENAMED]);
}

/// Lets sectors, lengths and names that were not synced reach the disk by chance.
fn mix_into(shadow: &Path, live: &Path, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let is_file = |file: &PathBuf| {
        let name = file.to_string_lossy();
        ![MEMORY, UNFINISHED, RENAMED].iter().any(|ending| name.ends_with(ending))
    };
    let files: BTreeSet<PathBuf> =
        files_in(shadow).into_iter().chain(files_in(live)).filter(is_file).collect();
    // From nearly nothing to nearly all.
    let share = random.random_range(0.05..0.95);
    for file in files {
        let (synced, written) = (fs::read(shadow.join(&file)), fs::read(live.join(&file)));
        let renamed = fs::read(shadow.join(format!("{}{RENAMED}", file.display())));
        let mixed = match (synced, written) {
            (Ok(synced), Ok(written)) => mixed(&synced, &written, share, &mut random),
            (Err(_), Ok(written)) if random.random_bool(share) => {
                renamed.unwrap_or_else(|_| mixed(&[], &written, share, &mut random))
            }
            (Ok(synced), Err(_)) if random.random_bool(1.0 - share) => synced,
            _ => {
                let _ = fs::remove_file(shadow.join(&file));
                continue;
            }
        };
        fs::create_dir_all(shadow.join(&file).parent().unwrap()).unwrap();
        fs::write(shadow.join(&file), mixed).unwrap();
    }
}

/// What grew may have its length before its content, and zeros until then. What was cut off and comes
/// back is what it was: cutting short writes nothing into what it frees.
fn mixed(synced: &[u8], written: &[u8], share: f64, random: &mut ChaCha8Rng) -> Vec<u8> {
    let is_new_length = random.random_bool(share);
    let length = if is_new_length { written.len() } else { synced.len() };
    let mut mixed = vec![0; length];
    for (number, sector) in mixed.chunks_mut(SECTOR).enumerate() {
        let from = number * SECTOR;
        let is_new = random.random_bool(share) && from < written.len();
        let source = if is_new { written } else { synced };
        let from = from.min(source.len());
        let source = &source[from..source.len().min(from + sector.len())];
        sector[..source.len()].copy_from_slice(source);
    }
    mixed
}

fn survives(kind: &str, cuts: u64, within: &[&str]) {
    let Some(shim) = Shim::build() else { return };
    assert_eq!(first_problems(&shim, kind, cuts, within, &Environment::new()), [""; 0]);
}

/// The same where the library lies on a network share. What the test itself opens lies on a disk:
/// it rolls back all the same, and then each worker has to change the way of writing again.
fn survives_on_a_share(kind: &str, cuts: u64, within: &[&str]) {
    let Some(shim) = Shim::build() else { return };
    assert_eq!(first_problems(&shim, kind, cuts, within, &vec![shim.share()]), [""; 0]);
}

/// The end of the names of files that are never synced.
fn ignoring(ending: &str) -> Environment {
    vec![("SHIM_IGNORE", ending.into())]
}

#[test]
fn every_acknowledged_label_outlives_a_power_cut() {
    survives("single labels", 100, &["label"]);
}

#[test]
fn labels_of_many_images_are_all_there_or_none_after_a_power_cut() {
    survives("many labels", 50, &["label"]);
}

#[test]
fn undo_and_notes_outlive_a_power_cut() {
    survives("undo", 40, &["undo", "label", "mark"]);
}

#[test]
fn labels_of_a_merged_library_are_all_there_or_none_after_a_power_cut() {
    survives("merging", 30, &["merge"]);
}

#[test]
fn changes_to_categories_outlive_a_power_cut() {
    survives("categories", 40, &["category"]);
}

#[test]
fn after_a_power_cut_predictions_and_readings_are_whole_and_may_be_earlier_ones() {
    survives("classification", 40, &["read", "predict"]);
}

#[test]
fn labels_given_while_predictions_are_written_outlive_a_power_cut() {
    survives("labelling beside classification", 60, &["label", "predict"]);
}

#[test]
fn labels_accepted_automatically_are_all_there_or_none_after_a_power_cut() {
    survives("automatic acceptance", 30, &["label"]);
}

#[test]
fn labels_of_files_just_found_outlive_a_power_cut() {
    survives("scanning", 40, &["scan", "label"]);
}

#[test]
fn saved_filters_outlive_a_power_cut() {
    survives("saved filters", 40, &["save filter"]);
}

#[test]
fn a_power_cut_while_the_library_is_compacted_loses_nothing() {
    survives("compaction", 50, &["compact"]);
}

#[test]
fn backups_are_whole_after_a_power_cut_and_acknowledged_ones_are_there() {
    survives("backups", 60, &["back up"]);
}

#[test]
fn labels_on_a_network_share_outlive_a_power_cut() {
    survives_on_a_share("single labels", 40, &["label"]);
}

#[test]
fn labels_of_many_images_on_a_network_share_are_all_there_or_none_after_a_power_cut() {
    survives_on_a_share("many labels", 20, &["label"]);
}

#[test]
fn predictions_on_a_network_share_are_whole_after_a_power_cut() {
    survives_on_a_share("classification", 50, &["read", "predict"]);
}

/// One that had not would roll back a part of it after a power cut, over what was written since.
#[test]
fn every_write_on_a_network_share_has_ended_its_journal_on_the_disk() {
    let Some(shim) = Shim::build() else { return };
    let (stage, mut pace) = (Stage::new(), Pace::default());
    let (live, shadow) = (stage.directory(), stage.beside("shadow"));
    copy_folder(&live, &shadow, &[MEMORY]);
    let mut environment = shim.over(&live);
    environment.extend([shim.share(), ("SHIM_SHADOW", (&shadow).into())]);
    let mut running = Running::start(&stage.order("one reading", 0), &environment);
    while !matches!(running.hear(&mut pace).unwrap(), Line::Done(_)) {}
    let journal = fs::read(shadow.join("library.db-journal")).unwrap();
    assert_eq!(journal.len(), 0);
    running.kill();
}

/// What `synchronous=OFF` would be.
#[test]
fn labels_that_were_never_synced_are_found_missing() {
    let Some(shim) = Shim::build() else { return };
    let problems = first_problems(&shim, "single labels", 8, &["label"], &ignoring(""));
    assert!(!problems.is_empty());
}

/// What `synchronous=NORMAL` would be: only checkpoints sync.
#[test]
fn labels_whose_wal_was_never_synced_are_found_missing() {
    let Some(shim) = Shim::build() else { return };
    let problems = first_problems(&shim, "single labels", 8, &["label"], &ignoring("-wal"));
    assert!(problems.iter().any(|problem| problem.contains("not in the journal")), "{problems:?}");
}

/// Otherwise the tests about network shares would be the same as the others.
#[test]
fn a_library_on_a_network_share_is_written_with_a_journal_and_not_ahead() {
    let Some(shim) = Shim::build() else { return };
    let stage = Stage::new();
    let mut environment = shim.over(&stage.directory());
    environment.push(shim.share());
    let mut running = Running::start(&stage.order("single labels", 0), &environment);
    while !matches!(running.hear(&mut Pace::default()).unwrap(), Line::Done(_)) {}
    running.kill();
    let names = files_in(&stage.directory());
    let is_there = |name: &str| names.contains(&PathBuf::from(name));
    assert!(is_there("library.db-journal") && !is_there("library.db-wal"), "{names:?}");
}

#[test]
fn what_was_cut_off_comes_back_as_it_was_or_not_at_all() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let synced: Vec<u8> = (0..20 * SECTOR).map(|place| (place / SECTOR) as u8 + 1).collect();
    let lengths: BTreeSet<usize> = (0..50)
        .map(|_| {
            let mixed = mixed(&synced, &[], 0.5, &mut random);
            assert!(mixed.is_empty() || mixed == synced);
            mixed.len()
        })
        .collect();
    assert_eq!(lengths.len(), 2, "both happen");
}

/// The shim does what it is said to do.
#[test]
fn what_was_written_and_not_synced_is_not_on_the_disk() {
    let Some(shim) = Shim::build() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [live, shadow] = ["live", "shadow"].map(|name| folder.path().join(name));
    fs::create_dir_all(live.join("below")).unwrap();
    fs::create_dir(&shadow).unwrap();
    let mut environment: Environment = shim.over(&live);
    environment.push(("SHIM_SHADOW", shadow.clone().into()));
    let script = "echo one >synced; sync synced; echo two >>synced; echo three >other; \
                  echo four >below/a.part; sync below/a.part; mv below/a.part below/a; \
                  echo five >gone; sync gone; rm gone";
    let run = |script: &str| {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-ec", script]).current_dir(&live).envs(environment.iter().cloned());
        assert!(shell.status().unwrap().success());
    };
    run(script);
    let on_disk = || -> Vec<String> {
        let line = |file: &PathBuf| {
            let text = fs::read_to_string(shadow.join(file)).unwrap();
            format!("{}: {}", file.display(), text.replace('\n', " ").trim_end())
        };
        files_in(&shadow).iter().map(line).collect()
    };
    assert_eq!(on_disk(), ["below/a.part: four", "gone: five", "synced: one"]);
    run("sync synced other");
    assert_eq!(on_disk()[2..], ["other: three", "synced: one two"]);
}
