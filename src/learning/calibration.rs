//! Temperature scaling: scores that mean what they say (Guo et al., 2017).

/// Search range: from ten times sharper to ten times flatter.
const LOWEST: f64 = 0.1;
const HIGHEST: f64 = 10.0;
const STEPS: usize = 60;

/// The temperature that makes `scores` (at temperature 1, one row an image) most probable given
/// the true categories; 1 where there are no images. Golden-section search: the likelihood has one
/// optimum in the temperature.
pub fn fit_temperature(logits: &[Vec<f32>], categories: &[usize]) -> f32 {
    if logits.is_empty() {
        return 1.0;
    }
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (LOWEST.ln(), HIGHEST.ln());
    let at = |log_temperature: f64| mean_cross_entropy(logits, categories, log_temperature.exp());
    for _ in 0..STEPS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if at(left) < at(right) {
            high = right;
        } else {
            low = left;
        }
    }
    f64::midpoint(low, high).exp() as f32
}

/// Mean cross-entropy in nats of logits divided by `temperature`.
pub(super) fn mean_cross_entropy(
    logits: &[Vec<f32>],
    categories: &[usize],
    temperature: f64,
) -> f64 {
    let total: f64 = logits
        .iter()
        .zip(categories)
        .map(|(row, category)| {
            let scaled = |logit: f32| f64::from(logit) / temperature;
            let highest = row.iter().copied().map(scaled).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|logit| (scaled(*logit) - highest).exp()).sum();
            highest + sum.ln() - scaled(row[*category])
        })
        .sum();
    total / logits.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_logits_are_cooled_to_their_true_odds() {
        // Right in three of four cases, but the logits claim more: ln 3 apart would be honest.
        let logits = vec![vec![5.0, 0.0]; 4];
        let temperature = fit_temperature(&logits, &[0, 0, 0, 1]);
        let expected = 5.0 / 3.0_f32.ln();
        assert!((temperature - expected).abs() < 0.01, "{temperature} {expected}");
    }

    #[test]
    fn without_images_nothing_is_scaled() {
        assert_eq!(fit_temperature(&[], &[]), 1.0);
    }
}
