//! The names by which a library's categories can be found, and those that were probably meant.

use std::collections::BTreeSet;

use super::name_matching::{LEAST_SCORE, likeness};
use crate::text::{edit_distance, folded};

/// At most so many names are proposed for another one.
const MOST_PROPOSED: usize = 3;

/// Every name by which categories and subcategories can be found: present, former and imported ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// Of categories; of subcategories as `CATEGORY/SUBCATEGORY`.
    pub categories: BTreeSet<String>,
    /// Of subcategories alone.
    pub subcategories: BTreeSet<String>,
}

/// The names most like this one, the likest first; none where none is like it.
pub fn names_like<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = folded(written.trim());
    let length = wanted.chars().count();
    let allowed = (length / 3).max(1);
    let mut like: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let known = folded(name);
            let distance = edit_distance(&wanted, &known);
            let is_beginning = length > 2 && known.starts_with(&wanted);
            let is_like =
                distance <= allowed || is_beginning || likeness(written, name) >= LEAST_SCORE;
            is_like.then_some((distance, name))
        })
        .collect();
    like.sort_unstable();
    like.into_iter().take(MOST_PROPOSED).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_names_are_proposed_and_unlike_ones_are_not() {
        let names = ["Nanowires", "Nanotubes", "Tips", "Films_Coated_Surface", "Powder"];
        assert_eq!(names_like("nanowirse", names), ["Nanowires"]);
        assert_eq!(names_like("Nano", names), ["Nanotubes", "Nanowires"]);
        assert_eq!(names_like("Tip", names), ["Tips"]);
        assert_eq!(names_like("Coated surface", names), ["Films_Coated_Surface"]);
        assert_eq!(names_like("Bacteria", names), [""; 0]);
    }
}
