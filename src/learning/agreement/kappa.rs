//! Cohen's kappa and how sure it is.

use serde::{Deserialize, Serialize};

/// The standard normal distribution has 95 % of its mass within this many standard deviations.
const Z_95: f64 = 1.959_963_984_540_054;

/// The ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a square table of counts says about agreement. It has at least one count above zero.
pub(super) struct Kappa {
    /// Share of cases in the diagonal.
    pub observed: f64,
    /// Share expected in the diagonal if rows and columns were independent.
    pub expected: f64,
    /// `(observed - expected) / (1 - expected)` (Cohen, 1960), with its 95 % interval. Absent where
    /// `expected` is 1: then both people used one and the same category throughout.
    pub kappa: Option<(f64, Interval)>,
}

/// Row and column sums of a square table.
pub(super) fn margins(table: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let rows = table.iter().map(|row| row.iter().sum()).collect();
    let columns =
        (0..table.len()).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    (rows, columns)
}

/// Kappa of a square table of counts.
pub(super) fn kappa(table: &[Vec<usize>]) -> Kappa {
    let (rows, columns) = margins(table);
    let total = rows.iter().sum::<usize>() as f64;
    let in_diagonal: usize = (0..table.len()).map(|category| table[category][category]).sum();
    let by_chance: f64 = rows.iter().zip(&columns).map(|(r, c)| *r as f64 * *c as f64).sum();
    let observed = in_diagonal as f64 / total;
    let expected = by_chance / (total * total);
    let is_one_category = table.iter().enumerate().any(|(i, row)| row[i] as f64 == total);
    let kappa = (!is_one_category).then(|| {
        let kappa = (observed - expected) / (1.0 - expected);
        (kappa, interval(kappa, standard_error(table, kappa, expected)))
    });
    Kappa { observed, expected, kappa }
}

/// The large-sample standard error of kappa where it is not zero in truth: Fleiss, Cohen & Everitt,
/// "Large sample standard errors of kappa and weighted kappa", Psychological Bulletin 72 (1969).
fn standard_error(table: &[Vec<usize>], kappa: f64, expected: f64) -> f64 {
    let (rows, columns) = margins(table);
    let total = rows.iter().sum::<usize>() as f64;
    let share = |count: usize| count as f64 / total;
    let disagreement = 1.0 - kappa;
    let mut sum = 0.0;
    for (i, row) in table.iter().enumerate() {
        for (j, count) in row.iter().enumerate() {
            let term = if i == j {
                1.0 - share(rows[i] + columns[i]) * disagreement
            } else {
                share(columns[i] + rows[j]) * disagreement
            };
            sum += share(*count) * term * term;
        }
    }
    let mean = kappa - expected * disagreement;
    // Rounding can leave a little less than zero where the variance is zero.
    ((sum - mean * mean).max(0.0) / total).sqrt() / (1.0 - expected)
}

/// Kappa is never outside of -1 to 1, so neither is the interval.
fn interval(kappa: f64, standard_error: f64) -> Interval {
    let reach = Z_95 * standard_error;
    Interval { low: (kappa - reach).max(-1.0), high: (kappa + reach).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(table: &[&[usize]]) -> Kappa {
        kappa(&table.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
    }

    fn assert_near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
    }

    /// Kappa as `sklearn.metrics.cohen_kappa_score` of scikit-learn 1.9.1 has it, the interval as
    /// `statsmodels.stats.inter_rater.cohens_kappa` of statsmodels 0.15.0 has it.
    #[test]
    fn kappa_and_interval_agree_with_scikit_learn_and_statsmodels() {
        let cases: [(&[&[usize]], f64, f64, f64); 4] = [
            (&[&[20, 5], &[10, 15]], 0.4, 0.151092290476661, 0.6489077095233389),
            (
                &[&[88, 14, 18], &[10, 40, 10], &[2, 6, 12]],
                0.4915254237288136,
                0.3915637020535469,
                0.59148714540408,
            ),
            (
                &[&[44, 5, 1], &[7, 20, 3], &[9, 5, 6]],
                0.4915254237288136,
                0.35015820121748686,
                0.6328926462401401,
            ),
            (
                &[&[5, 0, 0, 1], &[2, 7, 1, 0], &[0, 3, 9, 0], &[0, 0, 0, 4]],
                0.6981132075471699,
                0.498769031845721,
                0.8974573832486186,
            ),
        ];
        for (table, wanted, low, high) in cases {
            let (found, interval) = of(table).kappa.unwrap();
            assert_near(found, wanted);
            assert_near(interval.low, low);
            assert_near(interval.high, high);
        }
    }

    /// 50 applications read by two people: both say yes to 20, both no to 15.
    #[test]
    fn textbook_example_of_fifty_cases_gives_seven_tenths_half_and_four_tenths() {
        let result = of(&[&[20, 5], &[10, 15]]);
        assert_near(result.observed, 0.7);
        assert_near(result.expected, 0.5);
        assert_near(result.kappa.unwrap().0, 0.4);
    }

    #[test]
    fn full_agreement_over_two_categories_is_one() {
        let (kappa, interval) = of(&[&[3, 0], &[0, 2]]).kappa.unwrap();
        assert_eq!((kappa, interval), (1.0, Interval { low: 1.0, high: 1.0 }));
    }

    #[test]
    fn full_disagreement_of_even_halves_is_minus_one() {
        let (kappa, interval) = of(&[&[0, 5], &[5, 0]]).kappa.unwrap();
        assert_eq!((kappa, interval), (-1.0, Interval { low: -1.0, high: -1.0 }));
    }

    #[test]
    fn different_single_categories_agree_no_better_than_by_chance() {
        let result = of(&[&[0, 5], &[0, 0]]);
        assert_eq!((result.observed, result.expected), (0.0, 0.0));
        assert_eq!(result.kappa.unwrap().0, 0.0);
    }

    #[test]
    fn one_category_throughout_has_no_kappa() {
        let result = of(&[&[7]]);
        assert_eq!((result.observed, result.expected), (1.0, 1.0));
        assert!(result.kappa.is_none());
    }

    #[test]
    fn interval_stays_within_minus_one_and_one() {
        let (_, interval) = of(&[&[1, 1], &[0, 1]]).kappa.unwrap();
        assert_eq!(interval.high, 1.0);
    }
}
