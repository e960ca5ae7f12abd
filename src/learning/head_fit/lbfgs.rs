//! Limited-memory BFGS (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithms 7.4, 7.5),
//! for smooth convex functions that tell value and gradient in one go.
//!
//! Written here since it is what training is made of: value and gradient come out of one pass over
//! the images, every step can be watched, stopped and gone on from, and the same numbers come out on
//! any number of threads.

use std::collections::VecDeque;

/// Pairs of steps and gradient changes that are remembered.
const HISTORY: usize = 10;
/// Share of the slope by which a step has to lower the value (Armijo), and of the slope that may be
/// left after it (weak Wolfe).
const SUFFICIENT_DECREASE: f64 = 1e-4;
const LEFT_SLOPE: f64 = 0.9;
/// Tries of one line search. Where all fail, rounding hides what is left to gain.
const MOST_TRIES: usize = 25;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The largest component that the gradient may have.
    pub gradient: f64,
    /// The least that a step has to gain.
    pub gain: f64,
    /// The most steps.
    pub steps: usize,
}

/// The state after a step.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Steps so far.
    pub number: usize,
    /// The function's value.
    pub value: f64,
    /// Where it has this value.
    pub at: &'a [f64],
}

/// Where the search ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The lowest value that was found.
    pub value: f64,
    /// Where it is.
    pub at: Vec<f64>,
    /// Steps made.
    pub steps: usize,
}

/// Searches for the minimum from `start`. `function` gives the value at a place and writes the
/// gradient; after each step `on_step` says whether to go on.
///
/// The value at the end is never higher than that at the start. Where the function gives no number,
/// the step is taken for too long.
pub fn minimise(
    start: Vec<f64>,
    tolerance: Tolerance,
    function: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    on_step: &mut dyn FnMut(Step<'_>) -> bool,
) -> Minimum {
    let mut at = start;
    let mut gradient = vec![0.0; at.len()];
    let mut value = function(&at, &mut gradient);
    let mut memory = Memory::default();
    let mut steps = 0;
    while steps < tolerance.steps && largest(&gradient) > tolerance.gradient {
        let direction = memory.direction(&gradient);
        let Some(next) = line_search(&at, value, &gradient, &direction, steps == 0, function)
        else {
            break;
        };
        let gain = value - next.value;
        memory.keep(difference(&next.at, &at), difference(&next.gradient, &gradient));
        (at, value, gradient) = (next.at, next.value, next.gradient);
        steps += 1;
        if !on_step(Step { number: steps, value, at: &at }) || gain < tolerance.gain {
            break;
        }
    }
    Minimum { value, at, steps }
}

struct Place {
    at: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// A place along `direction` that is low enough and flat enough, by bisection (Lewis & Overton,
/// "Nonsmooth optimization via quasi-Newton methods", 2013); else the lowest that was seen, if it is
/// lower than the start.
fn line_search(
    start: &[f64],
    value: f64,
    gradient: &[f64],
    direction: &[f64],
    is_first: bool,
    function: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
) -> Option<Place> {
    let slope = dot(gradient, direction);
    if slope.partial_cmp(&0.0) != Some(std::cmp::Ordering::Less) {
        return None;
    }
    let (mut shortest, mut longest) = (0.0, f64::INFINITY);
    // The first direction is the bare gradient: its length says nothing about the step's.
    let mut length = if is_first { 1.0 / dot(gradient, gradient).sqrt().max(1.0) } else { 1.0 };
    let mut lowest: Option<Place> = None;
    for _ in 0..MOST_TRIES {
        let at: Vec<f64> = start.iter().zip(direction).map(|(x, d)| x + length * d).collect();
        let mut next = Place { value: 0.0, gradient: vec![0.0; at.len()], at };
        next.value = function(&next.at, &mut next.gradient);
        let is_low = next.value <= value + SUFFICIENT_DECREASE * length * slope;
        let is_flat = dot(&next.gradient, direction) >= LEFT_SLOPE * slope;
        if is_low && is_flat {
            return Some(next);
        }
        if is_low {
            shortest = length;
            lowest = Some(next);
        } else {
            longest = length; // also where the value is no number
        }
        length =
            if longest.is_finite() { f64::midpoint(shortest, longest) } else { 2.0 * shortest };
    }
    lowest
}

/// What the last steps tell of the curvature.
#[derive(Default)]
struct Memory {
    pairs: VecDeque<Pair>,
}

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// 1 / (step · change)
    rho: f64,
}

impl Memory {
    fn keep(&mut self, step: Vec<f64>, change: Vec<f64>) {
        let curvature = dot(&step, &change);
        if curvature <= f64::EPSILON * dot(&change, &change) {
            return; // rounding: it would turn the next direction upwards
        }
        if self.pairs.len() == HISTORY {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { step, change, rho: 1.0 / curvature });
    }

    /// Down the gradient, stretched by the remembered curvature: the two-loop recursion.
    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut direction: Vec<f64> = gradient.iter().map(|value| -value).collect();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.rho * dot(&pair.step, &direction);
            add_scaled(&mut direction, -share, &pair.change);
            shares.push(share);
        }
        if let Some(last) = self.pairs.back() {
            let scale = 1.0 / (last.rho * dot(&last.change, &last.change));
            direction.iter_mut().for_each(|value| *value *= scale);
        }
        for (pair, share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let back = pair.rho * dot(&pair.change, &direction);
            add_scaled(&mut direction, share - back, &pair.step);
        }
        direction
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add_scaled(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += factor * y);
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Tolerance = Tolerance { gradient: 1e-8, gain: 0.0, steps: 500 };

    /// A valley a thousand times as steep one way as the other, with its floor at (3, −1).
    fn valley(at: &[f64], gradient: &mut [f64]) -> f64 {
        let (x, y) = (at[0] - 3.0, at[1] + 1.0);
        gradient.copy_from_slice(&[2.0 * x, 2000.0 * y]);
        x * x + 1000.0 * y * y
    }

    #[test]
    fn the_floor_of_a_steep_valley_is_found() {
        let found = minimise(vec![0.0, 0.0], FINE, &mut valley, &mut |_| true);
        assert!((found.at[0] - 3.0).abs() < 1e-6 && (found.at[1] + 1.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn every_step_is_told_and_lower_than_the_one_before() {
        let mut values = vec![f64::INFINITY];
        let found = minimise(vec![-5.0, 7.0], FINE, &mut valley, &mut |step| {
            assert_eq!(step.number, values.len());
            assert!(step.value <= values[values.len() - 1]);
            values.push(step.value);
            true
        });
        assert_eq!(found.steps, values.len() - 1);
    }

    #[test]
    fn a_search_ends_where_it_is_told_to_and_goes_on_from_there() {
        let stopped = minimise(vec![0.0, 9.0], FINE, &mut valley, &mut |step| step.number < 2);
        assert_eq!(stopped.steps, 2);
        let rest = minimise(stopped.at, FINE, &mut valley, &mut |_| true);
        assert!(rest.value < 1e-9);
    }

    #[test]
    fn at_the_minimum_there_is_nothing_to_do() {
        assert_eq!(minimise(vec![3.0, -1.0], FINE, &mut valley, &mut |_| true).steps, 0);
    }

    #[test]
    fn a_function_that_is_no_number_in_places_is_walked_around() {
        let mut root = |at: &[f64], gradient: &mut [f64]| {
            gradient[0] = 1.0 - 1.0 / at[0];
            at[0] - at[0].ln() // no number below 0, lowest at 1
        };
        let found = minimise(vec![8.0], FINE, &mut root, &mut |_| true);
        assert!((found.at[0] - 1.0).abs() < 1e-6, "{found:?}");
    }
}
