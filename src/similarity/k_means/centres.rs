//! The centres of clusters, and fitting them.

use super::seeding::first_centres;
use crate::similarity::cosine::{direction, dot, inverse_norm};
use crate::similarity::random::Random;
use crate::similarity::{FeatureRows, SimilarityError};

/// Rounds after which fitting ends, settled or not: what moves then, moves between neighbours.
const MOST_ROUNDS: usize = 25;

/// Mean directions of clusters, `[cluster_count, feature_count]`, each of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Centres {
    values: Vec<f32>,
    feature_count: usize,
}

impl Centres {
    /// Fits `cluster_count` centres to the images, or fewer where they have fewer directions. The
    /// same `seed` gives the same centres. Rows that are zero or not finite are passed over.
    ///
    /// Time grows with images × clusters × features, 25 times at most: some thousand images are
    /// enough for 50 clusters, see [`sample`](super::sample).
    ///
    /// # Errors
    /// [`SimilarityError::NoDirection`] where all rows are passed over, or no cluster is asked for.
    pub fn fit(
        rows: FeatureRows<'_>,
        cluster_count: usize,
        seed: u64,
    ) -> Result<Self, SimilarityError> {
        let (images, scales): (Vec<usize>, Vec<f32>) = rows
            .iter()
            .enumerate()
            .filter_map(|(image, row)| Some((image, inverse_norm(row)?)))
            .unzip();
        let random = &mut Random::new(seed);
        let first = first_centres(rows, &images, &scales, cluster_count, random);
        if first.is_empty() {
            return Err(SimilarityError::NoDirection);
        }
        let mut centres = Self {
            values: first
                .iter()
                .flat_map(|i| direction(rows.row(*i)).unwrap_or_default())
                .collect(),
            feature_count: rows.feature_count(),
        };
        let mut assigned = vec![usize::MAX; images.len()];
        for _ in 0..MOST_ROUNDS {
            let mut cosines = vec![0.0; images.len()];
            let mut has_moved = false;
            for (position, image) in images.iter().enumerate() {
                let (cluster, product) = centres.nearest(rows.row(*image));
                has_moved |= assigned[position] != cluster;
                assigned[position] = cluster;
                cosines[position] = product * scales[position];
            }
            if !has_moved {
                break;
            }
            fill_empty_clusters(&mut assigned, &mut cosines, first.len());
            centres.move_to_members(rows, &images, &scales, &assigned);
        }
        Ok(centres)
    }

    /// Clusters.
    pub fn cluster_count(&self) -> usize {
        self.values.len() / self.feature_count
    }

    /// Features an image.
    pub fn feature_count(&self) -> usize {
        self.feature_count
    }

    /// The cluster a row belongs to, with its scalar product with the centre; of equally near ones
    /// the first.
    pub(super) fn nearest(&self, row: &[f32]) -> (usize, f32) {
        let mut best = (0, f32::NEG_INFINITY);
        for (cluster, centre) in self.values.chunks_exact(self.feature_count).enumerate() {
            let product = dot(centre, row);
            if product > best.1 {
                best = (cluster, product);
            }
        }
        best
    }

    /// Moves each centre to the mean direction of its members; where they cancel out, it stays.
    fn move_to_members(
        &mut self,
        rows: FeatureRows<'_>,
        images: &[usize],
        scales: &[f32],
        assigned: &[usize],
    ) {
        let mut sums = vec![0.0_f32; self.values.len()];
        for ((image, scale), cluster) in images.iter().zip(scales).zip(assigned) {
            let sum = &mut sums[cluster * self.feature_count..][..self.feature_count];
            for (sum, value) in sum.iter_mut().zip(rows.row(*image)) {
                *sum += value * scale;
            }
        }
        let old = self.values.chunks_exact_mut(self.feature_count);
        for (centre, sum) in old.zip(sums.chunks_exact(self.feature_count)) {
            if let Some(direction) = direction(sum) {
                centre.copy_from_slice(&direction);
            }
        }
    }
}

/// Gives each empty cluster the image that is farthest from its centre, out of clusters that keep
/// another.
fn fill_empty_clusters(assigned: &mut [usize], cosines: &mut [f32], cluster_count: usize) {
    let mut sizes = vec![0_usize; cluster_count];
    for cluster in assigned.iter() {
        sizes[*cluster] += 1;
    }
    for empty in 0..cluster_count {
        if sizes[empty] > 0 {
            continue;
        }
        let farthest = (0..assigned.len())
            .filter(|position| sizes[assigned[*position]] > 1)
            .min_by(|a, b| cosines[*a].total_cmp(&cosines[*b]));
        let Some(position) = farthest else { return };
        sizes[assigned[position]] -= 1;
        sizes[empty] += 1;
        assigned[position] = empty;
        cosines[position] = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cluster_takes_the_farthest_image_that_can_be_spared() {
        let mut assigned = [0, 0, 0, 1];
        let mut cosines = [0.9, 0.2, 0.8, 0.1];
        fill_empty_clusters(&mut assigned, &mut cosines, 4);
        // Image 3 is farther still, and the only one of its cluster.
        assert_eq!(assigned, [0, 2, 3, 1]);
    }

    #[test]
    fn a_centre_is_the_mean_direction_whatever_the_lengths() {
        let values = [10.0, 0.0, 0.0, 0.1];
        let rows = FeatureRows::new(&values, 2).unwrap();
        let centres = Centres::fit(rows, 1, 0).unwrap();
        let expected = 0.5_f32.sqrt();
        assert!(centres.values.iter().all(|v| (v - expected).abs() < 1e-6), "{centres:?}");
    }

    #[test]
    fn no_more_centres_than_directions() {
        let values = [1.0, 0.0, 3.0, 0.0, 0.0, 2.0, 0.0, 0.0];
        let rows = FeatureRows::new(&values, 2).unwrap();
        let centres = Centres::fit(rows, 9, 3).unwrap();
        assert_eq!((centres.cluster_count(), centres.feature_count()), (2, 2));
    }

    #[test]
    fn nothing_to_fit_is_a_plain_error() {
        let zeros = [0.0; 6];
        let fit = |values, count| Centres::fit(FeatureRows::new(values, 3).unwrap(), count, 0);
        assert_eq!(fit(&zeros, 2), Err(SimilarityError::NoDirection));
        assert_eq!(fit(&[], 2), Err(SimilarityError::NoDirection));
        assert_eq!(fit(&[1.0; 6], 0), Err(SimilarityError::NoDirection));
    }
}
