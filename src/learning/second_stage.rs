//! The second stage of a training: the network's last convolution too, for as long as it helps on
//! images that do not train.

use super::calibration::{fit_temperature, mean_cross_entropy};
use super::choosing::{Choice, Part, choose_by_folds, parts_for};
use super::cross_validation::{CrossValidation, cross_validate_each};
use super::examples::{Examples, TrainingSet};
use super::head_fit::{Activations, Moment, fit_jointly};
use super::recipe::{Recipe, TrainOptions, fit_head, logits_of};
use super::training::TrainError;
use crate::classifier::{Head, LastConvolution};

/// Passes over the training images at most.
const MOST_PASSES: usize = 12;

/// Gain in cross-entropy, in nats, below which it is chance.
const LEAST_GAIN: f64 = 0.001;

/// A network's last convolution, and what it takes of each image of the examples, in their order.
#[derive(Debug, Clone, Copy)]
pub struct BeforeFeatures<'a> {
    /// The convolution as it is.
    pub convolution: &'a LastConvolution,
    /// What it takes.
    pub activations: Activations<'a>,
}

/// What the second stage gave.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondStage {
    /// The trained convolution; where no pass helped, the one it was.
    pub convolution: LastConvolution,
    /// Passes over the training images that helped.
    pub passes: usize,
    /// Mean cross-entropy in nats, at the best temperature, of images that did not train: before the
    /// first pass, and after each; empty where there are no images to choose on.
    pub cross_entropy: Vec<f64>,
    /// The penalty, and the temperature that is best after these passes. To be chosen once more they
    /// would need images that trained neither the head nor the convolution.
    pub choice: Choice,
}

/// Trains the last convolution on `training`, for the number of passes that gives the lowest
/// cross-entropy on `validation`; where that is too small, on folds of both. `l2` is the head's
/// penalty. `watch` hears of passes done and to do at most, and says whether to go on.
///
/// # Errors
/// See [`TrainError`].
pub fn second_stage(
    examples: &Examples,
    before: BeforeFeatures<'_>,
    [training, validation]: [&[usize]; 2],
    is_balanced: bool,
    l2: f64,
    watch: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<SecondStage, TrainError> {
    let parts = parts_for(examples, training, validation);
    let to_do = (parts.len() + 1) * MOST_PASSES;
    let mut done = 0;
    let mut goes_on = |is_pass: bool| {
        done += usize::from(is_pass);
        watch(done, to_do)
    };
    if parts.is_empty() {
        let (convolution, choice) = (before.convolution.clone(), Choice { l2, temperature: 1.0 });
        let cross_entropy = Vec::new(); // there is nothing to choose on
        return Ok(SecondStage { convolution, passes: 0, cross_entropy, choice });
    }
    let mut logits: Vec<Logits> = vec![Logits::new(); MOST_PASSES + 1];
    for part in &parts {
        let of_part = logits_by_pass(examples, before, part, is_balanced, l2, &mut goes_on)?;
        logits.iter_mut().zip(of_part).for_each(|(all, of_pass)| all.extend(of_pass));
    }
    let truth: Vec<usize> =
        parts.iter().flat_map(|(_, held_out)| examples.truth(held_out)).collect();
    let temperatures: Vec<f32> =
        logits.iter().map(|logits| fit_temperature(logits, &truth)).collect();
    let cross_entropy: Vec<f64> = logits
        .iter()
        .zip(&temperatures)
        .map(|(logits, temperature)| mean_cross_entropy(logits, &truth, f64::from(*temperature)))
        .collect();
    let best = (0..cross_entropy.len())
        .min_by(|a, b| cross_entropy[*a].total_cmp(&cross_entropy[*b]))
        .unwrap_or(0);
    let helps = cross_entropy[0] - cross_entropy[best] >= LEAST_GAIN;
    let passes = if helps { best } else { 0 };
    let mut convolution = before.convolution.clone();
    if passes > 0 {
        run(examples, before, training, is_balanced, l2, &mut |moment| {
            let mut is_last = false;
            if let Moment::Pass(pass, trained) = &moment {
                convolution.clone_from(trained);
                is_last = *pass == passes;
            }
            let goes_on = goes_on(matches!(moment, Moment::Pass(..)));
            if goes_on { Ok(!is_last) } else { Err(TrainError::Cancelled) }
        })?;
    }
    let choice = Choice { l2, temperature: temperatures[passes] };
    Ok(SecondStage { convolution, passes, cross_entropy, choice })
}

/// As [`cross_validate`](super::cross_validate), with the second stage within each fold: the images
/// that measure take no part in it.
///
/// # Errors
/// See [`TrainError`].
pub fn cross_validate_second_stage(
    examples: &Examples,
    before: BeforeFeatures<'_>,
    folds: usize,
    options: TrainOptions,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<CrossValidation, TrainError> {
    let all: Vec<usize> = (0..examples.image_count()).collect();
    let watch = std::cell::RefCell::new(watch);
    let mut with_second_stage = |fold: usize, rest: &[usize]| {
        let goes_on = || (watch.borrow_mut())(fold);
        let l2 = choose_by_folds(examples, rest, options, &mut |_, _| goes_on())?.l2;
        let sides = [rest, &[]];
        let is_balanced = options.is_balanced;
        let stage = second_stage(examples, before, sides, is_balanced, l2, &mut |_, _| goes_on())?;
        let features = before.activations.features(&all, &stage.convolution)?;
        Ok((Examples { features, ..examples.clone() }, stage.choice))
    };
    cross_validate_each(examples, folds, options, Some(&mut with_second_stage), &mut |fold| {
        (watch.borrow_mut())(fold)
    })
}

/// A row an image.
type Logits = Vec<Vec<f32>>;

/// The logits of the images of `part` that did not train, before the first pass and after each.
fn logits_by_pass(
    examples: &Examples,
    before: BeforeFeatures<'_>,
    (training, held_out): &Part,
    is_balanced: bool,
    l2: f64,
    goes_on: &mut dyn FnMut(bool) -> bool,
) -> Result<Vec<Logits>, TrainError> {
    let both = [training.as_slice(), held_out].concat();
    let places: Vec<usize> = (0..both.len()).collect();
    let (places_training, places_held_out) = places.split_at(training.len());
    let mut head: Option<Head> = None;
    let mut score = |convolution: &LastConvolution| -> Result<Logits, TrainError> {
        let of_both = Examples {
            features: before.activations.features(&both, convolution)?,
            categories: both.iter().map(|image| examples.categories[*image]).collect(),
            names: examples.names.clone(),
            ..Examples::default()
        };
        let set = TrainingSet::new(&of_both, places_training, is_balanced)?;
        let fitted = fit_head(&set, Recipe::Lbfgs, l2, head.as_ref(), None, &mut |_| true)?;
        let logits = logits_of(&of_both, places_held_out, &fitted);
        head = Some(fitted);
        Ok(logits)
    };
    let mut logits = vec![score(before.convolution)?];
    run(examples, before, training, is_balanced, l2, &mut |moment| {
        if let Moment::Pass(_, convolution) = &moment {
            logits.push(score(convolution)?);
        }
        let is_last = logits.len() > MOST_PASSES;
        let goes_on = goes_on(matches!(moment, Moment::Pass(..)));
        if goes_on { Ok(!is_last) } else { Err(TrainError::Cancelled) }
    })?;
    Ok(logits)
}

/// Trains the convolution on `training`, beginning with the head that fits it as it is.
fn run(
    examples: &Examples,
    before: BeforeFeatures<'_>,
    training: &[usize],
    is_balanced: bool,
    l2: f64,
    watch: &mut dyn FnMut(Moment<'_>) -> Result<bool, TrainError>,
) -> Result<(), TrainError> {
    let features = before.activations.features(training, before.convolution)?;
    let of_training = Examples {
        features,
        categories: examples.truth(training),
        names: examples.names.clone(),
        ..Examples::default()
    };
    let all: Vec<usize> = (0..training.len()).collect();
    let set = TrainingSet::new(&of_training, &all, is_balanced)?;
    let head = fit_head(&set, Recipe::Lbfgs, l2, None, None, &mut |_| true)?;
    let start = (before.convolution, &head);
    fit_jointly(before.activations, training, set.labels(), &set.images, start, l2, watch)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::super::{ImageFacts, cross_validate};
    use super::*;

    /// Two categories that one channel tells apart; the convolution sees it or is blind to it.
    fn fixture(sees: f32, tells: f32) -> (Examples, Array2<f32>, LastConvolution) {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let images = 240;
        let categories: Vec<usize> = (0..images).map(|image| image % 2).collect();
        let rows = Array2::from_shape_fn((images, 2 * 4), |(image, place)| {
            let told = if place / 4 == 1 { categories[image] as f32 * tells } else { 0.0 };
            told + random.random_range(-1.0..1.0)
        });
        let weights = Array2::from_shape_fn((6, 2), |(feature, channel)| match channel {
            0 => 0.6 + feature as f32 / 20.0,
            _ => sees,
        });
        let bias = Array1::from_elem(6, 0.3);
        let convolution = LastConvolution { weights, bias, ceiling: f32::INFINITY };
        let activations = Activations { rows: rows.view(), channel_count: 2 };
        let all: Vec<usize> = (0..images).collect();
        let examples = Examples {
            features: activations.features(&all, &convolution).unwrap(),
            sides: vec![None; images],
            groups: (0..images).map(|image| format!("group {image}")).collect(),
            facts: vec![ImageFacts::default(); images],
            names: vec!["Fibres".to_owned(), "Powder".to_owned()],
            categories,
        };
        (examples, rows, convolution)
    }

    #[test]
    fn as_many_passes_are_kept_as_help_on_images_that_do_not_train() {
        let (examples, rows, convolution) = fixture(0.0, 0.8);
        let activations = Activations { rows: rows.view(), channel_count: 2 };
        let before = BeforeFeatures { convolution: &convolution, activations };
        let (training, validation): (Vec<usize>, Vec<usize>) =
            (0..examples.image_count()).partition(|image| *image < 160);
        let sides = [training.as_slice(), &validation];
        let stage = second_stage(&examples, before, sides, false, 0.01, &mut |_, _| true).unwrap();
        assert!(stage.passes > 0 && stage.convolution != convolution, "{stage:?}");
        let best = stage.cross_entropy[stage.passes];
        assert!(stage.cross_entropy.iter().all(|value| *value >= best));
        assert_eq!(stage.cross_entropy.len(), MOST_PASSES + 1);
    }

    #[test]
    fn where_nothing_can_be_learned_the_convolution_stays() {
        let (mut examples, mut rows, convolution) = fixture(0.0, 0.0);
        // The same images with the other category: whatever trains is wrong.
        for image in 0..120 {
            examples.categories[image + 120] = 1 - examples.categories[image];
            let row = rows.row(image).to_owned();
            rows.row_mut(image + 120).assign(&row);
        }
        let activations = Activations { rows: rows.view(), channel_count: 2 };
        let before = BeforeFeatures { convolution: &convolution, activations };
        let (training, validation): (Vec<usize>, Vec<usize>) =
            (0..240).partition(|image| *image < 120);
        let sides = [training.as_slice(), &validation];
        let stage = second_stage(&examples, before, sides, false, 3.0, &mut |_, _| true).unwrap();
        assert_eq!((stage.passes, &stage.convolution), (0, &convolution), "{stage:?}");
    }

    #[test]
    fn each_fold_trains_a_convolution_of_its_own_and_can_be_cancelled() {
        let (examples, rows, convolution) = fixture(0.0, 0.8);
        let activations = Activations { rows: rows.view(), channel_count: 2 };
        let before = BeforeFeatures { convolution: &convolution, activations };
        let options = TrainOptions::default();
        let plain = cross_validate(&examples, 3, options, &mut |_| true).unwrap();
        let with = cross_validate_second_stage(&examples, before, 3, options, &mut |_| true);
        let with = with.unwrap();
        assert_eq!(with.is_right.len(), examples.image_count());
        assert!(
            with.evaluation.accuracy >= plain.evaluation.accuracy,
            "{} {}",
            with.evaluation.accuracy,
            plain.evaluation.accuracy
        );
        let stopped = cross_validate_second_stage(&examples, before, 3, options, &mut |_| false);
        assert!(matches!(stopped, Err(TrainError::Cancelled)));
    }
}
