//! The rules by which a found name gets its category.

use super::form::form;
use super::likeness::{LEAST_SCORE, Words};

/// A found name and the category it may stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct NameMatch<Id> {
    /// The name as it was found.
    pub found: String,
    /// What it matches, and by which rule.
    pub how: How<Id>,
}

/// The rule by which a name matches a category. The first that holds counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How<Id> {
    /// The category has this very name, apart from white space around it.
    Exact(Id),
    /// A person said earlier that this name, in whatever case and punctuation, means the category.
    Remembered(Id),
    /// The category's name differs only in case, white space or punctuation, and no other's does.
    SameForm(Id),
    /// The most similar name; to be confirmed.
    Similar {
        /// The category.
        target: Id,
        /// Share of the words in common, from [`LEAST_SCORE`] to 1.
        score: f64,
    },
    /// No category has a name like this.
    None,
}

impl<Id: Copy> NameMatch<Id> {
    /// The category that was found, certain or not.
    pub fn target(&self) -> Option<Id> {
        match self.how {
            How::Exact(target)
            | How::Remembered(target)
            | How::SameForm(target)
            | How::Similar { target, .. } => Some(target),
            How::None => None,
        }
    }

    /// Whether the match can be taken without asking.
    pub fn is_certain(&self) -> bool {
        matches!(self.how, How::Exact(_) | How::Remembered(_) | How::SameForm(_))
    }
}

/// Matches every name of `found`, in its order, to one of the `known` categories.
///
/// `remembered` are names with the category each meant earlier: the later of two for the same name
/// counts, and one whose category is no longer known is passed over. Of equally similar categories
/// the one that comes first in `known` is proposed.
pub fn match_names<Id: Copy + PartialEq>(
    found: &[&str],
    known: &[(Id, &str)],
    remembered: &[(&str, Id)],
) -> Vec<NameMatch<Id>> {
    let categories: Vec<Category<'_, Id>> =
        known.iter().map(|(id, name)| Category::new(*id, name)).collect();
    let remembered: Vec<(&str, String, Id)> = remembered
        .iter()
        .filter(|(_, target)| known.iter().any(|(id, _)| id == target))
        .map(|(alias, target)| (alias.trim(), form(alias), *target))
        .collect();
    found
        .iter()
        .map(|name| NameMatch {
            found: (*name).to_owned(),
            how: how(name.trim(), &categories, &remembered),
        })
        .collect()
}

struct Category<'a, Id> {
    id: Id,
    name: &'a str,
    form: String,
    words: Words,
}

impl<'a, Id> Category<'a, Id> {
    fn new(id: Id, name: &'a str) -> Self {
        Self { id, name: name.trim(), form: form(name), words: Words::of(name) }
    }
}

fn how<Id: Copy>(
    name: &str,
    categories: &[Category<'_, Id>],
    remembered: &[(&str, String, Id)],
) -> How<Id> {
    if name.is_empty() {
        return How::None;
    }
    if let Some(category) = categories.iter().find(|category| category.name == name) {
        return How::Exact(category.id);
    }
    let form = form(name);
    let has_form = |other: &str| !form.is_empty() && form == other;
    let earlier = remembered.iter().rev().find(|(alias, of, _)| *alias == name || has_form(of));
    if let Some((_, _, target)) = earlier {
        return How::Remembered(*target);
    }
    let mut same_form = categories.iter().filter(|category| has_form(&category.form));
    match (same_form.next(), same_form.next()) {
        (Some(category), None) => How::SameForm(category.id),
        (Some(first), Some(_)) => How::Similar { target: first.id, score: 1.0 },
        (None, _) => most_similar(name, categories),
    }
}

fn most_similar<Id: Copy>(name: &str, categories: &[Category<'_, Id>]) -> How<Id> {
    let words = Words::of(name);
    let mut best = How::None;
    let mut best_score = 0.0;
    for category in categories {
        let score = words.likeness(&category.words);
        if score >= LEAST_SCORE && score > best_score {
            best = How::Similar { target: category.id, score };
            best_score = score;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(u8, &str); 4] =
        [(1, "Tips"), (2, "Films & coatings"), (3, "Größe"), (4, "Nanowires")];

    fn how_of(name: &str, known: &[(u8, &str)], remembered: &[(&str, u8)]) -> How<u8> {
        let mut matches = match_names(&[name], known, remembered);
        assert_eq!(matches.len(), 1);
        matches.remove(0).how
    }

    #[test]
    fn the_very_name_is_exact_also_with_space_around_it() {
        assert_eq!(how_of("Tips", &KNOWN, &[]), How::Exact(1));
        assert_eq!(how_of(" Tips\t", &KNOWN, &[]), How::Exact(1));
    }

    #[test]
    fn case_and_punctuation_make_the_same_form() {
        for (name, id) in
            [("TIPS", 1), ("films_coatings", 2), ("gro\u{308}ße", 3), ("Nano-Wires", 4)]
        {
            assert_eq!(how_of(name, &KNOWN, &[]), How::SameForm(id), "{name}");
        }
    }

    #[test]
    fn a_form_that_two_categories_share_is_only_a_proposal() {
        let known = [(1, "Tips"), (2, "tips")];
        assert_eq!(how_of("TIPS", &known, &[]), How::Similar { target: 1, score: 1.0 });
        assert_eq!(how_of("tips", &known, &[]), How::Exact(2));
    }

    #[test]
    fn what_was_remembered_goes_before_form_and_after_the_very_name() {
        let remembered = [("tips", 4), ("Coated", 2)];
        assert_eq!(how_of("tips", &KNOWN, &remembered), How::Remembered(4));
        assert_eq!(how_of("Tips", &KNOWN, &remembered), How::Exact(1));
        assert_eq!(how_of("COATED", &KNOWN, &remembered), How::Remembered(2));
    }

    #[test]
    fn the_later_memory_counts_and_a_lost_category_does_not() {
        assert_eq!(how_of("X", &KNOWN, &[("X", 1), ("x", 2), ("X", 9)]), How::Remembered(2));
        assert_eq!(how_of("X", &KNOWN, &[("X", 9)]), How::None);
    }

    #[test]
    fn a_name_of_punctuation_is_remembered_only_as_it_is() {
        assert_eq!(how_of("--", &KNOWN, &[("--", 1)]), How::Remembered(1));
        assert_eq!(how_of("__", &KNOWN, &[("--", 1)]), How::None);
    }

    #[test]
    fn a_shared_word_proposes_the_most_similar_category() {
        let proposal = match_names(&["Cantilever_Tips"], &KNOWN, &[]).remove(0);
        assert_eq!(proposal.how, How::Similar { target: 1, score: 2.0 / 3.0 });
        assert_eq!((proposal.target(), proposal.is_certain()), (Some(1), false));
        let known = [(1, "Metal films"), (2, "Thin metal films"), (3, "Thin films")];
        let how = how_of("thin film, metal", &known, &[]);
        assert_eq!(how, How::Similar { target: 2, score: 1.0 });
    }

    #[test]
    fn of_equally_similar_categories_the_first_is_proposed() {
        let known = [(7, "Etched tips"), (8, "Coated tips")];
        assert_eq!(how_of("Tips", &known, &[]), How::Similar { target: 7, score: 2.0 / 3.0 });
    }

    #[test]
    fn a_singular_is_a_proposal_for_its_plural() {
        assert_eq!(how_of("Tip", &KNOWN, &[]), How::Similar { target: 1, score: 1.0 });
    }

    #[test]
    fn too_little_in_common_is_no_match() {
        for name in ["Powder", "Tips of very long needles", "", " ", "--"] {
            let result = match_names(&[name], &KNOWN, &[]).remove(0);
            assert_eq!((result.how, result.is_certain()), (How::None, false), "{name}");
        }
    }

    #[test]
    fn every_name_gets_its_match_in_order() {
        let matches = match_names(&["Powder", "Tips", "Powder"], &KNOWN, &[]);
        let found: Vec<&str> = matches.iter().map(|m| m.found.as_str()).collect();
        assert_eq!(found, ["Powder", "Tips", "Powder"]);
        assert!(match_names(&[], &KNOWN, &[]).is_empty());
        assert_eq!(match_names::<u8>(&["Tips"], &[], &[])[0].target(), None);
    }
}
