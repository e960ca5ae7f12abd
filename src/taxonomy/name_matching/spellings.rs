//! Names that are new, each in one spelling.

use std::collections::BTreeMap;

use super::form::form;

/// The names that came so far; those that differ only in case, white space or punctuation are one.
#[derive(Debug, Clone, Default)]
pub struct Spellings(BTreeMap<String, String>);

impl Spellings {
    /// The spelling in which this name came first, without white space around it.
    pub fn first_of(&mut self, name: &str) -> &str {
        let name = name.trim();
        let form = form(name);
        // A name of punctuation only is itself.
        let key = if form.is_empty() { format!(" {name}") } else { form };
        self.0.entry(key).or_insert_with(|| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_the_spelling_in_which_it_came_first() {
        let mut spellings = Spellings::default();
        let names =
            ["Grain size", "grain_size", "GRAIN-SIZE ", "Gro\u{308}ße", "größe", "C", "C++"];
        let first: Vec<String> =
            names.iter().map(|name| spellings.first_of(name).to_owned()).collect();
        let wanted =
            ["Grain size", "Grain size", "Grain size", "Gro\u{308}ße", "Gro\u{308}ße", "C", "C++"];
        assert_eq!(first, wanted);
    }

    #[test]
    fn names_of_punctuation_only_stay_apart() {
        let mut spellings = Spellings::default();
        assert_eq!(spellings.first_of("--"), "--");
        assert_eq!(spellings.first_of("__"), "__");
    }
}
