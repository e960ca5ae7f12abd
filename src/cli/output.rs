//! Data on stdout, messages and progress on stderr. `println!` would panic on a closed pipe.

use std::io::{self, IsTerminal as _, Stderr, Stdout, StdoutLock, Write as _};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::ops::{StageTimes, image_count};

const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The process's two streams.
pub(super) struct Output {
    stdout: Stdout,
    stderr: Stderr,
    shows_progress: bool,
    last_progress: Option<Instant>,
    has_reader: bool,
}

/// Where data goes. Notes when the reader of a pipe went away, whatever becomes of the error on its way
/// through the libraries that write tables and JSON.
struct Data<'a> {
    stdout: StdoutLock<'a>,
    has_reader: &'a mut bool,
}

impl Data<'_> {
    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            *self.has_reader &= error.kind() != io::ErrorKind::BrokenPipe;
        }
        result
    }
}

impl io::Write for Data<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.stdout.write(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.stdout.flush();
        self.noted(result)
    }
}

impl Output {
    pub(super) fn new() -> Self {
        let stderr = io::stderr();
        let shows_progress = stderr.is_terminal();
        Self { stdout: io::stdout(), stderr, shows_progress, last_progress: None, has_reader: true }
    }

    /// One line of data.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.data(), "{text}")
    }

    /// Where data goes, for what writes it itself.
    pub(super) fn data(&mut self) -> impl io::Write {
        self.clear_progress();
        Data { stdout: self.stdout.lock(), has_reader: &mut self.has_reader }
    }

    /// Whether the data may still be read: not where a pipe was closed (`… | head`).
    pub(super) fn has_reader(&self) -> bool {
        self.has_reader
    }

    /// One JSON object on a line of its own.
    pub(super) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string(value)?;
        Ok(self.line(&text)?)
    }

    /// One line for the person at the terminal. A closed stderr is no reason to stop.
    pub(super) fn message(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.stderr.lock(), "{text}");
    }

    /// How far it is, at most ten times a second, and only to a terminal.
    pub(super) fn progress(&mut self, what: &str, done: usize, total: usize) {
        if done == total {
            self.last_progress = None; // the last is shown whenever it comes
        }
        self.progress_text(&format!("{what} {done} of {total}"));
    }

    /// How far it is in other words, as often.
    pub(super) fn progress_text(&mut self, text: &str) {
        let is_due = self.last_progress.is_none_or(|last| last.elapsed() >= PROGRESS_EVERY);
        if self.shows_progress && is_due {
            self.last_progress = Some(Instant::now());
            let _ = write!(self.stderr.lock(), "\r\x1b[K{text}");
            let _ = self.stderr.flush();
        }
    }

    /// The closing line: rate, and time by stage summed over the workers.
    pub(super) fn summary(
        &mut self,
        done: usize,
        failed: usize,
        wall: Duration,
        times: &StageTimes,
    ) {
        let seconds = wall.as_secs_f64();
        let rate = (done + failed) as f64 / seconds.max(1e-9);
        let stage = |name: &str, time: Duration| format!("{name} {:.2} s", time.as_secs_f64());
        let stages = [
            stage("read", times.read),
            stage("decode", times.decode),
            stage("prepare", times.prepare),
            stage("infer", times.infer),
            stage("write", times.write),
        ];
        self.message(&format!(
            "{} done, {failed} failed in {seconds:.2} s ({rate:.1} images/s); time in all workers: \
             {}",
            image_count(done),
            stages.join(", ")
        ));
    }

    fn clear_progress(&mut self) {
        if self.last_progress.take().is_some() {
            let _ = write!(self.stderr.lock(), "\r\x1b[K");
        }
    }
}
