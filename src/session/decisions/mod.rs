//! What is decided is written in a thread of its own, one decision after the other.
//!
//! The window goes on at once. What was asked for is done in its order, taking back included, and all
//! of it before the library is closed.

mod choices;
mod labels;
mod searches;
mod undo;

use std::sync::Arc;

use jiff::Zoned;

use super::NoticeLevel;
use super::notice::Told;
use crate::catalog::{
    Answer, CatalogError, Counts, EntryId, ImageId, Library, Mark, ReviewCounts, SavedSearch,
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
    /// Label images as their best predictions say.
    Accept { images: Vec<ImageId> },
    /// Label all images without a label whose best prediction has at least this score.
    AcceptAbove { least_score: f32 },
    /// Say something beside the label.
    Mark { images: Vec<ImageId>, change: MarkChange },
    /// Add a category.
    AddCategory(String),
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
}

/// What a decision changed.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) changed: Changed,
    /// Images that were labelled.
    pub(super) labelled: usize,
    /// An image that the decision was about and could not be saved for.
    pub(super) failed: Option<ImageId>,
    pub(super) tallies: Option<Tallies>,
    pub(super) category_tree: Option<CategoryTree>,
    pub(super) saved_searches: Option<Vec<SavedSearch>>,
    /// Images that are read in another way now.
    pub(super) stale_images: Vec<ImageId>,
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
}

impl Decider {
    /// Reads what earlier sessions decided.
    pub(super) fn new(library: Arc<Library>) -> Result<Self, CatalogError> {
        let undo = UndoStack::of_earlier_sessions(&library)?;
        Ok(Self { library, undo })
    }

    /// Whether there is something to take back, and to make again.
    pub(super) fn can_undo_and_redo(&self) -> (bool, bool) {
        (self.undo.can_undo(), self.undo.can_redo())
    }

    /// Writes one decision.
    pub(super) fn decide(&mut self, asked: Asked) -> Decided {
        let mut decided = Decided::default();
        let first = asked.decision.images().first().copied();
        if let Err(error) = self.carry_out(&asked, &mut decided) {
            decided.told.push(Told::new(NoticeLevel::Error, error.to_string()));
            decided.failed = first;
        }
        (decided.can_undo, decided.can_redo) = self.can_undo_and_redo();
        decided
    }

    fn carry_out(&mut self, asked: &Asked, decided: &mut Decided) -> Result<(), CatalogError> {
        let Terms { by, model_name, .. } = &asked.terms;
        match &asked.decision {
            Decision::Label { images, change } => self.label(images, *change, by, decided)?,
            Decision::Accept { images } => self.accept(images, by, decided)?,
            Decision::AcceptAbove { least_score } => {
                self.accept_above(*least_score, model_name, by, decided)?;
            }
            Decision::Mark { images, change } => self.mark(images, change, by, decided)?,
            Decision::AddCategory(name) => {
                self.library.add_category(name, None, by)?;
                decided.category_tree = Some(self.library.category_tree()?);
            }
            Decision::DataBar { .. } | Decision::FolderDataBar { .. } | Decision::Page { .. } => {
                self.choose(&asked.decision, decided)?;
            }
            Decision::SaveSearch(saved) => self.save_search(saved, decided)?,
            Decision::RemoveSearch(name) => self.remove_search(name, decided)?,
            Decision::Undo => self.undo(by, decided)?,
            Decision::Redo => self.redo(by, decided)?,
        }
        if !matches!(decided.changed, Changed::Nothing) || decided.category_tree.is_some() {
            decided.tallies = Some(Tallies::read(&self.library, &asked.terms)?);
        }
        if !decided.stale_images.is_empty() {
            // A model that cannot be found has nothing left to classify; classifying says why.
            decided.unclassified_count = match find_model(Some(&self.library), model_name) {
                Ok(model) => Some(self.library.count_to_classify(model.sha256())?),
                Err(_) => None,
            };
        }
        Ok(())
    }

    /// Lets Undo take this back next.
    fn remember(&mut self, what: Undoable, decided: &mut Decided) {
        decided.forgets_undoable = true;
        self.undo.push(what);
    }
}

impl Decision {
    /// The images that it is about.
    fn images(&self) -> &[ImageId] {
        match self {
            Self::Label { images, .. } | Self::Accept { images } | Self::Mark { images, .. } => {
                images
            }
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
