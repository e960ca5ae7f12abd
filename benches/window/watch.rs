//! Label keys, and when another connection to the library sees that the label is on the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use egui::{Event, Key};
use rusqlite::{Connection, OpenFlags};

use super::classifying::{IMAGES, press};

/// Between one look and the next: what it finds may have been there for as long.
const PAUSE: Duration = Duration::from_millis(1);

/// Labels one image after the other.
pub struct Watch {
    pressed: Vec<Instant>,
    is_over: Arc<AtomicBool>,
    seen: Option<JoinHandle<Vec<Instant>>>,
}

impl Watch {
    /// Of a library in which no image has a label.
    pub fn of(folder: &Path) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (library, until) = (folder.join(".semblance/library.db"), Arc::clone(&is_over));
        let seen = spawn(move || watch(library, &until));
        Self { pressed: Vec::new(), is_over, seen: Some(seen) }
    }

    /// Whether the last label was so long ago.
    pub fn is_due(&self, pause: Duration) -> bool {
        self.pressed.last().is_none_or(|last| last.elapsed() >= pause)
    }

    /// The keys of the next label, pressed now.
    pub fn label(&mut self) -> Vec<Event> {
        self.label_at(Instant::now())
    }

    /// The same, pressed at this time. Each time around, the images get another label.
    pub fn label_at(&mut self, pressed: Instant) -> Vec<Event> {
        let (count, key) = match self.pressed.len() / IMAGES % 2 {
            0 => (self.pressed.len(), Key::Num1),
            _ => (self.pressed.len(), Key::Num2),
        };
        self.pressed.push(pressed);
        let to_first = count.is_multiple_of(IMAGES).then(|| press(Key::Home));
        to_first.into_iter().flatten().chain(press(key)).collect()
    }

    /// From each key to the disk, once all are there.
    pub fn label_ms(mut self) -> Vec<f64> {
        self.is_over.store(true, Ordering::Relaxed);
        let seen = self.seen.take().unwrap().join().unwrap();
        assert_eq!(seen.len(), self.pressed.len(), "each key is a label");
        let pairs = self.pressed.iter().zip(seen);
        pairs.map(|(pressed, seen)| (seen - *pressed).as_secs_f64() * 1e3).collect()
    }
}

/// When each label was seen.
fn watch(library: PathBuf, is_over: &AtomicBool) -> Vec<Instant> {
    let connection =
        Connection::open_with_flags(library, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut count =
        connection.prepare("SELECT count(*) FROM journal WHERE kind = 'label'").unwrap();
    let mut seen = Vec::new();
    loop {
        let was_over = is_over.load(Ordering::Relaxed); // before it looks for the last time
        let there: i64 = count.query_row([], |row| row.get(0)).unwrap();
        seen.resize(there as usize, Instant::now());
        if was_over {
            return seen;
        }
        sleep(PAUSE);
    }
}
