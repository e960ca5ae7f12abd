//! Which side of a split an image is on.

mod folds;
mod leak_free;

use crate::catalog::Side;
use crate::micrograph::content_sha256;

pub use folds::grouped_folds;
pub use leak_free::{leak_free_split, leaked_pairs, tied_together};

/// The side of everything named `key`: a group's name, or a file's name where it has no group.
///
/// It depends on nothing but the name, so that an image never changes side when others are added
/// (the reference work's rule, with groups).
pub fn side_of(key: &str) -> Side {
    match percent_of(key) {
        0..80 => Side::Training,
        80..90 => Side::Validation,
        _ => Side::Test,
    }
}

fn percent_of(key: &str) -> u32 {
    let digest = content_sha256(key.as_bytes());
    // 32 bits of a cryptographic hash: even enough for percentages, the bias is below 1e-7.
    u32::from_str_radix(&digest[..8], 16).unwrap_or(0) % 100
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn sides_hold_80_10_and_10_percent() {
        let mut counts = BTreeMap::new();
        for i in 0..10_000 {
            *counts.entry(side_of(&format!("image {i}.tif"))).or_insert(0) += 1;
        }
        assert!((7_800..8_200).contains(&counts[&Side::Training]), "{counts:?}");
        assert!((850..1_150).contains(&counts[&Side::Validation]), "{counts:?}");
        assert!((850..1_150).contains(&counts[&Side::Test]), "{counts:?}");
    }

    #[test]
    fn a_name_is_for_ever_on_the_same_side() {
        // These are promises to every library in use: they must not change between versions.
        assert_eq!(side_of("a.tif"), Side::Training);
        assert_eq!(side_of("chemrxiv:12948494_v1"), Side::Training);
        assert_eq!(side_of("w.tif"), Side::Validation); // 82 of 100
        assert_eq!(side_of("b.tif"), Side::Test); // 91
        assert_eq!(side_of("o.tif"), Side::Training); // 79
    }
}
