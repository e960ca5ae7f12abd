//! All pairs of images that show nearly the same.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::PerceptualHash;
use super::near_duplicates::Likeness;
use super::near_pairs::NearPairs;

/// All pairs of images that show nearly the same, the earlier image first. `None` where `cancel` was
/// set.
///
/// Unlike in [`near_duplicates`](super::near_duplicates), chains are not cut: what keeps images on
/// one side of a split must hold over a whole series of focus. Of images with equal hashes each is
/// paired with the first.
pub fn near_duplicate_pairs<'f>(
    hashes: &[PerceptualHash],
    mut features_of: impl FnMut(usize) -> Option<Cow<'f, [f32]>>,
    likeness: Likeness,
    cancel: &AtomicBool,
) -> Option<Vec<(usize, usize)>> {
    let mut pairs = Vec::new();
    for (first, near) in NearPairs::new(hashes, likeness.most_bits) {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let mut features_of_first = None;
        for other in near.iter().copied() {
            let of_first = features_of_first.get_or_insert_with(|| features_of(first));
            let of_other = features_of(other.image);
            if likeness.is_confirmed(other.distance, of_first.as_deref(), of_other.as_deref()) {
                pairs.push((first, other.image));
            }
        }
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(bits: &[u128], features: &[[f32; 2]]) -> Vec<(usize, usize)> {
        let hashes: Vec<PerceptualHash> =
            bits.iter().copied().map(PerceptualHash::from_bits).collect();
        let features_of = |image: usize| features.get(image).map(|f| Cow::Borrowed(&f[..]));
        let likeness = Likeness { most_bits: 4, least_cosine: 0.7, most_bits_alone: 2 };
        let cancel = AtomicBool::new(false);
        near_duplicate_pairs(&hashes, features_of, likeness, &cancel).unwrap()
    }

    #[test]
    fn a_series_is_a_chain_of_pairs_however_long() {
        let steps: Vec<u128> = (0..8).map(|step| (1 << (step * 2)) - 1).collect();
        let found = pairs(&steps, &[]);
        assert!((0..7).all(|image| found.contains(&(image, image + 1))), "{found:?}");
        assert!(!found.contains(&(0, 7)));
    }

    #[test]
    fn features_that_differ_part_a_pair() {
        let alike = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]];
        assert_eq!(pairs(&[0, 0b111, 0b1111], &alike), [(0, 1)]);
    }
}
