//! What the files of an export are called.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use super::ExportItem;
use crate::catalog::Library;
use crate::text::folded;

/// Names of files below the folder of an export, one for each image: where it is below what it
/// belongs to, ending in `extension`.
///
/// # Errors
/// When the library cannot be read.
pub(super) fn target_names(
    items: &[ExportItem],
    library: Option<&Library>,
    extension: &str,
) -> Result<Vec<PathBuf>, String> {
    Ok(different_names(&names_below(items, library)?, extension))
}

/// Where images are below what they belong to: a library's by their paths in it, others by their
/// paths below the folder that all of them have in common.
fn names_below(items: &[ExportItem], library: Option<&Library>) -> Result<Vec<PathBuf>, String> {
    let others = items.iter().filter(|item| item.image.is_none());
    let common = common_folder(others.map(|item| item.file.path.as_path()));
    let below = |path: &Path, root: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let name = |item: &ExportItem| -> Result<PathBuf, String> {
        match (library, item.image) {
            (Some(library), Some(image)) => {
                let mut places = library.places(image).map_err(|error| error.to_string())?;
                let given = places.iter().position(|place| item.file.path.ends_with(place));
                Ok(places.swap_remove(given.unwrap_or(0)))
            }
            _ => Ok(below(&item.file.path, &common)),
        }
    };
    items.iter().map(|item| Ok(with_page(name(item)?, item.file.choice.page))).collect()
}

/// A page that was chosen is in the name: another page of the file is another image.
fn with_page(name: PathBuf, page: Option<u32>) -> PathBuf {
    let Some(page) = page else { return name };
    let mut stem = name.file_stem().unwrap_or_default().to_owned();
    stem.push(format!("-page{page}"));
    if let Some(extension) = name.extension() {
        stem.push(".");
        stem.push(extension);
    }
    name.with_file_name(stem)
}

/// The images' own names, with the ending of the export.
/// Two images that differ only in their ending keep it, and what still has the same name is
/// numbered: no file of an export replaces another, also on a disk that takes names for the same which
/// differ in case or Unicode form.
fn different_names(images: &[PathBuf], extension: &str) -> Vec<PathBuf> {
    let mut taken = HashSet::new();
    images
        .iter()
        .map(|image| {
            // In UTF-8, since HDF5 takes no others.
            let below: PathBuf = image
                .components()
                .filter(|part| matches!(part, Component::Normal(_)))
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            let ending_in = |ending: &str| {
                let mut name = below.clone().into_os_string();
                name.push(ending);
                PathBuf::from(name)
            };
            let mut name = below.with_extension(extension);
            for copy in 1_u32.. {
                if taken.insert(folded(&name.to_string_lossy())) {
                    break;
                }
                name = match copy {
                    1 => ending_in(&format!(".{extension}")),
                    _ => ending_in(&format!("-{copy}.{extension}")),
                };
            }
            name
        })
        .collect()
}

fn common_folder<'a>(files: impl Iterator<Item = &'a Path>) -> PathBuf {
    let mut folders = files.map(|file| file.parent().unwrap_or(Path::new("")));
    let Some(first) = folders.next() else { return PathBuf::new() };
    folders.fold(first.to_owned(), |common, folder| {
        common
            .components()
            .zip(folder.components())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::ReadChoice;
    use crate::ops::FileToRead;

    fn names(paths: &[&str]) -> Vec<String> {
        let items: Vec<ExportItem> = paths
            .iter()
            .map(|path| ExportItem {
                file: FileToRead { path: PathBuf::from(path), choice: ReadChoice::default() },
                image: None,
            })
            .collect();
        target_names(&items, None, "h5")
            .unwrap()
            .iter()
            .map(|name| name.display().to_string())
            .collect()
    }

    #[test]
    fn files_keep_their_folders_below_what_all_have_in_common() {
        assert_eq!(names(&["/data/a/1.tif", "/data/b/1.tif"]), ["a/1.h5", "b/1.h5"]);
        assert_eq!(names(&["/data/a/1.tif"]), ["1.h5"]);
    }

    #[test]
    fn images_that_differ_in_their_ending_do_not_overwrite_each_other() {
        assert_eq!(names(&["a/1.tif", "a/1.png"]), ["1.h5", "1.png.h5"]);
    }

    #[test]
    fn no_two_images_are_given_the_same_name() {
        assert_eq!(
            names(&["a/1.tif.png", "a/1.png", "a/1.tif", "a/1.tif"]),
            ["1.tif.h5", "1.h5", "1.tif-2.h5", "1.tif-3.h5"]
        );
    }

    #[test]
    fn names_differ_also_where_case_and_unicode_form_do_not() {
        assert_eq!(
            names(&["a/IMG.tif", "a/img.tif", "a/Größe.tif", "a/Gro\u{308}ße.tif", "a/img.TIF"]),
            ["IMG.h5", "img.tif.h5", "Größe.h5", "Gro\u{308}ße.tif.h5", "img.TIF-2.h5"]
        );
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        assert_eq!(names(&["../1.tif", "b/2.tif"]), ["1.h5", "b/2.h5"]);
    }
}
