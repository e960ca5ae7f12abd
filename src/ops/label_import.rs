//! Labels out of a file or folder become labels of a library: nothing is overwritten unasked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::catalog::{
    Answer, CatalogError, EntryId, ForeignLabel, ImageId, Label, LabelSource, LabelValue, Library,
    Mark, OnConflict,
};
use crate::label_exchange::{CategoryChoice, Decision, LabelRecord, ReadLabel, ReadLabels};
use crate::micrograph::SourceFile;
use crate::taxonomy::{CategoryId, How, NameMatch, match_names};

/// How names and people in the file are understood.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Who gave the labels where the file does not say.
    pub by: String,
    /// A name in the file, and the category that it means here.
    pub aliases: Vec<(String, String)>,
    /// Whether categories that are not here are added.
    pub adds_categories: bool,
}

/// What importing would do, before it does.
#[derive(Debug, Clone, Default)]
pub struct ImportPlan {
    /// Labels for images that have none, and notes and flags.
    pub new: Vec<ForeignLabel>,
    /// Images that have the same label already.
    pub same: Vec<ImportedPair>,
    /// Images that have another label.
    pub conflicts: Vec<ImportedPair>,
    /// Images that the file names and the library does not have.
    pub not_here: Vec<PathBuf>,
    /// Names that are no category here, with what each may mean. Nothing can be imported before
    /// each has a meaning.
    pub unknown_names: Vec<NameMatch<CategoryId>>,
    /// Categories that importing adds, subcategories as `category / subcategory`.
    pub new_categories: Vec<String>,
    /// Rows that could not be read, and images with two labels in the file.
    pub problems: Vec<String>,
}

/// An image that is labelled here and in the file.
#[derive(Debug, Clone)]
pub struct ImportedPair {
    /// The image.
    pub image: ImageId,
    /// Where it is, from the library's root.
    pub path: PathBuf,
    /// Our label.
    pub ours: Label,
    /// The file's.
    pub theirs: Label,
}

/// Finds out what importing would do. Categories are added already where that was asked for, since
/// labels need them; nothing else is changed.
///
/// # Errors
/// When an alias means no category, or the library could not be read or written.
pub fn plan_import(
    library: &Library,
    read: &ReadLabels,
    options: &ImportOptions,
) -> Result<ImportPlan, CatalogError> {
    let mut plan = ImportPlan {
        problems: read.problems.iter().map(ToString::to_string).collect(),
        ..ImportPlan::default()
    };
    for (alias, name) in &options.aliases {
        let tree = library.category_tree()?;
        let category = match tree.find(name) {
            Some(category) => category,
            None if options.adds_categories => {
                library.ensure_categories(std::slice::from_ref(name))?[0]
            }
            None => return Err(CatalogError::UnknownCategoryName(name.clone())),
        };
        library.remember_alias(alias, category)?;
    }
    let Some(categories) = name_categories(library, read, options, &mut plan)? else {
        return Ok(plan);
    };
    let tree = library.category_tree()?;
    let mut seen: BTreeMap<ImageId, LabelValue> = BTreeMap::new();
    for label in &read.labels {
        let Some(image) = image_of(library, label)? else {
            plan.not_here.push(label.record.path.clone());
            continue;
        };
        let foreign = foreign_label(library, image, &label.record, &categories, options)?;
        let Some(theirs) = &foreign.label else {
            if foreign.mark.is_some() {
                plan.new.push(foreign);
            }
            continue;
        };
        if let Some(earlier) = seen.insert(image, theirs.value) {
            if earlier != theirs.value {
                plan.problems.push(format!(
                    "{}: the file has two labels for this image; the first is taken: {}",
                    label.place,
                    label.record.path.display()
                ));
            }
            continue;
        }
        let Some(ours) = library.label(image)? else {
            plan.new.push(foreign);
            continue;
        };
        let is_same = ours.value.meaning(&tree) == theirs.value.meaning(&tree);
        let path = label.record.path.clone();
        let pair = ImportedPair { image, path, ours, theirs: theirs.clone() };
        if is_same { &mut plan.same } else { &mut plan.conflicts }.push(pair);
    }
    Ok(plan)
}

/// Does it, as one decision of `by`; nothing where there is nothing to do.
///
/// # Errors
/// When the library could not be written.
pub fn apply_import(
    library: &Library,
    plan: &ImportPlan,
    on_conflict: OnConflict,
    by: &str,
) -> Result<Option<EntryId>, CatalogError> {
    let replaces = |pair: &&ImportedPair| match on_conflict {
        OnConflict::Keep => false,
        OnConflict::Replace => true,
        OnConflict::Newest => pair.theirs.at > pair.ours.at,
    };
    let replaced = plan.conflicts.iter().filter(replaces).map(|pair| ForeignLabel {
        image: pair.image,
        label: Some(pair.theirs.clone()),
        mark: None,
    });
    let labels: Vec<ForeignLabel> = plan.new.iter().cloned().chain(replaced).collect();
    if labels.is_empty() {
        return Ok(None);
    }
    library.take_over(&labels, by, LabelSource::Import).map(Some)
}

/// The names in the file and what each is here.
struct Categories {
    categories: BTreeMap<String, CategoryId>,
    /// By category and name.
    subcategories: BTreeMap<(CategoryId, String), CategoryId>,
}

/// `None` where a name means nothing here.
fn name_categories(
    library: &Library,
    read: &ReadLabels,
    options: &ImportOptions,
    plan: &mut ImportPlan,
) -> Result<Option<Categories>, CatalogError> {
    let choices =
        || read.labels.iter().filter_map(|label| label.record.decision.as_ref()?.choice());
    let names: BTreeSet<&str> = choices()
        .flat_map(|choice| [Some(choice.category.as_str()), choice.second.as_deref()])
        .flatten()
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let tree = library.category_tree()?;
    let known: Vec<(CategoryId, &str)> =
        tree.categories().map(|category| (category.id, category.name.as_str())).collect();
    let aliases = library.aliases()?;
    let remembered: Vec<(&str, CategoryId)> =
        aliases.iter().map(|(name, id)| (name.as_str(), tree.meaning(*id))).collect();
    let mut categories = BTreeMap::new();
    for name_match in match_names(&names, &known, &remembered) {
        let by_former_name = || tree.find(&name_match.found);
        if let (true, Some(id)) = (name_match.is_certain(), name_match.target()) {
            categories.insert(name_match.found, id);
        } else if let Some(id) = by_former_name() {
            categories.insert(name_match.found, id);
        } else if options.adds_categories {
            let id = library.ensure_categories(std::slice::from_ref(&name_match.found))?[0];
            plan.new_categories.push(name_match.found.clone());
            categories.insert(name_match.found, id);
        } else {
            plan.unknown_names.push(name_match);
        }
    }
    let mut subcategories = BTreeMap::new();
    for choice in choices() {
        let (Some(&category), Some(name)) =
            (categories.get(&choice.category), choice.subcategory.as_ref())
        else {
            continue;
        };
        let key = (category, name.clone());
        if subcategories.contains_key(&key) {
            continue;
        }
        if let Some(id) = library.category_tree()?.find_subcategory(category, name) {
            subcategories.insert(key, id);
        } else if options.adds_categories {
            let id = library.add_category(name, Some(category), &options.by)?;
            plan.new_categories.push(format!("{} / {name}", choice.category));
            subcategories.insert(key, id);
        } else {
            let found = format!("{} / {name}", choice.category);
            if plan.unknown_names.iter().all(|unknown| unknown.found != found) {
                plan.unknown_names.push(NameMatch { found, how: How::None });
            }
        }
    }
    let is_known = plan.unknown_names.is_empty();
    Ok(is_known.then_some(Categories { categories, subcategories }))
}

fn foreign_label(
    library: &Library,
    image: ImageId,
    record: &LabelRecord,
    categories: &Categories,
    options: &ImportOptions,
) -> Result<ForeignLabel, CatalogError> {
    let value = record.decision.as_ref().and_then(|decision| match decision {
        Decision::NoneOfThese => {
            Some(LabelValue { answer: Answer::NoneOfThese, second_category: None })
        }
        Decision::Unusable => Some(LabelValue { answer: Answer::Unusable, second_category: None }),
        Decision::Category(choice) => chosen(choice, categories),
    });
    let label = value.map(|value| Label {
        value,
        by: record.by.clone().unwrap_or_else(|| options.by.clone()),
        at: record.at.unwrap_or_else(Timestamp::now),
        source: LabelSource::Import,
    });
    let ours = library.mark(image)?;
    let mark = Mark {
        note: ours.note.clone().or_else(|| record.note.clone()),
        is_annotated: ours.is_annotated || record.annotated == Some(true),
        is_excluded: ours.is_excluded || record.excluded == Some(true),
    };
    Ok(ForeignLabel { image, label, mark: (mark != ours).then_some(mark) })
}

fn chosen(choice: &CategoryChoice, names: &Categories) -> Option<LabelValue> {
    let category = *names.categories.get(&choice.category)?;
    let subcategory = choice.subcategory.as_ref();
    let finer = subcategory.and_then(|name| names.subcategories.get(&(category, name.clone())));
    let second = choice.second.as_ref().and_then(|name| names.categories.get(name)).copied();
    Some(LabelValue {
        answer: Answer::Category(finer.copied().unwrap_or(category)),
        second_category: second.filter(|second| *second != category),
    })
}

/// The image of the library that a label is about: by its path, by its content, or by its name
/// where only one image has it.
fn image_of(library: &Library, label: &ReadLabel) -> Result<Option<ImageId>, CatalogError> {
    let path = &label.record.path;
    let in_library = |path: &Path| {
        let relative = path.strip_prefix(library.root()).unwrap_or(path);
        if relative.is_absolute() { Ok(None) } else { library.find_image(relative) }
    };
    if let Some(file) = &label.file {
        if let Some(image) = in_library(&file.canonicalize().unwrap_or_else(|_| file.clone()))? {
            return Ok(Some(image));
        }
        return by_content(library, file);
    }
    if let Some(sha256) = &label.record.sha256
        && let Some(image) = library.image_of_content(sha256)?
    {
        return Ok(Some(image));
    }
    if let Some(image) = in_library(path)? {
        return Ok(Some(image));
    }
    let is_bare = path.parent().is_none_or(|parent| parent.as_os_str().is_empty());
    match path.file_name() {
        Some(name) if is_bare => library.only_image_named(&name.to_string_lossy()),
        _ => Ok(None),
    }
}

/// The image of the library with the bytes of this file. Images of its size that nobody has read
/// yet are read.
fn by_content(library: &Library, file: &Path) -> Result<Option<ImageId>, CatalogError> {
    let Ok(source) = SourceFile::open(file, u64::MAX) else { return Ok(None) };
    let sha256 = source.sha256();
    if let Some(image) = library.image_of_content(&sha256)? {
        return Ok(Some(image));
    }
    let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    for image in library.unread_of_size(size)? {
        hash(library, image)?;
    }
    library.image_of_content(&sha256)
}

/// Reads what is decided and was never read, so that it is known by its content.
///
/// # Errors
/// When the library could not be read or written.
pub fn hash_decided(library: &Library) -> Result<(), CatalogError> {
    library.decided_and_unread()?.into_iter().try_for_each(|image| hash(library, image))
}

fn hash(library: &Library, image: ImageId) -> Result<(), CatalogError> {
    match SourceFile::open(&library.path_of(image)?, u64::MAX) {
        Ok(source) => library.save_content(image, &source.sha256()),
        Err(_) => Ok(()), // it is known by its path alone
    }
}
