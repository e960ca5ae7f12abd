//! What a labelled set and its split cannot teach or measure, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::split::Split;
use super::ties::Ties;
use crate::catalog::Side;
use crate::ops::counted::image_count;
use crate::ops::features::Featured;

/// Images below which a category is told rather by luck than by learning; the reference work asks for
/// hundreds.
const FEW_IMAGES: usize = 100;
/// Categories named in one sentence.
const MOST_NAMED: usize = 8;

/// What there is to say before anybody trusts the figures. Cross-validation measures whatever the
/// test side lacks.
pub(super) fn warnings(
    featured: &Featured,
    split: &Split,
    ties: &Ties,
    is_cross_validated: bool,
) -> Vec<String> {
    let mut warnings = contradictions(featured, ties);
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (image, side) in featured.images.iter().zip(&split.sides) {
        let of_category = counts.entry(&image.category).or_default();
        if let Some(side) = side {
            of_category[*side as usize] += 1;
        }
    }
    let without = |side: Side| {
        let names = counts.iter().filter(move |(_, sides)| sides[side as usize] == 0);
        names.map(|(name, _)| *name).collect::<Vec<&str>>()
    };
    let is_empty = |side: Side| counts.values().all(|sides| sides[side as usize] == 0);
    let untrained = without(Side::Training);
    if !untrained.is_empty() {
        warnings.push(format!(
            "Never predicted, since none of its images is on the training side: {}",
            named(&untrained)
        ));
    }
    if is_empty(Side::Validation) {
        warnings.push(
            "The validation side has no images: penalty and temperature were chosen by folds within \
             the training side"
                .to_owned(),
        );
    }
    if is_cross_validated {
        // Every image measures in its turn.
    } else if is_empty(Side::Test) {
        warnings.push(
            "The test side has no images: nothing measures the model. Label more images, or measure \
             with --cross-validate 5"
                .to_owned(),
        );
    } else {
        let unmeasured = without(Side::Test);
        if !unmeasured.is_empty() {
            warnings.push(format!(
                "Not measured, since none of its images is on the test side (--cross-validate 5 \
                 measures on all): {}",
                named(&unmeasured)
            ));
        }
    }
    let few: Vec<String> = counts
        .iter()
        .map(|(name, sides)| (name, sides.iter().sum::<usize>()))
        .filter(|(_, images)| *images < FEW_IMAGES)
        .map(|(name, images)| format!("{name} ({images})"))
        .collect();
    if !few.is_empty() {
        let few: Vec<&str> = few.iter().map(String::as_str).collect();
        warnings.push(format!("Fewer than {FEW_IMAGES} images: {}", named(&few)));
    }
    warnings
}

/// Images that are the same, or nearly, and have different categories: by them nothing can tell these
/// categories apart.
fn contradictions(featured: &Featured, ties: &Ties) -> Vec<String> {
    let mut pairs: BTreeMap<(&str, &str), (BTreeSet<usize>, usize)> = BTreeMap::new();
    for images in &ties.near_duplicates {
        for (place, one) in images.iter().enumerate() {
            for other in &images[place + 1..] {
                let category = |image: usize| featured.images[image].category.as_str();
                let (a, b) = (category(*one), category(*other));
                if a != b {
                    let (of_both, _) =
                        pairs.entry((a.min(b), a.max(b))).or_insert((BTreeSet::new(), *one));
                    of_both.extend([*one, *other]);
                }
            }
        }
    }
    let told = |((a, b), (images, example)): ((&str, &str), (BTreeSet<usize>, usize))| {
        format!(
            "{} of {a} and {b} show the same or nearly, so that no model can tell them apart; the \
             first: {}. Correct the labels, or merge the categories",
            image_count(images.len()),
            featured.images[example].file.path.display()
        )
    };
    pairs.into_iter().map(told).collect()
}

fn named(names: &[&str]) -> String {
    match names.len() {
        0..=MOST_NAMED => names.join(", "),
        count => format!("{} and {} more", names[..MOST_NAMED].join(", "), count - MOST_NAMED),
    }
}
