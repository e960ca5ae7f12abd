//! Work on many items at once, results in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crossbeam_channel::bounded;

/// Runs `work` on the numbers below `count` in `workers` threads and hands each result to
/// `on_result` in the calling thread, in the order of the numbers.
///
/// Each worker takes the next number, so that a slow item holds up nobody. Cancelling stops after
/// the items in work; `on_result` hears of every item before the first that was left out.
pub(super) fn in_order<T: Send>(
    count: usize,
    workers: usize,
    cancel: &AtomicBool,
    work: &(dyn Fn(usize) -> T + Sync),
    on_result: &mut dyn FnMut(usize, T),
) {
    let workers = workers.clamp(1, count.max(1));
    let next = AtomicUsize::new(0);
    // Bounded, since results may be large and wait in memory until they are handed over.
    let (sender, receiver) = bounded::<(usize, T)>(workers * 2);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !cancel.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count || sender.send((index, work(index))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender); // the loop below ends with the last worker

        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (index, result) in receiver {
            early.insert(index, result);
            while let Some(result) = early.remove(&awaited) {
                on_result(awaited, result);
                awaited += 1;
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
