//! A library is opened in the background: on a network share that takes seconds.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decisions::{Decider, Terms};
use super::images::ImageLoader;
use super::listing::{Facts, Lister};
use super::{NoticeLevel, OpenLibrary, Session};
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageId, Library, LibraryPlace, View};
use crate::jobs::{Task, Worker};
use crate::ops::model_in_use;
use crate::taxonomy::CategoryTree;

/// Set once somebody was warned that the library is on a network share.
const NETWORK_TOLD: &str = "told_of_network_share";

/// A library that is being opened.
pub(super) struct Opening {
    pub(super) folder: PathBuf,
    task: Task<Box<Result<Opened, CatalogError>>>,
}

/// What opening reads.
struct Opened {
    library: Arc<Library>,
    cache: Arc<Cache>,
    decider: Decider,
    model_name: String,
    facts: Facts,
    image_ids: Vec<ImageId>,
}

impl Opened {
    fn read(folder: &Path, terms: Terms) -> Result<Self, CatalogError> {
        let library = Arc::new(Library::open(&LibraryPlace::for_folder(folder)?)?);
        let model_name = model_in_use(&library)?;
        let terms = Terms { model_name: model_name.clone(), ..terms };
        Ok(Self {
            cache: Arc::new(Cache::open(&library.cache_directory())),
            decider: Decider::new(Arc::clone(&library))?,
            facts: Facts::read(&library, &terms)?,
            image_ids: library.image_ids(&View::default())?,
            model_name,
            library,
        })
    }
}

impl Session {
    pub(super) fn open_folder(&mut self, folder: &Path) {
        if self.opening().is_some_and(|opening| opening == folder) {
            return;
        }
        // Its own folder once more: what still works on it must not hold it.
        let is_same = |open: &OpenLibrary| {
            LibraryPlace::for_folder(folder)
                .is_ok_and(|place| place.directory == open.library.directory())
        };
        if self.open.as_ref().is_some_and(is_same) {
            self.running.clear();
            self.close();
        }
        let (terms, of) = (self.terms(), folder.to_owned());
        let wake = Arc::clone(&self.wake);
        let task = Task::start(
            "Opening",
            move || wake(),
            move |handle| {
                handle.event(Box::new(Opened::read(&of, terms)));
            },
        );
        self.opening = Some(Opening { folder: folder.to_owned(), task });
    }

    /// Takes in the library once it is open.
    pub(super) fn receive_opened(&mut self) {
        let Some(opening) = &self.opening else { return };
        let is_finished = opening.task.is_finished(); // before the events, so that none is missed
        let failure = opening.task.failure();
        let Some(outcome) = opening.task.take_events().pop() else {
            if is_finished {
                self.opening = None;
                let reason = failure.unwrap_or_default();
                self.notify(NoticeLevel::Error, format!("The folder was not opened: {reason}"));
            }
            return;
        };
        self.opening = None;
        match *outcome {
            Ok(opened) => {
                self.running.clear(); // cancels what worked on the library before
                self.close();
                self.middle = super::Middle::Grid;
                self.open = Some(OpenLibrary::new(opened, &self.wake));
                self.tell_of_place();
                if !self.is_read_only() && self.settings().looks_for_files {
                    self.start_scan();
                }
            }
            Err(error) => self.notify_error(&error),
        }
    }

    /// Closes the library once everything that was decided is on the disk, or told not to be.
    fn close(&mut self) {
        if let Some(open) = &mut self.open {
            open.decider.finish();
            self.receive_decided();
        }
        self.open = None;
    }

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

impl OpenLibrary {
    fn new(opened: Opened, wake: &super::Wake) -> Self {
        let Opened { library, cache, mut decider, model_name, facts, image_ids } = opened;
        let (can_undo, can_redo) = decider.can_undo_and_redo();
        let wake_decided = Arc::clone(wake);
        let mut open = Self {
            loader: ImageLoader::new(Arc::clone(&library), Arc::clone(&cache), Arc::clone(wake)),
            lister: Lister::new(Arc::clone(&library), Arc::clone(wake)),
            decider: Worker::new(move |asked| decider.decide(asked), move || wake_decided()),
            library,
            cache,
            model_name,
            own_models: Vec::new(),
            unclassified_count: 0,
            category_tree: CategoryTree::default(),
            categories: Vec::new(),
            tallies: super::decisions::Tallies::default(),
            saved_searches: Vec::new(),
            people: Vec::new(),
            listed: None,
            fruitless: None,
            view: View::default(),
            image_ids,
            groups: Vec::new(),
            selection: super::Selection::default(),
            rows: RefCell::default(),
            details: RefCell::default(),
            around: super::taken::KeptAround::default(),
            can_undo,
            can_redo,
            stale_images: Vec::new(),
            to_classify_again: Vec::new(),
        };
        open.take_facts(facts);
        open.selection.put(&open.image_ids, 0);
        open
    }
}
