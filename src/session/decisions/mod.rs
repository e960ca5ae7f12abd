//! What is decided is written in a thread of its own, one decision after the other.
//!
//! The window goes on at once. What was asked for is done in its order, taking back included, and all
//! of it before the library is closed.

mod changed_files;
mod choices;
mod labels;
mod searches;
mod undo;
mod wording;

use std::sync::Arc;

use jiff::Zoned;

use super::NoticeLevel;
use super::notice::Told;
use crate::catalog::{
    Answer, CatalogError, Counts, EntryId, ImageId, Library, Mark, ReviewCounts, Revision,
    SavedSearch,
};
use crate::micrograph::DataBar;
use crate::ops::find_model;
use crate::taxonomy::{CategoryId, CategoryTree};
use undo::UndoStack;

/// Something to write.
#[derive(Debug, Clone)]
pub(super) enum Decision {
    /// Label images.
    Label { images: Vec<ImageId>, change: LabelChange },
    /// Label images as their best predictions say; of a single one, as was seen.
    Accept { images: Vec<ImageId>, seen: Option<String> },
    /// Label all images without a label whose best prediction has at least this score.
    AcceptAbove { least_score: f32 },
    /// Say something beside the label.
    Mark { images: Vec<ImageId>, change: MarkChange },
    /// Add a category, or a subcategory of its parent.
    AddCategory { name: String, parent: Option<CategoryId> },
    /// Read an image with this data bar.
    DataBar { image: ImageId, data_bar: Option<DataBar> },
    /// Read all images of its size, in its folder and those below it, with this data bar.
    FolderDataBar { image: ImageId, data_bar: Option<DataBar> },
    /// Read this page of an image's file.
    Page { image: ImageId, page: Option<u32> },
    /// Save a filter.
    SaveSearch(SavedSearch),
    /// Remove the saved filter of this name.
    RemoveSearch(String),
    /// Take the last decision back.
    Undo,
    /// Make it again.
    Redo,
}

/// What becomes of a label.
#[derive(Debug, Clone, Copy)]
pub(super) enum LabelChange {
    /// It says this first.
    Answer(Answer),
    /// It says this second; the same again takes it away.
    Second(CategoryId),
    /// There is none.
    Clear,
}

/// What becomes of notes and flags.
#[derive(Debug, Clone)]
pub(super) enum MarkChange {
    /// This note, or none.
    Note(Option<String>),
    /// Something is drawn into the image; where all are said to be so, none is.
    ToggleAnnotated,
    /// It never trains; where all are said to be so, none is.
    ToggleExcluded,
}

/// A decision with what it is made under.
pub(super) struct Asked {
    pub(super) decision: Decision,
    pub(super) terms: Terms,
    /// How many decisions were known not to have been saved when this one was made.
    pub(super) failed_count: u64,
}

impl Asked {
    /// Why it is not done: what Undo was meant for may be what was not saved since it was asked for.
    fn why_refused(&self, failed_count: u64) -> Option<&'static str> {
        match self.decision {
            _ if self.failed_count == failed_count => None,
            Decision::Undo => Some("Nothing was taken back: the decision before was not saved"),
            Decision::Redo => Some("Nothing was made again: the decision before was not saved"),
            _ => None,
        }
    }
}

/// What decisions are made and counted under.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Who decides; empty where no name goes into the journal.
    pub(super) by: String,
    /// The model in use.
    pub(super) model_name: String,
    /// Predictions below this score wait for a decision.
    pub(super) decide_below: f32,
    /// Pictures on screen show the files as they were then.
    pub(super) seen: Revision,
}

/// What a decision changed.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) changed: Changed,
    /// Images that were labelled.
    pub(super) labelled: usize,
    /// Whether it was not saved.
    pub(super) is_failed: bool,
    /// The images that it was about, if it was not saved.
    pub(super) failed: Vec<ImageId>,
    /// The images whose labels, notes or flags were taken back, or made again.
    pub(super) came_back: Vec<ImageId>,
    /// Categories may be others now.
    changes_categories: bool,
    /// Saved filters may be others now.
    changes_searches: bool,
    pub(super) tallies: Option<Tallies>,
    pub(super) category_tree: Option<CategoryTree>,
    pub(super) saved_searches: Option<Vec<SavedSearch>>,
    /// Images that are read in another way now.
    pub(super) stale_images: Vec<ImageId>,
    /// The changes of files that these take into account, where they are about files.
    pub(super) seen: Option<Revision>,
    /// Those of them that had a prediction.
    pub(super) unclassified: Vec<ImageId>,
    pub(super) unclassified_count: Option<u64>,
    pub(super) told: Vec<Told>,
    /// What was told of the newest thing that Undo takes back holds no longer.
    pub(super) forgets_undoable: bool,
    pub(super) can_undo: bool,
    pub(super) can_redo: bool,
}

/// Of which images what is known is old.
#[derive(Debug, Default)]
pub(super) enum Changed {
    #[default]
    Nothing,
    These(Vec<ImageId>),
    All,
}

/// How many there are of each kind, after a decision.
#[derive(Debug, Clone, Default)]
pub(super) struct Tallies {
    pub(super) counts: Counts,
    /// Images that whoever labels has labelled since midnight.
    pub(super) labelled_today: u64,
    /// Images that wait in the queues of review.
    pub(super) review: ReviewCounts,
}

impl Terms {
    /// Images that the model in use has not classified. One that cannot be found has nothing left to
    /// classify; classifying says why.
    pub(super) fn count_unclassified(&self, library: &Library) -> Result<u64, CatalogError> {
        match find_model(Some(library), &self.model_name) {
            Ok(model) => library.count_to_classify(model.sha256()),
            Err(_) => Ok(0),
        }
    }
}

impl Tallies {
    pub(super) fn read(library: &Library, terms: &Terms) -> Result<Self, CatalogError> {
        let midnight = Zoned::now().start_of_day().unwrap_or_else(|_| Zoned::now());
        Ok(Self {
            counts: library.counts()?,
            labelled_today: library.labelled_since(midnight.timestamp(), &terms.by)?,
            review: library.review_counts(terms.decide_below)?,
        })
    }
}

/// Something that can be taken back.
#[derive(Debug, Clone)]
enum Undoable {
    /// A decision in the journal.
    Entry(EntryId),
    /// A choice of how images are read; the changes that take it back, in this order.
    Choices(Vec<crate::catalog::ChoiceChange>),
    /// The saved filter of this name was changed, and was this before.
    SavedSearch { name: String, before: Option<SavedSearch> },
}

/// Writes what is decided, and knows what can be taken back.
pub(super) struct Decider {
    library: Arc<Library>,
    undo: UndoStack,
    /// Decisions that could not be saved.
    failed_count: u64,
}

impl Decider {
    /// Reads what earlier sessions decided.
    pub(super) fn new(library: Arc<Library>) -> Result<Self, CatalogError> {
        let undo = UndoStack::of_earlier_sessions(&library)?;
        Ok(Self { library, undo, failed_count: 0 })
    }

    /// Whether there is something to take back, and to make again.
    pub(super) fn can_undo_and_redo(&self) -> (bool, bool) {
        (self.undo.can_undo(), self.undo.can_redo())
    }

    /// Writes one decision.
    pub(super) fn decide(&mut self, mut asked: Asked) -> Decided {
        let mut decided = Decided::default();
        let failed_before = self.failed_count;
        self.failed_count += 1; // until it is known: an error of the program is a failure too
        if let Some(text) = asked.why_refused(failed_before) {
            decided.told.push(Told::new(NoticeLevel::Warning, text));
        } else if let Err(error) = self.write(&mut asked, &mut decided) {
            decided.is_failed = true;
            let images = asked.decision.images();
            decided.failed.extend(images);
            let text = format!("{error}{}", self.name_of(images));
            decided.told.push(Told::new(NoticeLevel::Error, text));
        } else if let Err(error) = self.follow_up(&asked, &mut decided) {
            // It is saved: only what is shown of it is not up to date.
            decided.told.push(Told::new(NoticeLevel::Error, error.to_string()));
        }
        if !decided.is_failed {
            self.failed_count = failed_before;
        }
        (decided.can_undo, decided.can_redo) = self.can_undo_and_redo();
        decided
    }

    fn write(&mut self, asked: &mut Asked, decided: &mut Decided) -> Result<(), CatalogError> {
        if self.leave_changed_files_out(asked, decided)? {
            return Ok(());
        }
        let Terms { by, model_name, .. } = &asked.terms;
        match &asked.decision {
            Decision::Label { images, change } => self.label(images, *change, by, decided)?,
            Decision::Accept { images, seen } => {
                self.accept(images, seen.as_deref(), by, decided)?;
            }
            Decision::AcceptAbove { least_score } => {
                self.accept_above(*least_score, model_name, by, decided)?;
            }
            Decision::Mark { images, change } => self.mark(images, change, by, decided)?,
            Decision::AddCategory { name, parent } => {
                self.library.add_category(name, *parent, by)?;
                decided.changes_categories = true;
                // It is saved, whether or not it can be taken back.
                if let Some(entry) = undo::next(self.library.next_undo(), decided) {
                    self.remember(Undoable::Entry(entry), decided);
                }
            }
            Decision::DataBar { .. } | Decision::FolderDataBar { .. } | Decision::Page { .. } => {
                self.choose(&asked.decision, decided)?;
            }
            Decision::SaveSearch(saved) => self.save_search(saved, decided)?,
            Decision::RemoveSearch(name) => self.remove_search(name, decided)?,
            Decision::Undo => self.undo(by, decided)?,
            Decision::Redo => self.redo(by, decided)?,
        }
        Ok(())
    }

    /// Reads what is shown of the decision.
    fn follow_up(&self, asked: &Asked, decided: &mut Decided) -> Result<(), CatalogError> {
        if decided.changes_categories {
            decided.category_tree = Some(self.library.category_tree()?);
        }
        if !matches!(decided.changed, Changed::Nothing) || decided.changes_categories {
            decided.tallies = Some(Tallies::read(&self.library, &asked.terms)?);
        }
        if decided.changes_searches {
            decided.saved_searches = Some(self.library.saved_searches()?);
        }
        if !decided.stale_images.is_empty() {
            decided.unclassified_count = Some(asked.terms.count_unclassified(&self.library)?);
        }
        Ok(())
    }

    /// Such as ` (a.tif and 3 more)`.
    fn name_of(&self, images: &[ImageId]) -> String {
        let rows = images.first().and_then(|image| self.library.many_rows(&[*image]).ok());
        let Some(row) = rows.and_then(|mut rows| rows.pop()) else { return String::new() };
        let path = row.relative_path.display();
        match images.len() {
            1 => format!(" ({path})"),
            count => format!(" ({path} and {} more)", count - 1),
        }
    }

    /// Lets Undo take this back next.
    fn remember(&mut self, what: Undoable, decided: &mut Decided) {
        decided.forgets_undoable = true;
        self.undo.push(what);
    }
}

impl Decision {
    /// The images whose pictures it is about, where it can be about fewer.
    fn pictures(&mut self) -> Option<&mut Vec<ImageId>> {
        match self {
            Self::Label { images, .. }
            | Self::Accept { images, .. }
            | Self::Mark { images, .. } => Some(images),
            _ => None,
        }
    }

    /// The images that it is about.
    fn images(&self) -> &[ImageId] {
        match self {
            Self::Label { images, .. }
            | Self::Accept { images, .. }
            | Self::Mark { images, .. } => images,
            Self::DataBar { image, .. }
            | Self::FolderDataBar { image, .. }
            | Self::Page { image, .. } => std::slice::from_ref(image),
            _ => &[],
        }
    }
}

impl MarkChange {
    /// What is said of an image after it, where `is_on` is what a flag becomes.
    fn made(&self, before: Mark, is_on: bool) -> Mark {
        match self {
            Self::Note(note) => Mark { note: note.clone(), ..before },
            Self::ToggleAnnotated => Mark { is_annotated: is_on, ..before },
            Self::ToggleExcluded => Mark { is_excluded: is_on, ..before },
        }
    }
}
