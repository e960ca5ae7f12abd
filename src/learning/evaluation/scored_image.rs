//! What is measured: images with logits and with what people say they show.

use crate::classifier::softmax;

/// One image that the judged head never trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredImage {
    /// At temperature 1, one a category.
    pub logits: Vec<f32>,
    /// Index of the true category.
    pub truth: usize,
    /// Index of the second category a person gave, where the image shows two.
    pub second: Option<usize>,
    /// Subcategory a person gave within the true category.
    pub subcategory: Option<String>,
    /// Drawings or measurements are burnt into the image.
    pub is_annotated: bool,
}

/// An image beside how the head ranks it.
pub(super) struct Ranked<'a> {
    pub image: &'a ScoredImage,
    /// The category of the highest score. Of equal scores the first category wins, as on screen.
    pub best: usize,
    /// The category of the next score; absent where there is one category alone.
    pub second_best: Option<usize>,
    /// The highest score, of the calibrated head.
    pub score: f64,
    /// The highest score at temperature 1.
    pub uncalibrated_score: f64,
}

impl<'a> Ranked<'a> {
    pub(super) fn new(image: &'a ScoredImage, temperature: f32) -> Self {
        let scores = softmax(&image.logits, temperature);
        let best = highest(&scores, None).unwrap_or(0);
        let score_of_best = |scores: &[f32]| scores.get(best).copied().map_or(0.0, f64::from);
        Self {
            image,
            best,
            second_best: highest(&scores, Some(best)),
            score: score_of_best(&scores),
            uncalibrated_score: score_of_best(&softmax(&image.logits, 1.0)),
        }
    }

    pub(super) fn is_right(&self) -> bool {
        self.best == self.image.truth
    }

    pub(super) fn is_second_right(&self) -> bool {
        self.second_best == Some(self.image.truth)
    }

    pub(super) fn is_right_in_two(&self) -> bool {
        self.is_right() || self.is_second_right()
    }
}

/// Index of the first of the highest scores, `except` one.
fn highest(scores: &[f32], except: Option<usize>) -> Option<usize> {
    let mut highest: Option<usize> = None;
    for (index, score) in scores.iter().enumerate() {
        let is_higher = highest.is_none_or(|held| score.total_cmp(&scores[held]).is_gt());
        if is_higher && Some(index) != except {
            highest = Some(index);
        }
    }
    highest
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An image whose scores at temperature 1 are these.
    pub(in super::super) fn image(scores: &[f32], truth: usize) -> ScoredImage {
        ScoredImage {
            logits: scores.iter().map(|score| score.ln()).collect(),
            truth,
            second: None,
            subcategory: None,
            is_annotated: false,
        }
    }

    #[test]
    fn the_two_best_are_ranked_and_the_first_of_equals_wins() {
        let equal = image(&[0.2, 0.4, 0.4], 2);
        let ranked = Ranked::new(&equal, 1.0);
        assert_eq!((ranked.best, ranked.second_best), (1, Some(2)));
        assert!(!ranked.is_right() && ranked.is_second_right() && ranked.is_right_in_two());
    }

    #[test]
    fn temperature_changes_the_score_and_not_the_uncalibrated_one() {
        let sharp = image(&[0.9, 0.1], 0);
        let ranked = Ranked::new(&sharp, 2.0);
        assert!((ranked.score - 0.75).abs() < 1e-6); // √0.9 : √0.1 is 3 : 1
        assert!((ranked.uncalibrated_score - 0.9).abs() < 1e-6);
    }

    #[test]
    fn one_category_alone_has_no_second() {
        let only = image(&[1.0], 0);
        assert_eq!(Ranked::new(&only, 1.0).second_best, None);
    }
}
