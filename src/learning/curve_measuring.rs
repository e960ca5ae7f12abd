//! Accuracy against images a category, and training time against images: how much more labelling
//! would bring.

use std::collections::BTreeMap;
use std::time::Instant;

use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;

use super::choosing::choose_by_folds;
use super::examples::{Examples, TrainingSet};
use super::learning_curve::{CurvePoint, LearningCurve};
use super::recipe::{TrainOptions, fit_head, logits_of};
use super::split::grouped_folds;
use super::training::{SEED, TrainError, best, require_categories};

/// Times that each point is measured, with other images: each on another fold.
const REPETITIONS: usize = 5;
/// Images a category at which is measured, up to as many as there are.
const IMAGES_PER_CATEGORY: [usize; 10] = [5, 10, 20, 50, 100, 200, 400, 800, 1600, 3200];

/// Trains on ever more images a category and measures on groups that never trained, as often as there
/// are folds. A category with fewer images gives all it has. `watch` hears of trainings done and to do,
/// and says whether to go on.
///
/// # Errors
/// See [`TrainError`].
pub fn measure_learning_curve(
    examples: &Examples,
    options: TrainOptions,
    watch: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<LearningCurve, TrainError> {
    let groups = examples.groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    if groups < REPETITIONS {
        return Err(TrainError::TooFewGroups { folds: REPETITIONS, groups });
    }
    let fold_of = grouped_folds(&examples.groups, &examples.categories, REPETITIONS);
    let sizes = sizes(examples);
    let mut points: Vec<CurvePoint> = Vec::new();
    for (place, size) in sizes.iter().enumerate() {
        let (mut accuracies, mut seconds, mut images) = (Vec::new(), Vec::new(), 0);
        for repetition in 0..REPETITIONS {
            let (held_out, rest): (Vec<usize>, Vec<usize>) =
                (0..fold_of.len()).partition(|image| fold_of[*image] == repetition);
            let training = sample(examples, &rest, *size, repetition as u64);
            require_categories(examples, &training)?;
            let mut goes_on = true;
            let mut on_step = || {
                goes_on =
                    goes_on && watch(place * REPETITIONS + repetition, sizes.len() * REPETITIONS);
                goes_on
            };
            let started = Instant::now();
            let choice = choose_by_folds(examples, &training, options, &mut |_, _| on_step())?;
            let set = TrainingSet::new(examples, &training, options.is_balanced)?;
            let head = fit_head(&set, options.recipe, choice.l2, None, None, &mut |_| on_step())?;
            if !goes_on {
                return Err(TrainError::Cancelled);
            }
            seconds.push(started.elapsed().as_secs_f64());
            let truth = examples.truth(&held_out);
            let logits = logits_of(examples, &held_out, &head);
            let right = logits.iter().zip(&truth).filter(|(row, truth)| best(row) == **truth);
            accuracies.push(right.count() as f64 / held_out.len() as f64);
            images += training.len();
        }
        points.push(CurvePoint {
            images_per_category: *size,
            images: images / REPETITIONS,
            accuracies,
            seconds,
        });
    }
    Ok(LearningCurve { points })
}

/// The numbers of images a category at which is measured: the last one takes all.
fn sizes(examples: &Examples) -> Vec<usize> {
    let mut counts = vec![0_usize; examples.names.len()];
    examples.categories.iter().for_each(|category| counts[*category] += 1);
    // A fold of them measures.
    let most = counts.iter().max().copied().unwrap_or(0) * (REPETITIONS - 1) / REPETITIONS;
    let mut sizes: Vec<usize> =
        IMAGES_PER_CATEGORY.into_iter().filter(|size| *size < most).collect();
    sizes.push(most.max(1));
    sizes
}

/// At most `size` images of each category, drawn at random.
fn sample(examples: &Examples, images: &[usize], size: usize, repetition: u64) -> Vec<usize> {
    let mut of_category: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for image in images {
        of_category.entry(examples.categories[*image]).or_default().push(*image);
    }
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(repetition);
    let mut sample = Vec::new();
    for mut images in of_category.into_values() {
        images.shuffle(&mut random);
        sample.extend(images.into_iter().take(size));
    }
    sample.sort_unstable();
    sample
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn more_images_a_category_do_better_and_each_point_is_measured_five_times() {
        let images = 600;
        let categories: Vec<usize> = (0..images).map(|image| image % 3).collect();
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let features = Array2::from_shape_fn((images, 30), |(image, feature)| {
            let noise = rand::RngExt::random_range(&mut random, -2.0..2.0);
            if feature == categories[image] { 1.0 + noise } else { noise }
        });
        let examples = Examples {
            features,
            sides: vec![None; images],
            groups: (0..images).map(|image| format!("image {image}")).collect(),
            facts: vec![super::super::ImageFacts::default(); images],
            names: ["Fibres", "Powder", "Tips"].map(str::to_owned).to_vec(),
            categories,
        };
        let curve =
            measure_learning_curve(&examples, TrainOptions::default(), &mut |_, _| true).unwrap();
        let sizes: Vec<usize> =
            curve.points.iter().map(|point| point.images_per_category).collect();
        assert_eq!(sizes, [5, 10, 20, 50, 100, 160]);
        assert!(curve.points.iter().all(|point| point.accuracies.len() == 5));
        let mean = |point: &CurvePoint| point.accuracies.iter().sum::<f64>() / 5.0;
        assert!(mean(&curve.points[5]) > mean(&curve.points[0]) + 0.1, "{curve:?}");
        assert_eq!((curve.points[1].images, curve.points[5].images), (30, 480));
    }
}
