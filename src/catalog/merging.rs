//! Another library's decisions are taken over into this one.
//!
//! Its entries become history here, under their own ids, so that merging again adds none twice. What
//! changes here (labels, notes, categories, names) is one decision of our own, which can be undone, and
//! asked for again with other answers.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::alias::{aliases_before, set_alias};
use super::category_change::record_categories;
use super::category_list::{insert_withdrawn, select_tree};
use super::error::Failure;
use super::journal::{Entry, json_from_row, to_json};
use super::label::label_from_row;
use super::labelling::{label_of, record_labels};
use super::mark::{mark_from_row, mark_of, record_marks};
use super::standing::is_taken_away_since;
use super::{
    CatalogError, EntryId, ImageId, Label, LabelSource, Library, Mark, Side, split_side,
    stored_path,
};
use crate::taxonomy::{Category, CategoryId, CategoryState, CategoryTree, next_free_key};

/// Which label stands where both libraries have one and they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// Ours.
    Keep,
    /// The other one.
    Replace,
    /// The one that was given later.
    Newest,
}

/// How another library is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeOptions {
    /// Which label stands where both have one and they differ.
    pub on_conflict: OnConflict,
    /// Categories of the other library, and those that they are here.
    pub names: Vec<(CategoryId, CategoryId)>,
}

impl MergeOptions {
    /// Names tell which categories are the same.
    pub const fn of(on_conflict: OnConflict) -> Self {
        Self { on_conflict, names: Vec::new() }
    }
}

/// What became of the other library's decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Entries of its journal that were not known here.
    pub entries: u64,
    /// Images that took its label, or its notes and flags.
    pub taken: u64,
    /// Images that have the same label in both.
    pub same: u64,
    /// Images without a label here because it was taken away after the other library's was given:
    /// that stands.
    pub taken_away: u64,
    /// Images whose labels differ, with ours and the other one; and which of them stands.
    pub conflicts: Vec<MergeConflict>,
    /// Decided images of the other library that are not here, from its root.
    pub not_here: Vec<std::path::PathBuf>,
    /// Categories that were added.
    pub new_categories: Vec<String>,
    /// Our entry, if there was anything to take over.
    pub entry: Option<EntryId>,
    /// Our categories with it.
    pub tree: CategoryTree,
}

/// An image that has different labels in both libraries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeConflict {
    /// The image here.
    pub image: ImageId,
    /// Our label.
    pub ours: Label,
    /// Theirs, with our categories.
    pub theirs: Label,
}

/// All of another library that is merged.
struct Foreign {
    uid: String,
    tree: CategoryTree,
    images: Vec<ForeignImage>,
    entries: Vec<ForeignEntry>,
    sides: BTreeMap<String, Side>,
}

struct ForeignImage {
    id: ImageId,
    path: Vec<u8>,
    stamp: (i64, i64),
    content_sha256: Option<String>,
    label: Option<Label>,
    mark: Mark,
    /// The newest entry about its note and flags.
    newest_mark: Option<String>,
}

struct ForeignEntry {
    id: String,
    at: String,
    by: String,
    source: String,
    kind: String,
    undoes: Option<String>,
    origin: String,
    labels: Vec<(ImageId, Option<Label>, Option<Label>)>,
    marks: Vec<(ImageId, Option<String>, Option<String>)>,
}

impl Library {
    /// Takes over what was decided in `other`, as one decision of `by`: all of it or nothing. Images
    /// are the same where their content is; where one of the two was never read, where path, size
    /// and time are.
    ///
    /// # Errors
    /// When `other` cannot be read, or this library could not be written.
    pub fn merge(
        &self,
        other: &Self,
        options: &MergeOptions,
        by: &str,
    ) -> Result<MergeReport, CatalogError> {
        let foreign =
            other.read("read the other library", |connection| Ok(foreign(connection)?))?;
        self.write_categories("merge another library", |transaction| {
            merge(transaction, &foreign, options, by)
        })
    }

    /// What merging would do.
    ///
    /// # Errors
    /// When `other` cannot be read, or this library could not be written.
    pub fn rehearse_merge(
        &self,
        other: &Self,
        options: &MergeOptions,
        by: &str,
    ) -> Result<MergeReport, CatalogError> {
        let foreign =
            other.read("read the other library", |connection| Ok(foreign(connection)?))?;
        self.rehearse("merge another library", |transaction| {
            merge(transaction, &foreign, options, by)
        })
    }
}

fn merge(
    transaction: &Transaction<'_>,
    foreign: &Foreign,
    options: &MergeOptions,
    by: &str,
) -> Result<MergeReport, Failure> {
    let mut report = MergeReport::default();
    let earlier = merges_of(transaction, &foreign.uid)?;
    let categories_before = select_tree(transaction)?.ids().count();
    // An entry cannot be removed again, and of nothing there is to be none.
    transaction.execute_batch("SAVEPOINT own_entry")?;
    let newest = foreign.entries.last().map(|entry| entry.id.as_str());
    let entry = Entry::new("merge", by, LabelSource::Merge);
    let entry = entry.begin_merge(transaction, newest, &foreign.uid)?;
    let categories = adopt_categories(transaction, &entry, foreign, options, &mut report)?;
    let mut images = BTreeMap::new();
    for image in &foreign.images {
        match same_image(transaction, image)? {
            Some(here) => {
                images.insert(image.id, here);
            }
            None => report.not_here.push(stored_path::from_bytes(image.path.clone())),
        }
    }
    let (labels, marks) = decide(
        transaction,
        foreign,
        &images,
        &categories,
        options.on_conflict,
        &earlier,
        &mut report,
    )?;
    let taken: BTreeSet<&ImageId> = labels.keys().chain(marks.keys()).collect();
    report.taken = taken.len() as u64;
    record_labels(transaction, &entry, &labels)?;
    record_marks(transaction, &entry, &marks)?;
    let is_new = select_tree(transaction)?.ids().count() > categories_before
        || !report.new_categories.is_empty()
        || !aliases_before(transaction, &entry)?.is_empty();
    if report.taken > 0 || is_new {
        report.entry = Some(entry);
    } else {
        transaction.execute_batch("ROLLBACK TO own_entry")?;
    }
    transaction.execute_batch("RELEASE own_entry")?;
    report.tree = select_tree(transaction)?;
    adopt_entries(transaction, foreign, &images, &categories, &mut report)?;
    split_side::record(transaction, foreign.sides.iter().map(|(c, side)| (c, *side)))?;
    Ok(report)
}

/// Of a file that was changed in place after it was decided about, and not read since: what was
/// decided is about what it held before.
const OTHER_NOW: &str = "image.changed_after IS NOT NULL
    AND ifnull(label.decided_entry, '') <= image.changed_after
    AND ifnull(mark.entry_id, '') <= image.changed_after";

fn foreign(connection: &Connection) -> rusqlite::Result<Foreign> {
    let uid: String =
        connection.query_row("SELECT value FROM setting WHERE key = 'library_uid'", [], |row| {
            row.get(0)
        })?;
    let mut statement = connection.prepare(&format!(
        "SELECT label.answer, label.category_id, label.second_category_id, label.labelled_by,
                label.labelled_at, label.source, mark.note, mark.is_annotated, mark.is_excluded,
                image.id, image.path,
                CASE WHEN {OTHER_NOW} THEN -1 ELSE image.size_bytes END, image.modified_ns,
                CASE WHEN {OTHER_NOW} THEN image.former_sha256 ELSE image.content_sha256 END,
                (SELECT max(entry_id) FROM journal_mark WHERE image_id = image.id)
         FROM image
         LEFT JOIN label ON label.image_id = image.id
         LEFT JOIN mark ON mark.image_id = image.id
         WHERE image.id IN (SELECT image_id FROM journal_change
                            UNION SELECT image_id FROM journal_mark)",
    ))?;
    let images = statement
        .query_map([], |row| {
            Ok(ForeignImage {
                id: ImageId(row.get(9)?),
                path: row.get(10)?,
                stamp: (row.get(11)?, row.get(12)?),
                content_sha256: row.get(13)?,
                // What its model accepted by itself, nobody decided: ours can do so again.
                label: label_from_row(row)?.filter(|label| !label.is_automatic()),
                mark: mark_from_row(row, 6)?,
                newest_mark: row.get(14)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut changes = connection.prepare(
        "SELECT image_id, before_json, after_json FROM journal_change WHERE entry_id = ?1",
    )?;
    let mut marks = connection.prepare(
        "SELECT image_id, before_json, after_json FROM journal_mark WHERE entry_id = ?1",
    )?;
    let mut statement = connection.prepare(
        "SELECT entry_id, at, by, source, kind, undoes, ifnull(origin, ?1) FROM journal
         WHERE EXISTS (SELECT 1 FROM journal_change AS c WHERE c.entry_id = journal.entry_id)
            OR EXISTS (SELECT 1 FROM journal_mark AS m WHERE m.entry_id = journal.entry_id)
         ORDER BY entry_id",
    )?;
    let entries = statement
        .query_map([&uid], |row| {
            let id: String = row.get(0)?;
            let labels = changes
                .query_map([&id], |row| {
                    Ok((ImageId(row.get(0)?), json_from_row(row, 1)?, json_from_row(row, 2)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            let marks = marks
                .query_map([&id], |row| Ok((ImageId(row.get(0)?), row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(ForeignEntry {
                id,
                at: row.get(1)?,
                by: row.get(2)?,
                source: row.get(3)?,
                kind: row.get(4)?,
                undoes: row.get(5)?,
                origin: row.get(6)?,
                labels,
                marks,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let sides = split_side::select(connection)?;
    Ok(Foreign { tree: select_tree(connection)?, uid, images, entries, sides })
}

/// What each of the other library's categories is here; those that are not here are added.
fn adopt_categories(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    Foreign { tree: foreign, .. }: &Foreign,
    options: &MergeOptions,
    report: &mut MergeReport,
) -> Result<BTreeMap<CategoryId, CategoryId>, Failure> {
    let mut known = BTreeMap::new();
    for (there, here) in &options.names {
        let there = foreign.meaning(*there);
        known.insert(there, *here);
        // Names that lead elsewhere here keep their meaning.
        if let Some(category) = foreign.get(there).filter(|category| category.parent.is_none())
            && select_tree(transaction)?.find(&category.name).is_none()
        {
            set_alias(transaction, entry, &category.name, *here)?;
        }
    }
    // Parents before their children.
    let is_child = |id: &CategoryId| foreign.top(*id) != foreign.meaning(*id);
    let (children, tops): (Vec<_>, Vec<_>) = foreign.ids().partition(is_child);
    for id in tops.into_iter().chain(children) {
        let meaning = foreign.meaning(id);
        if let Some(&here) = known.get(&meaning) {
            known.insert(id, here);
            continue;
        }
        let Some(category) = foreign.get(meaning) else { continue };
        let parent =
            category.parent.and_then(|parent| known.get(&foreign.meaning(parent)).copied());
        let here = adopt_category(transaction, entry, category, parent, report)?;
        known.insert(meaning, here);
        known.insert(id, here);
    }
    Ok(known)
}

/// What a category of the other library is here, below this parent.
fn adopt_category(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    category: &Category,
    parent: Option<CategoryId>,
    report: &mut MergeReport,
) -> Result<CategoryId, Failure> {
    let tree = select_tree(transaction)?;
    // Moved here meanwhile: a subcategory has no parts of its own.
    let parent = parent.map(|parent| tree.top(parent));
    let by_uid = tree.find_uid(&category.uid);
    let there = by_uid.filter(|id| tree.is_there(*id));
    let found = there.map(|id| tree.meaning(id)).or_else(|| match parent {
        Some(parent) => tree.find_subcategory(parent, &category.name),
        None => tree.find(&category.name),
    });
    if let Some(here) = found {
        return Ok(here);
    }
    // Its adding was undone here, with a merge perhaps: it comes back.
    let withdrawn = by_uid.and_then(|id| tree.get(id)).filter(|own| own.merged_into.is_none());
    let new = match withdrawn {
        Some(own) if category.state == CategoryState::Withdrawn => return Ok(own.id),
        Some(own) => own.clone(),
        None => {
            let new = insert_withdrawn(transaction, &category.name)?;
            let uid = if by_uid.is_none() { category.uid.clone() } else { new.uid.clone() };
            transaction
                .prepare_cached("UPDATE category SET uid = ?2, key = NULL WHERE id = ?1")?
                .execute(params![new.id.0, uid])?;
            Category { uid, ..new }
        }
    };
    let used: Vec<char> = tree.categories().filter_map(|category| category.key).collect();
    let has_key = parent.is_none() && category.state == CategoryState::Active;
    let new = Category {
        name: category.name.clone(),
        color: category.color,
        description: category.description.clone(),
        key: has_key.then(|| next_free_key(&used)).flatten(),
        parent,
        state: category.state,
        ..new
    };
    if new.state != CategoryState::Withdrawn {
        report.new_categories.push(category.name.clone());
        record_categories(transaction, entry, std::slice::from_ref(&new))?;
    }
    Ok(new.id)
}

/// The image here that the other library's is.
fn same_image(
    transaction: &Transaction<'_>,
    image: &ForeignImage,
) -> rusqlite::Result<Option<ImageId>> {
    let by_content = transaction
        .prepare_cached(
            "SELECT ifnull(same_as, id) FROM image WHERE content_sha256 = ?1 ORDER BY hidden",
        )?
        .query_row([&image.content_sha256], |row| row.get(0).map(ImageId))
        .optional()?;
    if by_content.is_some() {
        return Ok(by_content);
    }
    transaction
        .prepare_cached(
            "SELECT ifnull(same_as, id) FROM image
             WHERE path = ?1 AND size_bytes = ?2 AND modified_ns = ?3
               AND (content_sha256 IS NULL OR ?4 IS NULL)
             ORDER BY hidden",
        )?
        .query_row(params![image.path, image.stamp.0, image.stamp.1, image.content_sha256], |row| {
            row.get(0).map(ImageId)
        })
        .optional()
}

/// Whether what an entry says of this image's note and flags is here already: as our own, or since an
/// earlier merge, when the image was here.
fn is_known(transaction: &Transaction<'_>, entry: &str, image: ImageId) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT 1 FROM journal WHERE entry_id = ?1 AND (
                 origin IS NULL
                 OR EXISTS (SELECT 1 FROM journal_mark WHERE entry_id = ?1 AND image_id = ?2))",
        )?
        .exists(params![entry, image.0])
}

/// Adds the other library's entries as history. Of those that came with an earlier merge, what they
/// say of images that were not here then is added.
fn adopt_entries(
    transaction: &Transaction<'_>,
    foreign: &Foreign,
    images: &BTreeMap<ImageId, ImageId>,
    categories: &BTreeMap<CategoryId, CategoryId>,
    report: &mut MergeReport,
) -> Result<(), Failure> {
    let json = |label: &Option<Label>| {
        label.as_ref().map(|label| to_json(&translated(label, categories))).transpose()
    };
    let mut is_own =
        transaction.prepare("SELECT 1 FROM journal WHERE entry_id = ?1 AND origin IS NULL")?;
    let mut insert_change =
        transaction.prepare("INSERT OR IGNORE INTO journal_change VALUES (?1, ?2, ?3, ?4)")?;
    let mut insert_mark =
        transaction.prepare("INSERT OR IGNORE INTO journal_mark VALUES (?1, ?2, ?3, ?4)")?;
    let mut insert_entry = transaction.prepare(
        "INSERT INTO journal (entry_id, at, by, source, kind, undoes, origin)
         SELECT ?1, ?2, ?3, ?4, ?5, (SELECT entry_id FROM journal WHERE entry_id = ?6), ?7
         ON CONFLICT (entry_id) DO NOTHING",
    )?;
    for entry in &foreign.entries {
        if is_own.exists([&entry.id])? {
            continue;
        }
        let changes: Vec<_> = entry
            .labels
            .iter()
            .filter_map(|(image, before, after)| Some((images.get(image)?, before, after)))
            .collect();
        let marks: Vec<_> = entry
            .marks
            .iter()
            .filter_map(|(image, before, after)| Some((images.get(image)?, before, after)))
            .collect();
        if changes.is_empty() && marks.is_empty() {
            continue;
        }
        let ForeignEntry { id, at, by, source, kind, undoes, origin, .. } = entry;
        report.entries +=
            insert_entry.execute(params![id, at, by, source, kind, undoes, origin])? as u64;
        for (image, before, after) in changes {
            insert_change.execute(params![id, image.0, json(before)?, json(after)?])?;
        }
        for (image, before, after) in marks {
            insert_mark.execute(params![id, image.0, before, after])?;
        }
    }
    Ok(())
}

type Decisions = (BTreeMap<ImageId, Option<Label>>, BTreeMap<ImageId, Mark>);

/// What our images are labelled with from now on. Notes and flags that were merged before are not
/// taken again, unless a merge was undone: what was removed here since stays removed.
fn decide(
    transaction: &Transaction<'_>,
    foreign: &Foreign,
    images: &BTreeMap<ImageId, ImageId>,
    categories: &BTreeMap<CategoryId, CategoryId>,
    on_conflict: OnConflict,
    earlier: &[(String, bool)],
    report: &mut MergeReport,
) -> Result<Decisions, Failure> {
    let tree = select_tree(transaction)?;
    let (mut labels, mut marks) = Decisions::default();
    for theirs in &foreign.images {
        let Some(&image) = images.get(&theirs.id) else { continue };
        let is_new = match &theirs.newest_mark {
            None => false,
            Some(entry) => {
                let seen_by = earlier.iter().rev().find(|(merge, _)| merge > entry);
                let was_undone = seen_by.is_some_and(|(_, holds)| !holds);
                was_undone || !is_known(transaction, entry, image)?
            }
        };
        if is_new {
            let ours = match marks.get(&image) {
                Some(joined) => Mark::clone(joined), // two of their images are one here
                None => mark_of(transaction, image)?,
            };
            let joined = ours.clone().joined(theirs.mark.clone());
            if joined != ours {
                marks.insert(image, joined);
            }
        }
        let Some(label) = &theirs.label else { continue };
        // Whether a person had the model's answer before their eyes counts here as well.
        let source = match label.source {
            LabelSource::AcceptedPrediction => LabelSource::AcceptedPrediction,
            _ => LabelSource::Merge,
        };
        let label = Label { source, ..translated(label, categories) };
        let ours = match labels.get(&image) {
            Some(taken) => taken.clone(), // two of their images are one here
            // What nobody decided does not stand against what somebody did.
            None => label_of(transaction, image)?.filter(|label| !label.is_automatic()),
        };
        match ours {
            None if on_conflict != OnConflict::Replace
                && is_taken_away_since(transaction, image, label.at)? =>
            {
                report.taken_away += 1;
            }
            None => {
                labels.insert(image, Some(label));
            }
            Some(ours) if ours.value.meaning(&tree) == label.value.meaning(&tree) => {
                report.same += 1;
            }
            Some(ours) => {
                let is_theirs = match on_conflict {
                    OnConflict::Keep => false,
                    OnConflict::Replace => true,
                    OnConflict::Newest => label.at > ours.at,
                };
                report.conflicts.push(MergeConflict { image, ours, theirs: label.clone() });
                if is_theirs {
                    labels.insert(image, Some(label));
                }
            }
        }
    }
    Ok((labels, marks))
}

/// Our earlier entries that merged this library, the oldest first, and whether each holds. Of those of
/// earlier formats it is not known which library they merged.
fn merges_of(connection: &Connection, uid: &str) -> rusqlite::Result<Vec<(String, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT entry_id FROM journal
         WHERE source = 'merge' AND origin IS NULL AND ifnull(merged_uid, ?1) = ?1
         ORDER BY entry_id",
    )?;
    let mut undone_by =
        connection.prepare_cached("SELECT max(entry_id) FROM journal WHERE undoes = ?1")?;
    let merges = statement.query_map([uid], |row| row.get(0))?;
    merges
        .map(|merge| {
            let merge: String = merge?;
            let (mut entry, mut holds) = (merge.clone(), true);
            while let Some(by) =
                undone_by.query_row([&entry], |row| row.get::<_, Option<String>>(0))?
            {
                (entry, holds) = (by, !holds);
            }
            Ok((merge, holds))
        })
        .collect()
}

/// The label with our categories.
fn translated(label: &Label, categories: &BTreeMap<CategoryId, CategoryId>) -> Label {
    let here = |id: CategoryId| categories.get(&id).copied().unwrap_or(id);
    Label { value: label.value.translated(here), ..label.clone() }
}
