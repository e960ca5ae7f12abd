//! Labelled images as numbers.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use super::head_fit::{FitError, Labels, Standardised};
use crate::catalog::Side;

/// Labelled images as numbers, in one order throughout.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// `[image_count, feature_count]`.
    pub features: Array2<f32>,
    /// An index into `names`.
    pub categories: Vec<usize>,
    /// The side of the split; `None` for an image that takes part in nothing.
    pub sides: Vec<Option<Side>>,
    /// What keeps an image together with others where folds are made.
    pub groups: Vec<String>,
    /// What else is known of the image.
    pub facts: Vec<ImageFacts>,
    /// Category names.
    pub names: Vec<String>,
}

/// What a person said of an image beside its category: not learned from, but told apart by measures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFacts {
    /// A second category that the image shows, an index into the names.
    pub second: Option<usize>,
    /// The subcategory.
    pub subcategory: Option<String>,
    /// Arrows, text or frames were drawn into the image.
    pub is_annotated: bool,
}

impl Examples {
    /// Images.
    pub fn image_count(&self) -> usize {
        self.categories.len()
    }

    /// The images on a side.
    pub fn on(&self, side: Side) -> Vec<usize> {
        (0..self.image_count()).filter(|image| self.sides[*image] == Some(side)).collect()
    }

    /// The images that take part.
    pub fn taking_part(&self) -> Vec<usize> {
        (0..self.image_count()).filter(|image| self.sides[*image].is_some()).collect()
    }

    /// The true categories of `images`.
    pub(super) fn truth(&self, images: &[usize]) -> Vec<usize> {
        images.iter().map(|image| self.categories[*image]).collect()
    }

    /// Categories that `images` are of.
    pub(super) fn present(&self, images: &[usize]) -> usize {
        let categories: std::collections::BTreeSet<usize> =
            images.iter().map(|image| self.categories[*image]).collect();
        categories.len()
    }
}

/// Images that a head is fitted to, ready for any number of fits.
pub(super) struct TrainingSet {
    pub(super) images: Arc<Standardised>,
    categories: Vec<usize>,
    image_weights: Vec<f32>,
    category_count: usize,
}

impl TrainingSet {
    /// `is_balanced`: every category counts as much as every other, however many images it has.
    pub(super) fn new(
        examples: &Examples,
        images: &[usize],
        is_balanced: bool,
    ) -> Result<Self, FitError> {
        let rows = examples.features.select(Axis(0), images);
        let set = Self {
            images: Arc::new(Standardised::new(rows.view())?),
            categories: Vec::new(),
            image_weights: Vec::new(),
            category_count: examples.names.len(),
        };
        Ok(set.with_categories(examples.truth(images), is_balanced))
    }

    /// The same images with other categories.
    pub(super) fn with_categories(&self, categories: Vec<usize>, is_balanced: bool) -> Self {
        let mut counts = vec![0_usize; self.category_count];
        categories.iter().for_each(|category| counts[*category] += 1);
        let weight_of = |category: &usize| match is_balanced {
            true => 1.0 / counts[*category] as f32,
            false => 1.0,
        };
        Self {
            images: Arc::clone(&self.images),
            image_weights: categories.iter().map(weight_of).collect(),
            categories,
            category_count: self.category_count,
        }
    }

    pub(super) fn labels(&self) -> Labels<'_> {
        Labels {
            categories: &self.categories,
            image_weights: &self.image_weights,
            category_count: self.category_count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_categories_count_alike() {
        let examples = Examples {
            features: Array2::from_elem((5, 1), 1.0),
            categories: vec![0, 0, 0, 0, 1],
            names: vec!["Fibres".to_owned(), "Powder".to_owned()],
            ..Examples::default()
        };
        let weight_of = |is_balanced, category: usize| -> f32 {
            let set = TrainingSet::new(&examples, &[0, 1, 2, 3, 4], is_balanced).unwrap();
            let labels = set.labels();
            let of = labels.categories.iter().zip(labels.image_weights);
            of.filter(|(c, _)| **c == category).map(|(_, weight)| weight).sum()
        };
        assert_eq!(weight_of(true, 0), weight_of(true, 1));
        assert_eq!(weight_of(false, 0), 4.0 * weight_of(false, 1));
    }
}
