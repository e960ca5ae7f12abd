//! All pairs of images whose hashes are near one another.

use std::ops::Range;

use super::PerceptualHash;
use super::band_layout::cheapest_layout;
use super::band_table::BandTable;

/// Hashes of which the pairs are found at one time: enough that memory is read in order, few
/// enough that a walk can be ended within seconds.
const BLOCK: usize = 65_536;

/// An image that is near another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// Its index.
    pub image: usize,
    /// In how many bits the hashes differ.
    pub distance: u32,
}

/// Walks the images and gives for each, in order, the later ones that are near it.
///
/// Equal hashes are brought together first and stand for one: their holders are near the first
/// holder, and only this one is near images of other hashes. So a million equal images give a
/// million pairs and not half a million millions, and joining along the pairs (see
/// [`near_duplicates`](super::near_duplicates)) still brings together all that are near. Hashes that
/// differ, if only in one bit, are all compared with their neighbours: time grows with the number
/// of pairs there are.
///
/// A million random hashes with a tenth as many near copies and as many equal ones take 10 s at 16
/// bits and 30 s at 20, on one core; comparing all would take twenty minutes.
/// The walk goes on in blocks of images: their pairs are in memory, together with some 60 bytes an
/// image and 4 megabytes. Dropping the walk ends it.
pub struct NearPairs {
    /// All images, equal hashes together.
    images: Vec<u32>,
    /// The range in `images` of each hash's holders, in the order of the first holder.
    holders: Vec<Range<u32>>,
    /// The hashes, in the same order.
    hashes: Vec<PerceptualHash>,
    most_bits: u32,
    next_hash: usize,
    /// Pairs of indices into `hashes` in this block, ascending, and how many have been given.
    found: Vec<(u32, u32)>,
    given: usize,
    /// The hash after this block.
    block_end: usize,
    /// Hashes in a block.
    block_len: usize,
}

impl NearPairs {
    /// A walk over `hashes` (at most 2^32) that finds differences of up to `most_bits` bits.
    pub fn new(hashes: &[PerceptualHash], most_bits: u32) -> Self {
        let mut images: Vec<u32> = (0..hashes.len() as u32).collect();
        images.sort_unstable_by_key(|image| (hashes[*image as usize], *image));
        let mut holders = Vec::new();
        let mut start = 0;
        for equal in images.chunk_by(|a, b| hashes[*a as usize] == hashes[*b as usize]) {
            let end = start + equal.len() as u32;
            holders.push(start..end);
            start = end;
        }
        holders.sort_unstable_by_key(|range| images[range.start as usize]);
        let first_holder = |range: &Range<u32>| images[range.start as usize] as usize;
        let hashes = holders.iter().map(|range| hashes[first_holder(range)]).collect();
        Self {
            images,
            holders,
            hashes,
            most_bits,
            next_hash: 0,
            found: Vec::new(),
            given: 0,
            block_end: 0,
            block_len: BLOCK,
        }
    }

    /// Finds the pairs whose first hash is in the block that begins with the next.
    fn find_block(&mut self) {
        let start = self.next_hash;
        self.block_end = (start + self.block_len).min(self.hashes.len());
        self.given = 0;
        self.found.clear();
        let (rest, block) = (&self.hashes[start..], self.block_end - start);
        let layout = cheapest_layout(rest.len(), self.most_bits);
        for band in &layout {
            BandTable::of(rest, *band).find(block, self.most_bits, &mut self.found);
        }
        if layout.is_empty() {
            find_by_comparing(rest, block, self.most_bits, &mut self.found);
        }
        // A pair may be near in more bands than one.
        self.found.sort_unstable();
        self.found.dedup();
        for (first, second) in &mut self.found {
            *first += start as u32;
            *second += start as u32;
        }
    }

    fn first_holder(&self, hash: usize) -> usize {
        self.images[self.holders[hash].start as usize] as usize
    }

    /// Images with the very same hash as its first holder, who is left out.
    fn other_holders(&self, hash: usize) -> impl Iterator<Item = Near> {
        let range = &self.holders[hash];
        let others = &self.images[range.start as usize + 1..range.end as usize];
        others.iter().map(|image| Near { image: *image as usize, distance: 0 })
    }
}

/// The same as all [`BandTable`]s find, for few hashes or large distances.
fn find_by_comparing(
    hashes: &[PerceptualHash],
    first_end: usize,
    most_bits: u32,
    found: &mut Vec<(u32, u32)>,
) {
    for (first, hash) in hashes[..first_end].iter().enumerate() {
        for (second, other) in hashes.iter().enumerate().skip(first + 1) {
            if hash.is_within(*other, most_bits) {
                found.push((first as u32, second as u32));
            }
        }
    }
}

impl Iterator for NearPairs {
    /// The first holder of a hash, and later images near it, ascending: none for most images.
    type Item = (usize, Vec<Near>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next_hash == self.hashes.len() {
            return None;
        }
        if self.next_hash == self.block_end {
            self.find_block();
        }
        let hash = self.next_hash;
        self.next_hash += 1;
        let ahead = &self.found[self.given..];
        let pairs = &ahead[..ahead.partition_point(|(first, _)| *first as usize == hash)];
        self.given += pairs.len();
        let near = pairs.iter().map(|(_, other)| Near {
            image: self.first_holder(*other as usize),
            distance: self.hashes[hash].distance(self.hashes[*other as usize]),
        });
        let mut near: Vec<Near> = self.other_holders(hash).chain(near).collect();
        near.sort_unstable_by_key(|near| near.image);
        Some((self.first_holder(hash), near))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.hashes.len() - self.next_hash;
        (left, Some(left))
    }
}

/// The length is the number of different hashes, for showing progress.
impl ExactSizeIterator for NearPairs {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::random::Random;

    fn hashes(bits: &[u128]) -> Vec<PerceptualHash> {
        bits.iter().map(|bits| PerceptualHash::from_bits(*bits)).collect()
    }

    fn pairs(hashes: &[PerceptualHash], most_bits: u32) -> Vec<(usize, usize, u32)> {
        NearPairs::new(hashes, most_bits)
            .flat_map(|(image, near)| near.into_iter().map(move |n| (image, n.image, n.distance)))
            .collect()
    }

    #[test]
    fn pairs_come_in_order_with_their_distance() {
        let hashes = hashes(&[0b111, 0xffff_0000, 0, 0b1]);
        assert_eq!(pairs(&hashes, 3), [(0, 2, 3), (0, 3, 2), (2, 3, 1)]);
        assert_eq!(pairs(&hashes, 2), [(0, 3, 2), (2, 3, 1)]);
    }

    #[test]
    fn equal_hashes_are_near_their_first_holder_who_stands_for_all() {
        let hashes = hashes(&[5, 4, 5, 4, 5]);
        assert_eq!(pairs(&hashes, 1), [(0, 1, 1), (0, 2, 0), (0, 4, 0), (1, 3, 0)]);
    }

    #[test]
    fn a_hundred_thousand_equal_hashes_give_as_many_pairs_and_not_their_square() {
        let hashes = hashes(&[9; 100_000]);
        assert_eq!(pairs(&hashes, 20).len(), 99_999);
    }

    #[test]
    fn in_a_large_set_all_pairs_are_found_that_comparing_all_finds() {
        let mut random = Random::new(5);
        let mut bits: Vec<u128> = (0..4_000)
            .map(|_| u128::from(random.bits()) << 64 | u128::from(random.bits()))
            .collect();
        for copy in 0..1_000 {
            bits[3_000 + copy] =
                (0..copy % 14).fold(bits[copy], |b, _| b ^ (1 << random.below(128)));
        }
        let hashes = hashes(&bits);
        let mut expected = Vec::new();
        for first in 0..hashes.len() {
            for second in first + 1..hashes.len() {
                let distance = hashes[first].distance(hashes[second]);
                if distance <= 10 && hashes[..second].iter().all(|h| *h != hashes[second]) {
                    expected.push((first, second, distance));
                } else if distance == 0 {
                    expected.push((first, second, 0));
                }
            }
        }
        assert!(expected.len() > 500, "{}", expected.len());
        assert_eq!(pairs(&hashes, 10), expected);
    }

    #[test]
    fn blocks_of_any_length_give_the_same_pairs_in_the_same_order() {
        let bits: Vec<u128> = (0..500).map(|image| 1 << (image * 7 % 100)).collect();
        let hashes = hashes(&bits);
        let expected: Vec<_> = NearPairs::new(&hashes, 2).collect();
        assert!(expected.iter().map(|(_, near)| near.len()).sum::<usize>() > 1_000);
        for block_len in [1, 33, 99] {
            let walk = NearPairs { block_len, ..NearPairs::new(&hashes, 2) };
            assert_eq!(walk.collect::<Vec<_>>(), expected, "{block_len}");
        }
    }

    #[test]
    fn no_hashes_have_no_pairs() {
        assert_eq!(NearPairs::new(&[], 20).count(), 0);
    }

    #[test]
    fn the_length_is_what_is_left_of_the_walk() {
        let mut walk = NearPairs::new(&hashes(&[1, 2, 1]), 0);
        assert_eq!(walk.len(), 2);
        walk.next();
        assert_eq!(walk.len(), 1);
    }
}
