//! How unlike an image is to all that are known, and from where on that is unusual.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};
use rayon::prelude::*;

use super::cosine::inverse_norm;
use super::{FeatureRows, SimilarityError, sample};

/// The neighbour that counts: one alone may be a chance likeness, or a mistake among the known.
const NEIGHBOUR: usize = 5;
/// Images of which one thread finds the neighbours at a time.
const ASKED: usize = 128;
/// Known images that they are compared with at a time: the products fit the processor's cache.
const COMPARED: usize = 1024;
/// Known images that the threshold is taken from; of more, so many of them.
const MOST_MEASURED: usize = 10_000;
/// Chooses them: the same images give the same threshold.
const SEED: u64 = 1;

/// Images that are known, to compare others with.
#[derive(Debug, Clone)]
pub struct KnownImages {
    /// `[image_count, feature_count]`, each row of length 1, or zero where it has no direction.
    directions: Array2<f32>,
    /// Images of one group are one scene.
    groups: Vec<usize>,
}

impl KnownImages {
    /// Images with these features; `groups` has a number for each, the same for those that show nearly
    /// the same. Rows that are zero or not finite are nobody's neighbour.
    ///
    /// # Errors
    /// [`SimilarityError::NoDirection`] where no row has a direction,
    /// [`SimilarityError::GroupCount`] where there is not one group for each.
    pub fn new(rows: FeatureRows<'_>, groups: &[usize]) -> Result<Self, SimilarityError> {
        check_group_count(rows, groups.len())?;
        let (directions, has_direction) = directions(rows);
        if !has_direction.contains(&true) {
            return Err(SimilarityError::NoDirection);
        }
        let kept: Vec<usize> = (0..groups.len()).filter(|image| has_direction[*image]).collect();
        let directions = match kept.len() == groups.len() {
            true => directions,
            false => directions.select(Axis(0), &kept),
        };
        Ok(Self { directions, groups: kept.into_iter().map(|image| groups[image]).collect() })
    }

    /// The distance that the share `quantile` of the known images do not exceed, each measured as
    /// though it and its group were not known. Of very many, some thousands stand for all. `None`
    /// where all are of one group, or `cancel` was set.
    pub fn threshold(&self, quantile: f64, cancel: &AtomicBool) -> Option<f32> {
        let measured = sample(self.groups.len(), MOST_MEASURED, SEED);
        let asked = self.directions.select(Axis(0), &measured);
        let groups: Vec<Option<usize>> =
            measured.iter().map(|image| Some(self.groups[*image])).collect();
        let distances = self.nearest(asked.view(), &groups, cancel)?;
        let mut distances: Vec<f32> = distances.into_iter().flatten().collect();
        distances.sort_by(f32::total_cmp);
        let rank = (quantile * distances.len() as f64).ceil() as usize;
        distances.get(rank.saturating_sub(1)).copied()
    }

    /// Of each row the cosine distance (1 − cosine, 0 to 2) to the fifth nearest known image, or to the
    /// farthest where fewer are known. `groups` has the group of those that are known themselves: it
    /// does not count for them. Within, nothing for a row that is zero or not finite, or with which
    /// nothing can be compared; nothing at all where `cancel` was set.
    ///
    /// Exact, in time proportional to rows × known images: 150,000 against 5,000 of 1280 features are
    /// 10^12 multiplications, about a minute on two cores.
    ///
    /// # Errors
    /// [`SimilarityError::FeatureCount`] where the rows are not as long as those known, and
    /// [`SimilarityError::GroupCount`] where there is not one group for each.
    pub fn distances(
        &self,
        rows: FeatureRows<'_>,
        groups: &[Option<usize>],
        cancel: &AtomicBool,
    ) -> Result<Option<Vec<Option<f32>>>, SimilarityError> {
        rows.check_feature_count(self.directions.ncols())?;
        check_group_count(rows, groups.len())?;
        let (asked, has_direction) = directions(rows);
        let Some(mut distances) = self.nearest(asked.view(), groups, cancel) else {
            return Ok(None);
        };
        for (distance, has_direction) in distances.iter_mut().zip(has_direction) {
            *distance = distance.filter(|_| has_direction);
        }
        Ok(Some(distances))
    }

    fn nearest(
        &self,
        asked: ArrayView2<'_, f32>,
        groups: &[Option<usize>],
        cancel: &AtomicBool,
    ) -> Option<Vec<Option<f32>>> {
        let mut distances = vec![None; asked.nrows()];
        let shares: Vec<_> = distances
            .chunks_mut(ASKED)
            .zip(asked.axis_chunks_iter(Axis(0), ASKED))
            .zip(groups.chunks(ASKED))
            .collect();
        shares.into_par_iter().for_each(|((distances, asked), groups)| {
            self.nearest_of_share(asked, groups, distances, cancel);
        });
        (!cancel.load(Ordering::Relaxed)).then_some(distances)
    }

    fn nearest_of_share(
        &self,
        asked: ArrayView2<'_, f32>,
        groups: &[Option<usize>],
        distances: &mut [Option<f32>],
        cancel: &AtomicBool,
    ) {
        let mut best = vec![Highest::default(); asked.nrows()];
        let mut cosines = Array2::zeros((asked.nrows(), COMPARED));
        for start in (0..self.groups.len()).step_by(COMPARED) {
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            let known = start..(start + COMPARED).min(self.groups.len());
            let mut cosines = cosines.slice_axis_mut(Axis(1), Slice::from(..known.len()));
            self.multiply(asked, known.clone(), &mut cosines);
            for ((row, group), best) in cosines.rows().into_iter().zip(groups).zip(&mut best) {
                for (cosine, of_known) in row.iter().zip(&self.groups[known.clone()]) {
                    if *cosine > best.lowest() && *group != Some(*of_known) {
                        best.offer(*cosine);
                    }
                }
            }
        }
        for (distance, best) in distances.iter_mut().zip(best) {
            *distance = best.last().map(|cosine| 1.0 - cosine.clamp(-1.0, 1.0));
        }
    }

    fn multiply(
        &self,
        asked: ArrayView2<'_, f32>,
        known: Range<usize>,
        cosines: &mut ArrayViewMut2<'_, f32>,
    ) {
        let known = self.directions.slice_axis(Axis(0), Slice::from(known));
        general_mat_mul(1.0, &asked, &known.t(), 0.0, cosines);
    }
}

fn check_group_count(rows: FeatureRows<'_>, groups: usize) -> Result<(), SimilarityError> {
    match rows.image_count() {
        images if images == groups => Ok(()),
        images => Err(SimilarityError::GroupCount { images, groups }),
    }
}

/// Rows of length 1, and which had a direction; the others are zero.
fn directions(rows: FeatureRows<'_>) -> (Array2<f32>, Vec<bool>) {
    let mut directions = Array2::zeros((rows.image_count(), rows.feature_count()));
    let mut has_direction = vec![false; rows.image_count()];
    for ((mut direction, has), row) in
        directions.rows_mut().into_iter().zip(&mut has_direction).zip(rows.iter())
    {
        if let Some(scale) = inverse_norm(row) {
            direction.iter_mut().zip(row).for_each(|(to, value)| *to = value * scale);
            *has = true;
        }
    }
    (directions, has_direction)
}

/// The highest cosines so far, the highest first.
#[derive(Debug, Clone, Default)]
struct Highest {
    cosines: [f32; NEIGHBOUR],
    count: usize,
}

impl Highest {
    /// What a cosine must exceed to be among them.
    fn lowest(&self) -> f32 {
        match self.count {
            NEIGHBOUR => self.cosines[NEIGHBOUR - 1],
            _ => f32::NEG_INFINITY,
        }
    }

    /// Takes in a cosine that exceeds the lowest.
    fn offer(&mut self, cosine: f32) {
        self.count = (self.count + 1).min(NEIGHBOUR);
        let mut place = self.count - 1;
        while place > 0 && self.cosines[place - 1] < cosine {
            self.cosines[place] = self.cosines[place - 1];
            place -= 1;
        }
        self.cosines[place] = cosine;
    }

    /// The last of them.
    fn last(&self) -> Option<f32> {
        self.cosines[..self.count].last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::cosine::cosine;
    use crate::similarity::random::Random;

    const FEATURES: usize = 20;

    fn features(image_count: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..image_count * FEATURES).map(|_| random.unit() as f32 - 0.3).collect()
    }

    fn rows(values: &[f32]) -> FeatureRows<'_> {
        FeatureRows::new(values, FEATURES).unwrap()
    }

    fn known(values: &[f32], groups: &[usize]) -> KnownImages {
        KnownImages::new(rows(values), groups).unwrap()
    }

    fn each_its_own(images: usize) -> Vec<usize> {
        (0..images).collect()
    }

    fn never() -> AtomicBool {
        AtomicBool::new(false)
    }

    fn distances(
        known: &KnownImages,
        values: &[f32],
        groups: &[Option<usize>],
    ) -> Vec<Option<f32>> {
        known.distances(rows(values), groups, &never()).unwrap().unwrap()
    }

    /// By sorting all, one by one.
    fn expected(
        known: &[f32],
        groups: &[usize],
        asked: &[f32],
        group: Option<usize>,
    ) -> Option<f32> {
        let mut all: Vec<f32> = rows(known)
            .iter()
            .zip(groups)
            .filter(|(_, of_known)| group != Some(**of_known))
            .filter_map(|(row, _)| Some(1.0 - cosine(asked, row)?))
            .collect();
        all.sort_by(f32::total_cmp);
        all.get(NEIGHBOUR.min(all.len()).checked_sub(1)?).copied()
    }

    fn assert_near(found: Option<f32>, expected: Option<f32>) {
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
            _ => assert_eq!(found, expected),
        }
    }

    #[test]
    fn the_fifth_nearest_is_what_sorting_all_gives_whatever_the_blocks() {
        // More than one block of either.
        let (images, asked_count) = (COMPARED + 300, ASKED + 30);
        let (values, asked) = (features(images, 1), features(asked_count, 2));
        let groups: Vec<usize> = (0..images).map(|image| image / 2).collect();
        let of_asked: Vec<Option<usize>> =
            (0..asked_count).map(|image| (image % 3 == 0).then_some(image)).collect();
        let known = known(&values, &groups);
        let found = distances(&known, &asked, &of_asked);
        for ((found, row), group) in found.iter().zip(rows(&asked).iter()).zip(of_asked) {
            assert_near(*found, expected(&values, &groups, row, group));
        }
    }

    #[test]
    fn an_image_unlike_all_is_beyond_the_threshold_and_one_like_many_is_not() {
        // A cloud around one direction, and one image at a right angle to it.
        let mut values = features(200, 3);
        for row in values.chunks_mut(FEATURES) {
            row[0] = 8.0;
            row[1] = 0.0;
        }
        let known = known(&values, &each_its_own(200));
        let threshold = known.threshold(0.95, &never()).unwrap();
        let mut unlike = vec![0.0; FEATURES];
        unlike[1] = 1.0;
        let mut like = vec![0.0; FEATURES];
        like[0] = 3.0;
        let found = distances(&known, &[unlike, like].concat(), &[None, None]);
        assert!(found[0].unwrap() > 2.0 * threshold, "{found:?} {threshold}");
        assert!(found[1].unwrap() < threshold, "{found:?} {threshold}");
    }

    #[test]
    fn the_threshold_is_exceeded_by_one_in_twenty_of_those_known() {
        let values = features(400, 4);
        let groups = each_its_own(400);
        let known = known(&values, &groups);
        let threshold = known.threshold(0.95, &never()).unwrap();
        let of_each: Vec<Option<usize>> = groups.iter().copied().map(Some).collect();
        let left_out = distances(&known, &values, &of_each).into_iter().flatten();
        assert_eq!(left_out.filter(|distance| *distance > threshold).count(), 20);
    }

    #[test]
    fn near_duplicates_do_not_make_one_another_known() {
        // Every image ten times: each would have nine neighbours at no distance.
        let once = features(30, 5);
        let values: Vec<f32> =
            once.chunks(FEATURES).flat_map(|row| row.repeat(2 * NEIGHBOUR)).collect();
        let together: Vec<usize> = (0..300).map(|image| image / (2 * NEIGHBOUR)).collect();
        let grouped = known(&values, &together).threshold(0.5, &never()).unwrap();
        let alone = known(&values, &each_its_own(300)).threshold(0.5, &never()).unwrap();
        assert!(alone < 1e-5, "{alone}");
        assert!(grouped > 0.1, "{grouped}");
    }

    #[test]
    fn where_fewer_are_known_the_farthest_of_them_counts() {
        let values = features(3, 6);
        let groups = each_its_own(3);
        let known = known(&values, &groups);
        let asked = features(1, 7);
        assert_near(
            distances(&known, &asked, &[None])[0],
            expected(&values, &groups, &asked, None),
        );
        let one_group = KnownImages::new(rows(&values), &[4, 4, 4]).unwrap();
        assert_eq!(distances(&one_group, &asked, &[Some(4)]), [None]);
        assert_eq!(one_group.threshold(0.95, &never()), None);
    }

    #[test]
    fn rows_that_are_zero_or_not_finite_are_neither_known_nor_judged() {
        let mut values = features(8, 8);
        values[..FEATURES].fill(0.0);
        values[FEATURES] = f32::NAN;
        let known = known(&values, &each_its_own(8));
        let mut asked = features(2, 9);
        asked[3] = f32::INFINITY;
        let found = distances(&known, &asked, &[None, None]);
        assert_eq!(found[0], None);
        let kept = &values[2 * FEATURES..];
        assert_near(found[1], expected(kept, &each_its_own(6), &asked[FEATURES..], None));
        let zero = [0.0; FEATURES];
        assert_eq!(KnownImages::new(rows(&zero), &[0]).err(), Some(SimilarityError::NoDirection));
    }

    #[test]
    fn it_can_be_cancelled_and_refuses_what_does_not_fit() {
        let values = features(10, 10);
        let known = known(&values, &each_its_own(10));
        let cancelled = AtomicBool::new(true);
        assert_eq!(known.distances(rows(&values), &[None; 10], &cancelled), Ok(None));
        assert_eq!(known.threshold(0.95, &cancelled), None);
        let other = FeatureRows::new(&[1.0; 3], 3).unwrap();
        let refused = SimilarityError::FeatureCount { expected: FEATURES, found: 3 };
        assert_eq!(known.distances(other, &[None], &never()), Err(refused));
        assert!(known.distances(rows(&values), &[None], &never()).is_err());
        assert!(KnownImages::new(rows(&values), &[1]).is_err());
    }
}
