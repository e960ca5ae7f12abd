//! Labels out of a file or folder become labels of a library: nothing is overwritten unasked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::catalog::{
    Answer, CatalogError, EntryId, ForeignLabels, ImageId, Label, LabelSource, LabelValue, Library,
    Mark, OnConflict,
};
use crate::label_exchange::{CategoryChoice, Decision, LabelRecord, ReadLabel, ReadLabels};
use crate::micrograph::SourceFile;
use crate::taxonomy::{
    Category, CategoryId, CategoryState, CategoryTree, How, NameError, NameMatch, Spellings,
    given_meaning, match_names, palette_color, validate_name,
};

use super::classify::find_in_library;
use super::image_matching::{ImageMatch, match_paths};

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
    /// Labels for images that have none.
    pub new: Vec<(ImageId, Label)>,
    /// Notes and flags that images get, together with those that they have.
    pub marks: BTreeMap<ImageId, Mark>,
    /// Images that have the same label already.
    pub same: Vec<ImportedPair>,
    /// Images that have another label.
    pub conflicts: Vec<ImportedPair>,
    /// Images that the file names and the library does not have.
    pub not_here: Vec<PathBuf>,
    /// Paths in the file that could mean several images, or one that another path means, with those.
    pub undecided: Vec<(PathBuf, Vec<PathBuf>)>,
    /// Paths in the file of which only the name is that of an image, with where that is.
    pub by_name: Vec<(PathBuf, PathBuf)>,
    /// Names in the file that no category can have, with the rule. Their labels are left out.
    pub refused_names: Vec<(String, NameError)>,
    /// Labels in the file that no person gave: they were accepted automatically.
    pub automatic: usize,
    /// Names that are no category here, with what each may mean. Nothing can be imported before
    /// each has a meaning.
    pub unknown_names: Vec<NameMatch<CategoryId>>,
    /// Categories that importing adds; their ids are known in this plan alone.
    pub new_categories: Vec<Category>,
    /// Names that importing remembers.
    pub aliases: Vec<(String, CategoryId)>,
    /// The library's categories, and those that importing adds.
    pub tree: CategoryTree,
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
    /// Whether the file says when.
    pub is_dated: bool,
}

/// Finds out what importing would do. Nothing that was decided is changed; files may be read to know
/// them by their content.
///
/// # Errors
/// When an alias means no category, or the library could not be read or written.
pub fn plan_import(
    library: &Library,
    read: &ReadLabels,
    options: &ImportOptions,
) -> Result<ImportPlan, CatalogError> {
    let mut plan = ImportPlan {
        tree: library.category_tree()?,
        problems: read.problems.iter().map(ToString::to_string).collect(),
        ..ImportPlan::default()
    };
    let given = plan.given_names(options)?;
    let found = plan.find_images(library, read)?;
    let Some(categories) = name_categories(library, &found, &given, options, &mut plan)? else {
        return Ok(plan);
    };
    let mut seen: BTreeMap<ImageId, LabelValue> = BTreeMap::new();
    for (image, label) in found {
        plan.add_mark(library, image, &label.record)?;
        plan.automatic += usize::from(is_automatic(&label.record));
        let Some(theirs) = foreign_label(&label.record, &categories, options) else { continue };
        if let Some(earlier) = seen.get(&image) {
            if *earlier != theirs.value {
                plan.problems.push(format!(
                    "{}: the file has two labels for this image; the first is taken: {}",
                    label.place,
                    label.record.path.display()
                ));
            }
            continue;
        }
        seen.insert(image, theirs.value);
        // A person's label takes the place of one that was accepted automatically.
        let Some(ours) = library.label(image)?.filter(|label| !label.is_automatic()) else {
            plan.new.push((image, theirs));
            continue;
        };
        let is_same = ours.value.meaning(&plan.tree) == theirs.value.meaning(&plan.tree);
        let (path, is_dated) = (label.record.path.clone(), label.record.at.is_some());
        let pair = ImportedPair { image, path, ours, theirs, is_dated };
        if is_same { &mut plan.same } else { &mut plan.conflicts }.push(pair);
    }
    Ok(plan)
}

/// Does it, as one decision of `by`; nothing where there is nothing to do.
///
/// # Errors
/// When a new category's name breaks a rule, or the library could not be written.
pub fn apply_import(
    library: &Library,
    plan: &ImportPlan,
    on_conflict: OnConflict,
    by: &str,
) -> Result<Option<EntryId>, CatalogError> {
    let replaced = plan.replaced(on_conflict).map(|pair| (pair.image, pair.theirs.clone()));
    let foreign = ForeignLabels {
        labels: plan.new.iter().cloned().chain(replaced).collect(),
        marks: plan.marks.clone(),
        new_categories: plan.new_categories.clone(),
        aliases: plan.aliases.clone(),
    };
    if foreign.labels.is_empty() && foreign.marks.is_empty() {
        // What was said of names is worth remembering all the same.
        let known = library.aliases()?;
        let is_here =
            |(_, id): &(_, CategoryId)| foreign.new_categories.iter().all(|new| new.id != *id);
        let is_news =
            |(name, id): &(String, CategoryId)| !known.contains(&(name.trim().to_lowercase(), *id));
        let news = foreign.aliases.into_iter().filter(|alias| is_here(alias) && is_news(alias));
        let news: Vec<_> = news.collect();
        if news.is_empty() {
            return Ok(None);
        }
        return library.remember_aliases(&news, by).map(Some);
    }
    library.take_over(&foreign, by, LabelSource::Import).map(Some)
}

impl ImportPlan {
    /// The images whose label here gives way to the file's.
    pub fn replaced(&self, on_conflict: OnConflict) -> impl Iterator<Item = &ImportedPair> {
        self.conflicts.iter().filter(move |pair| match on_conflict {
            OnConflict::Keep => false,
            OnConflict::Replace => true,
            // What nobody dated is not newer than anything.
            OnConflict::Newest => pair.is_dated && pair.theirs.at > pair.ours.at,
        })
    }

    /// What names in the file mean because a person says so.
    fn given_names(
        &mut self,
        options: &ImportOptions,
    ) -> Result<Vec<(String, CategoryId)>, CatalogError> {
        let mut given = Vec::new();
        for (alias, name) in &options.aliases {
            let category = match self.tree.find(name) {
                Some(category) => category,
                None if options.adds_categories => {
                    let invalid =
                        |source| CatalogError::CategoryName { name: name.clone(), source };
                    self.add_category(&validate_name(name).map_err(invalid)?, None)
                }
                None => return Err(CatalogError::UnknownCategoryName(name.clone())),
            };
            // The name of a category here means something else in this file alone.
            if self.tree.find(alias).is_none_or(|own| own == category) {
                self.aliases.push((alias.clone(), category));
            }
            given.push((alias.clone(), category));
        }
        Ok(given)
    }

    /// The labels whose images are here, in the order of the file.
    fn find_images<'a>(
        &mut self,
        library: &Library,
        read: &'a ReadLabels,
    ) -> Result<Vec<(ImageId, &'a ReadLabel)>, CatalogError> {
        let mut found = Vec::new();
        for (label, matched) in read.labels.iter().zip(images_of(library, &read.labels)?) {
            let path = || label.record.path.clone();
            match matched {
                ImageMatch::Image(image) => found.push((image, label)),
                ImageMatch::ByName(image, here) => {
                    self.by_name.push((path(), here));
                    found.push((image, label));
                }
                ImageMatch::Undecided(places) => {
                    let places = places.into_iter().map(|(_, place)| place).collect();
                    self.undecided.push((path(), places));
                }
                ImageMatch::NotHere => self.not_here.push(path()),
            }
        }
        Ok(found)
    }

    fn add_category(&mut self, name: &str, parent: Option<CategoryId>) -> CategoryId {
        let id = CategoryId(self.tree.ids().map(|CategoryId(id)| id).max().unwrap_or(0) + 1);
        let category = Category {
            id,
            uid: String::new(),
            name: name.to_owned(),
            color: palette_color(0),
            key: None,
            description: String::new(),
            parent,
            merged_into: None,
            state: CategoryState::Active,
        };
        self.tree = std::mem::take(&mut self.tree).with(category.clone());
        self.new_categories.push(category);
        id
    }

    /// The category of a name that is new, added where another spelling of it was not; `None` where
    /// no category can have it.
    fn new_category(
        &mut self,
        spellings: &mut Spellings,
        found: &str,
        parent: Option<CategoryId>,
    ) -> Option<CategoryId> {
        let name = match validate_name(spellings.first_of(found)) {
            Ok(name) => name,
            Err(rule) => {
                self.refused_names.push((found.to_owned(), rule));
                return None;
            }
        };
        let existing = match parent {
            Some(parent) => self.tree.find_subcategory(parent, &name),
            None => self.tree.find(&name),
        };
        Some(existing.unwrap_or_else(|| self.add_category(&name, parent)))
    }

    /// Adds the record's note and flags to those of the image.
    fn add_mark(
        &mut self,
        library: &Library,
        image: ImageId,
        record: &LabelRecord,
    ) -> Result<(), CatalogError> {
        let ours = match self.marks.get(&image) {
            Some(mark) => mark.clone(),
            None => library.mark(image)?,
        };
        let mark = Mark {
            note: ours.note.clone().or_else(|| record.note.clone()),
            is_annotated: ours.is_annotated || record.annotated == Some(true),
            is_excluded: ours.is_excluded || record.excluded == Some(true),
        };
        if mark != ours {
            self.marks.insert(image, mark);
        }
        Ok(())
    }
}

/// The names in the file and what each is here.
struct Categories {
    categories: BTreeMap<String, CategoryId>,
    /// By category and name; none where no subcategory can have the name.
    subcategories: BTreeMap<(CategoryId, String), Option<CategoryId>>,
}

/// `None` where a name means nothing here.
fn name_categories(
    library: &Library,
    labels: &[(ImageId, &ReadLabel)],
    given: &[(String, CategoryId)],
    options: &ImportOptions,
    plan: &mut ImportPlan,
) -> Result<Option<Categories>, CatalogError> {
    let choices =
        || labels.iter().filter_map(|(_, label)| decision_of_person(&label.record)?.choice());
    let mut seen = BTreeSet::new();
    let names = choices().flat_map(|choice| [Some(&choice.category), choice.second.as_ref()]);
    let names: Vec<&str> =
        names.flatten().map(String::as_str).filter(|name| seen.insert(*name)).collect();
    let tree = plan.tree.clone();
    let known: Vec<(CategoryId, &str)> =
        tree.categories().map(|category| (category.id, category.name.as_str())).collect();
    let aliases = [library.aliases()?, given.to_vec()].concat();
    let remembered: Vec<(&str, CategoryId)> =
        aliases.iter().map(|(name, id)| (name.as_str(), tree.meaning(*id))).collect();
    let mut categories = BTreeMap::new();
    let mut spellings = Spellings::default();
    for name_match in match_names(&names, &known, &remembered) {
        let certain = name_match.target().filter(|_| name_match.is_certain());
        let said = given_meaning(&name_match.found, given).copied();
        if let Some(id) = said.or(certain).or_else(|| tree.find(&name_match.found)) {
            categories.insert(name_match.found, id);
        } else if !options.adds_categories {
            plan.unknown_names.push(name_match);
        } else if let Some(id) = plan.new_category(&mut spellings, &name_match.found, None) {
            categories.insert(name_match.found, id);
        }
    }
    let mut subcategories = BTreeMap::new();
    let mut spellings_of: BTreeMap<CategoryId, Spellings> = BTreeMap::new();
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
        let found = format!("{} / {name}", choice.category);
        if let Some(id) = plan.tree.find_subcategory(category, name) {
            subcategories.insert(key, Some(id));
        } else if options.adds_categories {
            let spellings = spellings_of.entry(category).or_default();
            subcategories.insert(key, plan.new_category(spellings, name, Some(category)));
        } else if plan.unknown_names.iter().all(|unknown| unknown.found != found) {
            plan.unknown_names.push(NameMatch { found, how: How::None });
        }
    }
    let is_known = plan.unknown_names.is_empty();
    Ok(is_known.then_some(Categories { categories, subcategories }))
}

fn is_automatic(record: &LabelRecord) -> bool {
    record.decision.is_some() && came_about(record, LabelSource::AcceptedAutomatically)
}

fn came_about(record: &LabelRecord, how: LabelSource) -> bool {
    record.source.as_deref() == Some(how.as_str())
}

/// What a person decided; another library's model decides nothing here.
fn decision_of_person(record: &LabelRecord) -> Option<&Decision> {
    record.decision.as_ref().filter(|_| !is_automatic(record))
}

fn foreign_label(
    record: &LabelRecord,
    categories: &Categories,
    options: &ImportOptions,
) -> Option<Label> {
    let value = match decision_of_person(record)? {
        Decision::NoneOfThese => LabelValue { answer: Answer::NoneOfThese, second_category: None },
        Decision::Unusable => LabelValue { answer: Answer::Unusable, second_category: None },
        Decision::Category(choice) => chosen(choice, categories)?,
    };
    Some(Label {
        value,
        by: record.by.clone().unwrap_or_else(|| options.by.clone()),
        at: record.at.unwrap_or_else(Timestamp::now),
        source: match came_about(record, LabelSource::AcceptedPrediction) {
            true => LabelSource::AcceptedPrediction,
            false => LabelSource::Import,
        },
    })
}

fn chosen(choice: &CategoryChoice, names: &Categories) -> Option<LabelValue> {
    let category = *names.categories.get(&choice.category)?;
    let subcategory = choice.subcategory.as_ref();
    let finer = subcategory.and_then(|name| *names.subcategories.get(&(category, name.clone()))?);
    let second = choice.second.as_ref().and_then(|name| names.categories.get(name)).copied();
    Some(LabelValue {
        answer: Answer::Category(finer.unwrap_or(category)),
        second_category: second.filter(|second| *second != category),
    })
}

/// The image of the library that each label is about: by its content, where the file says that, else
/// by its path.
fn images_of(library: &Library, labels: &[ReadLabel]) -> Result<Vec<ImageMatch>, CatalogError> {
    let by_content = |label: &ReadLabel| match (&label.file, &label.record.sha256) {
        (Some(file), _) => image_of_file(library, file),
        (None, Some(sha256)) => library.image_of_content(sha256),
        (None, None) => Ok(None),
    };
    let contents: Vec<Option<ImageId>> = labels.iter().map(by_content).collect::<Result<_, _>>()?;
    let others = labels
        .iter()
        .zip(&contents)
        .filter(|(label, content)| content.is_none() && label.file.is_none());
    let paths = match_paths(library, others.map(|(label, _)| label.record.path.as_path()))?;
    let matched = labels.iter().zip(contents).map(|(label, content)| {
        let by_path = paths.get(label.record.path.as_path()).filter(|_| label.file.is_none());
        match (content, by_path, &label.record.sha256) {
            (Some(image), _, _) => Ok(ImageMatch::Image(image)),
            (None, None, _) => Ok(ImageMatch::NotHere),
            (None, Some(by_path), None) => Ok(by_path.clone()),
            (None, Some(by_path), Some(sha256)) => with_content(library, by_path, sha256),
        }
    });
    matched.collect()
}

/// The image at the place of a file, or one with its content.
fn image_of_file(library: &Library, file: &Path) -> Result<Option<ImageId>, CatalogError> {
    if let Some(image) = find_in_library(library, file)? {
        return Ok(Some(image));
    }
    by_content(library, file)
}

/// What a path means where the content is known: a name alone does not make it the image, another
/// picture may have it here.
fn with_content(
    library: &Library,
    by_path: &ImageMatch,
    sha256: &str,
) -> Result<ImageMatch, CatalogError> {
    let places = match by_path {
        ImageMatch::Image(image) | ImageMatch::ByName(image, _) => vec![*image],
        ImageMatch::Undecided(places) => places.iter().map(|(image, _)| *image).collect(),
        ImageMatch::NotHere => return Ok(ImageMatch::NotHere),
    };
    let mut is_readable = false;
    for image in places {
        if content(library, image)?.is_none() {
            hash(library, image)?;
        }
        match content(library, image)? {
            Some(here) if here == *sha256 => return Ok(ImageMatch::Image(image)),
            Some(_) => is_readable = true,
            None => {}
        }
    }
    // Where none can be read, nothing speaks against what the path says.
    Ok(if is_readable { ImageMatch::NotHere } else { by_path.clone() })
}

fn content(library: &Library, image: ImageId) -> Result<Option<String>, CatalogError> {
    Ok(library.rows(&[image])?.pop().and_then(|row| row.content_sha256))
}

/// The image of the library with the bytes of this file. Images of its size that nobody has read
/// yet are read.
fn by_content(library: &Library, file: &Path) -> Result<Option<ImageId>, CatalogError> {
    let sha256 = SourceFile::open(file, u64::MAX).and_then(|source| source.sha256());
    let Ok(sha256) = sha256 else { return Ok(None) };
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
    let identified = SourceFile::open(&library.path_of(image)?, u64::MAX)
        .and_then(|source| Ok((source.sha256()?, source.stamp())));
    match identified {
        Ok((sha256, stamp)) => library.save_content(image, &sha256, stamp),
        Err(_) => Ok(()), // it is known by its path alone
    }
}
