//! How to cut hashes into bands, so that near ones can be found without comparing all.
//!
//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index
//! hashing", CVPR 2012): if two hashes differ in at most *d* of their bits, there is a band among
//! *m* in which they differ in at most *d / m*: more in each would be more than *d* together. So it
//! is enough to look up, band by band, what is that near.

use super::PerceptualHash;

/// Fewest and most bands tried: with fewer, tables are as large as the memory; with more, a band
/// has so few bits that almost everything is near in it.
const BAND_COUNTS: std::ops::RangeInclusive<u32> = 6..=16;
/// What a look-up costs, in comparisons of two hashes.
const LOOK_UP_COST: f64 = 6.0;

/// Which bits of a hash a band has, and how many of them may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BandLayout {
    /// The lowest bit.
    shift: u32,
    /// Bits: at most 22.
    pub(super) width: u32,
    /// Bits that may differ.
    pub(super) radius: u32,
}

impl BandLayout {
    /// A hash's bits in this band.
    pub(super) fn value(self, hash: PerceptualHash) -> u32 {
        ((hash.bits() >> self.shift) & ((1 << self.width) - 1)) as u32
    }

    /// What a value is combined with by exclusive or to give all values within the radius.
    pub(super) fn differences(self) -> Vec<u32> {
        let is_within = |difference: &u32| difference.count_ones() <= self.radius;
        (0..1_u32 << self.width).filter(is_within).collect()
    }

    /// How many these are: the binomial coefficients up to the radius together.
    fn difference_count(self) -> f64 {
        let mut at_radius = 1.0;
        let mut count = 1.0;
        for differing in 0..self.radius.min(self.width) {
            at_radius *= f64::from(self.width - differing) / f64::from(differing + 1);
            count += at_radius;
        }
        count
    }

    /// What finding the near ones of one hash among `hash_count` costs here, if they are evenly
    /// spread.
    fn cost(self, hash_count: usize) -> f64 {
        let candidates = hash_count as f64 / 2.0_f64.powi(self.width as i32);
        self.difference_count() * (LOOK_UP_COST + candidates)
    }
}

/// The bands that find all differences of up to `most_bits` bits among `hash_count` hashes at the
/// least cost: none where comparing every hash with every other costs less still.
pub(super) fn cheapest_layout(hash_count: usize, most_bits: u32) -> Vec<BandLayout> {
    let cost =
        |layout: &Vec<BandLayout>| layout.iter().map(|band| band.cost(hash_count)).sum::<f64>();
    BAND_COUNTS
        .map(|band_count| layout_of(band_count, most_bits))
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))
        .filter(|layout| cost(layout) < hash_count as f64)
        .unwrap_or_default()
}

/// `band_count` bands, almost equally wide, that together find all within `most_bits`: with
/// *d = r·m + a*, the first *a + 1* need a radius of *r*, and *r − 1* is enough for the others,
/// which need not be looked at where it is below 0.
fn layout_of(band_count: u32, most_bits: u32) -> Vec<BandLayout> {
    let (radius, rest) = (most_bits / band_count, most_bits % band_count);
    let edge = |band: u32| band * PerceptualHash::BITS / band_count;
    (0..band_count)
        .filter_map(|band| {
            let radius = if band <= rest { radius } else { radius.checked_sub(1)? };
            Some(BandLayout { shift: edge(band), width: edge(band + 1) - edge(band), radius })
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Layouts of few, some and many bands.
    pub(in crate::similarity) fn layouts(most_bits: u32) -> Vec<Vec<BandLayout>> {
        BAND_COUNTS.step_by(5).map(|band_count| layout_of(band_count, most_bits)).collect()
    }

    #[test]
    fn the_bands_hold_every_bit_once_and_their_radii_make_up_the_distance() {
        for band_count in BAND_COUNTS {
            let layout = layout_of(band_count, 20);
            let every_bit = PerceptualHash::from_bits(u128::MAX);
            let held: u32 = layout.iter().map(|band| band.value(every_bit).count_ones()).sum();
            assert_eq!(held, 128, "{band_count}");
            for (bit, band) in layout.iter().enumerate() {
                let next = layout.get(bit + 1).map_or(128, |next| next.shift);
                assert_eq!(band.shift + band.width, next, "{band_count}");
            }
            // One more difference than each radius in every band: the first distance not found.
            let missed: u32 = layout.iter().map(|band| band.radius + 1).sum();
            assert_eq!(missed, 21, "{band_count}");
        }
    }

    #[test]
    fn equality_needs_one_band_and_few_hashes_none() {
        assert_eq!(layout_of(8, 0).len(), 1);
        assert!(cheapest_layout(10, 20).is_empty());
        assert!(!cheapest_layout(1_000_000, 20).is_empty());
        assert!(cheapest_layout(1_000_000, 100).is_empty());
    }

    #[test]
    fn the_differences_within_a_radius_are_all_there_and_counted_right() {
        for (radius, expected) in [(0, 1), (1, 8), (2, 29), (7, 128), (9, 128)] {
            let layout = BandLayout { shift: 0, width: 7, radius };
            assert_eq!(layout.differences().len(), expected);
            assert!((layout.difference_count() - expected as f64).abs() < 1e-9, "{radius}");
        }
    }
}
