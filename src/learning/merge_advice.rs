//! What merging two categories would do to accuracy.
//!
//! Fewer categories are easier, so accuracy rises with nearly every merge. What a merge is worth is
//! seen beside two other figures: what merging categories brings that are never taken for one
//! another, and what mere guessing would gain.

use serde::{Deserialize, Serialize};

use super::Interval;
use super::choosing::choose_by_folds;
use super::examples::{Examples, TrainingSet};
use super::head_fit::FitError;
use super::paired::paired_difference;
use super::recipe::{Recipe, TrainOptions, fit_head, logits_of};
use super::split::grouped_folds;
use super::training::{TrainError, best, require_categories};
use crate::classifier::Head;

const FOLDS: usize = 5;
/// Images above which one fold measures instead of each in turn: intervals are narrow enough.
const MANY_IMAGES: usize = 4000;
/// Steps of a fit that begins near its end: those after them change no answer.
const STEPS: usize = 12;

/// What each merge of two categories would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergeAdvice {
    /// Images that measured.
    pub images: usize,
    /// Share of them that is right without any merge.
    pub accuracy: f64,
    /// All pairs of categories with images, the largest gain first.
    pub pairs: Vec<MergedPair>,
    /// The change in accuracy by merging unlike categories: mean, and the middle 90 % of the pairs;
    /// absent where there are fewer than two such pairs.
    pub unlike: Option<UnlikePairs>,
}

/// Two categories as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergedPair {
    /// One category.
    pub a: String,
    /// The other.
    pub b: String,
    /// Change in the share of right answers.
    pub change: f64,
    /// Its 95 % interval, by resampling groups of images.
    pub interval: Interval,
    /// Share of images of one that are taken for the other: what is right as soon as both have one
    /// name, without any training.
    pub confused: f64,
    /// By how much guessing, as often as each category occurs, becomes more often right.
    pub guessing_gain: f64,
    /// Whether they are taken for one another less often than most pairs.
    pub is_unlike: bool,
    /// Whether the gain is, beyond chance, larger than what merging unlike pairs brings and than what
    /// guessing gains.
    pub stands_out: bool,
}

/// What merging categories brings that have little to do with one another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UnlikePairs {
    /// Pairs.
    pub pairs: usize,
    /// Their mean change in accuracy.
    pub mean: f64,
    /// The middle 90 % of the changes.
    pub range: Interval,
}

/// Merges every pair of categories, trains again and measures on groups that did not train.
/// `watch` hears of pairs done and to do, and says whether to go on.
///
/// # Errors
/// See [`TrainError`].
pub fn advise_merges(
    examples: &Examples,
    options: TrainOptions,
    watch: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<MergeAdvice, TrainError> {
    let all: Vec<usize> = (0..examples.image_count()).collect();
    require_categories(examples, &all)?;
    let options = TrainOptions { recipe: Recipe::Lbfgs, ..options };
    let l2 = choose_by_folds(examples, &all, options, &mut |_, _| watch(0, 1))?.l2;
    let parts = parts(examples)?;
    let base = parts
        .iter()
        .map(|part| part.fit(&examples.categories, options.is_balanced, l2, None))
        .collect::<Result<Vec<_>, _>>()?;
    let measured: Vec<usize> = parts.iter().flat_map(|part| part.held_out.clone()).collect();
    let answers: Vec<usize> =
        parts.iter().zip(&base).flat_map(|(part, head)| part.answers(examples, head)).collect();
    let truth = examples.truth(&measured);
    let counts = counts(examples, &all);

    let present: Vec<usize> = (0..counts.len()).filter(|category| counts[*category] > 0).collect();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (place, a) in present.iter().enumerate() {
        pairs.extend(present[place + 1..].iter().map(|b| (*a, *b)));
    }
    let share = |count: usize| count as f64 / measured.len() as f64;
    let right = truth.iter().zip(&answers).filter(|(truth, answer)| truth == answer).count();
    let mut merged_pairs = Vec::with_capacity(pairs.len());
    for (number, (a, b)) in pairs.iter().copied().enumerate() {
        if !watch(number, pairs.len()) {
            return Err(TrainError::Cancelled);
        }
        // `b` stays, without images, so that all indices do.
        let as_one = |category: usize| if category == b { a } else { category };
        let merged: Vec<usize> = examples.categories.iter().copied().map(as_one).collect();
        let mut gains = Vec::with_capacity(measured.len());
        for (part, head) in parts.iter().zip(&base) {
            let start = merged_head(head, a, b);
            let head = part.fit(&merged, options.is_balanced, l2, start.as_ref())?;
            let of_part = part.answers(examples, &head);
            let is_right = |(answer, image): (usize, &usize)| answer == merged[*image];
            let right = of_part.into_iter().zip(&part.held_out).map(is_right);
            gains.extend(right.map(|is_right| f64::from(u8::from(is_right))));
        }
        for ((gain, truth), answer) in gains.iter_mut().zip(&truth).zip(&answers) {
            *gain -= f64::from(u8::from(truth == answer));
        }
        let groups = measured.iter().map(|image| examples.groups[*image].as_str());
        let gained = paired_difference(&gains, groups).ok_or(FitError::NoImages)?;
        let is_confused = |(truth, answer): &(&usize, &usize)| {
            (**truth, **answer) == (a, b) || (**truth, **answer) == (b, a)
        };
        let confused = truth.iter().zip(&answers).filter(is_confused).count();
        let part_of_all = |category: usize| counts[category] as f64 / all.len() as f64;
        merged_pairs.push(MergedPair {
            a: examples.names[a].clone(),
            b: examples.names[b].clone(),
            change: gained.value,
            interval: gained.interval_95,
            confused: share(confused),
            guessing_gain: 2.0 * part_of_all(a) * part_of_all(b),
            is_unlike: false,
            stands_out: false,
        });
    }
    let unlike = mark_unlike(&mut merged_pairs);
    merged_pairs.sort_by(|one, other| other.change.total_cmp(&one.change));
    Ok(MergeAdvice { images: measured.len(), accuracy: share(right), pairs: merged_pairs, unlike })
}

/// Images that train, and images that then measure.
struct Part {
    training: Vec<usize>,
    held_out: Vec<usize>,
    set: TrainingSet,
}

fn parts(examples: &Examples) -> Result<Vec<Part>, TrainError> {
    let groups = examples.groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    if groups < FOLDS {
        return Err(TrainError::TooFewGroups { folds: FOLDS, groups });
    }
    let fold_of = grouped_folds(&examples.groups, &examples.categories, FOLDS);
    let folds = if examples.image_count() > MANY_IMAGES { 1 } else { FOLDS };
    (0..folds)
        .map(|fold| {
            let (held_out, training): (Vec<usize>, Vec<usize>) =
                (0..fold_of.len()).partition(|image| fold_of[*image] == fold);
            require_categories(examples, &training)?;
            let set = TrainingSet::new(examples, &training, false)?;
            Ok(Part { training, held_out, set })
        })
        .collect()
}

impl Part {
    /// `categories` are those of all images.
    fn fit(
        &self,
        categories: &[usize],
        is_balanced: bool,
        l2: f64,
        start: Option<&Head>,
    ) -> Result<Head, FitError> {
        let categories = self.training.iter().map(|image| categories[*image]).collect();
        let set = self.set.with_categories(categories, is_balanced);
        fit_head(&set, Recipe::Lbfgs, l2, start, None, &mut |step| {
            start.is_none() || step.number < STEPS
        })
    }

    /// The best category of each image that was held out.
    fn answers(&self, examples: &Examples, head: &Head) -> Vec<usize> {
        logits_of(examples, &self.held_out, head).iter().map(|row| best(row)).collect()
    }
}

/// A head for the merged categories to begin with: the mean of both functions, and never `b`.
fn merged_head(head: &Head, a: usize, b: usize) -> Option<Head> {
    let layer = head.output();
    let width = layer.input_count();
    let (mut weights, mut bias) = (layer.weights().to_vec(), layer.bias().to_vec());
    for column in 0..width {
        let mean = f32::midpoint(weights[a * width + column], weights[b * width + column]);
        weights[a * width + column] = mean;
        weights[b * width + column] = 0.0;
    }
    bias[a] = f32::midpoint(bias[a], bias[b]);
    bias[b] = -10.0;
    Head::new(weights, bias, width)
}

fn counts(examples: &Examples, images: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; examples.names.len()];
    images.iter().for_each(|image| counts[examples.categories[*image]] += 1);
    counts
}

/// Marks the half of the pairs that are confused least, and those whose gain is beyond what these
/// bring.
fn mark_unlike(pairs: &mut [MergedPair]) -> Option<UnlikePairs> {
    let mut confused: Vec<f64> = pairs.iter().map(|pair| pair.confused).collect();
    confused.sort_by(f64::total_cmp);
    let median = *confused.get(confused.len() / 2)?;
    let mut changes = Vec::new();
    for pair in pairs.iter_mut() {
        // Where most pairs are never confused, those are the unlike ones.
        pair.is_unlike = pair.confused < median || pair.confused == 0.0;
        changes.extend(pair.is_unlike.then_some(pair.change));
    }
    if changes.len() < 2 {
        return None;
    }
    changes.sort_by(f64::total_cmp);
    let quantile = |share: f64| changes[((changes.len() - 1) as f64 * share).round() as usize];
    let range = Interval { low: quantile(0.05), high: quantile(0.95) };
    for pair in pairs.iter_mut() {
        pair.stands_out = pair.interval.low > range.high.max(pair.guessing_gain);
    }
    let mean = changes.iter().sum::<f64>() / changes.len() as f64;
    Some(UnlikePairs { pairs: changes.len(), mean, range })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    /// Five categories of which the first two cannot be told apart, in groups of two.
    fn examples() -> Examples {
        let images = 400;
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let categories: Vec<usize> = (0..images).map(|image| (image / 2) % 5).collect();
        let features = Array2::from_shape_fn((images, 4), |(image, feature)| {
            let place = categories[image].saturating_sub(1); // 0 and 1 are at one place
            let centre = if place == feature { 3.0 } else { 0.0 };
            centre + random.random_range(-1.0..1.0)
        });
        Examples {
            features,
            sides: vec![None; images],
            groups: (0..images).map(|image| format!("group {}", image / 2)).collect(),
            facts: vec![super::super::ImageFacts::default(); images],
            names: ["Fibres", "Nanowires", "Powder", "Tips", "Pillars"].map(str::to_owned).to_vec(),
            categories,
        }
    }

    #[test]
    fn merging_what_cannot_be_told_apart_stands_out_and_nothing_else_does() {
        let advice = advise_merges(&examples(), TrainOptions::default(), &mut |_, _| true).unwrap();
        assert_eq!((advice.images, advice.pairs.len()), (400, 10));
        let first = &advice.pairs[0];
        assert_eq!((first.a.as_str(), first.b.as_str()), ("Fibres", "Nanowires"));
        assert!(first.change > 0.15 && first.interval.low > 0.1, "{first:?}");
        assert!((first.guessing_gain - 2.0 * 0.2 * 0.2).abs() < 1e-9);
        let outstanding = advice.pairs.iter().filter(|pair| pair.stands_out).count();
        assert_eq!(outstanding, 1, "{advice:#?}");
        let unlike = advice.unlike.unwrap();
        assert!(unlike.mean.abs() < 0.02 && unlike.pairs >= 5, "{unlike:?}");
    }

    #[test]
    fn a_gain_that_guessing_has_as_well_does_not_stand_out() {
        let pair = |number: u32, change: f64, guessing_gain: f64| MergedPair {
            a: format!("{number} a"),
            b: format!("{number} b"),
            change,
            interval: Interval { low: change - 0.01, high: change + 0.01 },
            confused: if number == 0 || number == 1 { 0.2 } else { 0.0 },
            guessing_gain,
            is_unlike: false,
            stands_out: false,
        };
        let mut pairs: Vec<MergedPair> = (2..8).map(|number| pair(number, 0.01, 0.02)).collect();
        pairs.extend([pair(0, 0.1, 0.15), pair(1, 0.1, 0.05)]);
        mark_unlike(&mut pairs).unwrap();
        let outstanding = pairs.iter().filter(|pair| pair.stands_out).map(|pair| pair.a.as_str());
        assert_eq!(outstanding.collect::<Vec<_>>(), ["1 a"]);
    }

    #[test]
    fn advice_can_be_cancelled() {
        let mut calls = 0;
        let error = advise_merges(&examples(), TrainOptions::default(), &mut |done, _| {
            calls += 1;
            done < 3
        })
        .unwrap_err();
        assert!(matches!(error, TrainError::Cancelled) && calls > 3);
    }

    #[test]
    fn two_groups_are_too_few_to_measure_on() {
        let mut few = examples();
        few.groups.iter_mut().for_each(|group| group.truncate(5));
        let error = advise_merges(&few, TrainOptions::default(), &mut |_, _| true).unwrap_err();
        assert!(matches!(error, TrainError::TooFewGroups { .. }), "{error}");
    }
}
