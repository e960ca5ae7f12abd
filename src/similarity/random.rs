//! Reproducible chance without a dependency whose results could change between versions.

/// The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014): small, and even enough to choose images.
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The stream of numbers that belongs to a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly spread over 0 to 1, without 1.
    pub(super) fn unit(&mut self) -> f64 {
        // 53 bits are all that an f64 can hold.
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An index below `count`, which must not be 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        // The upper half of the product: even to within count / 2^64.
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        // The first outputs for seed 0, as the generator's authors and others give them.
        let mut random = Random::new(0);
        let first = [random.bits(), random.bits(), random.bits()];
        let expected = [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f];
        assert_eq!(first, expected);
    }

    #[test]
    fn every_index_below_the_count_comes_about_as_often() {
        let mut random = Random::new(7);
        let mut counts = [0_usize; 5];
        for _ in 0..10_000 {
            counts[random.below(5)] += 1;
        }
        assert!(counts.iter().all(|count| (1_800..2_200).contains(count)), "{counts:?}");
    }

    #[test]
    fn units_fill_zero_to_one() {
        let mut random = Random::new(3);
        let units: Vec<f64> = (0..10_000).map(|_| random.unit()).collect();
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
        let mean = units.iter().sum::<f64>() / units.len() as f64;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
