//! Work on many items at once, results in their order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crossbeam_channel::bounded;

/// Items that each worker may be ahead of the one that is handed over next: results may be large, and
/// wait in memory until then.
const AHEAD: usize = 8;

/// Runs `work` on the numbers below `count` in `workers` threads and hands each result to
/// `on_result` in the calling thread, in the order of the numbers.
///
/// Each worker takes the next number, so that a slow item holds up nobody, until the others are
/// [`AHEAD`]. Cancelling stops after the items in work; `on_result` hears of every item before the
/// first that was left out.
pub(super) fn in_order<T: Send>(
    count: usize,
    workers: usize,
    cancel: &AtomicBool,
    work: &(dyn Fn(usize) -> T + Sync),
    on_result: &mut dyn FnMut(usize, T),
) {
    let workers = workers.clamp(1, count.max(1));
    let next = AtomicUsize::new(0);
    // A ticket is taken for each item and given back when its result is handed over. The item that is
    // awaited always has one: numbers are taken in their order.
    let most = workers * AHEAD;
    let (give_back, tickets) = bounded::<()>(most);
    for _ in 0..most {
        let _ = give_back.try_send(()); // there is room for all of them
    }
    let (sender, receiver) = bounded::<(usize, thread::Result<T>)>(most);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, tickets, next) = (sender.clone(), tickets.clone(), &next);
            scope.spawn(move || {
                while tickets.recv().is_ok() && !cancel.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    // Told at once: without its result the others would wait for ever.
                    let result = catch_unwind(AssertUnwindSafe(|| work(index)));
                    if sender.send((index, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender); // the loop below ends with the last worker

        // Here, so that whoever waits for a ticket is told where a panic ends it.
        let (give_back, receiver) = (give_back, receiver);
        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (index, result) in &receiver {
            early.insert(index, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = early.remove(&awaited) {
                on_result(awaited, result);
                awaited += 1;
                let _ = give_back.try_send(()); // there is room for all of them
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_first() {
        let mut seen = Vec::new();
        let work = |index: usize| {
            // Every third item takes much longer than the others.
            (0..if index.is_multiple_of(3) { 200_000 } else { 1 }).fold(0_u64, |a, b| a ^ b);
            index * 10
        };
        in_order(100, 4, &AtomicBool::new(false), &work, &mut |index, result| {
            seen.push((index, result));
        });
        assert_eq!(seen, (0..100).map(|index| (index, index * 10)).collect::<Vec<_>>());
    }

    #[test]
    fn while_an_item_is_slow_the_others_do_not_pile_up() {
        let (release, released) = bounded::<()>(1);
        let begun = AtomicUsize::new(0);
        let work = |index: usize| {
            begun.fetch_max(index, Ordering::Relaxed);
            match index {
                0 => {
                    released.recv().unwrap();
                    (0..2_000_000_u64).fold(0, |a, b| std::hint::black_box(a ^ b)); // let others run
                    begun.load(Ordering::Relaxed)
                }
                index if index == 2 * AHEAD - 1 => {
                    release.send(()).unwrap();
                    0
                }
                _ => 0,
            }
        };
        let mut begun_before_first = 0;
        in_order(10_000, 2, &AtomicBool::new(false), &work, &mut |index, begun| {
            if index == 0 {
                begun_before_first = begun;
            }
        });
        assert_eq!(begun_before_first, 2 * AHEAD - 1);
    }

    #[test]
    fn a_panic_ends_it_instead_of_letting_the_others_wait() {
        let work = |index: usize| assert!(index > 0, "on purpose");
        let run = || in_order(10_000, 2, &AtomicBool::new(false), &work, &mut |_, ()| ());
        assert!(catch_unwind(run).is_err());
    }

    #[test]
    fn cancelling_stops_early_without_a_gap() {
        let cancel = AtomicBool::new(false);
        let mut seen = Vec::new();
        in_order(10_000, 2, &cancel, &|index| index, &mut |index, _| {
            seen.push(index);
            if index == 5 {
                cancel.store(true, Ordering::Relaxed);
            }
        });
        assert!(seen.len() < 10_000);
        assert_eq!(seen, (0..seen.len()).collect::<Vec<_>>());
    }
}
