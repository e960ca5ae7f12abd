//! A folder with a folder for each category becomes labels.

use std::path::{self, Path, PathBuf};

use super::error::LabelFileError;
use super::problem::{Place, Problem};
use super::read::{ReadLabel, ReadLabels, unreadable};
use super::record::{CategoryChoice, Decision, LabelRecord};
use crate::folder_walk::{FolderWalk, WalkProblem, Walked};
use crate::micrograph::READABLE_EXTENSIONS;

/// Reads the images of a folder by path.
pub(super) fn read_folder_tree(folder: &Path) -> Result<ReadLabels, LabelFileError> {
    let root = path::absolute(folder).map_err(|source| unreadable(folder, source))?;
    let walk = FolderWalk::new(&root, &READABLE_EXTENSIONS)
        .map_err(|source| unreadable(folder, source))?;
    let mut read = ReadLabels::default();
    for walked in walk {
        match walked {
            Walked::File(path, _) => add_image(&mut read, &root, path),
            Walked::Problem(problem) => add_problem(&mut read, &root, &problem),
            Walked::Folder(_) => {}
        }
    }
    read.labels.sort_by(|a, b| a.record.path.cmp(&b.record.path));
    Ok(read)
}

fn add_problem(read: &mut ReadLabels, root: &Path, problem: &WalkProblem) {
    let path = problem.path();
    let place = Place::Entry(path.strip_prefix(root).unwrap_or(path).to_owned());
    read.add_problem(place, Problem::Unreadable(problem.reason()));
}

fn add_image(read: &mut ReadLabels, root: &Path, path: PathBuf) {
    let Some(choice) = choice(&path) else {
        read.without_label += 1;
        return;
    };
    read.labels.push(ReadLabel {
        place: Place::Entry(path.clone()),
        file: Some(root.join(&path)),
        record: LabelRecord {
            path,
            decision: Some(Decision::Category(choice)),
            ..LabelRecord::default()
        },
    });
}

/// The first folder is the category, the others are the subcategory. `None` at the top level.
fn choice(relative: &Path) -> Option<CategoryChoice> {
    let folders = relative.parent()?.iter().map(|part| part.to_string_lossy().trim().to_owned());
    let mut folders = folders.filter(|folder| !folder.is_empty());
    let category = folders.next()?;
    let finer: Vec<String> = folders.collect();
    let subcategory = (!finer.is_empty()).then(|| finer.join(" / "));
    Some(CategoryChoice { category, second: None, subcategory })
}
