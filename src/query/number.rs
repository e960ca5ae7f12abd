//! Numbers that can be compared and hashed.

use std::fmt;

/// A finite number of 0 or more.
///
/// Kept as the bits of its `f64`: for such numbers these are equal, and in the same order, exactly
/// when the numbers are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    bits: u64,
}

impl Number {
    /// The number 1.
    pub(super) const ONE: Self = Self { bits: 1.0_f64.to_bits() };

    /// The number, or `None` when it is negative, infinite or not a number.
    pub fn new(value: f64) -> Option<Self> {
        // `abs` makes 0 of -0, whose bits differ.
        (value.is_finite() && value >= 0.0).then(|| Self { bits: value.abs().to_bits() })
    }

    /// The number.
    pub const fn get(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

/// The number, not its bits.
impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Number").field(&self.get()).finish()
    }
}

/// Decimal digits without an exponent, as many as give the same number again.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value() {
        let values = [0.0, f64::MIN_POSITIVE, 0.5, 1.0, 1.5, 10.0, 1e300, f64::MAX];
        let numbers = values.map(Number::new);
        assert!(numbers.iter().all(Option::is_some));
        assert!(numbers.is_sorted_by(|a, b| a < b));
        assert_eq!(Number::new(-0.0), Number::new(0.0));
    }

    #[test]
    fn what_cannot_be_measured_is_no_number() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
            assert_eq!(Number::new(value), None);
        }
    }
}
