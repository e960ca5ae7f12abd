//! How a number or date is compared.

use super::QueryProblem;

/// What stands after a colon, taken apart but not yet read as numbers or dates. Without white
/// space around it, which a value in quotation marks may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison<'a> {
    Exactly(&'a str),
    Below(&'a str),
    AtMost(&'a str),
    Above(&'a str),
    AtLeast(&'a str),
    /// Both ends included.
    Between(&'a str, &'a str),
}

impl<'a> Comparison<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, QueryProblem> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once("..") {
            return match (from.trim(), to.trim()) {
                ("", "") => Err(QueryProblem::RangeWithoutEnds),
                (from, "") => Ok(Self::AtLeast(from)),
                ("", to) => Ok(Self::AtMost(to)),
                (from, to) => Ok(Self::Between(from, to)),
            };
        }
        // The longer signs first: `<=5` also begins with `<`.
        Ok(if let Some(end) = text.strip_prefix("<=") {
            Self::AtMost(end.trim())
        } else if let Some(end) = text.strip_prefix(">=") {
            Self::AtLeast(end.trim())
        } else if let Some(end) = text.strip_prefix('<') {
            Self::Below(end.trim())
        } else if let Some(end) = text.strip_prefix('>') {
            Self::Above(end.trim())
        } else {
            Self::Exactly(text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_dots_are_told_apart_with_and_without_spaces() {
        for (text, comparison) in [
            ("5", Comparison::Exactly("5")),
            ("<5", Comparison::Below("5")),
            ("<=5", Comparison::AtMost("5")),
            (">5", Comparison::Above("5")),
            (">=5", Comparison::AtLeast("5")),
            ("5..", Comparison::AtLeast("5")),
            ("..5", Comparison::AtMost("5")),
            ("4..5", Comparison::Between("4", "5")),
            (" 4 .. 5 ", Comparison::Between("4", "5")),
            (" >= 5 ", Comparison::AtLeast("5")),
        ] {
            assert_eq!(Comparison::parse(text), Ok(comparison), "{text}");
        }
        assert_eq!(Comparison::parse(".."), Err(QueryProblem::RangeWithoutEnds));
    }
}
