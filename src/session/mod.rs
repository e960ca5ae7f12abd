//! The program without a window: state, commands, what is running.
//!
//! The window reads a [`Session`] and sends it [`Command`]s; nothing else changes it. No egui here,
//! so that tests drive the same code.

mod apply;
mod background;
mod command;
mod decide;
mod decisions; // what is written, off the window's thread
mod details;
mod ended;
mod holding; // what waits for Undo
mod images;
mod likeness;
mod listing; // what is read of the whole library, off the window's thread
mod log_in;
mod looking; // what is found with the features of the model in use
mod notice;
mod opening;
mod pace;
mod person;
mod preferences;
mod read_failures;
mod review;
mod saved;
mod selection;
mod subcategories;
mod taken;
mod turn; // once another program has closed the library

pub use background::{BackgroundTask, TaskKind, default_sample_folder};
pub use command::{Command, Direction, MoveBy};
pub use details::Details;
pub use images::LoadedImage;
pub use log_in::{ASK_USER_VARIABLE, LogIn};
pub use notice::{Notice, NoticeLevel};
pub use person::is_name;
pub use selection::Selection;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cache::Cache;
use crate::catalog::{
    CatalogError, Counts, Group, ImageId, ImageRow, ImageSet, LabelValue, Library, Listed,
    Revision, SavedSearch, Sort, View,
};
use crate::jobs::{Task, Worker};
use crate::ops::{THUMBNAIL_SIZE_PX, Thumbnail, ThumbnailKey};
use crate::query::Query;
use crate::taxonomy::{Category, CategoryId, CategoryTree, KnownNames};
use background::Running;
use decisions::{Asked, Decided, Tallies};
use holding::Holding;
use images::ImageLoader;
use listing::Lister;
use notice::Told;
use opening::{Closing, Opening};
use pace::Pace;
use read_failures::ReadFailures;

/// Most rows kept in memory; more than any screen shows.
const ROW_CACHE: usize = 4096;
/// Writing that takes longer is told.
const WORTH_A_WORD: Duration = Duration::from_millis(500);
/// Images compared side by side, at most.
pub const MOST_COMPARED: usize = 4;

/// Wakes whoever draws, within this time; may be called from any thread.
pub type Wake = Arc<dyn Fn(Duration) + Send + Sync>;

/// The state of the program.
pub struct Session {
    log_in: LogIn,
    /// Who labels; nobody while that is to be asked.
    person: Option<String>,
    /// Begun when somebody first says so.
    keeper: Option<person::Keeper>,
    wake: Wake,
    opening: Option<Opening>,
    /// Libraries that were open and whose last decisions are being written.
    closing: Vec<Closing>,
    open: Option<OpenLibrary>,
    /// Raised whenever other images are shown, or the same in another order or other groups.
    list_number: u64,
    running: Vec<Running>,
    /// When files or counts were last read because of what runs.
    refreshed: Instant,
    notices: Vec<Notice>,
    /// How many errors were told so far.
    error_count: u64,
    preferences: preferences::Preferences,
    middle: Middle,
    pace: Pace,
    /// Commands by which somebody was at work on the images so far.
    work_count: u64,
}

/// What fills the middle of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Middle {
    Grid,
    /// One image.
    Single,
    /// These, side by side; decisions are about one of them.
    Compare {
        images: Vec<ImageId>,
        /// Its position among them.
        current: usize,
    },
}

/// What belongs to the open library.
struct OpenLibrary {
    library: Arc<Library>,
    cache: Arc<Cache>,
    loader: ImageLoader,
    lister: Lister,
    decider: Worker<Asked, Decided>,
    /// Since when something is being written without a pause.
    writing_since: Option<Instant>,
    /// Decisions that were asked for.
    asked_count: u64,
    /// What waits for one of them.
    holding: Holding,
    /// Those that are known not to have been saved.
    failed_count: u64,
    /// The images that these were about, until they are gone back to.
    failed_images: Vec<ImageId>,
    model_name: String,
    own_models: Vec<String>,
    unclassified_count: u64,
    category_tree: CategoryTree,
    /// Those that can be given.
    categories: Vec<Category>,
    tallies: Tallies,
    saved_searches: Vec<SavedSearch>,
    /// Whose labels the library had when it was opened.
    people: Vec<String>,
    /// The names by which images can be found by category.
    known_names: KnownNames,
    /// What is asked for, if not shown yet.
    view: View,
    /// What the images are of.
    shown_view: View,
    /// While a queue of review is shown: its order, and the one before it.
    sort_before_queue: Option<(Sort, Sort)>,
    /// Images that were looked for last.
    listed: Option<Listed>,
    /// A query that was being written when it found nothing, so that the view is still the one
    /// before it.
    fruitless: Option<Query>,
    image_ids: Vec<ImageId>,
    groups: Vec<Group>,
    selection: Selection,
    /// Images that were decided about since they were listed: they may not belong there any more.
    decided_about: ImageSet,
    /// What files there are now is to be shown as soon as nobody loses such an image by it.
    are_files_due: bool,
    /// Waits for the program that writes the library, where another one does.
    turn: Option<turn::Turn>,
    /// What could not be read since the last frame.
    read_failures: ReadFailures,
    /// Rows that were asked for, until they change.
    rows: RefCell<HashMap<ImageId, ImageRow>>,
    /// Of the few images that were looked at closely, until they change.
    details: RefCell<HashMap<ImageId, Arc<Details>>>,
    can_undo: bool,
    can_redo: bool,
    /// What was taken around the image that was asked about last.
    around: taken::KeptAround,
    /// Images that are read in another way than when they were last shown, or whose files changed.
    stale_images: Vec<ImageId>,
    /// The changes of files that what is shown takes into account.
    seen: Revision,
    /// Those of them that had a prediction.
    to_classify_again: Vec<ImageId>,
    /// Whether all that has no prediction is to be classified as soon as that can begin.
    is_to_classify: bool,
}

impl Session {
    /// A session without a library.
    pub fn new(log_in: LogIn, wake: Wake) -> Self {
        let person = (!log_in.is_shared()).then(|| log_in.name().to_owned());
        Self {
            log_in,
            person,
            keeper: None,
            wake,
            opening: None,
            closing: Vec::new(),
            open: None,
            list_number: 0,
            running: Vec::new(),
            refreshed: Instant::now(),
            notices: Vec::new(),
            error_count: 0,
            preferences: preferences::Preferences::default(),
            middle: Middle::Grid,
            pace: Pace::default(),
            work_count: 0,
        }
    }

    /// The folder that is being opened.
    pub fn opening(&self) -> Option<&Path> {
        self.opening.as_ref().map(|opening| opening.folder.as_path())
    }

    /// Whether everything that was asked for so far has been done, but for what runs in the
    /// background.
    pub fn is_settled(&self) -> bool {
        let is_settled = |open: &OpenLibrary| !open.lister.is_busy() && !open.decider.is_busy();
        let is_keeping = self.keeper.as_ref().is_some_and(Worker::is_busy);
        let is_at_rest = self.opening.is_none() && self.closing.is_empty() && !is_keeping;
        is_at_rest && self.open.as_ref().is_none_or(is_settled)
    }

    /// Whether something that was decided is not on the disk yet.
    pub fn is_saving(&self) -> bool {
        let is_writing = |open: &OpenLibrary| open.decider.is_busy() || open.holding.has_held();
        let is_writing = self.open.as_ref().is_some_and(is_writing);
        let is_opening_saving = self.opening.as_ref().is_some_and(Opening::is_saving);
        is_writing || is_opening_saving || !self.closing.is_empty()
    }

    /// The folder that is open.
    pub fn root(&self) -> Option<&Path> {
        self.open.as_ref().map(|open| open.library.root())
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
        self.open.as_ref().map(|open| &open.tallies.counts)
    }

    /// Images that whoever labels has labelled since midnight.
    pub fn labelled_today(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.tallies.labelled_today)
    }

    /// Images labelled a minute, lately; nothing where too little was labelled to tell.
    pub fn labels_per_minute(&self) -> Option<f64> {
        self.pace.per_minute(Instant::now())
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

    /// Another number as soon as other images are shown, or the same in another order or in other
    /// groups: what was worked out for the old list is then worthless.
    pub fn list_number(&self) -> u64 {
        self.list_number
    }

    /// The groups that they are in, by their first positions; none where it is one list.
    pub fn groups(&self) -> &[Group] {
        self.open.as_ref().map_or(&[], |open| &open.groups)
    }

    /// Which of them are selected.
    pub fn selection(&self) -> Option<&Selection> {
        self.open.as_ref().map(|open| &open.selection)
    }

    /// The image that decisions are about: the one at the cursor, or among those compared.
    pub fn current_image(&self) -> Option<ImageId> {
        let open = self.open.as_ref()?;
        if let Middle::Compare { images, current } = &self.middle {
            return images.get(*current).copied();
        }
        open.image_ids.get(open.selection.cursor()).copied()
    }

    /// Whether one image fills the middle, instead of the grid.
    pub fn is_single(&self) -> bool {
        self.middle == Middle::Single && self.current_image().is_some()
    }

    /// Whether images are compared side by side, instead of the grid.
    pub fn is_comparing(&self) -> bool {
        !self.compared().is_empty()
    }

    /// The images that are compared, 2 to 4.
    pub fn compared(&self) -> &[ImageId] {
        match &self.middle {
            Middle::Compare { images, .. } => images,
            _ => &[],
        }
    }

    /// Reads what is known of these images, where it is not remembered: much faster than one after
    /// the other.
    pub fn read_rows(&self, images: &[ImageId]) {
        let Some(open) = &self.open else { return };
        let mut rows = open.rows.borrow_mut();
        let missing = images.iter().copied().filter(|image| !rows.contains_key(image));
        let missing: Vec<ImageId> = missing.collect();
        if missing.is_empty() {
            return;
        }
        if rows.len() + missing.len() > ROW_CACHE {
            rows.clear();
        }
        let read = open.read_failures.noted(open.library.rows(&missing));
        rows.extend(read.into_iter().flatten().map(|row| (row.id, row)));
    }

    /// What is known of an image; remembered until it changes.
    pub fn row(&self, image: ImageId) -> Option<ImageRow> {
        let open = self.open.as_ref()?;
        let mut rows = open.rows.borrow_mut();
        if let Some(row) = rows.get(&image) {
            return Some(row.clone());
        }
        let row = open.read_failures.noted(open.library.rows(&[image]))?.pop()?;
        if rows.len() >= ROW_CACHE {
            rows.clear();
        }
        rows.insert(image, row.clone());
        Some(row)
    }

    /// Replaces the thumbnails that are wanted, the most urgent first; at the size that is cached.
    pub fn want_thumbnails(&self, images: Vec<ImageId>) {
        let of = |image| ThumbnailKey { image, size_px: THUMBNAIL_SIZE_PX };
        self.want_sized_thumbnails(images.into_iter().map(of).collect());
    }

    /// Replaces the thumbnails that are wanted, each at a size of its own, the most urgent first.
    pub fn want_sized_thumbnails(&self, keys: Vec<ThumbnailKey>) {
        if let Some(open) = &self.open {
            open.loader.want_thumbnails(keys);
        }
    }

    /// Replaces the whole images that are wanted, the most urgent first.
    pub fn want_images(&self, images: Vec<ImageId>) {
        if let Some(open) = &self.open {
            open.loader.want_images(images);
        }
    }

    /// Thumbnails that have come since the last call, or why there is none.
    pub fn take_thumbnails(&mut self) -> Vec<(ThumbnailKey, Result<Thumbnail, String>)> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let loaded = open.loader.take_thumbnails(&open.library);
        if open.note_read(loaded.iter().map(|(key, outcome)| (key.image, outcome.is_err()))) {
            self.refresh_facts();
        }
        loaded
    }

    /// Whole images that have come since the last call, or why there is none.
    pub fn take_images(&mut self) -> Vec<(ImageId, Result<LoadedImage, String>)> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let loaded = open.loader.take_images(&open.library);
        if open.note_read(loaded.iter().map(|(image, outcome)| (*image, outcome.is_err()))) {
            self.refresh_facts();
        }
        loaded
    }

    /// Whether what was decided has not been on the disk for so long that a person wonders.
    pub fn is_saving_slowly(&self) -> bool {
        let since = self.open.as_ref().and_then(|open| open.writing_since);
        since.is_some_and(|since| since.elapsed() > WORTH_A_WORD)
    }

    /// Whether thumbnails or images are wanted that have not come.
    pub fn is_loading(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.loader.is_loading())
    }

    /// Images that are read in another way since the last call: what is shown of them is old.
    pub fn take_stale_images(&mut self) -> Vec<ImageId> {
        self.open.as_mut().map_or_else(Vec::new, |open| std::mem::take(&mut open.stale_images))
    }

    /// Messages for the user, the newest last.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How many errors were told so far.
    pub fn error_count(&self) -> u64 {
        self.error_count
    }

    /// Whether there is a decision or a choice to take back.
    pub fn can_undo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.can_undo)
    }

    /// Whether there is a decision or a choice to make again.
    pub fn can_redo(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.can_redo)
    }

    /// Images that the model in use has not classified.
    pub fn unclassified_count(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.unclassified_count)
    }

    fn notify(&mut self, level: NoticeLevel, text: impl Into<String>) {
        self.tell(Told::new(level, text));
    }

    fn notify_error(&mut self, error: &CatalogError) {
        self.notify(NoticeLevel::Error, error.to_string());
    }

    fn tell(&mut self, told: Told) {
        self.error_count += u64::from(told.level == NoticeLevel::Error);
        self.notices.push(Notice::of(told));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The end of the program must not come before that of the last decision.
        self.finish_held();
        self.opening.iter().for_each(Opening::wait_until_saved);
        self.closing.iter_mut().for_each(Task::wait);
    }
}

impl Drop for OpenLibrary {
    fn drop(&mut self) {
        self.decider.finish();
        self.library.close();
    }
}

impl OpenLibrary {
    /// Reading these files told the library their size and record, or that they are unreadable;
    /// whether any of them is.
    fn note_read(&self, images: impl Iterator<Item = (ImageId, bool)>) -> bool {
        let mut has_unreadable = false;
        for (image, is_unreadable) in images {
            self.forget_row(image);
            has_unreadable |= is_unreadable;
        }
        has_unreadable
    }

    /// What is known of this image is old.
    fn forget_row(&self, image: ImageId) {
        self.rows.borrow_mut().remove(&image);
        self.details.borrow_mut().remove(&image);
        self.around.forget();
    }

    /// These were decided about: what is known of them is old, and of near-duplicates what their
    /// labels are.
    fn take_decided_about(&mut self, images: &[ImageId]) {
        self.details.borrow_mut().clear();
        if images.len() > ROW_CACHE {
            self.rows.borrow_mut().clear(); // sooner done than row after row
        } else {
            let mut rows = self.rows.borrow_mut();
            images.iter().for_each(|image| drop(rows.remove(image)));
        }
        self.around.forget();
        images.iter().for_each(|image| self.decided_about.insert(*image));
    }

    /// What is known of all images is old.
    fn forget_rows(&self) {
        self.rows.borrow_mut().clear();
        self.details.borrow_mut().clear();
        self.around.forget();
    }
}

/// Where an export goes unless the user says otherwise: beside the images' folder.
pub fn default_export_folder(root: &Path) -> PathBuf {
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = format!("{} HDF5", name.unwrap_or_else(|| "Semblance".to_owned()));
    root.parent().unwrap_or(root).join(name)
}
