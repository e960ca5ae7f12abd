//! Where within a category the head fails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scored_image::Ranked;

/// One subcategory's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubcategoryResult {
    /// The category it belongs to.
    pub category: String,
    /// Its name.
    pub subcategory: String,
    /// Images of it.
    pub images: usize,
    /// Images whose best category is right.
    pub right: usize,
    /// Images whose best category is wrong and whose second is right.
    pub second_right: usize,
    /// What the wrong ones were called: images by category.
    pub called_instead: BTreeMap<String, usize>,
}

/// One for each subcategory that has images, in the categories' order and then by name.
pub(super) fn subcategory_results(
    names: &[String],
    ranked: &[Ranked<'_>],
) -> Vec<SubcategoryResult> {
    let mut results = BTreeMap::new();
    for image in ranked {
        let Some(subcategory) = &image.image.subcategory else { continue };
        let key = (image.image.truth, subcategory);
        let result = results.entry(key).or_insert_with(|| SubcategoryResult {
            category: names[image.image.truth].clone(),
            subcategory: subcategory.clone(),
            images: 0,
            right: 0,
            second_right: 0,
            called_instead: BTreeMap::new(),
        });
        result.images += 1;
        if image.is_right() {
            result.right += 1;
            continue;
        }
        result.second_right += usize::from(image.is_second_right());
        *result.called_instead.entry(names[image.best].clone()).or_insert(0) += 1;
    }
    results.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::scored_image::ScoredImage;
    use super::super::scored_image::tests::image;
    use super::*;

    #[test]
    fn wrong_images_are_counted_by_what_they_were_called() {
        let of = |subcategory: &str, scores: &[f32]| ScoredImage {
            subcategory: Some(subcategory.to_owned()),
            ..image(scores, 0)
        };
        let images = [
            of("mesh", &[0.8, 0.1, 0.1]),
            of("forest", &[0.3, 0.6, 0.1]),
            of("forest", &[0.1, 0.6, 0.3]),
            of("forest", &[0.2, 0.3, 0.5]),
            image(&[0.1, 0.9, 0.0], 0),
        ];
        let ranked: Vec<Ranked<'_>> = images.iter().map(|image| Ranked::new(image, 1.0)).collect();
        let names = ["Nanowires", "Biological", "Tips"].map(str::to_owned);
        let results = subcategory_results(&names, &ranked);
        assert_eq!(results.len(), 2);
        let forest = &results[0];
        assert_eq!(
            (forest.category.as_str(), forest.subcategory.as_str()),
            ("Nanowires", "forest")
        );
        assert_eq!((forest.images, forest.right, forest.second_right), (3, 0, 1));
        let wanted = BTreeMap::from([("Biological".to_owned(), 2), ("Tips".to_owned(), 1)]);
        assert_eq!(forest.called_instead, wanted);
        assert_eq!((results[1].images, results[1].right), (1, 1));
    }
}
