//! Which images were taken in one session: of one sample, with one setting, they look alike for
//! reasons that have nothing to do with their category.

use std::collections::{BTreeMap, HashMap};

use super::labelled_set::LabelledImage;

/// A session that holds more than this share of all images is none: a day on which everything was
/// copied, a folder that holds all. It would leave nothing to train on, or nothing to measure.
const LARGEST_SHARE: f64 = 0.2;
/// A session that holds more than this share of a category and nothing else is a category's folder
/// under another name.
const LARGEST_SHARE_OF_CATEGORY: f64 = 0.5;

/// The session of each image: its instrument and day, of `days`, else its folder. One that holds most
/// of a category and nothing else is none: it would put a whole category on one side.
pub(super) fn sessions_of(
    days: &[Option<String>],
    images: &[LabelledImage],
) -> Vec<Option<String>> {
    let session = |(day, image): (&Option<String>, &LabelledImage)| match (day, &image.folder) {
        (Some(day), _) => Some(format!("day {day}")),
        (None, folder) => folder.as_ref().map(|folder| format!("folder {folder}")),
    };
    let mut sessions: Vec<Option<String>> = days.iter().zip(images).map(session).collect();
    let categories: Vec<&str> = images.iter().map(|image| image.category.as_str()).collect();
    let mut images_of: HashMap<&str, usize> = HashMap::new();
    categories.iter().for_each(|category| *images_of.entry(category).or_default() += 1);
    let mut held: HashMap<String, BTreeMap<&str, usize>> = HashMap::new();
    for (session, category) in sessions.iter().zip(&categories) {
        if let Some(session) = session {
            *held.entry(session.clone()).or_default().entry(category).or_default() += 1;
        }
    }
    let exceeds = |part: usize, share: f64, whole: usize| part as f64 > share * whole as f64;
    let image_count = categories.len();
    let is_no_session = |session: &String| {
        held.get(session).is_some_and(|held| {
            let is_most_of = |(category, count): (&&str, &usize)| {
                exceeds(*count, LARGEST_SHARE_OF_CATEGORY, images_of[category])
            };
            exceeds(held.values().sum(), LARGEST_SHARE, image_count)
                || (held.len() == 1 && held.iter().all(is_most_of))
        })
    };
    for session in &mut sessions {
        *session = session.take().filter(|session| !is_no_session(session));
    }
    sessions
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::micrograph::ReadChoice;
    use crate::ops::FileToRead;

    fn sessions(images: &[(Option<&str>, &str)], categories: &[&str]) -> Vec<Option<String>> {
        let days: Vec<Option<String>> =
            images.iter().map(|(day, _)| day.map(str::to_owned)).collect();
        let image = |((_, folder), category): (&(Option<&str>, &str), &&str)| LabelledImage {
            file: FileToRead { path: PathBuf::new(), choice: ReadChoice::default() },
            category: (*category).to_owned(),
            second: None,
            subcategory: None,
            is_annotated: false,
            group: None,
            folder: Some((*folder).to_owned()),
            licence: None,
        };
        let images: Vec<LabelledImage> = images.iter().zip(categories).map(image).collect();
        sessions_of(&days, &images)
    }

    /// Images in sessions of their own, so that one of two images is small.
    fn with_others(images: &[(Option<&'static str>, &'static str)]) -> Vec<Option<String>> {
        let others = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|name| (None, name));
        let all = [images, &others].concat();
        let mut sessions = sessions(&all, &vec!["Tips"; all.len()]);
        sessions.truncate(images.len());
        sessions
    }

    #[test]
    fn the_day_at_the_instrument_comes_before_the_folder() {
        let found = with_others(&[
            (Some("Zeiss 2019-03-12"), "x"),
            (Some("Zeiss 2019-03-12"), "y"),
            (None, "y"),
        ]);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[2].as_deref(), Some("folder y"));
    }

    #[test]
    fn what_holds_more_than_a_fifth_of_all_is_no_session() {
        let all_in_one = [(None, "everything"); 10];
        assert_eq!(sessions(&all_in_one, &["Tips"; 10]), vec![None; 10]);
    }

    #[test]
    fn a_folder_with_most_of_a_category_and_nothing_else_is_no_session() {
        let mut images = vec![(None, "nw"), (None, "nw"), (None, "mixed"), (None, "mixed")];
        let mut categories = vec!["Wires", "Wires", "Wires", "Tips"];
        images.extend([
            (None, "a"),
            (None, "b"),
            (None, "c"),
            (None, "d"),
            (None, "e"),
            (None, "f"),
        ]);
        categories.extend(["Tips"; 6]);
        let found = sessions(&images, &categories);
        assert_eq!(found[0], None);
        assert_eq!(found[2].as_deref(), Some("folder mixed"));
    }
}
