//! A range of numbers.

use std::fmt;

use super::Number;

/// Numbers from one bound to the other; at least one bound is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NumberRange {
    min: Option<Bound>,
    max: Option<Bound>,
}

/// An end of a [`NumberRange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bound {
    /// Where the range ends, in the unit of its field.
    pub value: Number,
    /// Whether the value itself is in the range.
    pub is_inclusive: bool,
}

impl NumberRange {
    /// This number only.
    pub const fn exactly(value: Number) -> Self {
        Self { min: including(value), max: including(value) }
    }

    /// This number and larger ones.
    pub const fn at_least(value: Number) -> Self {
        Self { min: including(value), max: None }
    }

    /// Larger numbers.
    pub const fn above(value: Number) -> Self {
        Self { min: excluding(value), max: None }
    }

    /// This number and smaller ones.
    pub const fn at_most(value: Number) -> Self {
        Self { min: None, max: including(value) }
    }

    /// Smaller numbers.
    pub const fn below(value: Number) -> Self {
        Self { min: None, max: excluding(value) }
    }

    /// Numbers from `min` to `max`, both included, or `None` when `min` is larger than `max`.
    pub fn between(min: Number, max: Number) -> Option<Self> {
        (min <= max).then(|| Self { min: including(min), max: including(max) })
    }

    /// The lower end.
    pub const fn min(&self) -> Option<Bound> {
        self.min
    }

    /// The upper end.
    pub const fn max(&self) -> Option<Bound> {
        self.max
    }

    /// The only number in the range, when it holds just one.
    ///
    /// A measured number is hardly ever the very number a person writes (4.9999998 kV for 5 kV):
    /// whoever compares should allow for a small relative difference here.
    pub fn exact(&self) -> Option<f64> {
        let (min, max) = (self.min?, self.max?);
        (min == max).then(|| min.value.get())
    }
}

/// As after the colon of a field.
impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(f, "{}", min.value),
            (Some(min), Some(max)) => write!(f, "{}..{}", min.value, max.value),
            (Some(min), None) => write!(f, ">{}{}", equals(min), min.value),
            (None, Some(max)) => write!(f, "<{}{}", equals(max), max.value),
            (None, None) => Ok(()),
        }
    }
}

const fn including(value: Number) -> Option<Bound> {
    Some(Bound { value, is_inclusive: true })
}

const fn excluding(value: Number) -> Option<Bound> {
    Some(Bound { value, is_inclusive: false })
}

const fn equals(bound: Bound) -> &'static str {
    if bound.is_inclusive { "=" } else { "" }
}
