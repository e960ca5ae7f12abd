//! Values that are no whole numbers from 0 to 65,535: signed ones, those of 32 or 64 bits, and
//! floating-point ones.
//!
//! They are kept as they are, for export. For whatever looks at the picture, 16-bit values stand
//! for them, from the least to the greatest, on a straight line. Values far beyond nearly all
//! others, such as a mark for "no value here", do not count for its ends. What is no number is
//! black.

/// The values themselves, one a pixel.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum ExactValues {
    I32(Vec<i32>),
    U32(Vec<u32>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Does the same with the values, whatever their type.
macro_rules! with_values {
    ($exact:expr, $values:ident => $result:expr) => {
        match $exact {
            ExactValues::I32($values) => $result,
            ExactValues::U32($values) => $result,
            ExactValues::I64($values) => $result,
            ExactValues::U64($values) => $result,
            ExactValues::F32($values) => $result,
            ExactValues::F64($values) => $result,
        }
    };
}
/// The same, giving values of the same type.
macro_rules! map_values {
    ($exact:expr, $values:ident => $result:expr) => {
        match $exact {
            ExactValues::I32($values) => ExactValues::I32($result),
            ExactValues::U32($values) => ExactValues::U32($result),
            ExactValues::I64($values) => ExactValues::I64($result),
            ExactValues::U64($values) => ExactValues::U64($result),
            ExactValues::F32($values) => ExactValues::F32($result),
            ExactValues::F64($values) => ExactValues::F64($result),
        }
    };
}
pub(super) use map_values;

/// So many values at least tell where nearly all of them are.
const SAMPLE: usize = 1 << 20;
/// Share of the values at either end that may be far away.
const TAIL: f64 = 0.001;
/// How far beyond nearly all values the ends may be, as a share of the distance between these.
const ROOM: f64 = 0.25;
/// The greatest 16-bit value.
const GREATEST: f64 = 65_535.0;

impl ExactValues {
    pub(super) fn len(&self) -> usize {
        with_values!(self, values => values.len())
    }

    pub(super) fn size_bytes(&self) -> usize {
        with_values!(self, values => size_of_val(values.as_slice()))
    }

    /// What they are, in words, such as `floating-point`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::I32(_) | Self::I64(_) => "signed",
            Self::U32(_) | Self::U64(_) => "unsigned",
            Self::F32(_) | Self::F64(_) => "floating-point",
        }
    }

    /// What stands for 0 and for 65,535.
    pub(super) fn ends(&self) -> [f64; 2] {
        with_values!(self, values => ends(values))
    }

    /// The values in 16 bits, between these ends.
    pub(super) fn in_16_bits(&self, ends: [f64; 2]) -> Vec<u16> {
        with_values!(self, values => values.iter().map(|v| in_16_bits(v.approximate(), ends)).collect())
    }
}

fn in_16_bits(value: f64, [least, greatest]: [f64; 2]) -> u16 {
    // Halves, since the difference of the largest numbers is none.
    let share = (value / 2.0 - least / 2.0) / (greatest / 2.0 - least / 2.0);
    (share * GREATEST).round() as u16 // what is no number becomes 0
}

/// A number as near as a 64-bit float comes to it.
pub(super) trait Approximate: Copy {
    fn approximate(self) -> f64;
}

macro_rules! approximate {
    ($($kind:ty),*) => {$(
        impl Approximate for $kind {
            #[allow(clippy::cast_lossless, reason = "64-bit ones have no other way")]
            fn approximate(self) -> f64 {
                self as f64
            }
        }
    )*};
}
approximate!(i32, u32, i64, u64, f32, f64);

fn ends<T: Approximate>(values: &[T]) -> [f64; 2] {
    let finite = || values.iter().map(|value| value.approximate()).filter(|v| v.is_finite());
    let [least, greatest] = finite()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], v| [least.min(v), most.max(v)]);
    if least >= greatest {
        // One value, which is black, or none at all.
        return if least.is_finite() { [least, least + 1.0] } else { [0.0, 1.0] };
    }
    let step = (values.len() / SAMPLE).max(1);
    let mut sample: Vec<f64> = values.iter().step_by(step).map(|v| v.approximate()).collect();
    sample.retain(|value| value.is_finite());
    if sample.is_empty() {
        return [least, greatest];
    }
    sample.sort_unstable_by(f64::total_cmp);
    let tail = (sample.len() as f64 * TAIL) as usize;
    let [low, high] = [sample[tail], sample[sample.len() - 1 - tail]];
    let room = (high - low) * ROOM;
    if room > 0.0 { [least.max(low - room), greatest.min(high + room)] } else { [least, greatest] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_16_bits(values: ExactValues) -> Vec<u16> {
        let ends = values.ends();
        values.in_16_bits(ends)
    }

    #[test]
    fn values_lie_between_their_ends_on_a_straight_line() {
        assert_eq!(in_16_bits(ExactValues::F32(vec![-1.0, 0.0, 1.0])), [0, 32_768, 65_535]);
        let wide = ExactValues::U32(vec![7_000_000, 7_000_000 + 131_070, 7_000_000 + 65_535]);
        assert_eq!(in_16_bits(wide), [0, 65_535, 32_768]);
    }

    #[test]
    fn what_is_no_number_is_black_and_infinity_is_an_end() {
        let odd = [f64::NAN, 0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(in_16_bits(ExactValues::F64(odd.to_vec())), [0, 0, 65_535, 65_535, 0]);
        assert_eq!(in_16_bits(ExactValues::F32(vec![f32::NAN; 3])), [0; 3]);
        assert_eq!(
            in_16_bits(ExactValues::F64(vec![f64::MIN, 0.0, f64::MAX])),
            [0, 32_768, 65_535]
        );
    }

    #[test]
    fn equal_values_are_one_value() {
        assert_eq!(in_16_bits(ExactValues::F32(vec![0.25; 4])), [0; 4]);
    }

    #[test]
    fn a_mark_for_no_value_does_not_flatten_the_picture() {
        let mut values: Vec<f32> = (0..10_000).map(|i| i as f32 / 10_000.0).collect();
        values[5000] = -3.4e38;
        let shown = in_16_bits(ExactValues::F32(values));
        assert_eq!(shown[5000], 0);
        assert!(shown[9000] - shown[1000] > 20_000, "{} {}", shown[1000], shown[9000]);
    }
}
