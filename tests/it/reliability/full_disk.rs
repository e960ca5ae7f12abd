//! The disk is full, as `power_cut.c` makes it: the error says so, nothing is damaged, and once there
//! is room the same program goes on.

use std::fs;

use super::backups;
use super::killing::{Environment, Pace, Running};
use super::ledger::End;
use super::line::{Line, Refusal, Step};
use super::shim::{Disk, Shim, files_in};
use super::stage::Stage;

/// How much room there is when it becomes full: in the middle of the first write, of a page, of a
/// decision, and in or after a checkpoint (a WAL of 1,000 pages).
const ROOMS: [u64; 8] = [0, 1, 5_000, 33_000, 77_777, 300_000, 4_100_000, 4_200_000];

/// What a worker may tell until the disk is full.
const MOST_LINES: usize = 5_000;

/// A library in work on a disk with an end.
struct Work {
    stage: Stage,
    disk: Disk,
    environment: Environment,
    pace: Pace,
}

impl Work {
    fn new(shim: &Shim) -> Self {
        let stage = Stage::new();
        let disk = Disk::new(stage.beside("disk"));
        let mut environment = shim.over(&stage.directory());
        environment.push(disk.variable());
        Self { stage, disk, environment, pace: Pace::default() }
    }

    fn start(&self, kind: &str, seed: u64) -> Running {
        Running::start(&self.stage.order(kind, seed), &self.environment)
    }

    /// Waits for this many acknowledged steps.
    fn hear_done(&mut self, running: &mut Running, steps: usize) {
        let mut done = 0;
        while done < steps {
            match running.hear(&mut self.pace) {
                Some(Line::Done(_)) => done += 1,
                Some(Line::Failed(refusal)) => panic!("on a disk with room: {refusal:?}"),
                Some(_) => {}
                None => panic!("the worker ended"),
            }
        }
    }

    /// Waits until a step fails; which, and why.
    fn hear_refusal(&mut self, running: &mut Running) -> (Option<Step>, Refusal) {
        for _ in 0..MOST_LINES {
            match running.hear(&mut self.pace) {
                Some(Line::Failed(refusal)) => {
                    let refusal = refusal.clone();
                    let step = match running.lines.iter().rev().nth(1) {
                        Some(Line::Begin(step)) => Some(step.clone()),
                        _ => None,
                    };
                    return (step, refusal);
                }
                Some(_) => {}
                None => panic!("the worker ended"),
            }
        }
        panic!("no step failed, although the disk is full");
    }

    /// Ends the worker and looks at the library.
    fn end(&mut self, running: Running) {
        let lines = running.kill();
        let mut problems = self.stage.problems_after(&lines, End::Killed);
        problems.extend(backups::problems(&self.stage.directory(), &lines));
        assert_eq!(problems, [""; 0], "{lines:?}");
    }
}

fn says_that_the_disk_is_full(refusal: &Refusal) {
    assert!(refusal.is_disk_full, "{}", refusal.message);
    assert!(refusal.message.starts_with("The disk is full; could not "), "{}", refusal.message);
}

/// Works until the disk is full and on after there is room again, for each size of room.
fn goes_on_after_a_full_disk(kind: &str, rooms: &[u64]) {
    let Some(shim) = Shim::build() else { return };
    goes_on(Work::new(&shim), kind, rooms);
}

fn goes_on(mut work: Work, kind: &str, rooms: &[u64]) {
    for (seed, room) in rooms.iter().enumerate() {
        let mut running = work.start(kind, seed as u64);
        work.hear_done(&mut running, 2);
        work.disk.has_room_for(*room);
        let (_, refusal) = work.hear_refusal(&mut running);
        says_that_the_disk_is_full(&refusal);
        // Again, with the disk still full.
        running.go_on();
        says_that_the_disk_is_full(&work.hear_refusal(&mut running).1);
        work.disk.has_room();
        running.go_on();
        work.hear_done(&mut running, 6);
        work.end(running);
    }
    work.stage.check_all();
}

/// Ends the worker while the disk is full.
fn loses_nothing_on_a_full_disk(kind: &str, rooms: &[u64]) {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    for (seed, room) in rooms.iter().enumerate() {
        let mut running = work.start(kind, 100 + seed as u64);
        work.hear_done(&mut running, 2);
        work.disk.has_room_for(*room);
        says_that_the_disk_is_full(&work.hear_refusal(&mut running).1);
        work.end(running);
        work.disk.has_room();
    }
    work.stage.check_all();
}

#[test]
fn labelling_says_that_the_disk_is_full_and_goes_on_when_there_is_room() {
    goes_on_after_a_full_disk("many labels", &ROOMS);
}

#[test]
fn every_kind_of_decision_says_that_the_disk_is_full_and_goes_on_when_there_is_room() {
    for kind in ["single labels", "undo", "notes", "categories", "classification", "scanning"] {
        goes_on_after_a_full_disk(kind, &ROOMS[1..4]);
    }
}

/// Universities give everybody a share of a disk; SQLite calls its end an I/O error.
#[test]
fn labelling_says_that_the_disk_is_full_where_a_share_of_it_is_used_up() {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    work.environment.push(("SHIM_QUOTA", "yes".into()));
    goes_on(work, "many labels", &ROOMS[..6]);
}

#[test]
fn labelling_says_that_the_disk_is_full_where_that_comes_out_with_the_sync() {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    work.environment.push(("SHIM_LATE", "yes".into()));
    goes_on(work, "many labels", &ROOMS[..6]);
}

#[test]
fn a_program_that_ends_with_the_disk_full_has_lost_no_acknowledged_label() {
    loses_nothing_on_a_full_disk("many labels", &ROOMS);
}

#[test]
fn opening_says_that_the_disk_is_full_and_works_when_there_is_room() {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    for (seed, room) in [0, 1, 100, 40_000].into_iter().enumerate() {
        let mut running = work.start("single labels", 200 + seed as u64);
        work.hear_done(&mut running, 2);
        work.end(running);
        work.disk.has_room_for(room);
        let mut running = work.start("single labels", 300 + seed as u64);
        let refusal = work.hear_refusal(&mut running).1;
        assert!(refusal.is_disk_full, "{}", refusal.message);
        work.disk.has_room();
        running.go_on();
        work.hear_done(&mut running, 2);
        work.end(running);
    }
    work.stage.check_all();
}

#[test]
fn compacting_on_a_full_disk_says_so_and_leaves_the_library_as_it_is() {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    let mut refused = 0;
    for (seed, room) in [60_000, 150_000, 250_000, 400_000].into_iter().enumerate() {
        let mut running = work.start("compaction", 400 + seed as u64);
        work.hear_done(&mut running, 3);
        work.disk.has_room_for(room);
        let (step, refusal) = work.hear_refusal(&mut running);
        says_that_the_disk_is_full(&refusal);
        refused += usize::from(step == Some(Step::Compact));
        work.disk.has_room();
        running.go_on();
        work.hear_done(&mut running, 4);
        work.end(running);
    }
    assert!(refused > 0, "no compaction was refused");
    work.stage.check_all();
}

#[test]
fn a_backup_on_a_full_disk_says_so_and_leaves_no_part_behind() {
    let Some(shim) = Shim::build() else { return };
    let mut work = Work::new(&shim);
    let mut refused = 0;
    for (seed, room) in [30_000, 100_000, 200_000].into_iter().enumerate() {
        let mut running = work.start("backups", 500 + seed as u64);
        work.hear_done(&mut running, 4);
        work.disk.has_room_for(room);
        let (step, refusal) = work.hear_refusal(&mut running);
        says_that_the_disk_is_full(&refusal);
        if step == Some(Step::BackUp) {
            refused += 1;
            let names = files_in(&work.stage.directory().join("backups"));
            let parts = names.iter().filter(|name| name.extension().is_none_or(|end| end != "db"));
            assert_eq!(parts.count(), 0, "{names:?}");
        }
        work.disk.has_room();
        running.go_on();
        work.hear_done(&mut running, 4);
        work.end(running);
        let _ = fs::remove_dir_all(work.stage.directory().join("backups"));
    }
    assert!(refused > 0, "no backup was refused");
    work.stage.check_all();
}
