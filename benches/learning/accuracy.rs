//! How good heads are on real images, each image scored by a head that never saw its group.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ndarray::{Array2, Axis, concatenate};
use semblance::cache::Cache;
use semblance::classifier::{
    Backbone, DEFAULT_BACKBONE, DataBarRule, OrientationRule, PIXEL_SIZE_TERMS, PixelSizeInput,
};
use semblance::learning::{
    Activations, BeforeFeatures, Difference, Examples, TrainOptions, cross_validate,
    cross_validate_second_stage, grouped_folds, paired_difference,
};
use semblance::ops::{LabelledExamples, LabelledSet, PipelineOptions};

use super::{rounding, scikit_learn::ScikitLearn};

/// Images a category has to have.
const LEAST_IMAGES: usize = 15;
const FOLDS: usize = 5;
/// Ways to deal groups to folds; figures are means over them.
const DEALS: usize = 5;
const DEALS_OF_LAYERS: usize = 3;

pub fn measure(data: &Path) {
    let set = labelled_set(data);
    let cache = Cache::of_user();
    let featured = |name: &str, data_bar, orientations| {
        let backbone = Backbone::find(name, 2).unwrap();
        let backbone = backbone.with_data_bar(data_bar).with_orientations(orientations);
        examples_of(&set, &backbone, &cache)
    };
    let usual = featured(DEFAULT_BACKBONE, DataBarRule::Masked, OrientationRule::Upright);
    let examples = &usual.examples;
    println!(
        "\nAccuracy on {} real images of {} categories, in {FOLDS} folds that keep groups together, \
         mean of {DEALS} ways to deal them; differences in points with 95 % intervals by resampling \
         groups",
        examples.image_count(),
        examples.names.len()
    );
    let plain = TrainOptions::default();
    let base = shares(examples, plain);
    println!("{:44} {:5.1} %", "as the program trains", mean(&base) * 100.0);
    beside_scikit_learn(examples, &base);

    let balanced = TrainOptions { is_balanced: true, ..plain };
    tell("categories balanced", &shares(examples, balanced), &base, &examples.groups);
    let others = [
        ("data bar shown", DEFAULT_BACKBONE, DataBarRule::Kept, OrientationRule::Upright),
        (
            "mean of eight flips",
            DEFAULT_BACKBONE,
            DataBarRule::Masked,
            OrientationRule::MeanOfEight,
        ),
        ("EfficientNet-Lite2", "efficientnet-lite2", DataBarRule::Masked, OrientationRule::Upright),
    ];
    for (name, backbone, data_bar, orientations) in others {
        let other = featured(backbone, data_bar, orientations).examples;
        assert_eq!(other.categories, examples.categories, "the same images");
        tell(name, &shares(&with_groups_of(other, examples), plain), &base, &examples.groups);
    }
    scale(&usual);
    rounding::measure(&set);
}

/// What training the network's last convolution too brings or costs: minutes a deal.
pub fn measure_layers(data: &Path) {
    let (set, cache) = (labelled_set(data), Cache::of_user());
    let backbone = Backbone::find(DEFAULT_BACKBONE, 2).unwrap();
    let (before, convolution) = backbone.before_last_convolution(2).unwrap();
    let examples = examples_of(&set, &backbone, &cache).examples;
    let taken = examples_of(&set, &before, &cache).examples.features;
    let activations =
        Activations { rows: taken.view(), channel_count: convolution.channel_count() };
    let before = BeforeFeatures { convolution: &convolution, activations };
    println!("\nMore layers, on {} real images, {DEALS_OF_LAYERS} deals", examples.image_count());
    let mut base = vec![0.0; examples.image_count()];
    let mut with = base.clone();
    for deal in 0..DEALS_OF_LAYERS {
        let examples = Examples { groups: dealt(&examples.groups, deal), ..examples.clone() };
        let options = TrainOptions::default();
        let plain = cross_validate(&examples, FOLDS, options, &mut |_| true).unwrap();
        let more = cross_validate_second_stage(&examples, before, FOLDS, options, &mut |_| true);
        add(&mut base, &plain.is_right, DEALS_OF_LAYERS);
        add(&mut with, &more.unwrap().is_right, DEALS_OF_LAYERS);
    }
    println!("{:44} {:5.1} %", "the head alone", mean(&base) * 100.0);
    tell("the last convolution too", &with, &base, &examples.groups);
}

fn labelled_set(data: &Path) -> LabelledSet {
    let folder = data.join("labelled");
    LabelledSet::from_folders(&folder, Some(&folder.join("manifest.csv"))).unwrap()
}

fn examples_of(set: &LabelledSet, backbone: &Backbone, cache: &Cache) -> LabelledExamples {
    let (pipeline, never) = (PipelineOptions::default(), AtomicBool::new(false));
    let on_progress = &mut |_, _| ();
    LabelledExamples::of(set.clone(), LEAST_IMAGES, backbone, cache, &pipeline, &never, on_progress)
        .unwrap()
}

/// Near-duplicates are confirmed by features: with other features they are others.
fn with_groups_of(examples: Examples, of: &Examples) -> Examples {
    Examples { groups: of.groups.clone(), ..examples }
}

/// Of each image, in which share of the deals it is right.
fn shares(examples: &Examples, options: TrainOptions) -> Vec<f64> {
    let mut shares = vec![0.0; examples.image_count()];
    for deal in 0..DEALS {
        let dealt = Examples { groups: dealt(&examples.groups, deal), ..examples.clone() };
        let measured = cross_validate(&dealt, FOLDS, options, &mut |_| true).unwrap();
        add(&mut shares, &measured.is_right, DEALS);
    }
    shares
}

/// Folds follow from the names of the groups.
fn dealt(groups: &[String], deal: usize) -> Vec<String> {
    groups.iter().map(|group| format!("{group} {deal}")).collect()
}

fn add(shares: &mut [f64], is_right: &[bool], deals: usize) {
    for (share, is_right) in shares.iter_mut().zip(is_right) {
        *share += f64::from(u8::from(*is_right)) / deals as f64;
    }
}

fn mean(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / shares.len() as f64
}

fn difference(of: &[f64], base: &[f64], groups: &[String]) -> Difference {
    let gains: Vec<f64> = of.iter().zip(base).map(|(of, base)| of - base).collect();
    paired_difference(&gains, groups.iter().map(String::as_str)).unwrap()
}

fn tell(name: &str, of: &[f64], base: &[f64], groups: &[String]) {
    let Difference { value, interval_95 } = difference(of, base, groups);
    println!(
        "{name:44} {:5.1} %   {:+5.1} ({:+.1} to {:+.1})",
        mean(of) * 100.0,
        value * 100.0,
        interval_95.low * 100.0,
        interval_95.high * 100.0
    );
}

fn beside_scikit_learn(examples: &Examples, base: &[f64]) {
    let rows = examples.features.as_standard_layout();
    let scikit_learn = ScikitLearn::with(rows.view(), &examples.categories);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for group in &examples.groups {
        let next = numbers.len();
        numbers.entry(group).or_insert(next);
    }
    let groups: Vec<usize> = examples.groups.iter().map(|group| numbers[group.as_str()]).collect();
    let mut ways: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for deal in 0..DEALS {
        let folds = grouped_folds(&dealt(&examples.groups, deal), &examples.categories, FOLDS);
        for (name, is_right) in scikit_learn.cross_validate(&folds, &groups) {
            let shares = ways.entry(name).or_insert_with(|| vec![0.0; is_right.len()]);
            add(shares, &is_right, DEALS);
        }
    }
    for (name, shares) in ways {
        let name = format!("scikit-learn's LogisticRegression, {name}");
        tell(&name, &shares, base, &examples.groups);
    }
}

/// On those images alone that tell their pixel size: whether one tells it gives its source away.
fn scale(labelled: &LabelledExamples) {
    let all = &labelled.examples;
    let told: Vec<usize> =
        (0..all.image_count()).filter(|image| labelled.nm_per_px[*image].is_some()).collect();
    let sizes: Vec<Option<f64>> = told.iter().map(|image| labelled.nm_per_px[*image]).collect();
    let of_told = |values: &[usize]| told.iter().map(|image| values[*image]).collect::<Vec<_>>();
    let examples = Examples {
        features: all.features.select(Axis(0), &told),
        categories: of_told(&all.categories),
        sides: told.iter().map(|image| all.sides[*image]).collect(),
        groups: told.iter().map(|image| all.groups[*image].clone()).collect(),
        facts: told.iter().map(|image| all.facts[*image].clone()).collect(),
        names: all.names.clone(),
    };
    let present: BTreeSet<usize> = examples.categories.iter().copied().collect();
    println!(
        "\nScale, on the {} images of {} categories that tell their pixel size",
        told.len(),
        present.len()
    );
    let groups: BTreeSet<&String> = examples.groups.iter().collect();
    let input = PixelSizeInput::of(sizes.iter().copied().flatten());
    let Some(input) = input.filter(|_| present.len() > 1 && groups.len() > FOLDS) else {
        return println!("they are too few to measure on");
    };
    let mut terms = Array2::zeros((told.len(), PIXEL_SIZE_TERMS));
    for (mut row, size) in terms.rows_mut().into_iter().zip(&sizes) {
        row.assign(&ndarray::arr1(&input.terms(*size)));
    }
    let features = concatenate(Axis(1), &[examples.features.view(), terms.view()]).unwrap();
    let with_scale = Examples { features, ..examples.clone() };
    let base = shares(&examples, TrainOptions::default());
    println!("{:44} {:5.1} %", "without it", mean(&base) * 100.0);
    tell(
        "pixel size as an input",
        &shares(&with_scale, TrainOptions::default()),
        &base,
        &examples.groups,
    );
}
