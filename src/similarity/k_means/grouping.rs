//! Images assigned to their clusters.

use std::cmp::Reverse;

use super::Centres;
use crate::similarity::cosine::inverse_norm;
use crate::similarity::{FeatureRows, SimilarityError};

/// An image in a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its index, over all blocks.
    pub image: usize,
    /// 1 − cosine of the angle to the centre: 0 at it, 2 opposite.
    pub distance: f32,
}

/// Assigns images to centres block by block; memory is 16 bytes an image and the block.
#[derive(Debug)]
pub struct Grouping {
    centres: Centres,
    clusters: Vec<Vec<Member>>,
}

impl Grouping {
    /// Empty clusters around `centres`.
    pub fn around(centres: Centres) -> Self {
        let clusters = vec![Vec::new(); centres.cluster_count()];
        Self { centres, clusters }
    }

    /// Assigns a block whose first row is image `first_image`. Rows that are zero or not finite
    /// come into no cluster.
    ///
    /// # Errors
    /// [`SimilarityError::FeatureCount`] where the rows are not as long as the centres.
    pub fn add_block(
        &mut self,
        first_image: usize,
        rows: FeatureRows<'_>,
    ) -> Result<(), SimilarityError> {
        rows.check_feature_count(self.centres.feature_count())?;
        for (image, row) in (first_image..).zip(rows.iter()) {
            if let Some(scale) = inverse_norm(row) {
                let (cluster, product) = self.centres.nearest(row);
                let distance = 1.0 - (product * scale).clamp(-1.0, 1.0);
                self.clusters[cluster].push(Member { image, distance });
            }
        }
        Ok(())
    }

    /// The clusters that have members, the largest first; members by distance from the centre, the
    /// most typical first. Equals are in the order of their indices.
    pub fn finish(mut self) -> Vec<Vec<Member>> {
        self.clusters.retain(|members| !members.is_empty());
        for members in &mut self.clusters {
            members.sort_unstable_by(|a, b| {
                a.distance.total_cmp(&b.distance).then(a.image.cmp(&b.image))
            });
        }
        let lowest = |members: &[Member]| members.iter().map(|member| member.image).min();
        self.clusters.sort_by_cached_key(|members| (Reverse(members.len()), lowest(members)));
        self.clusters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::cluster_count_for;
    use crate::similarity::random::Random;

    const FEATURES: usize = 8;

    /// Clusters of images that the centres are fitted to.
    fn group_all(
        rows: FeatureRows<'_>,
        cluster_count: Option<usize>,
        seed: u64,
    ) -> Result<Vec<Vec<Member>>, SimilarityError> {
        let cluster_count = cluster_count.unwrap_or_else(|| cluster_count_for(rows.image_count()));
        let mut grouping = Grouping::around(Centres::fit(rows, cluster_count, seed)?);
        grouping.add_block(0, rows)?;
        Ok(grouping.finish())
    }

    /// Clouds around the axes: image `i` belongs to axis `i % clouds`.
    fn clouds(image_count: usize, clouds: usize) -> Vec<f32> {
        let mut random = Random::new(8);
        (0..image_count * FEATURES)
            .map(|i| {
                let (image, feature) = (i / FEATURES, i % FEATURES);
                let axis = if image % clouds == feature { 4.0 } else { 0.0 };
                axis + random.unit() as f32 - 0.5
            })
            .collect()
    }

    fn rows(values: &[f32]) -> FeatureRows<'_> {
        FeatureRows::new(values, FEATURES).unwrap()
    }

    fn images(members: &[Member]) -> Vec<usize> {
        let mut images: Vec<usize> = members.iter().map(|member| member.image).collect();
        images.sort_unstable();
        images
    }

    #[test]
    fn clouds_apart_become_clusters_whatever_the_seed() {
        let values = clouds(300, 5);
        for seed in 0..10 {
            let clusters = group_all(rows(&values), Some(5), seed).unwrap();
            let expected = |cluster: usize| (cluster..300).step_by(5).collect::<Vec<_>>();
            let found: Vec<Vec<usize>> = clusters.iter().map(|members| images(members)).collect();
            assert_eq!(found, (0..5).map(expected).collect::<Vec<_>>(), "{seed}");
        }
    }

    #[test]
    fn members_come_from_the_centre_outwards_and_the_largest_cluster_first() {
        // Nine images along one axis, three along another.
        let mut values = clouds(9, 1);
        let second: Vec<f32> = clouds(30, 2)[FEATURES..].to_vec();
        for image in 0..3 {
            values.extend(&second[2 * image * FEATURES..(2 * image + 1) * FEATURES]);
        }
        let clusters = group_all(rows(&values), Some(2), 1).unwrap();
        assert_eq!(clusters.iter().map(Vec::len).collect::<Vec<_>>(), [9, 3]);
        for members in &clusters {
            assert!(members.is_sorted_by(|a, b| a.distance <= b.distance), "{members:?}");
            assert!(members.iter().all(|member| (0.0..0.5).contains(&member.distance)));
        }
    }

    #[test]
    fn one_seed_gives_one_result() {
        let values = clouds(100, 8);
        let group = |seed| group_all(rows(&values), Some(20), seed).unwrap();
        assert_eq!(group(3), group(3));
        assert_ne!(group(3), group(4));
    }

    #[test]
    fn blocks_give_what_the_whole_gives() {
        let values = clouds(90, 4);
        let centres = Centres::fit(rows(&values), 4, 6).unwrap();
        let mut grouping = Grouping::around(centres);
        for (block, values) in values.chunks(40 * FEATURES).enumerate().rev() {
            grouping.add_block(40 * block, rows(values)).unwrap();
        }
        assert_eq!(grouping.finish(), group_all(rows(&values), Some(4), 6).unwrap());
    }

    #[test]
    fn broken_rows_are_in_no_cluster() {
        let mut values = clouds(20, 2);
        values[3 * FEATURES] = f32::NAN;
        values[4 * FEATURES..5 * FEATURES].fill(0.0);
        let clusters = group_all(rows(&values), None, 0).unwrap();
        let together = images(&clusters.concat());
        assert_eq!(together, (0..20).filter(|i| *i != 3 && *i != 4).collect::<Vec<_>>());
    }

    #[test]
    fn more_images_than_are_fitted_to_are_all_assigned() {
        let image_count = 2_500;
        let values = clouds(image_count, 3);
        let fitted = Centres::fit(rows(&values[..300 * FEATURES]), 3, 2).unwrap();
        let mut grouping = Grouping::around(fitted);
        grouping.add_block(0, rows(&values)).unwrap();
        let clusters = grouping.finish();
        assert_eq!(clusters.iter().map(Vec::len).sum::<usize>(), image_count);
        assert_eq!(images(&clusters[0]), (0..image_count).step_by(3).collect::<Vec<_>>());
    }

    #[test]
    fn rows_of_another_length_are_refused() {
        let centres = Centres::fit(rows(&clouds(10, 2)), 2, 0).unwrap();
        let other = [1.0; 3];
        let added = Grouping::around(centres).add_block(0, FeatureRows::new(&other, 3).unwrap());
        assert_eq!(added, Err(SimilarityError::FeatureCount { expected: FEATURES, found: 3 }));
    }
}
