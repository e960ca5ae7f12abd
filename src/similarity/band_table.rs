//! Near hashes found by one band of their bits.

use super::PerceptualHash;
use super::band_layout::BandLayout;

/// Who has which bits in a band. 20 bytes a hash, and 4 a possible value.
///
/// All that is looked up together lies together in memory: the same look-ups in the order of the
/// images took five times as long, nearly all of it waiting for memory.
pub(super) struct BandTable {
    layout: BandLayout,
    /// Where each value begins in the following; one more than there are values.
    starts: Vec<u32>,
    /// The hashes, by value.
    hashes: Vec<PerceptualHash>,
    /// Where each stood.
    positions: Vec<u32>,
}

impl BandTable {
    /// Sorts `hashes`, at most 2^32, by their value in the band.
    pub(super) fn of(hashes: &[PerceptualHash], layout: BandLayout) -> Self {
        let value_count = 1_usize << layout.width;
        let mut starts = vec![0_u32; value_count + 1];
        for hash in hashes {
            starts[layout.value(*hash) as usize + 1] += 1;
        }
        for value in 0..value_count {
            starts[value + 1] += starts[value];
        }
        let mut next = starts.clone();
        let mut sorted = hashes.to_vec();
        let mut positions = vec![0_u32; hashes.len()];
        for (position, hash) in hashes.iter().enumerate() {
            let slot = &mut next[layout.value(*hash) as usize];
            sorted[*slot as usize] = *hash;
            positions[*slot as usize] = position as u32;
            *slot += 1;
        }
        Self { layout, starts, hashes: sorted, positions }
    }

    /// Adds to `found` the positions of two hashes, the lower first, that differ in at most
    /// `most_bits` bits, where this band is within its radius and the first is below `first_end`.
    pub(super) fn find(&self, first_end: usize, most_bits: u32, found: &mut Vec<(u32, u32)>) {
        let asked: Vec<usize> = (0..self.hashes.len())
            .filter(|slot| (self.positions[*slot] as usize) < first_end)
            .collect();
        // One difference at a time, through values in order: memory is read in order too.
        for difference in self.layout.differences() {
            for slot in &asked {
                let hash = self.hashes[*slot];
                let value = (self.layout.value(hash) ^ difference) as usize;
                let (start, end) = (self.starts[value] as usize, self.starts[value + 1] as usize);
                for (other, candidate) in (start..end).zip(&self.hashes[start..end]) {
                    let (first, second) = (self.positions[*slot], self.positions[other]);
                    if hash.is_within(*candidate, most_bits) && first < second {
                        found.push((first, second));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::band_layout::tests::layouts;
    use crate::similarity::random::Random;

    /// Half of them near copies of the other half, at distances of up to 40.
    fn hashes(count: usize) -> Vec<PerceptualHash> {
        let mut random = Random::new(11);
        let mut bits: Vec<u128> = (0..count / 2)
            .map(|_| (u128::from(random.bits()) << 64) | u128::from(random.bits()))
            .collect();
        for original in 0..count / 2 {
            let turned = random.below(41);
            bits.push((0..turned).fold(bits[original], |bits, _| bits ^ (1 << random.below(128))));
        }
        bits.into_iter().map(PerceptualHash::from_bits).collect()
    }

    #[test]
    fn the_bands_of_every_layout_find_together_what_comparing_all_finds() {
        let hashes = hashes(600);
        let first_end = 200;
        for most_bits in [0, 1, 5, 6, 12, 20, 31] {
            let mut expected = Vec::new();
            for first in 0..first_end {
                for second in first + 1..hashes.len() {
                    if hashes[first].distance(hashes[second]) <= most_bits {
                        expected.push((first as u32, second as u32));
                    }
                }
            }
            for layout in layouts(most_bits) {
                let mut found = Vec::new();
                for band in &layout {
                    BandTable::of(&hashes, *band).find(first_end, most_bits, &mut found);
                }
                found.sort_unstable();
                found.dedup();
                assert_eq!(found, expected, "{most_bits} bits, {} bands", layout.len());
            }
        }
    }
}
