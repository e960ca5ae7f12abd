//! What queries mean, how they fail and how they are printed.

mod problems;
mod round_trip;
mod terms;
mod values;

use super::{Condition, Query};

fn query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{error}\n{}", error.marked(text)))
}

/// The condition of a query that has only one.
fn condition(text: &str) -> Condition {
    let query = query(text);
    let [term] = query.terms() else { panic!("not one term: {text}") };
    let [condition] = &term.any_of[..] else { panic!("not one alternative: {text}") };
    assert!(!term.is_negated, "{text}");
    condition.clone()
}
