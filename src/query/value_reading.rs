//! Makes conditions of what a term says.

use super::help::{FIELDS, FieldHelp, field_named};
use super::lexer::RawTerm;
use super::number_reading::read_number_range;
use super::quoting::RawValue;
use super::subject::Subject;
use super::{
    Condition, DateRange, Field, FreeText, LabelOrigin, PatternPart, Property, QueryError,
    QueryProblem, State,
};
use crate::text::nearest;

/// The alternatives in a term, at least one.
pub(super) fn conditions(term: &RawTerm<'_>) -> Result<Vec<Condition>, QueryError> {
    match term {
        RawTerm::Text(text) => {
            let words = free_text(text).map_err(|problem| problem.at(text.span()))?;
            Ok(vec![Condition::Text(words)])
        }
        RawTerm::Field { name, values } => {
            let field = field(name.source).map_err(|problem| problem.at(name.span()))?;
            let conditions = values.iter().map(|value| {
                field_condition(field, value).map_err(|problem| problem.at(value.span()))
            });
            conditions.collect()
        }
    }
}

fn free_text(text: &RawValue<'_>) -> Result<FreeText, QueryProblem> {
    if text.is_blank() {
        return Err(QueryProblem::NoWords);
    }
    match text.pattern().parts() {
        // What is being typed finds something before the word is whole.
        [PatternPart::Text(words)] => {
            Ok(FreeText { words: words.clone(), is_prefix: !text.is_quoted })
        }
        [PatternPart::Text(words), PatternPart::AnyText]
            if !words.ends_with(char::is_whitespace) =>
        {
            Ok(FreeText { words: words.clone(), is_prefix: true })
        }
        _ => Err(QueryProblem::StarInsideWords),
    }
}

fn field(name: &str) -> Result<&'static FieldHelp, QueryProblem> {
    if name.is_empty() {
        return Err(QueryProblem::MissingFieldName);
    }
    field_named(name).ok_or_else(|| QueryProblem::UnknownField {
        name: name.to_owned(),
        nearest: nearest(name, FIELDS.iter().flat_map(FieldHelp::names)),
    })
}

fn field_condition(field: &FieldHelp, value: &RawValue<'_>) -> Result<Condition, QueryProblem> {
    if value.is_blank() {
        return Err(QueryProblem::MissingValue { field: field.name, example: field.example });
    }
    let text = value.literal();
    Ok(match field.subject {
        Subject::Category(field) => Condition::Category(field, value.pattern()),
        Subject::Value(field) if value.is_unknown() => Condition::Unknown(field),
        Subject::Value(Field::Text(field)) => Condition::Matches(field, value.pattern()),
        Subject::Value(Field::Number(field)) => {
            Condition::Number(field, read_number_range(field, &text)?)
        }
        Subject::Value(Field::Date(field)) => Condition::Date(field, DateRange::parse(&text)?),
        Subject::Folder => Condition::Folder(text),
        Subject::Near => Condition::Near(text),
        Subject::Source => Condition::Source(LabelOrigin::named(&text)?),
        Subject::Is => Condition::Is(State::named(&text)?),
        Subject::Has => Condition::Has(Property::named(&text)?),
    })
}
