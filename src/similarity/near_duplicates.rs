//! Images that show the same, brought together.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cosine::cosine;
use super::near_pairs::{Near, NearPairs};
use super::union_find::UnionFind;
use super::{DEFAULT_MOST_BITS, PerceptualHash};

/// How much alike two images must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// Bits in which the hashes may differ where features confirm that the images are alike …
    pub most_bits: u32,
    /// … which takes this cosine at least, −1 to 1.
    pub least_cosine: f32,
    /// Bits in which the hashes may differ where one of the images has no features.
    pub most_bits_alone: u32,
}

impl Likeness {
    /// For images that may have features of the built-in backbone.
    ///
    /// Of the copies that `benches/near_duplicates.rs` makes of 351 micrographs, the share in % that
    /// is found, and how many of the 61,425 pairs of different images are taken for copies (one of
    /// them rightly: it is the same place twice):
    ///
    /// | | 16 bits | 20 bits | 20 bits, cosine ≥ 0.7 | 24 bits, cosine ≥ 0.7 |
    /// |---|---|---|---|---|
    /// | JPEG, quality 50 | 99.7 | 99.7 | 99.7 | 99.7 |
    /// | half the size | 100 | 100 | 99.1 | 99.1 |
    /// | brightness, gamma, a mark drawn in | 100 | 100 | 100 | 100 |
    /// | contrast × 1.4, clipped | 98.0 | 99.4 | 99.4 | 99.7 |
    /// | 2 % off two sides | 68 | 87 | 87 | 95 |
    /// | 2.5 % off all sides | 53 | 77 | 77 | 91 |
    /// | 5 % off one side | 39 | 60 | 60 | 77 |
    /// | different images | 0 | 2 | 1 | 1 |
    ///
    /// A cosine of 0.7 tells kinds of images apart (95 % of all pairs are below 0.65), not two images
    /// of one powder (up to 0.98): so the hashes have to be near as well, and in a library of 150,000
    /// images, with 10,000 million pairs, no more than 20 bits.
    pub fn confirmed() -> Self {
        Self { most_bits: 20, least_cosine: 0.7, most_bits_alone: DEFAULT_MOST_BITS }
    }

    /// Whether images whose hashes are `distance` bits apart are alike, by what features they have.
    pub(super) fn is_confirmed(
        &self,
        distance: u32,
        one: Option<&[f32]>,
        other: Option<&[f32]>,
    ) -> bool {
        one.zip(other)
            .and_then(|(one, other)| cosine(one, other))
            .map_or(distance <= self.most_bits_alone, |cosine| cosine >= self.least_cosine)
    }
}

impl Default for Likeness {
    /// The hashes decide alone.
    fn default() -> Self {
        Self {
            most_bits: DEFAULT_MOST_BITS,
            least_cosine: -1.0,
            most_bits_alone: DEFAULT_MOST_BITS,
        }
    }
}

/// The clusters of near-duplicates, members ascending, in the order of their first; images that
/// resemble no other are in none. `None` where `cancel` was set.
///
/// `hashes` has `None` for blank pictures, which are one cluster; an image that has not been hashed
/// is not to be given. `features_of` is asked only for images whose hashes are near another's, once
/// for each such pair; it may read them from wherever they are. A pair without features on both
/// sides, or with features that are zero or not finite, stands on its hashes alone, which then have
/// to be nearer. Of images with
/// equal hashes each is compared with the first.
///
/// **Chains.** In a series of focus or drift, each image resembles the next, and the last nothing
/// like the first. Joining along pairs alone would make one cluster of it all. So a pair is joined
/// only where every image of the cluster it makes is within twice `most_bits` of the cluster's first
/// image; a chain falls into pieces of about that length. Pairs are met in the order of the images.
/// Where two clusters meet, the distance is taken for no less than their first images' and the
/// farthest member's together (the triangle inequality): two that would just fit may stay apart,
/// none that does not fit is joined.
pub fn near_duplicates<'f>(
    hashes: &[Option<PerceptualHash>],
    mut features_of: impl FnMut(usize) -> Option<Cow<'f, [f32]>>,
    likeness: Likeness,
    cancel: &AtomicBool,
) -> Option<Vec<Vec<usize>>> {
    let images: Vec<usize> = (0..hashes.len()).filter(|i| hashes[*i].is_some()).collect();
    let present: Vec<PerceptualHash> = hashes.iter().copied().flatten().collect();
    let mut clusters = Clusters::new(&present, likeness.most_bits.saturating_mul(2));
    for (first, near) in NearPairs::new(&present, likeness.most_bits) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let mut features_of_first = None;
        for Near { image: other, distance } in near.iter().copied() {
            if !clusters.would_join(first, other) {
                continue;
            }
            let of_first = features_of_first.get_or_insert_with(|| features_of(images[first]));
            let of_other = features_of(images[other]);
            if likeness.is_confirmed(distance, of_first.as_deref(), of_other.as_deref()) {
                clusters.join(first, other);
            }
        }
    }

    let mut found: Vec<Vec<usize>> = clusters.sets.into_sets();
    for cluster in &mut found {
        for member in cluster.iter_mut() {
            *member = images[*member];
        }
    }
    let blank: Vec<usize> = (0..hashes.len()).filter(|i| hashes[*i].is_none()).collect();
    if blank.len() > 1 {
        found.push(blank);
    }
    found.sort_unstable();
    Some(found)
}

/// Clusters so far, none of them wider than allowed.
struct Clusters<'a> {
    hashes: &'a [PerceptualHash],
    sets: UnionFind,
    /// For the first image of each cluster, how far another member may be from it.
    radius: Vec<u32>,
    most_radius: u32,
}

impl<'a> Clusters<'a> {
    fn new(hashes: &'a [PerceptualHash], most_radius: u32) -> Self {
        let sets = UnionFind::new(hashes.len());
        Self { hashes, sets, radius: vec![0; hashes.len()], most_radius }
    }

    /// The first images of both clusters, the earlier first, and how far the members of the second
    /// may be from the first of the first (triangle inequality).
    fn meeting(&mut self, a: usize, b: usize) -> (usize, usize, u32) {
        let (a, b) = (self.sets.lowest(a), self.sets.lowest(b));
        let (first, second) = (a.min(b), a.max(b));
        let distance = self.hashes[first].distance(self.hashes[second]);
        (first, second, distance + self.radius[second])
    }

    /// Whether the two are in different clusters that may be one.
    fn would_join(&mut self, a: usize, b: usize) -> bool {
        let (first, second, radius) = self.meeting(a, b);
        first != second && radius <= self.most_radius
    }

    fn join(&mut self, a: usize, b: usize) {
        let (first, second, radius) = self.meeting(a, b);
        self.sets.join(first, second);
        self.radius[first] = self.radius[first].max(radius);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    fn hash(bits: u128) -> Option<PerceptualHash> {
        Some(PerceptualHash::from_bits(bits))
    }

    /// A hash whose lowest `count` bits are set: neighbours on a chain.
    fn ones(count: u32) -> Option<PerceptualHash> {
        hash((1 << count) - 1)
    }

    const FAR: u128 = u128::MAX << 64;

    fn by_hash(hashes: &[Option<PerceptualHash>], most_bits: u32) -> Vec<Vec<usize>> {
        let likeness = Likeness { most_bits, most_bits_alone: most_bits, ..Likeness::default() };
        near_duplicates(hashes, |_| None, likeness, &GO_ON).unwrap()
    }

    #[test]
    fn copies_are_brought_together_and_others_left_out() {
        let hashes = [hash(FAR), hash(0b1), hash(0xff << 100), hash(FAR | 1), hash(0), hash(0b11)];
        assert_eq!(by_hash(&hashes, 2), [vec![0, 3], vec![1, 4, 5]]);
    }

    #[test]
    fn blank_pictures_are_one_cluster_and_a_single_one_is_none() {
        assert_eq!(by_hash(&[None, hash(1), None, hash(FAR)], 5), [[0, 2]]);
        assert!(by_hash(&[None, hash(1)], 5).is_empty());
    }

    #[test]
    fn features_that_differ_keep_near_hashes_apart_and_missing_or_broken_ones_do_not() {
        let features =
            [Some([1.0, 0.0]), Some([0.9, 0.1]), Some([0.0, 1.0]), None, Some([f32::NAN; 2])];
        let likeness = Likeness { most_bits: 2, least_cosine: 0.9, most_bits_alone: 2 };
        let of = |image: usize| features[image].map(|row| Cow::Owned(row.to_vec()));
        let found = near_duplicates(&[hash(7); 5], of, likeness, &GO_ON).unwrap();
        assert_eq!(found, [[0, 1, 3, 4]]);
    }

    #[test]
    fn features_are_asked_for_only_where_hashes_are_near() {
        let hashes = [hash(0), hash(FAR), hash(1), hash(FAR << 32)];
        let mut asked = Vec::new();
        let likeness = Likeness { most_bits: 3, least_cosine: 0.5, most_bits_alone: 3 };
        near_duplicates(
            &hashes,
            |image| {
                asked.push(image);
                None
            },
            likeness,
            &GO_ON,
        );
        assert_eq!(asked, [0, 2]);
    }

    #[test]
    fn a_chain_falls_into_pieces_whose_members_resemble_the_first() {
        let hashes: Vec<_> = (0..30).map(|step| ones(3 * step)).collect();
        let found = by_hash(&hashes, 3);
        assert!(found.len() > 5, "{found:?}");
        for cluster in &found {
            for member in cluster {
                let (a, b) = (hashes[cluster[0]].unwrap(), hashes[*member].unwrap());
                assert!(a.distance(b) <= 6, "{cluster:?}");
            }
        }
    }

    #[test]
    fn clusters_whose_first_images_are_too_far_apart_are_not_joined_in_the_middle() {
        // 0–2, 1–3 and 2–3 are near, but 1 is 9 bits from 0.
        assert_eq!(by_hash(&[ones(0), ones(9), ones(3), ones(6)], 3), [[0, 2], [1, 3]]);
    }

    #[test]
    fn a_member_farther_out_counts_where_clusters_meet() {
        // Image 1 is 6 bits from 0, which would do; image 3 may be 2 farther for all that is known.
        let hashes = [hash(0), hash(0b111_1011), hash(0b111), hash(0b11_1111)];
        assert_eq!(by_hash(&hashes, 3), [[0, 2], [1, 3]]);
        // Nearer to image 1 by one, nothing speaks against it.
        let hashes = [hash(0), hash(0b11_1011), hash(0b111), hash(0b11_1111)];
        assert_eq!(by_hash(&hashes, 3), [[0, 1, 2, 3]]);
    }

    #[test]
    fn a_copy_of_a_copy_is_with_the_original() {
        assert_eq!(by_hash(&[ones(0), ones(4), ones(2)], 2), [[0, 1, 2]]);
    }

    #[test]
    fn what_is_cancelled_gives_nothing() {
        let found =
            near_duplicates(&[hash(1); 2], |_| None, Likeness::default(), &AtomicBool::new(true));
        assert_eq!(found, None);
    }
}
