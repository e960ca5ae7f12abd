//! Reads numbers with their units.

use super::comparison::Comparison;
use super::{Field, Number, NumberField, NumberRange, QueryProblem};

/// The range that stands after the field's colon, in the field's own unit.
pub(super) fn read_number_range(
    field: NumberField,
    text: &str,
) -> Result<NumberRange, QueryProblem> {
    let value = |text| Quantity::read(field, text).map(|quantity| quantity.value);
    Ok(match Comparison::parse(text)? {
        Comparison::Exactly(text) => NumberRange::exactly(value(text)?),
        Comparison::Below(text) => NumberRange::below(value(text)?),
        Comparison::AtMost(text) => NumberRange::at_most(value(text)?),
        Comparison::Above(text) => NumberRange::above(value(text)?),
        Comparison::AtLeast(text) => NumberRange::at_least(value(text)?),
        Comparison::Between(min, max) => {
            let (min, max) = (Quantity::read(field, min)?, Quantity::read(field, max)?);
            if min.may_mean_the_unit_of(max) || max.may_mean_the_unit_of(min) {
                return Err(QueryProblem::UnitAtOneEnd);
            }
            NumberRange::between(min.value, max.value).ok_or(QueryProblem::ReversedRange)?
        }
    })
}

/// The units that may be written after a number, each with the power of ten that makes it the
/// field's own. Without regard to case.
const fn units(field: NumberField) -> &'static [(&'static str, i32)] {
    match field {
        NumberField::Score | NumberField::Uncertainty => &[("%", -2)],
        NumberField::VoltageKv => &[("kV", 0), ("V", -3)],
        NumberField::WorkingDistanceMm => &[("mm", 0), ("µm", -3), ("um", -3)],
        NumberField::Magnification => &[("x", 0), ("k", 3), ("kx", 3)],
        NumberField::PixelSizeNm => &[("nm", 0), ("µm", 3), ("um", 3), ("pm", -3)],
    }
}

/// A number with or without a unit.
#[derive(Clone, Copy)]
struct Quantity {
    /// In the field's own unit.
    value: Number,
    /// The power of ten of the unit that was written.
    unit_exponent: Option<i32>,
}

impl Quantity {
    fn read(field: NumberField, text: &str) -> Result<Self, QueryProblem> {
        let not_a_number = || QueryProblem::NotANumber {
            field: Field::Number(field).name(),
            value: text.to_owned(),
        };
        let (mantissa, rest) = split_after(text, |c| c.is_ascii_digit() || c == '.');
        if !mantissa.contains(|c: char| c.is_ascii_digit()) {
            return Err(not_a_number());
        }
        let (exponent, unit) = split_exponent(rest);
        let exponent: i32 = exponent.parse().map_err(|_| not_a_number())?;
        let unit_exponent = unit_exponent(field, unit.trim())?;
        // The digits are shifted before they become binary, so 300V is the same number as 0.3kV.
        let shifted = exponent.saturating_add(unit_exponent.unwrap_or(0));
        let value = format!("{mantissa}e{shifted}").parse().map_err(|_| not_a_number())?;
        let value = Number::new(value).ok_or_else(not_a_number)?;
        let is_share = matches!(field, NumberField::Score | NumberField::Uncertainty);
        if is_share && value > Number::ONE {
            return Err(QueryProblem::AboveOne { field: Field::Number(field).name() });
        }
        Ok(Self { value, unit_exponent })
    }

    /// In `5..10µm` it cannot be known whether the 5 has the same unit.
    fn may_mean_the_unit_of(self, other: Self) -> bool {
        self.unit_exponent.is_none() && other.unit_exponent.is_some_and(|exponent| exponent != 0)
    }
}

/// Splits off a decimal exponent such as `e-3`, which is `0` where there is none.
fn split_exponent(text: &str) -> (&str, &str) {
    if let Some(after_e) = text.strip_prefix(['e', 'E']) {
        let digits = after_e.strip_prefix(['+', '-']).unwrap_or(after_e);
        let (_, rest) = split_after(digits, |c| c.is_ascii_digit());
        if rest.len() < digits.len() {
            return (&after_e[..after_e.len() - rest.len()], rest);
        }
    }
    ("0", text)
}

/// Splits where the first character stands that does not belong.
fn split_after(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn unit_exponent(field: NumberField, unit: &str) -> Result<Option<i32>, QueryProblem> {
    if unit.is_empty() {
        return Ok(None);
    }
    // Keyboards have the micro sign, some programs the Greek letter.
    let wanted = unit.replace('μ', "µ").to_lowercase();
    units(field)
        .iter()
        .find(|(name, _)| name.to_lowercase() == wanted)
        .map(|&(_, exponent)| Some(exponent))
        .ok_or_else(|| QueryProblem::UnknownUnit {
            field: Field::Number(field).name(),
            unit: unit.to_owned(),
            units: units(field).iter().map(|&(name, _)| name).collect(),
        })
}

#[cfg(test)]
mod tests {
    use super::super::Bound;
    use super::*;

    fn range(field: NumberField, text: &str) -> NumberRange {
        read_number_range(field, text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    fn number(value: f64) -> Number {
        Number::new(value).expect("a number of 0 or more")
    }

    fn problem(field: NumberField, text: &str) -> QueryProblem {
        read_number_range(field, text).expect_err(text)
    }

    #[test]
    fn each_sign_gives_its_own_bounds() {
        let at = |value, is_inclusive| Some(Bound { value: number(value), is_inclusive });
        for (text, min, max) in [
            ("5", at(5.0, true), at(5.0, true)),
            ("<5", None, at(5.0, false)),
            ("<=5", None, at(5.0, true)),
            (">5", at(5.0, false), None),
            (">=5", at(5.0, true), None),
            ("5..", at(5.0, true), None),
            ("..10", None, at(10.0, true)),
            ("5..10", at(5.0, true), at(10.0, true)),
        ] {
            let range = range(NumberField::VoltageKv, text);
            assert_eq!((range.min(), range.max()), (min, max), "{text}");
        }
    }

    #[test]
    fn only_a_single_number_is_exact() {
        assert_eq!(range(NumberField::VoltageKv, "5").exact(), Some(5.0));
        assert_eq!(range(NumberField::VoltageKv, "5..5").exact(), Some(5.0));
        for text in ["<5", ">=5", "5..6"] {
            assert_eq!(range(NumberField::VoltageKv, text).exact(), None, "{text}");
        }
    }

    #[test]
    fn units_are_converted_without_rounding_twice() {
        for (field, text, value) in [
            (NumberField::VoltageKv, "5kV", 5.0),
            (NumberField::VoltageKv, "300V", 0.3),
            (NumberField::VoltageKv, "15 kv", 15.0),
            (NumberField::WorkingDistanceMm, "4.1mm", 4.1),
            (NumberField::WorkingDistanceMm, "4100um", 4.1),
            (NumberField::WorkingDistanceMm, "4100 \u{b5}m", 4.1),
            (NumberField::WorkingDistanceMm, "4100 \u{3bc}m", 4.1),
            (NumberField::Magnification, "500x", 500.0),
            (NumberField::Magnification, "50k", 50_000.0),
            (NumberField::Magnification, "2.5KX", 2500.0),
            (NumberField::PixelSizeNm, "2.5nm", 2.5),
            (NumberField::PixelSizeNm, "1.1µm", 1100.0),
            (NumberField::PixelSizeNm, "2um", 2000.0),
            (NumberField::PixelSizeNm, "700pm", 0.7),
            (NumberField::Score, "7%", 0.07),
        ] {
            assert_eq!(range(field, text).exact(), Some(value), "{text}");
        }
    }

    #[test]
    fn decimals_and_exponents_are_read() {
        for (text, value) in
            [(".5", 0.5), ("5.", 5.0), ("0.50", 0.5), ("1e-3", 0.001), ("2E+3V", 2.0), ("0", 0.0)]
        {
            assert_eq!(range(NumberField::VoltageKv, text).exact(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["x", "-5", "nan", "inf", "1e999", "1e99999999999", ".", "1.2.3", "< <5", "5..x"]
        {
            let problem = problem(NumberField::VoltageKv, text);
            assert!(matches!(problem, QueryProblem::NotANumber { field: "kv", .. }), "{text}");
        }
    }

    #[test]
    fn a_unit_of_another_field_is_refused() {
        for text in ["5nm", "5e", "5 kV kV", "5=", "5k"] {
            let problem = problem(NumberField::VoltageKv, text);
            assert!(matches!(problem, QueryProblem::UnknownUnit { .. }), "{text}");
        }
    }

    #[test]
    fn a_unit_at_one_end_only_is_refused_where_it_matters() {
        for text in ["5..10µm", "5µm..10"] {
            assert_eq!(problem(NumberField::PixelSizeNm, text), QueryProblem::UnitAtOneEnd);
        }
        for text in ["5..10nm", "5nm..10", "5nm..0.01µm"] {
            let expected = NumberRange::between(number(5.0), number(10.0));
            assert_eq!(Some(range(NumberField::PixelSizeNm, text)), expected, "{text}");
        }
    }

    #[test]
    fn a_reversed_range_is_refused() {
        assert_eq!(problem(NumberField::VoltageKv, "10..5"), QueryProblem::ReversedRange);
    }

    #[test]
    fn shares_go_to_one() {
        for field in [NumberField::Score, NumberField::Uncertainty] {
            assert_eq!(range(field, "100%").exact(), Some(1.0));
            for text in ["50", "101%", "<1.01"] {
                assert!(matches!(problem(field, text), QueryProblem::AboveOne { .. }), "{text}");
            }
        }
    }
}
