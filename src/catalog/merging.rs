//! Another library's decisions are taken over into this one.
//!
//! Its entries become history here, under their own ids, so that merging again adds nothing. What
//! images are labelled with is one decision of our own, which can be undone.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::category_list::{insert_withdrawn, select_tree};
use super::error::Failure;
use super::journal::{Entry, json_from_row, to_json};
use super::label::label_from_row;
use super::labelling::{label_of, record_labels};
use super::mark::{mark_from_row, mark_of, record_marks};
use super::{
    CatalogError, EntryId, ImageId, Label, LabelSource, Library, Mark, Side, split_side,
    stored_path,
};
use crate::taxonomy::{CategoryId, CategoryState, CategoryTree};

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

/// What became of the other library's decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Entries of its journal that were not known here.
    pub entries: u64,
    /// Images that took its label, or its notes and flags.
    pub taken: u64,
    /// Images that have the same label in both.
    pub same: u64,
    /// Images whose labels differ, with ours and the other one; and which of them stands.
    pub conflicts: Vec<MergeConflict>,
    /// Decided images of the other library that are not here, from its root.
    pub not_here: Vec<std::path::PathBuf>,
    /// Categories that were added.
    pub new_categories: Vec<String>,
    /// Our entry, if there was anything to take over.
    pub entry: Option<EntryId>,
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
    /// The newest entries about its label, and about its note and flags.
    newest_label: Option<String>,
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
        on_conflict: OnConflict,
        by: &str,
    ) -> Result<MergeReport, CatalogError> {
        let foreign =
            other.read("read the other library", |connection| Ok(foreign(connection)?))?;
        self.write_categories("merge another library", |transaction| {
            let mut report = MergeReport::default();
            let categories = adopt_categories(transaction, &foreign.tree, &mut report)?;
            let mut images = BTreeMap::new();
            for image in &foreign.images {
                match same_image(transaction, image)? {
                    Some(here) => {
                        images.insert(image.id, here);
                    }
                    None => report.not_here.push(stored_path::from_bytes(image.path.clone())),
                }
            }
            let (labels, marks) =
                decide(transaction, &foreign, &images, &categories, on_conflict, &mut report)?;
            adopt_entries(transaction, &foreign, &images, &categories, &mut report)?;
            split_side::record(transaction, foreign.sides.iter().map(|(c, side)| (c, *side)))?;
            if !labels.is_empty() || !marks.is_empty() {
                let entry = Entry::new("label", by, LabelSource::Merge).begin(transaction)?;
                let taken: BTreeSet<&ImageId> = labels.keys().chain(marks.keys()).collect();
                report.taken = taken.len() as u64;
                record_labels(transaction, &entry, &labels)?;
                record_marks(transaction, &entry, &marks)?;
                report.entry = Some(entry);
            }
            Ok(report)
        })
    }
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
                (SELECT max(entry_id) FROM journal_change WHERE image_id = image.id),
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
                newest_label: row.get(14)?,
                newest_mark: row.get(15)?,
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
    Ok(Foreign { tree: select_tree(connection)?, images, entries, sides })
}

/// What each of the other library's categories is here; those that are not here are added.
fn adopt_categories(
    transaction: &Transaction<'_>,
    foreign: &CategoryTree,
    report: &mut MergeReport,
) -> Result<BTreeMap<CategoryId, CategoryId>, Failure> {
    let mut known = BTreeMap::new();
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
        let tree = select_tree(transaction)?;
        // Moved here meanwhile: a subcategory has no parts of its own.
        let parent = parent.map(|parent| tree.top(parent));
        let by_uid = tree.ids().find(|id| tree.get(*id).is_some_and(|own| own.uid == category.uid));
        let there = by_uid.filter(|id| tree.is_there(*id));
        let found = there.map(|id| tree.meaning(id)).or_else(|| match parent {
            Some(parent) => tree.find_subcategory(parent, &category.name),
            None => tree.find(&category.name),
        });
        let here = match found {
            Some(here) => here,
            None => {
                report.new_categories.push(category.name.clone());
                let new = insert_withdrawn(transaction, &category.name)?;
                transaction
                    .prepare_cached(
                        "UPDATE category SET uid = ?2, color = ?3, description = ?4, parent_id = ?5,
                             state = ?6, key = CASE WHEN ?5 IS NULL AND ?6 = 'active' THEN key END
                         WHERE id = ?1",
                    )?
                    .execute(params![
                        new.id.0,
                        if by_uid.is_some() { &new.uid } else { &category.uid },
                        category.color.to_hex(),
                        category.description,
                        parent.map(|parent| parent.0),
                        category.state.as_str(),
                    ])?;
                if category.state == CategoryState::Withdrawn {
                    report.new_categories.pop();
                }
                new.id
            }
        };
        known.insert(meaning, here);
        known.insert(id, here);
    }
    Ok(known)
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

/// Whether an entry is here already with what it says of this image: as our own, or since an earlier
/// merge, when the image was here.
fn is_known(
    transaction: &Transaction<'_>,
    changes: &str,
    entry: &str,
    image: ImageId,
) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(&format!(
            "SELECT 1 FROM journal WHERE entry_id = ?1 AND (
                 origin IS NULL
                 OR EXISTS (SELECT 1 FROM {changes} WHERE entry_id = ?1 AND image_id = ?2))"
        ))?
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

/// What our images are labelled with from now on. What was merged before is not asked again, so
/// that what was decided here since stands.
fn decide(
    transaction: &Transaction<'_>,
    foreign: &Foreign,
    images: &BTreeMap<ImageId, ImageId>,
    categories: &BTreeMap<CategoryId, CategoryId>,
    on_conflict: OnConflict,
    report: &mut MergeReport,
) -> Result<Decisions, Failure> {
    let tree = select_tree(transaction)?;
    let (mut labels, mut marks) = Decisions::default();
    for theirs in &foreign.images {
        let Some(&image) = images.get(&theirs.id) else { continue };
        let is_new = |changes: &str, entry: &Option<String>| match entry {
            Some(entry) => is_known(transaction, changes, entry, image).map(|is_known| !is_known),
            None => Ok(false),
        };
        if is_new("journal_mark", &theirs.newest_mark)? {
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
        if !is_new("journal_change", &theirs.newest_label)? {
            continue;
        }
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

/// The label with our categories.
fn translated(label: &Label, categories: &BTreeMap<CategoryId, CategoryId>) -> Label {
    let here = |id: CategoryId| categories.get(&id).copied().unwrap_or(id);
    Label { value: label.value.translated(here), ..label.clone() }
}
