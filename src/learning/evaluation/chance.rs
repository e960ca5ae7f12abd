//! Reproducible chance.
//!
//! Numbers are made from raw ChaCha words rather than by `rand`'s distributions, whose results may
//! change between versions: the same images and seed must give the same report for ever.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Which measure draws. Each has its own stream, so that none changes with another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    CalibrationError = 1,
    Coverage = 2,
}

/// A stream of random numbers.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        Self(rng)
    }

    /// A whole number below `count`, which fits into 32 bits. Some are likelier than others by less
    /// than `count / 2³²`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.0.next_u32()) * count as u64) >> 32) as usize
    }

    /// Evenly spread over 0 to 1, without 1.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }
}

/// The value that a `share` of the values does not exceed; 0 without values.
pub(super) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (share * values.len() as f64).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_streams_differ() {
        let draw = |stream| {
            let mut chance = Chance::new(7, stream);
            (0..8).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(Stream::Coverage), draw(Stream::Coverage));
        assert_ne!(draw(Stream::Coverage), draw(Stream::CalibrationError));
    }

    #[test]
    fn numbers_are_evenly_spread() {
        let mut chance = Chance::new(1, Stream::Coverage);
        let mut counts = [0; 5];
        for _ in 0..5_000 {
            counts[chance.below(5)] += 1;
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&chance.unit())));
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values = vec![3.0, 1.0, 2.0, 4.0];
        assert_eq!(percentile(&mut values, 0.5), 2.0);
        assert_eq!(percentile(&mut values, 1.0), 4.0);
        assert_eq!(percentile(&mut values, 0.0), 1.0);
        assert_eq!(percentile(&mut [], 0.5), 0.0);
    }
}
