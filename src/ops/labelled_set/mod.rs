//! Images with known categories: a folder a category, or a library's labels.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::FileToRead;
use super::classify::file_of;
use super::files::images_below;
use super::split_groups::join_groups;
use crate::catalog::{CatalogError, Library};
use crate::micrograph::ReadChoice;

/// An image with its category and what must stay together with it in a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledImage {
    /// The file, and how it is to be read.
    pub file: FileToRead,
    /// The category's name.
    pub category: String,
    /// Its group (same paper, sample or series) where one is known, else the file's name; images of
    /// a library that show nearly the same are in one.
    pub group: String,
    /// Whether a manifest gives the group.
    pub is_grouped: bool,
    /// The licence, where the manifest gives one.
    pub licence: Option<String>,
}

/// Labelled images, and how far their groups are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelledSet {
    /// The images, sorted by path.
    pub images: Vec<LabelledImage>,
    /// Images whose group no manifest gives: each is a group of its own, or with others that show
    /// nearly the same.
    pub ungrouped: usize,
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
    /// (relative to `folder`), `group` and optionally `licence`, says which images belong together.
    ///
    /// # Errors
    /// Fails where the folder or the manifest cannot be read, or the manifest lacks a column.
    pub fn from_folders(folder: &Path, manifest: Option<&Path>) -> Result<Self, LabelledSetError> {
        let rows = manifest.map(read_manifest).transpose()?.unwrap_or_default();
        let failed = |source| LabelledSetError::Folder { path: folder.to_owned(), source };
        let mut categories: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let hidden =
                path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if path.is_dir() && !hidden {
                categories.push(path);
            }
        }
        categories.sort();

        let mut images = Vec::new();
        for category_folder in categories {
            let category = name_of(&category_folder);
            for path in images_below(&category_folder) {
                let row = path.strip_prefix(folder).ok().and_then(|file| rows.get(&key_of(file)));
                images.push(LabelledImage {
                    group: row.map_or_else(|| name_of(&path), |row| row.group.clone()),
                    is_grouped: row.is_some(),
                    licence: row.and_then(|row| row.licence.clone()),
                    category: category.clone(),
                    file: FileToRead { path, choice: ReadChoice::default() },
                });
            }
        }
        Self::checked(images, manifest)
    }

    /// The images of a library that a person has given a category and not excluded from training.
    ///
    /// # Errors
    /// Fails where the library or the manifest cannot be read.
    pub fn from_library(
        library: &Library,
        manifest: Option<&Path>,
    ) -> Result<Self, LabelledSetError> {
        let rows = manifest.map(read_manifest).transpose()?.unwrap_or_default();
        let labels = library.named_labels()?;
        let mut images = Vec::with_capacity(labels.len());
        let mut ids = Vec::new();
        for label in labels {
            // What shows none of the categories teaches none, and what was set apart nothing.
            let (Some(name), false) = (label.name, label.mark.is_excluded) else { continue };
            let row = rows.get(&key_of(&label.relative_path));
            ids.push(label.image);
            images.push(LabelledImage {
                group: row.map_or_else(|| name_of(&label.relative_path), |row| row.group.clone()),
                is_grouped: row.is_some(),
                licence: row.and_then(|row| row.licence.clone()),
                category: name.category,
                file: file_of(library, label.image)?,
            });
        }
        // What shows nearly the same must not be on both sides of a split.
        join_groups(&mut images, &ids, &library.near_duplicates()?);
        Self::checked(images, manifest)
    }

    /// A manifest that speaks of other files would make every image a group of its own: the split
    /// would leak, and nobody would know.
    fn checked(
        images: Vec<LabelledImage>,
        manifest: Option<&Path>,
    ) -> Result<Self, LabelledSetError> {
        let ungrouped = images.iter().filter(|image| !image.is_grouped).count();
        match manifest {
            Some(path) if !images.is_empty() && ungrouped == images.len() => {
                Err(LabelledSetError::Manifest {
                    path: path.to_owned(),
                    reason: format!(
                        "none of the {ungrouped} images is in it; its column \"file\" has to be \
                         relative to the folder of images, such as {}",
                        images[0]
                            .file
                            .path
                            .iter()
                            .rev()
                            .take(2)
                            .collect::<Vec<_>>()
                            .iter()
                            .rev()
                            .map(|part| part.to_string_lossy())
                            .collect::<Vec<_>>()
                            .join("/")
                    ),
                })
            }
            _ => Ok(Self { images, ungrouped }),
        }
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

struct ManifestRow {
    group: String,
    licence: Option<String>,
}

fn read_manifest(path: &Path) -> Result<HashMap<String, ManifestRow>, LabelledSetError> {
    let failed = |reason: String| LabelledSetError::Manifest { path: path.to_owned(), reason };
    let mut reader = csv::Reader::from_path(path).map_err(|error| failed(error.to_string()))?;
    let headers = reader.headers().map_err(|error| failed(error.to_string()))?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let missing = |name: &str| failed(format!("it has no column named {name:?}"));
    let file = column("file").ok_or_else(|| missing("file"))?;
    let group = column("group").ok_or_else(|| missing("group"))?;
    let licence = column("licence");

    let mut rows = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(error.to_string()))?;
        let cell =
            |column: usize| record.get(column).map(str::trim).filter(|text| !text.is_empty());
        let (Some(file), Some(group)) = (cell(file), cell(group)) else { continue };
        let licence = licence.and_then(cell).map(str::to_owned);
        rows.insert(file.replace('\\', "/"), ManifestRow { group: group.to_owned(), licence });
    }
    Ok(rows)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn key_of(relative: &Path) -> String {
    relative.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
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
            .map(|image| (image.category.as_str(), image.group.as_str(), image.licence.as_deref()))
            .collect();
        assert_eq!(
            described,
            [
                ("Fibres", "paper A", Some("MIT")),
                ("Fibres", "2.png", None),
                ("Powder", "3.tif", None)
            ]
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
