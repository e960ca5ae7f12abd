//! Labels that are likely wrong, told by scores of heads that never saw the image.
//!
//! In the manner of confident learning: Northcutt, Jiang and Chuang, "Confident learning: estimating
//! uncertainty in dataset labels", Journal of Artificial Intelligence Research 70 (2021), 1373–1411.

use ndarray::{ArrayView1, ArrayView2};

/// A label that is likely wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelError {
    /// The image, a row of the scores.
    pub image: usize,
    /// The category that it more likely shows, a column of the scores.
    pub likelier: usize,
    /// Score of the likelier category minus that of the given one: above 0, at most 1.
    pub margin: f32,
}

/// The labels that are likely wrong, the greatest margin first; of equals, the first image.
///
/// `scores` are calibrated probabilities of each image (row) for each category (column), by a head
/// that trained without it; `given` is the category of its label, and `second` the one that the label
/// names as well.
///
/// The threshold of a category is the mean of its scores among the images labelled with it: what the
/// head gives, on average, where it is right. So a category that is scored low throughout is not
/// drowned by one that is scored high, which plain disagreement with the best score would do. A
/// category without images has none, and is never likelier. Of the categories whose score reaches
/// their threshold, the one with the highest score counts. The label is likely wrong where it names
/// another one, and that one's score is the lower: where the image misses the threshold of its own
/// category, and yet no category is scored higher, nothing speaks against the label.
pub fn likely_label_errors(
    scores: ArrayView2<'_, f32>,
    given: &[usize],
    second: &[Option<usize>],
) -> Vec<LabelError> {
    let thresholds = thresholds(scores, given);
    let labels = given.iter().zip(second).enumerate();
    let mut errors: Vec<LabelError> = labels
        .zip(scores.rows())
        .filter_map(|((image, (given, second)), row)| {
            let likelier = confident(row, &thresholds)?;
            let is_named = likelier == *given || Some(likelier) == *second;
            let margin = row[likelier] - row[*given];
            (!is_named && margin > 0.0).then_some(LabelError { image, likelier, margin })
        })
        .collect();
    errors.sort_by(|a, b| b.margin.total_cmp(&a.margin).then(a.image.cmp(&b.image)));
    errors
}

/// The mean score for each category among the images labelled with it; `None` without any.
fn thresholds(scores: ArrayView2<'_, f32>, given: &[usize]) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0_f64, 0_usize); scores.ncols()];
    for (row, given) in scores.rows().into_iter().zip(given) {
        let (sum, images) = &mut sums[*given];
        *sum += f64::from(row[*given]);
        *images += 1;
    }
    let mean = |(sum, images): (f64, usize)| (images > 0).then(|| sum / images as f64);
    sums.into_iter().map(mean).collect()
}

/// Of the categories whose score reaches their threshold the one with the highest score, the first
/// of equals.
fn confident(row: ArrayView1<'_, f32>, thresholds: &[Option<f64>]) -> Option<usize> {
    let reaches = |category: &usize| {
        thresholds[*category].is_some_and(|threshold| f64::from(row[*category]) >= threshold)
    };
    let candidates = (0..row.len()).filter(reaches);
    candidates.reduce(|best, next| if row[next] > row[best] { next } else { best })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// Numbers between 0 and 1 that look random and are the same every time (xorshift).
    struct Dice(u64);

    impl Dice {
        fn unit(&mut self) -> f32 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 40) as f32 / (1_u64 << 24) as f32
        }
    }

    fn without_second(images: usize) -> Vec<Option<usize>> {
        vec![None; images]
    }

    /// Images of three categories by turns. What the third one is, is scored 0.5 on average, what the
    /// others are 0.8; the rest of the score is shared by the other two.
    fn scored(images: usize) -> (Array2<f32>, Vec<usize>) {
        let mut dice = Dice(0x5eed);
        let truth: Vec<usize> = (0..images).map(|image| image % 3).collect();
        let mut scores = Array2::zeros((images, 3));
        for (mut row, truth) in scores.rows_mut().into_iter().zip(&truth) {
            let own = if *truth == 2 { 0.5 } else { 0.8 } + 0.2 * (dice.unit() - 0.5);
            let share = dice.unit();
            row.fill((1.0 - own) * share);
            row[(truth + 1) % 3] = (1.0 - own) * (1.0 - share);
            row[*truth] = own;
        }
        (scores, truth)
    }

    /// Of the images that the head is surer of than of most of their category, every 20th.
    fn surely_told(scores: &Array2<f32>, truth: &[usize]) -> Vec<usize> {
        let is_sure = |image: &usize| {
            let mean = if truth[*image] == 2 { 0.5 } else { 0.8 };
            scores[(*image, truth[*image])] > mean + 0.03
        };
        (0..truth.len()).filter(is_sure).step_by(20).take(5).collect()
    }

    #[test]
    fn swapped_labels_are_found_and_come_before_all_others() {
        let (scores, mut given) = scored(300);
        let swapped = surely_told(&scores, &given);
        for &image in &swapped {
            given[image] = (given[image] + 1) % 3;
        }
        let errors = likely_label_errors(scores.view(), &given, &without_second(300));
        let mut first: Vec<usize> = errors.iter().take(5).map(|error| error.image).collect();
        first.sort_unstable();
        assert_eq!(first, swapped);
        for error in &errors[..5] {
            assert_eq!(error.likelier, error.image % 3, "what it shows");
            let row = scores.row(error.image);
            assert_eq!(error.margin, row[error.likelier] - row[given[error.image]]);
        }
        assert!(errors.is_sorted_by(|a, b| a.margin >= b.margin), "{errors:?}");
        assert!(errors.len() < 15, "{errors:?}");
    }

    #[test]
    fn right_labels_are_left_alone() {
        let (scores, given) = scored(300);
        let errors = likely_label_errors(scores.view(), &given, &without_second(300));
        // Of a category that is scored low, a few images do look like another one.
        assert!(errors.iter().all(|error| given[error.image] == 2), "{errors:?}");
        assert!(errors.len() < 10, "{errors:?}");
    }

    #[test]
    fn a_category_counts_from_its_own_threshold_up() {
        // Means of the labelled: 0.9 and 0.4. The second image is scored highest for the first
        // category, but far below what images of that category have.
        let scores = array![[0.9, 0.1], [0.6, 0.4], [0.6, 0.4]];
        let given = [0, 1, 1];
        assert_eq!(likely_label_errors(scores.view(), &given, &without_second(3)), []);
        // Where it does reach that, the label is likely wrong.
        let scores = array![[0.9, 0.1], [0.95, 0.05], [0.4, 0.6]];
        let errors = likely_label_errors(scores.view(), &given, &without_second(3));
        let expected = LabelError { image: 1, likelier: 0, margin: 0.95 - 0.05 };
        assert_eq!(errors, [expected]);
    }

    #[test]
    fn of_several_that_reach_their_threshold_the_highest_score_counts() {
        // Thresholds: 0.3, 0.5, 0.2. The last image reaches all but its own.
        let scores =
            array![[0.3, 0.4, 0.3], [0.3, 0.5, 0.2], [0.35, 0.25, 0.4], [0.38, 0.55, 0.07]];
        let errors = likely_label_errors(scores.view(), &[0, 1, 2, 2], &without_second(4));
        let last: Vec<_> = errors.iter().filter(|error| error.image == 3).collect();
        assert_eq!((last.len(), last[0].likelier), (1, 1), "{errors:?}");
    }

    #[test]
    fn what_the_label_names_as_well_is_never_an_error() {
        let (scores, mut given) = scored(300);
        let [excused, not_excused, ..] = surely_told(&scores, &given)[..] else { panic!() };
        let mut second = without_second(300);
        second[excused] = Some(given[excused]);
        second[not_excused] = Some((given[not_excused] + 1) % 3);
        for image in [excused, not_excused] {
            given[image] = (given[image] + 2) % 3;
        }
        let errors = likely_label_errors(scores.view(), &given, &second);
        assert!(errors.iter().all(|error| error.image != excused), "{errors:?}");
        assert_eq!(errors[0].image, not_excused, "its second category is no excuse for a third");
    }

    #[test]
    fn a_label_that_no_score_exceeds_stands() {
        // Thresholds: (0.9 + 0.5) / 2 and 0.45. The second image misses its own and reaches the other.
        let scores = array![[0.9, 0.1], [0.5, 0.5], [0.6, 0.4]];
        assert_eq!(likely_label_errors(scores.view(), &[0, 0, 1], &without_second(3)), []);
    }

    #[test]
    fn a_category_without_images_is_never_likelier() {
        let scores = array![[0.1, 0.9], [0.1, 0.9]];
        assert_eq!(likely_label_errors(scores.view(), &[0, 0], &without_second(2)), []);
        let none = Array2::zeros((0, 2));
        assert_eq!(likely_label_errors(none.view(), &[], &[]), []);
    }
}
