//! How fast somebody labels.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Over how long the pace is measured.
const SPAN: Duration = Duration::from_secs(5 * 60);
/// A pace of less time than this says nothing.
const LEAST: Duration = Duration::from_secs(15);

/// What was labelled in the last minutes.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When, and how many images.
    labelled: VecDeque<(Instant, usize)>,
}

impl Pace {
    pub(super) fn note(&mut self, at: Instant, images: usize) {
        self.labelled.push_back((at, images));
        self.forget_before(at);
    }

    /// Images a minute; nothing where too little was labelled to tell.
    pub(super) fn per_minute(&self, now: Instant) -> Option<f64> {
        let recent = || self.labelled.iter().filter(|(at, _)| now.duration_since(*at) <= SPAN);
        let (first, _) = recent().next()?;
        let elapsed = now.duration_since(*first);
        // The first one took time too, which nobody knows.
        let images: usize = recent().skip(1).map(|(_, images)| images).sum();
        (elapsed >= LEAST && images > 0).then(|| images as f64 / elapsed.as_secs_f64() * 60.0)
    }

    fn forget_before(&mut self, now: Instant) {
        while self.labelled.front().is_some_and(|(at, _)| now.duration_since(*at) > SPAN) {
            self.labelled.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_minutes() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.per_minute(start), None);
        for second in (0..60).step_by(2) {
            pace.note(start + Duration::from_secs(second), 1);
        }
        let after_a_minute = pace.per_minute(start + Duration::from_secs(58)).unwrap();
        assert!((after_a_minute - 30.0).abs() < 1e-9, "{after_a_minute}");
        assert_eq!(pace.per_minute(start + Duration::from_secs(3600)), None);
    }
}
