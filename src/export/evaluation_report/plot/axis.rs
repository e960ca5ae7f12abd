//! Axes: where a value lies, and which values are named.

use super::super::text::count;

/// Ticks that an axis has at most.
const MOST_TICKS: f64 = 6.0;

/// One axis of a plot.
pub(in super::super) struct Axis {
    pub(super) label: &'static str,
    low: f64,
    high: f64,
    is_logarithmic: bool,
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Scores from 0 to 1.
    pub(in super::super) fn score(label: &'static str) -> Self {
        let ticks = (0..=5).map(|fifth| f64::from(fifth) / 5.0);
        let ticks = ticks.map(|value| (value, format!("{value:.1}"))).collect();
        Self { label, low: 0.0, high: 1.0, is_logarithmic: false, ticks }
    }

    /// Shares in percent from `low` or a little below to `high` or a little above.
    pub(in super::super) fn percent(label: &'static str, low: f64, high: f64) -> Self {
        Self::linear(label, low * 100.0, high * 100.0, |value, decimals| {
            format!("{value:.decimals$}\u{202f}%")
        })
        .scaled(0.01)
    }

    /// Numbers of images or steps, from 0.
    pub(in super::super) fn count(label: &'static str, high: usize) -> Self {
        Self::linear(label, 0.0, high.max(5) as f64, |value, _| count(value.round() as usize))
    }

    /// Positive numbers from 0.
    pub(in super::super) fn from_zero(label: &'static str, high: f64) -> Self {
        Self::linear(label, 0.0, high, |value, decimals| format!("{value:.decimals$}"))
    }

    /// Numbers of images on a logarithmic scale; each of `values` gets a tick, as far as there is
    /// room.
    pub(in super::super) fn logarithmic(label: &'static str, values: &[usize]) -> Self {
        let low = values.iter().copied().min().unwrap_or(1).max(1) as f64;
        let high = values.iter().copied().max().unwrap_or(1).max(1) as f64;
        // Room to the sides, and a width where there is one value alone.
        let mut axis = Self {
            label,
            low: low / 1.15,
            high: high * 1.15,
            is_logarithmic: true,
            ticks: Vec::new(),
        };
        let mut last = f64::NEG_INFINITY;
        for value in values.iter().filter(|value| **value > 0) {
            let place = axis.place(*value as f64);
            if place - last > 0.11 {
                axis.ticks.push((*value as f64, count(*value)));
                last = place;
            }
        }
        axis
    }

    fn linear(label: &'static str, low: f64, high: f64, text: fn(f64, usize) -> String) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let step = nice_step((high - low) / MOST_TICKS);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let ticks = (first as i64..=last as i64).map(|tick| tick as f64 * step);
        let ticks = ticks.map(|value| (value, text(value, decimals))).collect();
        let (low, high) = (first * step, last * step);
        Self { label, low, high, is_logarithmic: false, ticks }
    }

    fn scaled(mut self, factor: f64) -> Self {
        self.low *= factor;
        self.high *= factor;
        for tick in &mut self.ticks {
            tick.0 *= factor;
        }
        self
    }

    /// Where `value` lies: 0 at the low end of the axis, 1 at the high end. Never beyond.
    pub(super) fn place(&self, value: f64) -> f64 {
        let place = if self.is_logarithmic {
            (value.max(self.low) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        place.clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2, 5, 10, 20 … and 0.5, 0.2, 0.1 … that is not below `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10.0_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= least * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(labels(&Axis::count("n", 23)), ["0", "5", "10", "15", "20", "25"]);
        assert_eq!(labels(&Axis::from_zero("s", 0.7)), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        let axis = Axis::percent("p", 0.86, 1.0);
        assert_eq!(labels(&axis)[0], "85\u{202f}%");
        assert!((axis.place(1.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn an_axis_without_extent_still_has_one() {
        assert_eq!(Axis::from_zero("s", 0.0).place(0.0), 0.0);
        assert!(Axis::percent("p", 1.0, 1.0).place(1.0).is_finite());
        assert!(Axis::logarithmic("n", &[]).place(5.0).is_finite());
        assert!(Axis::logarithmic("n", &[50]).place(50.0) > 0.4);
    }

    #[test]
    fn logarithmic_steps_are_even_and_crowded_ticks_left_out() {
        let axis = Axis::logarithmic("n", &[50, 100, 200, 205, 400]);
        assert_eq!(labels(&axis), ["50", "100", "200", "400"]);
        let gap = axis.place(100.0) - axis.place(50.0);
        assert!((axis.place(400.0) - axis.place(200.0) - gap).abs() < 1e-9);
    }

    #[test]
    fn values_beyond_the_axis_stay_at_its_end() {
        assert_eq!(Axis::score("s").place(1.2), 1.0);
        assert_eq!(Axis::score("s").place(-0.2), 0.0);
    }
}
