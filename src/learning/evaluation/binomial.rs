//! Exact statements about how many of a number of images are right.

/// Beyond this many images no statement is tried: it would not be an answer any more.
const MOST_IMAGES: f64 = 1e7;
/// Relative precision of the continued fraction.
const PRECISION: f64 = 1e-13;

/// The probability that at least `right` of `images` are right where each is with `accuracy`. Also
/// between whole numbers, where it is the smooth curve through them.
pub(super) fn upper_tail(right: f64, images: f64, accuracy: f64) -> f64 {
    if right <= 0.0 {
        return 1.0;
    }
    incomplete_beta(accuracy, right, images - right + 1.0)
}

/// The lowest accuracy that still explains `right` of `images`: with `confidence`, the true one is
/// not below it (the one-sided bound of Clopper & Pearson, Biometrika 26, 1934).
pub(super) fn accuracy_low(right: usize, images: usize, confidence: f64) -> f64 {
    let (right, images) = (right as f64, images as f64);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if upper_tail(right, images, middle) <= 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The least number of images of which a share of `observed` being right shows, with `confidence`,
/// that the accuracy is at least `promise`; `errors` of them are wrong besides. `None` where no
/// number does, or only one beyond any use.
pub(super) fn least_images(
    observed: f64,
    errors: usize,
    promise: f64,
    confidence: f64,
) -> Option<usize> {
    if promise >= 1.0 || confidence >= 1.0 {
        return None;
    }
    let shows = |images: f64| {
        let right = observed * images - errors as f64;
        right > 0.0 && upper_tail(right, images, promise) <= 1.0 - confidence
    };
    let mut high = 1.0;
    while !shows(high) {
        high *= 2.0;
        if high > MOST_IMAGES {
            return None;
        }
    }
    let mut low = (high / 2.0).floor();
    while high - low > 1.0 {
        let middle = f64::midpoint(low, high).floor();
        if shows(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high as usize)
}

/// The regularised incomplete beta function, by the continued fraction of the NIST Digital Library
/// of Mathematical Functions, 8.17.22.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on this side of the mean only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let ln_front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    ln_front.exp() / a / continued_fraction(x, a, b)
}

/// `1 + d₁/(1 + d₂/(1 + …))`, evaluated from the front by Lentz's method.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    // Convergence takes some √max(a, b) terms.
    let most_terms = 100 + 10 * a.max(b).sqrt() as usize;
    let (mut value, mut numerator, mut denominator) = (1.0, 1.0, 0.0);
    for term in 1..=most_terms {
        let m = (term / 2) as f64;
        let d = if term % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        denominator = 1.0 / away_from_zero(1.0 + d * denominator);
        numerator = away_from_zero(1.0 + d / numerator);
        let change = numerator * denominator;
        value *= change;
        if (change - 1.0).abs() < PRECISION {
            break;
        }
    }
    value
}

fn away_from_zero(value: f64) -> f64 {
    if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value }
}

/// Logarithm of the gamma function for positive `x`, by Stirling's series.
fn ln_gamma(x: f64) -> f64 {
    // The series is precise from about 10 on; smaller values are brought there by Γ(x+1) = x Γ(x).
    let mut x = x;
    let mut ln_product = 0.0;
    while x < 12.0 {
        ln_product += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0))));
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - ln_product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The function and the bounds as `scipy.special.betainc` and `scipy.stats.beta.ppf` have them.
    #[test]
    fn tails_and_bounds_agree_with_scipy() {
        let tails = [
            (8.0, 10.0, 0.7, 0.38278278639999985),
            (295.0, 299.0, 0.99, 0.8177942552904047),
            (90_500.0, 100_000.0, 0.9, 5.677027832154409e-08),
            (1.0, 3.0, 0.2, 0.48800000000000004),
        ];
        for (right, images, accuracy, wanted) in tails {
            let found = upper_tail(right, images, accuracy);
            assert!((found / wanted - 1.0).abs() < 1e-9, "{found} is not {wanted}");
        }
        let bounds = [
            (9, 10, 0.6058366975634952),
            (299, 299, 0.9900308532071007),
            (50, 100, 0.41362171463091174),
        ];
        for (right, images, wanted) in bounds {
            let found = accuracy_low(right, images, 0.95);
            assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
        }
    }

    #[test]
    fn none_right_says_nothing_and_all_right_says_the_root_of_the_risk() {
        assert_eq!(accuracy_low(0, 10, 0.95), 0.0);
        assert!((accuracy_low(10, 10, 0.95) - 0.05_f64.powf(0.1)).abs() < 1e-12);
    }

    #[test]
    fn ninety_nine_percent_take_299_images_without_and_473_with_one_error() {
        assert_eq!(least_images(1.0, 0, 0.99, 0.95), Some(299));
        assert_eq!(least_images(1.0, 1, 0.99, 0.95), Some(473));
        assert_eq!(least_images(1.0, 0, 0.95, 0.95), Some(59));
        assert_eq!(least_images(1.0, 0, 0.9, 0.95), Some(29));
    }

    #[test]
    fn no_number_of_images_shows_what_is_not_so_or_is_beyond_proof() {
        assert_eq!(least_images(0.99, 0, 0.99, 0.95), None);
        assert_eq!(least_images(1.0, 0, 1.0, 0.95), None);
        assert_eq!(least_images(1.0, 0, 0.9, 1.0), None);
    }
}
