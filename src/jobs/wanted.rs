//! A queue that is replaced, not appended to: what is wanted now is done first, and what is no
//! longer wanted is never begun.
//!
//! Right for thumbnails while scrolling and for images while an arrow key is held down.

use std::collections::HashSet;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, unbounded};

struct State<K> {
    /// The most urgent first.
    wanted: Vec<K>,
    in_work: HashSet<K>,
    is_closed: bool,
}

struct Shared<K> {
    state: Mutex<State<K>>,
    changed: Condvar,
}

/// Workers that serve the most urgent of the wanted keys. Dropping it ends them after their
/// current item.
pub struct WantedQueue<K, R> {
    shared: Arc<Shared<K>>,
    results: Receiver<(K, R)>,
}

impl<K, R> WantedQueue<K, R>
where
    K: Copy + Eq + Hash + Send + 'static,
    R: Send + 'static,
{
    /// Starts `workers` threads that run `work` on wanted keys and call `wake` after each.
    pub fn new(
        workers: usize,
        work: impl Fn(K) -> R + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let state = State { wanted: Vec::new(), in_work: HashSet::new(), is_closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let (sender, results) = unbounded();
        let work = Arc::new((work, wake));
        for _ in 0..workers.max(1) {
            let (shared, sender, work) = (Arc::clone(&shared), sender.clone(), Arc::clone(&work));
            thread::spawn(move || {
                while let Some(key) = shared.take() {
                    let result = catch_unwind(AssertUnwindSafe(|| (work.0)(key)));
                    match result {
                        // In work until it is taken: else it would be begun again at once, where it
                        // was wanted once more meanwhile.
                        Ok(result) => {
                            if sender.send((key, result)).is_err() {
                                break;
                            }
                        }
                        // A panic costs its own item, not the worker.
                        Err(_) => {
                            shared.lock().in_work.remove(&key);
                        }
                    }
                    (work.1)();
                }
            });
        }
        Self { shared, results }
    }

    /// Replaces what is wanted, the most urgent first.
    pub fn want(&self, keys: Vec<K>) {
        self.shared.lock().wanted = keys;
        self.shared.changed.notify_all();
    }

    /// Whether nothing is wanted that is not there, nor in work.
    pub fn is_idle(&self) -> bool {
        let state = self.shared.lock();
        state.wanted.is_empty() && state.in_work.is_empty()
    }

    /// Results that have come since the last call.
    pub fn take_results(&self) -> Vec<(K, R)> {
        let results: Vec<(K, R)> = self.results.try_iter().collect();
        if !results.is_empty() {
            let mut state = self.shared.lock();
            for (key, _) in &results {
                state.in_work.remove(key);
                state.wanted.retain(|wanted| wanted != key);
            }
        }
        results
    }
}

impl<K, R> Drop for WantedQueue<K, R> {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl<K: Copy + Eq + Hash> Shared<K> {
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        // A panic in `work` leaves the lists themselves intact.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the most urgent key that nobody works on; `None` once closed.
    fn take(&self) -> Option<K> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let next = state.wanted.iter().position(|key| !state.in_work.contains(key));
            if let Some(at) = next {
                let key = state.wanted.remove(at);
                state.in_work.insert(key);
                return Some(key);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_costs_its_own_item_alone() {
        let (woken_sender, woken) = unbounded();
        let work = |key: u32| if key == 1 { panic!("on purpose") } else { key };
        let queue = WantedQueue::new(1, work, move || woken_sender.send(()).unwrap());
        queue.want(vec![1, 2]);
        woken.recv().unwrap();
        woken.recv().unwrap();
        assert_eq!(queue.take_results(), [(2, 2)]);
    }

    #[test]
    fn what_is_wanted_again_while_it_is_in_work_is_done_once() {
        let (started_sender, started) = unbounded();
        let (release, released) = unbounded::<()>();
        let (woken_sender, woken) = unbounded();
        let work = move |key: u32| {
            started_sender.send(key).unwrap();
            released.recv().unwrap();
            key
        };
        let queue = WantedQueue::new(1, work, move || woken_sender.send(()).unwrap());
        queue.want(vec![1]);
        assert_eq!(started.recv(), Ok(1));
        queue.want(vec![1, 2]); // the next frame
        release.send(()).unwrap();
        assert_eq!(started.recv(), Ok(2));
        release.send(()).unwrap();
        woken.recv().unwrap();
        woken.recv().unwrap();
        assert_eq!(queue.take_results(), [(1, 1), (2, 2)]);
        queue.want(vec![1]);
        assert_eq!(started.recv(), Ok(1), "once it was taken, it may be wanted anew");
        release.send(()).unwrap();
    }

    #[test]
    fn what_is_no_longer_wanted_is_never_begun() {
        let (started_sender, started) = unbounded();
        let (release, released) = unbounded::<()>();
        let (woken_sender, woken) = unbounded();
        let queue = WantedQueue::new(
            1,
            move |key: u32| {
                started_sender.send(key).unwrap();
                released.recv().unwrap();
                key * 2
            },
            move || woken_sender.send(()).unwrap(),
        );
        queue.want(vec![1, 2, 3]);
        assert_eq!(started.recv(), Ok(1));
        queue.want(vec![9]); // 2 and 3 scrolled away while 1 was in work
        release.send(()).unwrap();
        assert_eq!(started.recv(), Ok(9));
        release.send(()).unwrap();
        woken.recv().unwrap();
        woken.recv().unwrap();
        assert_eq!(queue.take_results(), [(1, 2), (9, 18)]);
    }
}
