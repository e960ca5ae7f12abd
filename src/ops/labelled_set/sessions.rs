//! Which images were taken in one session: of one sample, with one setting, they look alike for
//! reasons that have nothing to do with their category.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// A session that holds more than this share of all images is none: a day on which everything was
/// copied, a folder that holds all. It would leave nothing to train on, or nothing to measure.
const LARGEST_SHARE: f64 = 0.2;
/// A session that holds more than this share of a category and nothing else is a category's folder
/// under another name.
const LARGEST_SHARE_OF_CATEGORY: f64 = 0.5;

/// The session of each image: the instrument and day of `days`, else its folder. A folder named after
/// a category, or below one, is none, nor is one that holds most of a category and nothing else: it
/// would put a whole category on one side.
pub(super) fn sessions_of(
    days: &[Option<&str>],
    folders: &[PathBuf],
    categories: &[&str],
    is_category: &dyn Fn(&str) -> bool,
) -> Vec<Option<String>> {
    let named_after_category =
        |folder: &Path| folder.iter().any(|part| part.to_str().is_some_and(is_category));
    let of_folder = |folder: &PathBuf| {
        let is_session = !folder.as_os_str().is_empty() && !named_after_category(folder);
        is_session.then(|| format!("folder {}", folder.display()))
    };
    let mut sessions: Vec<Option<String>> = days
        .iter()
        .zip(folders)
        .map(|(day, folder)| day.map(|day| format!("day {day}")).or_else(|| of_folder(folder)))
        .collect();
    let mut images_of: HashMap<&str, usize> = HashMap::new();
    categories.iter().for_each(|category| *images_of.entry(category).or_default() += 1);
    let mut held: HashMap<String, BTreeMap<&str, usize>> = HashMap::new();
    for (session, category) in sessions.iter().zip(categories) {
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
    use super::*;

    fn sessions(images: &[(Option<&str>, &str)], categories: &[&str]) -> Vec<Option<String>> {
        let days: Vec<Option<&str>> = images.iter().map(|(day, _)| *day).collect();
        let folders: Vec<PathBuf> =
            images.iter().map(|(_, folder)| PathBuf::from(folder)).collect();
        sessions_of(&days, &folders, categories, &|name| name == "Nanowires")
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
    fn a_categorys_folder_is_no_session_nor_what_is_below_it() {
        assert_eq!(with_others(&[(None, "Nanowires"), (None, "Nanowires/few")]), [None, None]);
    }

    #[test]
    fn the_librarys_own_folder_is_no_session() {
        assert_eq!(with_others(&[(None, "")]), [None]);
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
