//! The second stage: the last convolution of the network is trained together with the head.
//!
//! What the convolution takes is cached, so that no image runs through the network again. It stays
//! near where it was (the penalty L2-SP of Li, Grandvalet and Davoine, ICML 2018), since labelled
//! images are few and weights many.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;
use rayon::prelude::*;

use super::{FitError, Labels, Standardised};
use crate::classifier::{Head, LastConvolution};

/// Images a step.
const BATCH: usize = 32;
/// Images that one thread takes at a time; sums are added up in one order, so that any number of
/// threads gives the same.
const SHARE: usize = 8;
const RATE_CONVOLUTION: f32 = 3e-4;
const RATE_HEAD: f32 = 1e-3;
/// Of how far the convolution has gone from where it was.
const PENALTY_CONVOLUTION: f32 = 0.01;
const SEED: u64 = 1;

/// What a network's last convolution takes, of images in the order of their labels.
#[derive(Debug, Clone, Copy)]
pub struct Activations<'a> {
    /// `[image_count, channel_count · position_count]`, the positions of a channel together.
    pub rows: ArrayView2<'a, f32>,
    /// Channels.
    pub channel_count: usize,
}

impl<'a> Activations<'a> {
    /// Of one image, `[channel_count, position_count]`.
    ///
    /// # Errors
    /// Fails where the rows cannot be parted into as many channels.
    pub fn of_image(&self, image: usize) -> Result<ArrayView2<'a, f32>, FitError> {
        let row = self.rows.index_axis_move(Axis(0), image);
        let positions = row.len() / self.channel_count.max(1);
        row.into_shape_with_order((self.channel_count, positions))
            .map_err(|_| FitError::Diverged("the activations are not those of the convolution"))
    }

    /// The features of `images` by this convolution, `[image_count, feature_count]`.
    ///
    /// # Errors
    /// As of [`Activations::of_image`].
    pub fn features(
        &self,
        images: &[usize],
        convolution: &LastConvolution,
    ) -> Result<Array2<f32>, FitError> {
        let rows: Vec<Vec<f32>> = images
            .par_iter()
            .map(|image| Ok(convolution.features(self.of_image(*image)?)))
            .collect::<Result<_, FitError>>()?;
        let shape = (images.len(), convolution.feature_count());
        Array2::from_shape_vec(shape, rows.concat())
            .map_err(|_| FitError::Diverged("the convolution gives another number of features"))
    }
}

/// What is heard of while convolution and head are trained.
pub enum Moment<'a> {
    /// A step was made.
    Step,
    /// All images were gone through so many times, and this is the convolution now.
    Pass(usize, &'a LastConvolution),
}

/// Trains `convolution` and `head` on `images`, going through them for as long as `watch` says. `images` index the rows of
/// `activations`, `labels` and `standardised` have one entry for each of them, in this order.
///
/// # Errors
/// Fails where values grow beyond all limits, or shapes do not fit.
pub fn fit_jointly<E: From<FitError>>(
    activations: Activations<'_>,
    images: &[usize],
    labels: Labels<'_>,
    standardised: &Standardised,
    (convolution, head): (&LastConvolution, &Head),
    l2: f64,
    watch: &mut dyn FnMut(Moment<'_>) -> Result<bool, E>,
) -> Result<(), E> {
    let mut state = State::new(convolution, head, standardised, labels.category_count, l2 as f32)?;
    let total: f32 = labels.image_weights.iter().sum();
    let mean_weight = total / images.len().max(1) as f32;
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut order: Vec<usize> = (0..images.len()).collect();
    for pass in 1.. {
        order.shuffle(&mut random);
        for batch in order.chunks(BATCH) {
            let of_batch: Vec<Image<'_>> = batch
                .iter()
                .map(|place| {
                    Ok(Image {
                        activations: activations.of_image(images[*place])?,
                        category: labels.categories[*place],
                        weight: labels.image_weights[*place] / mean_weight / batch.len() as f32,
                    })
                })
                .collect::<Result<_, FitError>>()?;
            state.step(&of_batch);
            if !watch(Moment::Step)? {
                return Ok(());
            }
        }
        if !state.is_finite() {
            return Err(FitError::Diverged("the weights are not finite").into());
        }
        if !watch(Moment::Pass(pass, &state.convolution))? {
            break;
        }
    }
    Ok(())
}

struct Image<'a> {
    activations: ArrayView2<'a, f32>,
    category: usize,
    weight: f32,
}

/// Weights with what Adam remembers of their gradients (Kingma and Ba, ICLR 2015).
struct State {
    before: LastConvolution,
    convolution: LastConvolution,
    /// On standardised features, `[category_count, feature_count]`.
    weights: Array2<f32>,
    bias: Array1<f32>,
    /// Of the features, before any step.
    mean: Array1<f32>,
    deviation: Array1<f32>,
    l2: f32,
    moments: [Moments; 4],
    steps: i32,
}

/// Gradients of a batch.
struct Gradients {
    convolution: Array2<f32>,
    convolution_bias: Array1<f32>,
    weights: Array2<f32>,
    bias: Array1<f32>,
}

impl Gradients {
    fn zero(state: &State) -> Self {
        Self {
            convolution: Array2::zeros(state.convolution.weights.dim()),
            convolution_bias: Array1::zeros(state.convolution.bias.dim()),
            weights: Array2::zeros(state.weights.dim()),
            bias: Array1::zeros(state.bias.dim()),
        }
    }

    fn add(mut self, other: &Self) -> Self {
        self.convolution += &other.convolution;
        self.convolution_bias += &other.convolution_bias;
        self.weights += &other.weights;
        self.bias += &other.bias;
        self
    }
}

impl State {
    fn new(
        convolution: &LastConvolution,
        head: &Head,
        standardised: &Standardised,
        category_count: usize,
        l2: f32,
    ) -> Result<Self, FitError> {
        let features = convolution.feature_count();
        let unfit = || FitError::Diverged("the head is not one on the convolution's features");
        let parameters = standardised.parameters_of(head).ok_or_else(unfit)?;
        let values: Vec<f32> = parameters.iter().map(|value| *value as f32).collect();
        let (weights, bias) = values.split_at(values.len().min(category_count * features));
        let weights = Array2::from_shape_vec((category_count, features), weights.to_vec());
        let (Ok(weights), true) = (weights, bias.len() == category_count) else {
            return Err(unfit());
        };
        let lengths = [convolution.weights.len(), features, weights.len(), category_count];
        Ok(Self {
            moments: lengths.map(Moments::new),
            before: convolution.clone(),
            convolution: convolution.clone(),
            weights,
            bias: Array1::from(bias.to_vec()),
            mean: standardised.mean().to_owned(),
            deviation: standardised.deviation().to_owned(),
            l2,
            steps: 0,
        })
    }

    fn step(&mut self, batch: &[Image<'_>]) {
        let shares: Vec<Gradients> =
            batch.par_chunks(SHARE).map(|images| self.gradients(images)).collect();
        let mut total = shares.iter().fold(Gradients::zero(self), |sum, share| sum.add(share));
        let gone = &self.convolution.weights - &self.before.weights;
        total.convolution.scaled_add(PENALTY_CONVOLUTION, &gone);
        let gone = &self.convolution.bias - &self.before.bias;
        total.convolution_bias.scaled_add(PENALTY_CONVOLUTION, &gone);
        total.weights.scaled_add(self.l2, &self.weights);

        self.steps += 1;
        let [convolution, convolution_bias, weights, bias] = &mut self.moments;
        let steps = self.steps;
        let values = self.convolution.weights.iter_mut();
        convolution.apply(values, &total.convolution, RATE_CONVOLUTION, steps);
        let values = self.convolution.bias.iter_mut();
        convolution_bias.apply(values, &total.convolution_bias, RATE_CONVOLUTION, steps);
        weights.apply(self.weights.iter_mut(), &total.weights, RATE_HEAD, steps);
        bias.apply(self.bias.iter_mut(), &total.bias, RATE_HEAD, steps);
    }

    /// Of the weighted cross-entropy of `images`, without penalties.
    fn gradients(&self, images: &[Image<'_>]) -> Gradients {
        let mut sum = Gradients::zero(self);
        for image in images {
            let positions = image.activations.ncols() as f32;
            let ceiling = self.convolution.ceiling;
            let mut sums = self.convolution.sums(image.activations);
            let features = sums.map_axis(Axis(1), |row| {
                row.iter().map(|value| value.clamp(0.0, ceiling)).sum::<f32>() / positions
            });
            let scaled = (features - &self.mean) / &self.deviation;
            let mut errors = softmax((self.weights.dot(&scaled) + &self.bias).view());
            errors[image.category] -= 1.0;
            errors *= image.weight;

            sum.bias += &errors;
            for (mut row, error) in sum.weights.rows_mut().into_iter().zip(&errors) {
                row.scaled_add(*error, &scaled);
            }
            let of_features = self.weights.t().dot(&errors) / &self.deviation / positions;
            // Where a sum was cut off it has no part in the feature.
            for (mut row, gradient) in sums.rows_mut().into_iter().zip(&of_features) {
                row.mapv_inplace(
                    |value| {
                        if value > 0.0 && value < ceiling { *gradient } else { 0.0 }
                    },
                );
            }
            sum.convolution_bias += &sums.sum_axis(Axis(1));
            general_mat_mul(1.0, &sums, &image.activations.t(), 1.0, &mut sum.convolution);
        }
        sum
    }

    fn is_finite(&self) -> bool {
        let of_convolution = self.convolution.weights.iter().chain(&self.convolution.bias);
        of_convolution.chain(&self.weights).chain(&self.bias).all(|value| value.is_finite())
    }
}

fn softmax(logits: ArrayView1<'_, f32>) -> Array1<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised = logits.mapv(|logit| (logit - largest).exp());
    let total = raised.sum();
    raised / total
}

/// Running means of a gradient and of its square.
struct Moments {
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Moments {
    const DECAY: [f32; 2] = [0.9, 0.999];

    fn new(length: usize) -> Self {
        Self { first: vec![0.0; length], second: vec![0.0; length] }
    }

    fn apply<'a>(
        &mut self,
        values: impl Iterator<Item = &'a mut f32>,
        gradient: impl IntoIterator<Item = &'a f32>,
        rate: f32,
        steps: i32,
    ) {
        let [of_first, of_second] = Self::DECAY;
        let [first_share, second_share] = Self::DECAY.map(|decay| 1.0 - decay.powi(steps));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, gradient), (first, second)) in values.zip(gradient).zip(moments) {
            *first = of_first * *first + (1.0 - of_first) * gradient;
            *second = of_second * *second + (1.0 - of_second) * gradient * gradient;
            *value -= rate * (*first / first_share) / ((*second / second_share).sqrt() + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;

    const CHANNELS: usize = 3;
    const POSITIONS: usize = 4;

    /// Two categories in the mean of one channel, which the convolution at first hardly sees.
    struct Fixture {
        rows: Array2<f32>,
        categories: Vec<usize>,
        convolution: LastConvolution,
    }

    fn fixture() -> Fixture {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let images = 120;
        let categories: Vec<usize> = (0..images).map(|image| image % 2).collect();
        let rows = Array2::from_shape_fn((images, CHANNELS * POSITIONS), |(image, place)| {
            let told = if place / POSITIONS == 2 { categories[image] as f32 * 0.6 } else { 0.0 };
            told + random.random_range(-1.0..1.0)
        });
        let weights = Array2::from_shape_fn((5, CHANNELS), |(feature, channel)| {
            let of_channel = if channel == 2 { 0.02 } else { 0.5 };
            of_channel * (1.0 + feature as f32 / 5.0)
        });
        let bias = Array1::from_elem(5, 0.3);
        Fixture { rows, categories, convolution: LastConvolution { weights, bias, ceiling: 1.0 } }
    }

    impl Fixture {
        fn activations(&self) -> Activations<'_> {
            Activations { rows: self.rows.view(), channel_count: CHANNELS }
        }

        fn labels<'a>(&'a self, weights: &'a [f32]) -> Labels<'a> {
            let categories = &self.categories;
            Labels { categories, image_weights: weights, category_count: 2 }
        }

        fn standardised(&self, convolution: &LastConvolution) -> Standardised {
            let all: Vec<usize> = (0..self.categories.len()).collect();
            Standardised::new(self.activations().features(&all, convolution).unwrap().view())
                .unwrap()
        }

        fn state(&self) -> State {
            let mut random = ChaCha8Rng::seed_from_u64(4);
            let mut value = || random.random_range(-0.5_f32..0.5);
            let head =
                Head::new((0..10).map(|_| value()).collect(), vec![value(), value()], 5).unwrap();
            let standardised = self.standardised(&self.convolution);
            State::new(&self.convolution, &head, &standardised, 2, 0.1).unwrap()
        }

        fn images(&self) -> Vec<Image<'_>> {
            let image = |image: usize| Image {
                activations: self.activations().of_image(image).unwrap(),
                category: self.categories[image],
                weight: if image.is_multiple_of(3) { 2.0 } else { 1.0 },
            };
            (0..10).map(image).collect()
        }
    }

    fn loss(state: &State, images: &[Image<'_>]) -> f64 {
        let of_image = |image: &Image<'_>| {
            let features = Array1::from(state.convolution.features(image.activations));
            let scaled = (features - &state.mean) / &state.deviation;
            let scores = softmax((state.weights.dot(&scaled) + &state.bias).view());
            -f64::from(image.weight) * f64::from(scores[image.category]).ln()
        };
        images.iter().map(of_image).sum()
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let fixture = fixture();
        let images = fixture.images();
        let gradients = fixture.state().gradients(&images);
        type Place = fn(&mut State) -> &mut f32;
        let places: [(Place, f32); 4] = [
            (|state| &mut state.convolution.weights[[1, 2]], gradients.convolution[[1, 2]]),
            (|state| &mut state.convolution.bias[3], gradients.convolution_bias[3]),
            (|state| &mut state.weights[[0, 4]], gradients.weights[[0, 4]]),
            (|state| &mut state.bias[1], gradients.bias[1]),
        ];
        for (place, gradient) in places {
            let at = |step: f32| {
                let mut state = fixture.state();
                *place(&mut state) += step;
                loss(&state, &images)
            };
            let slope = (at(1e-3) - at(-1e-3)) / 2e-3;
            assert!(
                (slope - f64::from(gradient)).abs() < 0.02 * (1.0 + slope.abs()),
                "{slope} {gradient}"
            );
        }
    }

    #[test]
    fn a_convolution_learns_what_it_did_not_see_and_the_same_each_time() {
        let fixture = fixture();
        let weights = vec![1.0; fixture.categories.len()];
        let standardised = fixture.standardised(&fixture.convolution);
        let head = Head::new(vec![0.0; 10], vec![0.0; 2], 5).unwrap();
        let images: Vec<usize> = (0..fixture.categories.len()).collect();
        let trained = || {
            let mut last = None;
            fit_jointly(
                fixture.activations(),
                &images,
                fixture.labels(&weights),
                &standardised,
                (&fixture.convolution, &head),
                0.01,
                &mut |moment| -> Result<bool, FitError> {
                    let Moment::Pass(pass, convolution) = moment else { return Ok(true) };
                    last = Some(convolution.clone());
                    Ok(pass < 60)
                },
            )
            .unwrap();
            last.unwrap()
        };
        let convolution = trained();
        assert_eq!(convolution, trained());
        let of_told =
            |it: &LastConvolution| it.weights.column(2).iter().map(|w| w.abs()).sum::<f32>();
        assert!(of_told(&convolution) > 1.5 * of_told(&fixture.convolution), "{convolution:?}");
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let fixture = fixture();
        let weights = vec![1.0; fixture.categories.len()];
        let standardised = fixture.standardised(&fixture.convolution);
        let narrow = Head::new(vec![0.0; 4], vec![0.0; 2], 2).unwrap();
        let run = |activations: Activations<'_>, head: &Head| {
            let start = (&fixture.convolution, head);
            let labels = fixture.labels(&weights);
            let watch = &mut |_: Moment<'_>| -> Result<bool, FitError> { Ok(false) };
            fit_jointly(activations, &[0, 1], labels, &standardised, start, 0.1, watch)
        };
        assert!(run(fixture.activations(), &narrow).is_err());
        let head = Head::new(vec![0.0; 10], vec![0.0; 2], 5).unwrap();
        let five = Activations { channel_count: 5, ..fixture.activations() };
        assert!(run(five, &head).is_err());
    }
}
