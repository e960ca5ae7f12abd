//! "More like this": the images whose features point most nearly the same way.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::cosine::{direction, dot, inverse_norm};
use super::{FeatureRows, SimilarityError};

/// An image like the one asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its index, over all blocks.
    pub image: usize,
    /// The cosine of the angle between the features, −1 to 1: 1 is the same direction.
    pub cosine: f32,
}

/// A search that takes in features block by block and keeps only the best so far, so that memory
/// does not grow with the images. Exact: every image is compared. Order of the blocks plays no part;
/// between equal cosines, the image with the lower index is first.
#[derive(Debug)]
pub struct Nearest {
    /// Length 1.
    asked: Vec<f32>,
    left_out: Option<usize>,
    most_images: usize,
    /// The worst on top.
    best: BinaryHeap<Reverse<Ranked>>,
}

impl Nearest {
    /// Looks for the `most_images` images most like one with these features.
    ///
    /// # Errors
    /// [`SimilarityError::NoDirection`] where `features` are all zero or not finite.
    pub fn to(features: &[f32], most_images: usize) -> Result<Self, SimilarityError> {
        let asked = direction(features).ok_or(SimilarityError::NoDirection)?;
        Ok(Self { asked, left_out: None, most_images, best: BinaryHeap::new() })
    }

    /// Leaves out one image: as a rule the one asked about, which is nearest to itself.
    pub fn without(self, image: usize) -> Self {
        Self { left_out: Some(image), ..self }
    }

    /// Compares a block whose first row is image `first_image`. Rows that are zero or not finite
    /// are passed over.
    ///
    /// # Errors
    /// [`SimilarityError::FeatureCount`] where the rows are not as long as the features asked
    /// about.
    pub fn add_block(
        &mut self,
        first_image: usize,
        rows: FeatureRows<'_>,
    ) -> Result<(), SimilarityError> {
        rows.check_feature_count(self.asked.len())?;
        for (image, row) in (first_image..).zip(rows.iter()) {
            let scale = inverse_norm(row).filter(|_| self.left_out != Some(image));
            if let Some(scale) = scale {
                let cosine = (dot(&self.asked, row) * scale).clamp(-1.0, 1.0);
                self.offer(Ranked(Neighbour { image, cosine }));
            }
        }
        Ok(())
    }

    fn offer(&mut self, found: Ranked) {
        if self.best.len() < self.most_images {
            self.best.push(Reverse(found));
        } else if let Some(mut worst) = self.best.peek_mut()
            && found > worst.0
        {
            *worst = Reverse(found);
        }
    }

    /// The best, most like first: fewer than asked for where there were fewer.
    pub fn finish(self) -> Vec<Neighbour> {
        self.best.into_sorted_vec().into_iter().map(|Reverse(Ranked(found))| found).collect()
    }
}

/// Greater is more alike, and of equals the lower index.
#[derive(Debug)]
struct Ranked(Neighbour);

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_cosine = self.0.cosine.total_cmp(&other.0.cosine);
        by_cosine.then(other.0.image.cmp(&self.0.image))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::cosine::cosine;
    use crate::similarity::random::Random;

    const FEATURES: usize = 20;

    fn features(image_count: usize) -> Vec<f32> {
        let mut random = Random::new(2);
        (0..image_count * FEATURES).map(|_| random.unit() as f32 - 0.5).collect()
    }

    fn rows(values: &[f32]) -> FeatureRows<'_> {
        FeatureRows::new(values, FEATURES).unwrap()
    }

    fn images(found: &[Neighbour]) -> Vec<usize> {
        found.iter().map(|neighbour| neighbour.image).collect()
    }

    #[test]
    fn the_result_is_what_sorting_all_gives_whatever_the_blocks() {
        let values = features(200);
        let asked = &values[..FEATURES];
        let mut expected: Vec<(f32, usize)> =
            rows(&values).iter().map(|row| cosine(asked, row).unwrap()).zip(0..).collect();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let expected: Vec<usize> = expected.iter().take(7).map(|(_, image)| *image).collect();
        for block in [1, 30, 200] {
            let mut nearest = Nearest::to(asked, 7).unwrap();
            let blocks = values.chunks(block * FEATURES).enumerate().collect::<Vec<_>>();
            for (number, values) in blocks.into_iter().rev() {
                nearest.add_block(number * block, rows(values)).unwrap();
            }
            assert_eq!(images(&nearest.finish()), expected, "blocks of {block}");
        }
    }

    #[test]
    fn the_image_itself_is_first_with_cosine_one_unless_left_out() {
        let values = features(50);
        let asked = &values[3 * FEATURES..4 * FEATURES];
        let mut nearest = Nearest::to(asked, 2).unwrap();
        nearest.add_block(0, rows(&values)).unwrap();
        let with = nearest.finish();
        assert_eq!(with[0].image, 3);
        assert!((with[0].cosine - 1.0).abs() < 1e-6);

        let mut nearest = Nearest::to(asked, 2).unwrap().without(3);
        nearest.add_block(0, rows(&values)).unwrap();
        let without = nearest.finish();
        assert_eq!(without[0], with[1]);
        assert_eq!(without.len(), 2);
    }

    #[test]
    fn equal_images_come_in_the_order_of_their_index() {
        let values = [1.0; 4 * FEATURES];
        let mut nearest = Nearest::to(&values[..FEATURES], 3).unwrap();
        nearest.add_block(10, rows(&values)).unwrap();
        nearest.add_block(0, rows(&values)).unwrap();
        assert_eq!(images(&nearest.finish()), [0, 1, 2]);
    }

    #[test]
    fn rows_that_are_zero_or_not_finite_are_passed_over() {
        let mut values = features(4);
        values[5] = f32::NAN;
        values[FEATURES] = f32::INFINITY;
        values[2 * FEATURES..3 * FEATURES].fill(0.0);
        let mut nearest = Nearest::to(&[1.0; FEATURES], 9).unwrap();
        nearest.add_block(0, rows(&values)).unwrap();
        assert_eq!(images(&nearest.finish()), [3]);
    }

    #[test]
    fn features_without_direction_or_of_another_length_are_refused() {
        assert_eq!(Nearest::to(&[0.0; 3], 5).err(), Some(SimilarityError::NoDirection));
        let mut nearest = Nearest::to(&[1.0; 3], 5).unwrap();
        let refused = SimilarityError::FeatureCount { expected: 3, found: FEATURES };
        assert_eq!(nearest.add_block(0, rows(&features(1))), Err(refused));
    }

    #[test]
    fn none_asked_for_gives_none() {
        let mut nearest = Nearest::to(&[1.0; FEATURES], 0).unwrap();
        nearest.add_block(0, rows(&features(5))).unwrap();
        assert!(nearest.finish().is_empty());
    }
}
