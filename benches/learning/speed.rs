//! How long it takes, on synthetic features.

use std::ops::Range;
use std::time::Instant;

use ndarray::{Array2, Axis};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use semblance::learning::{
    Examples, ImageFacts, Labels, Standardised, TrainOptions, advise_merges, fit, side_of, train,
};

use super::scikit_learn::ScikitLearn;

const IMAGES: usize = 20_000;
const FEATURES: usize = 1280;
const CATEGORIES: usize = 12;
/// What the features are mixed of.
const FACTORS: usize = 64;
const PENALTIES: [f64; 3] = [0.1, 0.01, 0.001];
pub const ROUNDS: usize = 3;

pub fn measure() {
    println!("Speed, on synthetic features; medians of {ROUNDS}; load {}", load());
    let examples = examples();
    println!("\nFitting {IMAGES} x {FEATURES} features, {CATEGORIES} categories");
    fitting(&examples);
    let started = Instant::now();
    let outcome = train(&examples, TrainOptions::default(), None, &mut |_| true).unwrap();
    let test = outcome.test.unwrap();
    println!(
        "\nA whole training: penalty and temperature chosen, fitted, measured ({:.1} % of {} test \
         images right): {:.1} s",
        test.accuracy * 100.0,
        test.images,
        started.elapsed().as_secs_f64()
    );
    let started = Instant::now();
    let advice = advise_merges(&examples, TrainOptions::default(), &mut |_, _| true).unwrap();
    println!(
        "Advice on merging, {} pairs of categories: {:.1} s",
        advice.pairs.len(),
        started.elapsed().as_secs_f64()
    );
    println!("load at the end {}", load());
}

/// Categories around centres in a space of fewer factors than features, mixed and cut off at 0 as a
/// network's features are.
fn examples() -> Examples {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let centres = normal(&mut random, CATEGORIES, FACTORS);
    let mixing = normal(&mut random, FACTORS, FEATURES);
    let categories: Vec<usize> = (0..IMAGES).map(|_| random.random_range(0..CATEGORIES)).collect();
    let factors = normal(&mut random, IMAGES, FACTORS) + centres.select(Axis(0), &categories) * 0.4;
    let noise = normal(&mut random, IMAGES, FEATURES);
    let mut features = factors.dot(&mixing) / (FACTORS as f32).sqrt() + noise * 0.5;
    features.mapv_inplace(|value| value.max(0.0));
    Examples {
        features,
        categories,
        sides: (0..IMAGES).map(|image| Some(side_of(&image.to_string()))).collect(),
        groups: (0..IMAGES).map(|image| image.to_string()).collect(),
        facts: vec![ImageFacts::default(); IMAGES],
        names: (0..CATEGORIES).map(|category| format!("Synthetic {category}")).collect(),
    }
}

/// By the sum of twelve uniform numbers.
fn normal(random: &mut ChaCha8Rng, rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_simple_fn((rows, columns), || {
        (0..12).map(|_| random.random_range(0.0_f32..1.0)).sum::<f32>() - 6.0
    })
}

fn fitting(examples: &Examples) {
    let scikit_learn = ScikitLearn::with(examples.features.view(), &examples.categories);
    let standardised = Standardised::new(examples.features.view()).unwrap();
    let image_weights = vec![1.0; IMAGES];
    let labels = Labels {
        categories: &examples.categories,
        image_weights: &image_weights,
        category_count: CATEGORIES,
    };
    println!(
        "      L2   scikit-learn: loss, s   own: loss, s   s to that loss   times faster to it"
    );
    for l2 in PENALTIES {
        let (mut theirs, mut own, mut to_their_loss, mut ratios) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut their_loss, mut own_loss) = (0.0, 0.0);
        for _ in 0..ROUNDS {
            let (seconds, loss) = scikit_learn.fit(l2);
            their_loss = loss;
            theirs.push(seconds);
            let started = Instant::now();
            let mut reached = None;
            fit(&standardised, labels, l2, None, &mut |step| {
                own_loss = step.loss;
                if step.loss <= their_loss && reached.is_none() {
                    reached = Some(started.elapsed().as_secs_f64());
                }
                true
            })
            .unwrap();
            own.push(started.elapsed().as_secs_f64());
            // Where it is never reached there is no time to tell.
            to_their_loss.push(reached.unwrap_or(f64::INFINITY));
            ratios.push(seconds / reached.unwrap_or(f64::INFINITY));
        }
        println!(
            "{l2:8}   {their_loss:.6}, {:6.2}   {own_loss:.6}, {:5.2}   {:8.2}   {:14.1}",
            median(&mut theirs),
            median(&mut own),
            median(&mut to_their_loss),
            median(&mut ratios)
        );
    }
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How busy the machine is, as Linux tells it.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let range: Range<usize> = 0..text.find(' ').unwrap_or(0);
    text[range].to_owned()
}
