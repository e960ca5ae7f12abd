//! Do drawings and measurements burnt into images mislead the head?

use serde::{Deserialize, Serialize};

use super::proportion::{Difference, Proportion};
use super::scored_image::Ranked;

/// Images with and without drawings or measurements burnt in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnnotatedResult {
    /// With them; absent where there are no such images.
    pub annotated: Option<Proportion>,
    /// Without them; absent where there are no such images.
    pub not_annotated: Option<Proportion>,
    /// Accuracy with them minus accuracy without; absent where either is.
    pub difference: Option<Difference>,
}

pub(super) fn annotated_result(ranked: &[Ranked<'_>]) -> AnnotatedResult {
    let of = |is_annotated: bool| {
        let chosen = ranked.iter().filter(|image| image.image.is_annotated == is_annotated);
        Proportion::of(chosen.map(Ranked::is_right))
    };
    let (annotated, not_annotated) = (of(true), of(false));
    let difference = annotated.as_ref().zip(not_annotated.as_ref()).map(|(a, b)| a.minus(b));
    AnnotatedResult { annotated, not_annotated, difference }
}

#[cfg(test)]
mod tests {
    use super::super::scored_image::ScoredImage;
    use super::super::scored_image::tests::image;
    use super::*;

    #[test]
    fn annotated_images_are_counted_apart() {
        let annotated = |scores: &[f32]| ScoredImage { is_annotated: true, ..image(scores, 0) };
        let images = [
            annotated(&[0.9, 0.1]),
            annotated(&[0.2, 0.8]),
            image(&[0.9, 0.1], 0),
            image(&[0.9, 0.1], 0),
        ];
        let ranked: Vec<Ranked<'_>> = images.iter().map(|image| Ranked::new(image, 1.0)).collect();
        let result = annotated_result(&ranked);
        assert_eq!(result.annotated.unwrap().accuracy, 0.5);
        assert_eq!(result.not_annotated.unwrap().accuracy, 1.0);
        let difference = result.difference.unwrap();
        assert_eq!(difference.value, -0.5);
        assert!(difference.interval_95.low < -0.5 && difference.interval_95.high > 0.0);
        let none = annotated_result(&ranked[2..]);
        assert_eq!((none.annotated, none.difference), (None, None));
    }
}
