//! Categories that a query names and a library does not have.

use std::fmt;

use super::{CategoryField, Condition, Query};
use crate::taxonomy::{KnownNames, names_like};

/// A name in a query that no category has, had or is found by: it finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCategory {
    /// What it was said to be the name of.
    pub field: CategoryField,
    /// As it was written.
    pub written: String,
    /// Names that were probably meant, the likest first.
    pub like: Vec<String>,
    /// Whether a subcategory has it.
    pub is_subcategory: bool,
}

impl Query {
    /// The category names of the query that are none of the library's.
    pub fn unknown_categories(&self, known: &KnownNames) -> Vec<UnknownCategory> {
        let conditions = self.terms().iter().flat_map(|term| &term.any_of);
        conditions
            .filter_map(|condition| {
                let Condition::Category(field, pattern) = condition else { return None };
                let names = match field {
                    CategoryField::Subcategory => &known.subcategories,
                    _ => &known.categories,
                };
                if names.iter().any(|name| pattern.matches(name)) {
                    return None;
                }
                let text = pattern.exact_text();
                let like = text.map(|text| names_like(text, names.iter().map(String::as_str)));
                let is_subcategory = known.subcategories.iter().any(|name| pattern.matches(name));
                Some(UnknownCategory {
                    field: *field,
                    written: text.map_or_else(|| pattern.to_string(), str::to_owned),
                    like: like.unwrap_or_default().into_iter().map(str::to_owned).collect(),
                    is_subcategory: is_subcategory && *field != CategoryField::Subcategory,
                })
            })
            .collect()
    }
}

/// Such as `No category is called Nanowirse. Did you mean Nanowires?`
impl fmt::Display for UnknownCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, written, like, is_subcategory } = self;
        let what = match field {
            CategoryField::Subcategory => "subcategory",
            _ => "category",
        };
        if *is_subcategory {
            return write!(f, "{written} is a subcategory: write subcategory:{written}");
        }
        let verb = if written.contains('*') { "matches" } else { "is called" };
        write!(f, "No {what} {verb} {written}")?;
        match like.split_last() {
            None => Ok(()),
            Some((only, [])) => write!(f, ". Did you mean {only}?"),
            Some((last, others)) => write!(f, ". Did you mean {} or {last}?", others.join(", ")),
        }
    }
}
