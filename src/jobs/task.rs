//! One long piece of work with progress and cancel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::pause::Pause;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Items done.
    pub done: u64,
    /// Items to do; 0 while that is unknown.
    pub total: u64,
    /// Time since the start, without pauses.
    pub elapsed: Duration,
}

impl Progress {
    /// Items a second since the start.
    pub fn rate_per_second(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64().max(1e-3)
    }

    /// Time left at the rate so far; `None` while it cannot be known.
    pub fn time_left(&self) -> Option<Duration> {
        let left = self.total.checked_sub(self.done).filter(|_| self.done > 0)?;
        Some(Duration::from_secs_f64(left as f64 / self.rate_per_second()))
    }
}

/// What the work itself sees of its task: it reports, and is told to stop.
pub struct TaskHandle<E> {
    shared: Arc<Shared>,
    events: Sender<E>,
}

struct Shared {
    cancel: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    pause: Pause,
    panicked: Mutex<Option<String>>,
}

impl<E> TaskHandle<E> {
    /// Reports how far the work is.
    pub fn progress(&self, done: u64, total: u64) {
        self.shared.done.store(done, Ordering::Relaxed);
        self.shared.total.store(total, Ordering::Relaxed);
    }

    /// Reports a result.
    pub fn event(&self, event: E) {
        // Nobody listens after the task was dropped; the work is about to be cancelled.
        let _ = self.events.send(event);
    }

    /// Rests while the task is paused; returns at once when it is cancelled.
    pub fn rest_while_paused(&self) {
        self.shared.pause.wait();
    }

    /// Set when the work should stop.
    pub fn cancel(&self) -> &AtomicBool {
        &self.shared.cancel
    }
}

impl Shared {
    fn stop(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.pause.cancel();
    }
}

/// A piece of work in a thread of its own. Dropping it cancels it.
pub struct Task<E> {
    name: &'static str,
    started: Instant,
    shared: Arc<Shared>,
    events: Receiver<E>,
    thread: Option<thread::JoinHandle<()>>,
}

impl<E: Send + 'static> Task<E> {
    /// Starts `work`, named for the user; `wake` is called at its end. Until then, whoever shows it
    /// looks from time to time: waking for each result would draw more than it works.
    pub fn start(
        name: &'static str,
        wake: impl FnOnce() + Send + 'static,
        work: impl FnOnce(&TaskHandle<E>) + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            cancel: AtomicBool::new(false),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            pause: Pause::default(),
            panicked: Mutex::new(None),
        });
        let (sender, events) = unbounded();
        let handle = TaskHandle { shared: Arc::clone(&shared), events: sender };
        let thread = thread::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&handle)));
            if outcome.is_err() {
                let text = "an error in the program; please report it".to_owned();
                *handle.shared.panicked.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
            }
            wake();
        });
        Self { name, started: Instant::now(), shared, events, thread: Some(thread) }
    }

    /// What it does, for the user.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.shared.done.load(Ordering::Relaxed),
            total: self.shared.total.load(Ordering::Relaxed),
            elapsed: self.started.elapsed().saturating_sub(self.shared.pause.rested()),
        }
    }

    /// Asks it to stop; it ends after what it has in hand.
    pub fn cancel(&self) {
        self.shared.stop();
    }

    /// Lets it rest after what it has in hand, or go on.
    pub fn set_paused(&self, is_paused: bool) {
        self.shared.pause.set(is_paused);
    }

    /// Whether it is to rest.
    pub fn is_paused(&self) -> bool {
        self.shared.pause.is_set()
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancel.load(Ordering::Relaxed)
    }

    /// Whether it has come to rest: what it had in hand is done.
    pub fn is_resting(&self) -> bool {
        self.shared.pause.is_resting()
    }

    /// Results that have come since the last call.
    pub fn take_events(&self) -> Vec<E> {
        self.events.try_iter().collect()
    }

    /// Whether the work has ended. Take its events after asking, not before.
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(thread::JoinHandle::is_finished)
    }

    /// Why it ended by itself, if by an error of the program.
    pub fn failure(&self) -> Option<String> {
        self.shared.panicked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the end.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // its panic is caught and told by `failure`
        }
    }
}

impl<E> Drop for Task<E> {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_and_progress_of_a_finished_task_are_all_there() {
        let mut task = Task::start(
            "Counting",
            || {},
            |handle| {
                for number in 1..=3 {
                    handle.event(number);
                    handle.progress(number, 3);
                }
            },
        );
        task.wait();
        assert!(task.is_finished());
        assert_eq!(task.take_events(), [1, 2, 3]);
        assert_eq!((task.progress().done, task.progress().total), (3, 3));
    }

    #[test]
    fn only_its_end_wakes() {
        let woken = Arc::new(AtomicU64::new(0));
        let wake = Arc::clone(&woken);
        let mut task = Task::start(
            "Counting",
            move || {
                wake.fetch_add(1, Ordering::Relaxed);
            },
            |handle| {
                for number in 1..=3 {
                    handle.event(number);
                    handle.progress(number, 3);
                }
            },
        );
        task.wait();
        assert_eq!(woken.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_cancelled_task_ends() {
        let mut task = Task::<()>::start(
            "Waiting",
            || {},
            |handle| {
                while !handle.cancel().load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            },
        );
        task.cancel();
        task.wait();
        assert!(task.is_cancelled());
    }

    /// A task that counts to three and rests before each number, paused before it begins.
    fn paused_counting() -> Task<u32> {
        let (go, begin) = unbounded::<()>();
        let work = move |handle: &TaskHandle<u32>| {
            begin.recv().unwrap();
            for number in 1..=3 {
                handle.rest_while_paused();
                if handle.cancel().load(Ordering::Relaxed) {
                    return;
                }
                handle.event(number);
            }
        };
        let task = Task::start("Counting", || {}, work);
        task.set_paused(true);
        go.send(()).unwrap();
        while !task.is_resting() {
            thread::yield_now();
        }
        task
    }

    #[test]
    fn a_paused_task_rests_until_it_goes_on() {
        let mut task = paused_counting();
        assert!(task.is_paused() && task.take_events().is_empty());
        task.set_paused(false);
        task.wait();
        assert_eq!(task.take_events(), [1, 2, 3]);
    }

    #[test]
    fn a_task_that_rests_can_be_cancelled() {
        let mut task = paused_counting();
        task.cancel();
        task.wait();
        assert!(task.take_events().is_empty());
    }

    #[test]
    fn a_panic_in_the_work_is_told_and_stays_in_its_thread() {
        let mut task = Task::<()>::start("Failing", || {}, |_| panic!("on purpose"));
        task.wait();
        assert!(task.failure().is_some());
    }
}
