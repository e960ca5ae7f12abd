//! The program without a window: state, commands, what is running.
//!
//! The window reads a [`Session`] and sends it [`Command`]s; nothing else changes it. No egui here,
//! so that tests drive the same code.

mod apply;
mod background;
mod choices;
mod command;
mod images;
mod likeness;
mod log_in;
mod notice;
mod person;
mod preferences;
mod saved;
mod selection;
mod subcategories;

pub use background::{BackgroundTask, default_sample_folder};
pub use command::{Command, Direction, MoveBy};
pub use images::LoadedImage;
pub use log_in::{ASK_USER_VARIABLE, LogIn};
pub use notice::{Notice, NoticeLevel};
pub use person::is_name;
pub use selection::Selection;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::cache::Cache;
use crate::catalog::{
    CatalogError, ChoiceChange, Counts, EntryId, ImageId, ImageRow, LabelValue, Library,
    LibraryPlace, Listed, Prediction, SavedSearch, View,
};
use crate::micrograph::{InstrumentRecord, ReadChoice};
use crate::ops::{Thumbnail, find_model, model_in_use, own_models};
use crate::query::Query;
use crate::taxonomy::{Category, CategoryId, CategoryTree};
use background::Running;
use images::ImageLoader;

/// Set once somebody was warned that the library is on a network share.
const NETWORK_TOLD: &str = "told_of_network_share";
/// Most rows kept in memory; more than any screen shows.
const ROW_CACHE: usize = 4096;

/// Wakes whoever draws; may be called from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The state of the program.
pub struct Session {
    log_in: LogIn,
    /// Who labels; nobody while that is to be asked.
    person: Option<String>,
    wake: Wake,
    open: Option<OpenLibrary>,
    running: Option<Running>,
    notices: Vec<Notice>,
    preferences: preferences::Preferences,
    /// Whether one image fills the middle, instead of the grid.
    is_single: bool,
}

/// What belongs to the open library.
struct OpenLibrary {
    library: Arc<Library>,
    cache: Arc<Cache>,
    loader: ImageLoader,
    model_name: String,
    own_models: Vec<String>,
    unclassified_count: u64,
    category_tree: CategoryTree,
    /// Those that can be given.
    categories: Vec<Category>,
    counts: Counts,
    saved_searches: Vec<SavedSearch>,
    /// Whose labels the library had when it was opened.
    people: Vec<String>,
    view: View,
    /// Images that were looked for last.
    listed: Option<Listed>,
    /// A query that was being written when it found nothing, so that the view is still the one
    /// before it.
    fruitless: Option<Query>,
    image_ids: Vec<ImageId>,
    selection: Selection,
    /// Rows that were asked for, until they change.
    rows: RefCell<HashMap<ImageId, ImageRow>>,
    /// What Undo takes back, the newest last.
    undo: Vec<Undoable>,
    /// And after these: the newest decision of earlier sessions that holds.
    undo_earlier: Option<EntryId>,
    /// What Redo makes again.
    redo: Vec<Undoable>,
    /// And after these: what an earlier session took back last.
    redo_earlier: Option<EntryId>,
    /// Images that are read in another way than when they were last shown.
    stale_images: Vec<ImageId>,
    /// Those of them that had a prediction.
    to_classify_again: Vec<ImageId>,
}

/// Something that can be taken back.
#[derive(Debug, Clone)]
enum Undoable {
    /// A decision in the journal.
    Decision(EntryId),
    /// A choice of how images are read; the changes that take it back, in this order.
    Choices(Vec<ChoiceChange>),
    /// The saved filter of this name was changed, and was this before.
    SavedSearch {
        /// Its name.
        name: String,
        /// What it was; nothing where there was none.
        before: Option<SavedSearch>,
    },
}

impl Session {
    /// A session without a library.
    pub fn new(log_in: LogIn, wake: Wake) -> Self {
        let person = (!log_in.is_shared()).then(|| log_in.name().to_owned());
        Self {
            log_in,
            person,
            wake,
            open: None,
            running: None,
            notices: Vec::new(),
            preferences: preferences::Preferences::default(),
            is_single: false,
        }
    }

    /// The folder that is open.
    pub fn root(&self) -> Option<&Path> {
        self.open.as_ref().map(|open| open.library.root())
    }

    /// Where the library's files are, if not beside the images.
    pub fn directory_elsewhere(&self) -> Option<&Path> {
        let library = &self.open.as_ref()?.library;
        (!library.directory().starts_with(library.root())).then(|| library.directory())
    }

    /// Whether another program has the library open, so that nothing can be decided here.
    pub fn is_read_only(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.library.is_read_only())
    }

    /// The models of the library's own, by name.
    pub fn own_models(&self) -> impl Iterator<Item = &str> {
        self.open.iter().flat_map(|open| open.own_models.iter().map(String::as_str))
    }

    /// The name of the model in use.
    pub fn model_name(&self) -> Option<&str> {
        self.open.as_ref().map(|open| open.model_name.as_str())
    }

    /// The categories that can be given.
    pub fn categories(&self) -> &[Category] {
        self.open.as_ref().map_or(&[], |open| &open.categories)
    }

    /// What the category of a label means now: a category, not a subcategory.
    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        let tree = &self.open.as_ref()?.category_tree;
        tree.get(tree.top(id))
    }

    /// The category of this name, or which it means now.
    pub fn category_named(&self, name: &str) -> Option<&Category> {
        let tree = &self.open.as_ref()?.category_tree;
        tree.get(tree.find(name)?)
    }

    /// The categories of a label as they stand now, the first one first; a label that was for two
    /// which are one by now has one.
    pub fn label_categories(&self, label: &LabelValue) -> Vec<&Category> {
        let mut categories: Vec<&Category> = Vec::new();
        for id in [label.category(), label.second_category].into_iter().flatten() {
            let category = self.category(id);
            categories.extend(category.filter(|new| categories.iter().all(|old| old.id != new.id)));
        }
        categories
    }

    /// The subcategory that a label gives.
    pub fn label_subcategory(&self, label: &LabelValue) -> Option<String> {
        self.open.as_ref()?.category_tree.name(label.category()?)?.subcategory
    }

    /// How many images there are of each kind.
    pub fn counts(&self) -> Option<&Counts> {
        self.open.as_ref().map(|open| &open.counts)
    }

    /// Which images are shown, and in which order.
    pub fn view(&self) -> Option<&View> {
        self.open.as_ref().map(|open| &open.view)
    }

    /// The query that found nothing while it was being written: the images shown are still those of
    /// the view.
    pub fn fruitless_query(&self) -> Option<&Query> {
        self.open.as_ref()?.fruitless.as_ref()
    }

    /// The images shown.
    pub fn image_ids(&self) -> &[ImageId] {
        self.open.as_ref().map_or(&[], |open| &open.image_ids)
    }

    /// Which of them are selected.
    pub fn selection(&self) -> Option<&Selection> {
        self.open.as_ref().map(|open| &open.selection)
    }

    /// The image at the cursor.
    pub fn current_image(&self) -> Option<ImageId> {
        let open = self.open.as_ref()?;
        open.image_ids.get(open.selection.cursor()).copied()
    }

    /// Whether one image fills the middle, instead of the grid.
    pub fn is_single(&self) -> bool {
        self.is_single && self.current_image().is_some()
    }

    /// What is known of an image; remembered until it changes.
    pub fn row(&self, image: ImageId) -> Option<ImageRow> {
        let open = self.open.as_ref()?;
        let mut rows = open.rows.borrow_mut();
        if let Some(row) = rows.get(&image) {
            return Some(row.clone());
        }
        let row = open.library.rows(&[image]).ok()?.pop()?;
        if rows.len() >= ROW_CACHE {
            rows.clear();
        }
        rows.insert(image, row.clone());
        Some(row)
    }

    /// How a person wants an image read.
    pub fn read_choice(&self, image: ImageId) -> ReadChoice {
        let open = self.open.as_ref();
        open.and_then(|open| open.library.read_choice(image).ok()).unwrap_or_default()
    }

    /// What a model last said of an image.
    pub fn prediction(&self, image: ImageId) -> Option<Prediction> {
        self.open.as_ref()?.library.prediction(image).ok().flatten()
    }

    /// What an image's header says; `None` until it was read.
    pub fn instrument(&self, image: ImageId) -> Option<InstrumentRecord> {
        let json = self.open.as_ref()?.library.instrument_json(image).ok().flatten()?;
        serde_json::from_str(&json).ok()
    }

    /// Replaces the thumbnails that are wanted, the most urgent first.
    pub fn want_thumbnails(&self, images: Vec<ImageId>) {
        if let Some(open) = &self.open {
            open.loader.want_thumbnails(images);
        }
    }

    /// Replaces the whole images that are wanted, the most urgent first.
    pub fn want_images(&self, images: Vec<ImageId>) {
        if let Some(open) = &self.open {
            open.loader.want_images(images);
        }
    }

    /// Thumbnails that have come since the last call, or why there is none.
    pub fn take_thumbnails(&mut self) -> Vec<(ImageId, Result<Thumbnail, String>)> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let loaded = open.loader.take_thumbnails(&open.library);
        open.note_read(loaded.iter().map(|(image, outcome)| (*image, outcome.is_err())));
        loaded
    }

    /// Whole images that have come since the last call, or why there is none.
    pub fn take_images(&mut self) -> Vec<(ImageId, Result<LoadedImage, String>)> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let loaded = open.loader.take_images(&open.library);
        open.note_read(loaded.iter().map(|(image, outcome)| (*image, outcome.is_err())));
        loaded
    }

    /// Images that are read in another way since the last call: what is shown of them is old.
    pub fn take_stale_images(&mut self) -> Vec<ImageId> {
        self.open.as_mut().map_or_else(Vec::new, |open| std::mem::take(&mut open.stale_images))
    }

    /// What is running.
    pub fn running(&self) -> Option<BackgroundTask<'_>> {
        self.running.as_ref().map(Running::describe)
    }

    /// Messages for the user, the newest last.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Whether there is a decision or a choice to take back.
    pub fn can_undo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.undo.is_empty() || open.undo_earlier.is_some())
    }

    /// Whether there is a decision or a choice to make again.
    pub fn can_redo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.redo.is_empty() || open.redo_earlier.is_some())
    }

    /// Images that the model in use has not classified.
    pub fn unclassified_count(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.unclassified_count)
    }

    fn notify(&mut self, level: NoticeLevel, text: impl Into<String>) {
        let (text, at) = (text.into(), Instant::now());
        self.notices.push(Notice { level, text, at, is_undoable: false });
    }

    fn notify_error(&mut self, error: &CatalogError) {
        self.notify(NoticeLevel::Error, error.to_string());
    }

    fn open_folder(&mut self, folder: &Path) {
        // Its own folder once more: what still works on it must not hold it.
        let same = |open: &OpenLibrary| {
            LibraryPlace::for_folder(folder)
                .is_ok_and(|place| place.directory == open.library.directory())
        };
        if self.open.as_ref().is_some_and(same) {
            self.running = None;
            self.open = None;
        }
        match OpenLibrary::open(folder, Arc::clone(&self.wake)) {
            Ok(open) => {
                self.running = None; // cancels what worked on the library before
                self.is_single = false;
                self.open = Some(open);
                self.tell_of_place();
                if !self.is_read_only() {
                    self.start_scan();
                }
            }
            Err(error) => self.notify_error(&error),
        }
    }
}

impl Session {
    /// What a person should know of where the library is, and who else has it.
    fn tell_of_place(&mut self) {
        let Some(library) = self.open.as_ref().map(|open| Arc::clone(&open.library)) else {
            return;
        };
        if let Some(reason) = library.read_only_reason() {
            self.notify(NoticeLevel::Warning, reason);
        }
        if let Some(warning) = library.passed_over_warning() {
            self.notify(NoticeLevel::Warning, warning);
        } else if let Some(directory) = self.directory_elsewhere() {
            let text =
                format!("The labels of this folder's images are kept in {}", directory.display());
            self.notify(NoticeLevel::Info, text);
        }
        let is_told = matches!(library.setting(NETWORK_TOLD), Ok(Some(_)));
        if library.is_on_network_share() && !is_told {
            let text = "This library is on a network share: it is slower there, and only one person \
                can work on it at a time";
            self.notify(NoticeLevel::Warning, text);
            if !library.is_read_only()
                && let Err(error) = library.set_setting(NETWORK_TOLD, "yes")
            {
                self.notify_error(&error);
            }
        }
    }
}

impl Drop for OpenLibrary {
    fn drop(&mut self) {
        self.library.close();
    }
}

impl OpenLibrary {
    fn open(folder: &Path, wake: Wake) -> Result<Self, CatalogError> {
        let place = LibraryPlace::for_folder(folder)?;
        let library = Arc::new(Library::open(&place)?);
        let cache = Arc::new(Cache::open(&library.cache_directory()));
        let model_name = model_in_use(&library)?;
        let mut open = Self {
            loader: ImageLoader::new(Arc::clone(&library), Arc::clone(&cache), wake),
            own_models: Vec::new(),
            library,
            cache,
            model_name,
            unclassified_count: 0,
            category_tree: CategoryTree::default(),
            categories: Vec::new(),
            listed: None,
            counts: Counts::default(),
            saved_searches: Vec::new(),
            people: Vec::new(),
            fruitless: None,
            view: View::default(),
            image_ids: Vec::new(),
            selection: Selection::default(),
            rows: RefCell::default(),
            undo: Vec::new(),
            undo_earlier: None,
            redo: Vec::new(),
            redo_earlier: None,
            stale_images: Vec::new(),
            to_classify_again: Vec::new(),
        };
        open.undo_earlier = open.library.next_undo()?;
        open.redo_earlier = open.library.next_redo()?;
        open.people = open.library.people()?;
        open.refresh()?;
        Ok(open)
    }

    /// Reads categories, counts and the view again; the cursor stays on its image where it can.
    fn refresh(&mut self) -> Result<(), CatalogError> {
        self.refresh_categories()?;
        self.counts = self.library.counts()?;
        self.saved_searches = self.library.saved_searches()?;
        self.own_models = own_models(&self.library).into_keys().collect();
        self.count_unclassified()?;
        self.rows.borrow_mut().clear();
        let images = self.library.image_ids(&self.view)?;
        self.show(images);
        Ok(())
    }

    /// Shows these images; the cursor stays on its image where it can.
    fn show(&mut self, images: Vec<ImageId>) {
        let current = self.image_ids.get(self.selection.cursor()).copied();
        self.image_ids = images;
        self.selection.follow(&self.image_ids, current);
    }

    fn refresh_categories(&mut self) -> Result<(), CatalogError> {
        self.category_tree = self.library.category_tree()?;
        self.categories = self.category_tree.offered().cloned().collect();
        Ok(())
    }

    /// Reading these files told the library their size and record, or that they are unreadable.
    fn note_read(&mut self, images: impl Iterator<Item = (ImageId, bool)>) {
        let mut has_unreadable = false;
        for (image, is_unreadable) in images {
            self.rows.borrow_mut().remove(&image);
            has_unreadable |= is_unreadable;
        }
        if has_unreadable && let Ok(counts) = self.library.counts() {
            self.counts = counts;
        }
    }

    /// A model that cannot be found has nothing left to classify; classifying says why.
    fn count_unclassified(&mut self) -> Result<(), CatalogError> {
        self.unclassified_count = match find_model(Some(&self.library), &self.model_name) {
            Ok(model) => self.library.count_to_classify(model.sha256())?,
            Err(_) => 0,
        };
        Ok(())
    }

    /// Reads again what a decision on `images` changes. The view keeps its images, so that nothing
    /// jumps away under the hand that labels.
    fn refresh_decisions(&mut self, images: &[ImageId]) -> Result<(), CatalogError> {
        self.counts = self.library.counts()?;
        let mut rows = self.rows.borrow_mut();
        for image in images {
            rows.remove(image);
        }
        Ok(())
    }
}

/// Where an export goes unless the user says otherwise: beside the images' folder.
pub fn default_export_folder(root: &Path) -> PathBuf {
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = format!("{} HDF5", name.unwrap_or_else(|| "Semblance".to_owned()));
    root.parent().unwrap_or(root).join(name)
}
