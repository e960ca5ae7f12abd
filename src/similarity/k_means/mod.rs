//! Clusters of images that nobody has labelled, by their features.
//!
//! Spherical k-means (Dhillon and Modha, "Concept decompositions for large sparse text data using
//! clustering", 2001): features are compared by direction, and a centre is the mean direction of
//! its members. It starts from k-means++ (`seeding.rs`), goes on for a bounded number of rounds, and
//! may be fitted to a sample: the images themselves are then assigned block by block
//! (`grouping.rs`).

mod centres;
mod grouping;
mod seeding;

pub use centres::Centres;
pub use grouping::{Grouping, Member};
pub use seeding::sample;

/// Most clusters that are made unasked: more is not looked through.
const MOST_CLUSTERS: usize = 50;

/// How many clusters to make of `image_count` images where nobody says: √(n / 2) (Mardia, Kent and
/// Bibby, "Multivariate Analysis", 1979), at least 2 and at most 50, and never more than images. A
/// rule of thumb: the clusters are for looking through, they claim no true number of kinds.
pub fn cluster_count_for(image_count: usize) -> usize {
    let by_rule = (image_count as f64 / 2.0).sqrt().round() as usize;
    by_rule.clamp(2, MOST_CLUSTERS).min(image_count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_clusters_grows_with_the_root_within_bounds() {
        let counts = [0, 1, 2, 7, 200, 5_000, 1_000_000].map(cluster_count_for);
        assert_eq!(counts, [0, 1, 2, 2, 10, 50, 50]);
    }
}
