//! Images with known categories: a folder a category, or a library's labels.

mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::FileToRead;
use super::classify::file_of;
use super::counted::image_count;
use super::files::images_below;
use crate::catalog::{CatalogError, LabelSource, LabelStanding, Library, Side};
use crate::micrograph::ReadChoice;
use crate::taxonomy::{CategoryId, CategoryState, CategoryTree, Spellings};

use manifest::{Manifest, ManifestRow};

/// An image with its category and what else is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledImage {
    /// The file, and how it is to be read.
    pub file: FileToRead,
    /// The category's name.
    pub category: String,
    /// A second category that it shows.
    pub second: Option<String>,
    /// The finer division of its category.
    pub subcategory: Option<String>,
    /// Arrows, text or frames were drawn into it.
    pub is_annotated: bool,
    /// Its group (same paper, sample or series), where a manifest gives one.
    pub group: Option<String>,
    /// The folder that it is in, where that could be a session's: not the library's own, nor a
    /// category's or one below it.
    pub folder: Option<String>,
    /// The licence, where the manifest gives one.
    pub licence: Option<String>,
}

impl LabelledImage {
    /// What decides its side of a split: its group, or its file's name.
    pub fn key(&self) -> String {
        self.group.clone().unwrap_or_else(|| name_of(&self.file.path))
    }

    fn new(file: FileToRead, category: String, row: Option<&ManifestRow>) -> Self {
        let row = row.cloned().unwrap_or_default();
        Self {
            file,
            category,
            second: row.second,
            subcategory: row.subcategory,
            is_annotated: row.is_annotated,
            group: row.group,
            folder: None,
            licence: row.licence,
        }
    }
}

/// Labelled images, and what is known of how they belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelledSet {
    /// The images, sorted by path.
    pub images: Vec<LabelledImage>,
    /// Where contents were in earlier splits, by their SHA-256.
    pub earlier_sides: BTreeMap<String, Side>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

/// Why there is no labelled set.
#[derive(Debug, thiserror::Error)]
pub enum LabelledSetError {
    /// The folder cannot be read.
    #[error("Cannot read the folder of categories: {source}: {}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The manifest cannot be read.
    #[error("Cannot read the manifest: {reason}: {}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The library failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl LabelledSet {
    /// A folder whose sub-folders are categories. `manifest`, a CSV with the columns `file`
    /// (relative to `folder`), `group` and optionally `licence`, `second`, `subcategory` and
    /// `annotated`, says what is known of the images beside their category.
    ///
    /// # Errors
    /// Fails where the folder or the manifest cannot be read, or the manifest lacks a column.
    pub fn from_folders(folder: &Path, manifest: Option<&Path>) -> Result<Self, LabelledSetError> {
        let manifest = manifest.map(Manifest::read).transpose()?;
        let failed = |source| LabelledSetError::Folder { path: folder.to_owned(), source };
        let below = images_below(folder).map_err(failed)?;
        let mut notes: Vec<String> = below.problems.iter().map(ToString::to_string).collect();
        let mut spellings = Spellings::default();
        let mut joined = BTreeSet::new();
        let mut images = Vec::new();
        for path in below.files {
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let mut parts = relative.components();
            // Files beside the folders of categories have none.
            let (Some(category), Some(_)) = (parts.next(), parts.next()) else { continue };
            let folder = category.as_os_str().to_string_lossy();
            let category = spellings.first_of(&folder).to_owned();
            if category != folder.trim() && joined.insert(folder.to_string()) {
                notes.push(format!("The folder {folder} counts as {category}"));
            }
            let row = manifest.as_ref().and_then(|manifest| manifest.row(relative));
            let file = FileToRead { choice: ReadChoice::default(), path: path.clone() };
            images.push(LabelledImage::new(file, category, row));
        }
        let set = Self { images, notes, ..Self::default() };
        set.checked(manifest.as_ref())
    }

    /// The images of a library that a person has given a category and not excluded from training.
    ///
    /// # Errors
    /// Fails where the library or the manifest cannot be read.
    pub fn from_library(
        library: &Library,
        manifest: Option<&Path>,
    ) -> Result<Self, LabelledSetError> {
        let manifest = manifest.map(Manifest::read).transpose()?;
        let tree = library.category_tree()?;
        let mut images = Vec::new();
        let mut retired: BTreeMap<String, usize> = BTreeMap::new();
        let mut automatic = 0;
        let mut changed = 0;
        for named in library.all_labels()? {
            if named.standing != LabelStanding::Current {
                changed += usize::from(named.standing == LabelStanding::FileChanged);
                continue;
            }
            // What shows none of the categories teaches none, and what was set apart nothing.
            let (Some(name), false) = (named.name, named.mark.is_excluded) else { continue };
            if named.label.source == LabelSource::AcceptedAutomatically {
                automatic += 1;
                continue;
            }
            if is_retired(&tree, named.label.value.category()) {
                *retired.entry(name.category).or_default() += 1;
                continue;
            }
            let row = manifest.as_ref().and_then(|manifest| manifest.row(&named.relative_path));
            let image = LabelledImage::new(file_of(library, named.image)?, name.category, row);
            images.push(LabelledImage {
                second: named.second_category,
                subcategory: name.subcategory,
                is_annotated: named.mark.is_annotated,
                folder: session_folder(&named.relative_path, &tree),
                ..image
            });
        }
        let mut notes: Vec<String> = retired
            .into_iter()
            .map(|(category, count)| {
                format!("Left out {category}, which is retired: {}", image_count(count))
            })
            .collect();
        if automatic > 0 {
            notes.push(format!(
                "Left out {} that a model labelled by itself: it would learn from its own answers",
                image_count(automatic)
            ));
        }
        if changed > 0 {
            notes.push(format!(
                "Left out {} that changed since they were labelled: label them again",
                image_count(changed)
            ));
        }
        let set = Self { images, earlier_sides: library.split_sides()?, notes };
        set.checked(manifest.as_ref())
    }

    /// A manifest that speaks of other files would make every image a group of its own: the split
    /// would leak, and nobody would know.
    fn checked(self, manifest: Option<&Manifest>) -> Result<Self, LabelledSetError> {
        let Some(manifest) = manifest else { return Ok(self) };
        let first = self.images.first().map(|image| image.file.path.as_path());
        match first.filter(|_| self.ungrouped() == self.images.len()) {
            None => Ok(self),
            Some(first) => Err(LabelledSetError::Manifest {
                path: manifest.path.clone(),
                reason: format!(
                    "none of {} is in it; its column \"file\" has to be relative to the folder of \
                     images, such as {}",
                    image_count(self.images.len()),
                    last_two_parts(first)
                ),
            }),
        }
    }

    /// Images whose group no manifest gives.
    pub fn ungrouped(&self) -> usize {
        self.images.iter().filter(|image| image.group.is_none()).count()
    }

    /// Drops the categories with fewer than `least` images and says which they were.
    pub fn keep_categories_of(&mut self, least: usize) -> BTreeMap<String, usize> {
        let small: BTreeMap<String, usize> =
            self.counts().into_iter().filter(|(_, images)| *images < least).collect();
        self.images.retain(|image| !small.contains_key(&image.category));
        small
    }

    /// Images a category.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for image in &self.images {
            *counts.entry(image.category.clone()).or_insert(0) += 1;
        }
        counts
    }
}

fn is_retired(tree: &CategoryTree, category: Option<CategoryId>) -> bool {
    let meant = category.and_then(|id| tree.get(tree.top(id)));
    meant.is_some_and(|category| category.state == CategoryState::Retired)
}

fn session_folder(relative_path: &Path, tree: &CategoryTree) -> Option<String> {
    let folder = relative_path.parent()?;
    let is_category = |part: &OsStr| part.to_str().is_some_and(|name| tree.find(name).is_some());
    let is_session = !folder.as_os_str().is_empty() && !folder.iter().any(is_category);
    is_session.then(|| folder.display().to_string())
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn last_two_parts(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_a_category_and_the_manifest_gives_groups() {
        let folder =
            folder_with(&["Fibres/1.png", "Fibres/2.png", "Powder/3.tif", ".semblance/4.png"]);
        let manifest = folder.path().join("manifest.csv");
        fs::write(&manifest, "file,group,licence\nFibres/1.png,paper A,MIT\n").unwrap();
        let set = LabelledSet::from_folders(folder.path(), Some(&manifest)).unwrap();
        let described: Vec<_> = set
            .images
            .iter()
            .map(|image| (image.category.as_str(), image.key(), image.licence.as_deref()))
            .collect();
        assert_eq!(
            described,
            [
                ("Fibres", "paper A".to_owned(), Some("MIT")),
                ("Fibres", "2.png".to_owned(), None),
                ("Powder", "3.tif".to_owned(), None)
            ]
        );
    }

    #[test]
    fn a_manifest_tells_of_second_categories_subcategories_and_drawings() {
        let folder = folder_with(&["Fibres/1.png", "Fibres/2.png"]);
        let manifest = folder.path().join("manifest.csv");
        let rows = "file,group,second,subcategory,annotated\n\
                    Fibres/1.png,paper A,Tips,few,yes\nFibres/2.png,paper A,,,no\n";
        fs::write(&manifest, rows).unwrap();
        let set = LabelledSet::from_folders(folder.path(), Some(&manifest)).unwrap();
        let [one, two] = &set.images[..] else { panic!("{set:?}") };
        assert_eq!(
            (one.second.as_deref(), one.subcategory.as_deref()),
            (Some("Tips"), Some("few"))
        );
        assert_eq!((one.is_annotated, two.is_annotated), (true, false));
        assert_eq!((two.second.as_deref(), two.subcategory.as_deref()), (None, None));
    }

    #[test]
    fn folders_may_be_sessions_unless_they_are_the_librarys_or_a_categorys() {
        let place = tempfile::tempdir().unwrap();
        let place = crate::catalog::LibraryPlace::for_folder(place.path()).unwrap();
        let library = Library::open(&place).unwrap();
        library.add_category("Nanowires", None, "Ada").unwrap();
        let tree = library.category_tree().unwrap();
        let folder = |path: &str| session_folder(Path::new(path), &tree);
        assert_eq!(folder("2019-03-12/1.tif").as_deref(), Some("2019-03-12"));
        assert_eq!(
            [folder("1.tif"), folder("Nanowires/1.tif"), folder("Nanowires/few/1.tif")],
            [None, None, None]
        );
    }

    #[test]
    fn small_categories_are_dropped_and_named() {
        let folder = folder_with(&["Fibres/1.png", "Fibres/2.png", "Powder/3.tif"]);
        let mut set = LabelledSet::from_folders(folder.path(), None).unwrap();
        assert_eq!(set.keep_categories_of(2), BTreeMap::from([("Powder".to_owned(), 1)]));
        assert_eq!(set.images.len(), 2);
    }

    #[test]
    fn a_manifest_of_other_files_is_refused() {
        let folder = folder_with(&["Fibres/1.png"]);
        let manifest = folder.path().join("manifest.csv");
        fs::write(&manifest, "file,group\nset/Fibres/1.png,paper A\n").unwrap();
        let error = LabelledSet::from_folders(folder.path(), Some(&manifest)).unwrap_err();
        assert!(error.to_string().contains("such as Fibres/1.png"), "{error}");
    }

    #[test]
    fn a_manifest_without_groups_is_refused_by_the_columns_name() {
        let folder = folder_with(&["Fibres/1.png"]);
        let manifest = folder.path().join("manifest.csv");
        fs::write(&manifest, "file,category\nFibres/1.png,Fibres\n").unwrap();
        let error = LabelledSet::from_folders(folder.path(), Some(&manifest)).unwrap_err();
        assert!(error.to_string().contains("\"group\""), "{error}");
    }
}
