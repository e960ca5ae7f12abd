//! The process that is ended: it opens a library and works until then.

use std::env;
use std::error::Error as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use semblance::catalog::{CatalogError, EntryId, ImageId, Library, LibraryPlace, View};
use semblance::taxonomy::{CategoryId, CategoryState};
use serde::{Deserialize, Serialize};

use super::line::{Answer, Line, Refusal, Step};
use super::work::KINDS;

/// Holds an [`Order`] in the worker's environment.
pub const ORDER_VARIABLE: &str = "SEMBLANCE_TEST_WORK";
/// The name under which the harness knows the worker.
pub const WORKER_TEST: &str = "reliability::worker::works_until_it_is_ended";
/// Who decides in these tests.
pub const PERSON: &str = "Ada";

/// What a worker is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// A name in [`KINDS`].
    pub kind: String,
    /// The folder with the images.
    pub root: PathBuf,
    /// Decides everything that is random.
    pub seed: u64,
}

/// A library in work.
pub struct Worker {
    pub library: Library,
    pub random: ChaCha8Rng,
    /// All that there were when the library was opened.
    pub images: Vec<ImageId>,
    /// Counts the turns of the work.
    pub turn: u64,
}

impl Worker {
    /// Makes a step that ends with an entry in the journal.
    pub fn decide(
        &mut self,
        step: Step,
        call: impl FnOnce(&Library) -> Result<EntryId, CatalogError>,
    ) {
        let answer = |entry: EntryId| Answer { entry: Some(entry.to_string()), file: None };
        self.step(step, |library| call(library).map(answer));
    }

    /// Makes a step: tells that it begins, and what came of it. After a failure it goes on when
    /// the test says so.
    pub fn step(
        &mut self,
        step: Step,
        call: impl FnOnce(&Library) -> Result<Answer, CatalogError>,
    ) {
        tell(&Line::Begin(step));
        match call(&self.library) {
            Ok(answer) => tell(&Line::Done(answer)),
            Err(error) => wait_after(&error),
        }
    }

    /// Does nothing more to the library.
    pub fn wait_to_be_ended(&self) {
        io::stdin().read_line(&mut String::new()).unwrap();
        process::exit(1);
    }

    pub fn image(&mut self) -> ImageId {
        self.images[self.random.random_range(0..self.images.len())]
    }

    /// One that is there now, also a retired one.
    pub fn category(&mut self) -> CategoryId {
        let tree = self.library.category_tree().unwrap();
        let there: Vec<CategoryId> = tree
            .ids()
            .filter(|id| tree.get(*id).is_some_and(|it| it.state != CategoryState::Withdrawn))
            .collect();
        there[self.random.random_range(0..there.len())]
    }
}

fn tell(line: &Line) {
    // Fails when the test has gone, and ends the worker.
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.to_text().as_bytes()).unwrap();
    stdout.flush().unwrap();
}

fn wait_after(error: &CatalogError) {
    let is_disk_full = matches!(error, CatalogError::DiskFull { .. });
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    wait(Refusal { is_disk_full, message });
}

fn wait(refusal: Refusal) {
    let message = refusal.message.clone();
    tell(&Line::Failed(refusal));
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line).unwrap();
    assert!(read > 0, "nobody says to go on after: {message}");
}

fn open(order: &Order) -> Library {
    loop {
        tell(&Line::Opening);
        let place =
            LibraryPlace { root: order.root.clone(), directory: order.root.join(".semblance") };
        match Library::open(&place) {
            // On a full disk it can be read; decisions are refused for the disk's reason.
            Ok(library) if library.is_unwritable() => {
                let message = library.read_only_reason().unwrap();
                wait(Refusal { is_disk_full: message.contains("disk is full"), message });
            }
            Ok(library) => return library,
            Err(error) => wait_after(&error),
        }
    }
}

#[test]
#[ignore = "other tests run it as a program that they end"]
fn works_until_it_is_ended() {
    let Ok(order) = env::var(ORDER_VARIABLE) else { return };
    let order: Order = serde_json::from_str(&order).unwrap();
    let (_, work) = KINDS.iter().find(|(kind, _)| *kind == order.kind).unwrap();
    io::stdout().write_all(b"\n").unwrap(); // behind what the harness has begun
    let library = open(&order);
    assert!(!library.is_read_only());
    let images = library.image_ids(&View::default()).unwrap();
    let random = ChaCha8Rng::seed_from_u64(order.seed);
    tell(&Line::Open);
    let mut worker = Worker { library, random, images, turn: 0 };
    loop {
        work(&mut worker);
        worker.turn += 1;
    }
}
