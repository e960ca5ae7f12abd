//! A library is opened in the background, and closed there: on a network share that takes seconds.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::decisions::{Decider, Tallies, Terms};
use super::holding::Holding;
use super::images::ImageLoader;
use super::listing::{Facts, Lister};
use super::notice::Told;
use super::{Middle, NoticeLevel, OpenLibrary, Selection, Session, Wake};
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageId, ImageSet, Library, LibraryPlace, Revision, View};
use crate::jobs::{Task, Worker};
use crate::ops::model_in_use;
use crate::taxonomy::{CategoryTree, KnownNames};

/// Set once somebody was warned that the library is on a network share.
const NETWORK_TOLD: &str = "told_of_network_share";

/// What is told where an error of the program came between a decision and its answer.
pub(super) const UNANSWERED: &str =
    "An error in the program: look whether it was saved, and please report it";

/// A library that is being opened.
pub(super) struct Opening {
    pub(super) folder: PathBuf,
    /// Disconnected once the last decisions of libraries that were open before are written.
    saving: Receiver<Infallible>,
    task: Task<Event>,
}

impl Opening {
    /// Whether it still writes the last decisions of a library that was open before.
    pub(super) fn is_saving(&self) -> bool {
        self.saving.try_recv() == Err(TryRecvError::Empty)
    }

    /// Waits until these are written.
    pub(super) fn wait_until_saved(&self) {
        let _ = self.saving.recv(); // nothing is ever sent
    }
}

/// What opening gave.
enum Event {
    /// Something to tell.
    Told(Told),
    /// The library that is open already is that of this folder.
    IsOpen,
    Opened(Box<Opened>),
}

/// What has to end before a library is opened: it may hold that library.
struct Before {
    opening: Option<Opening>,
    closing: Vec<Closing>,
    open: Option<OpenLibrary>,
}

/// A library that is being closed; what could not be saved at last is told.
pub(super) type Closing = Task<Told>;

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
    fn read(place: &LibraryPlace, terms: Terms) -> Result<Self, CatalogError> {
        let library = Arc::new(Library::open(place)?);
        let model_name = model_in_use(&library)?;
        let seen = Revision::default(); // of this library
        let terms = Terms { model_name: model_name.clone(), seen, ..terms };
        Ok(Self {
            cache: Arc::new(Cache::of_library(&library)),
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
        let before = Before {
            opening: self.opening.take(),
            closing: std::mem::take(&mut self.closing),
            open: None,
        };
        self.start_opening(folder.to_owned(), before);
    }

    fn start_opening(&mut self, folder: PathBuf, before: Before) {
        let (is_unsaved, saving) = bounded(0);
        let terms = self.terms();
        let open = self.open.as_ref().map(|open| open.library.directory().to_owned());
        let (wake, of) = (Arc::clone(&self.wake), folder.clone());
        let was_opened = self.settings().recent_folders.contains(&folder);
        let task = Task::start(
            "Opening",
            move || wake(Duration::ZERO),
            move |handle| {
                let tell = |told: Told| handle.event(Event::Told(told));
                before.finish(is_unsaved).into_iter().for_each(tell);
                if was_opened && is_empty(&of) {
                    let text = format!(
                        "The folder is empty, and was not when it was opened before. If it is on a \
                         drive or a share, connect that and open it again: {}",
                        of.display()
                    );
                    return tell(Told::new(NoticeLevel::Error, text));
                }
                let place = match LibraryPlace::for_folder(&of) {
                    Ok(place) => place,
                    Err(error) => return tell(Told::new(NoticeLevel::Error, error.to_string())),
                };
                if open.is_some_and(|open| open == place.directory) {
                    return handle.event(Event::IsOpen);
                }
                match Opened::read(&place, terms) {
                    Ok(opened) => {
                        tell_of_place(&opened.library).into_iter().for_each(tell);
                        handle.event(Event::Opened(Box::new(opened)));
                    }
                    Err(error) => tell(Told::new(NoticeLevel::Error, error.to_string())),
                }
            },
        );
        self.opening = Some(Opening { folder, saving, task });
    }

    /// Takes in the library once it is open.
    pub(super) fn receive_opened(&mut self) {
        self.receive_closed();
        // What waits for Undo is about the library that is still open.
        if self.has_held() {
            return;
        }
        let Some(opening) = &self.opening else { return };
        let is_finished = opening.task.is_finished(); // before the events, so that none is missed
        let failure = opening.task.failure();
        for event in opening.task.take_events() {
            match event {
                Event::Told(told) => self.tell(told),
                Event::IsOpen => return self.open_again(),
                Event::Opened(opened) => {
                    self.opening = None;
                    self.running.clear(); // cancels what worked on the library before
                    self.close();
                    self.middle = Middle::Grid;
                    let root = opened.library.root().to_owned();
                    self.open = Some(OpenLibrary::new(*opened, &self.wake));
                    self.note_opened(&root);
                    self.list_number += 1;
                    if !self.is_read_only() && self.settings().looks_for_files {
                        self.start_scan(false);
                    }
                    return;
                }
            }
        }
        if is_finished {
            self.opening = None;
            if let Some(reason) = failure {
                self.notify(NoticeLevel::Error, format!("The folder was not opened: {reason}"));
            }
        }
    }

    /// Its own folder once more: what is open ends before it is opened.
    fn open_again(&mut self) {
        let Some(Opening { folder, .. }) = self.opening.take() else { return };
        self.running.clear();
        let before = Before { opening: None, closing: Vec::new(), open: self.open.take() };
        self.start_opening(folder, before);
    }

    /// Closes the library in the background, once everything that was decided is on the disk.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let wake = Arc::clone(&self.wake);
        self.closing.push(Task::start(
            "Closing",
            move || wake(Duration::ZERO),
            move |handle| {
                open.finish().into_iter().for_each(|told| handle.event(told));
            },
        ));
    }

    fn receive_closed(&mut self) {
        let mut told = Vec::new();
        self.closing.retain(|closing| {
            let is_finished = closing.is_finished(); // before the events, so that none is missed
            told.extend(closing.take_events());
            if let Some(reason) = closing.failure().filter(|_| is_finished) {
                let text = format!("The folder before was not closed well: {reason}");
                told.push(Told::new(NoticeLevel::Error, text));
            }
            !is_finished
        });
        told.into_iter().for_each(|told| self.tell(told));
    }
}

/// Whether nothing at all is in the folder, not even a library.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

impl Before {
    /// Waits until all of it has ended; gives what there is to tell. `is_unsaved` is dropped as soon as
    /// all decisions are written: a folder that is wanted no more may take longer.
    fn finish(self, is_unsaved: Sender<Infallible>) -> Vec<Told> {
        let mut told = Vec::new();
        for mut closing in self.closing {
            closing.wait();
            told.extend(closing.take_events());
        }
        told.extend(self.open.into_iter().flat_map(OpenLibrary::finish));
        if let Some(opening) = &self.opening {
            opening.wait_until_saved();
        }
        drop(is_unsaved);
        if let Some(mut opening) = self.opening {
            opening.task.wait();
            // The folder is wanted no more, yet what was decided in the one before it was.
            told.extend(opening.task.take_events().into_iter().filter_map(|event| match event {
                Event::Told(told) => Some(told).filter(|told| told.level == NoticeLevel::Error),
                Event::IsOpen | Event::Opened(_) => None,
            }));
        }
        told
    }
}

/// What a person should know of where the library is, and who else has it.
fn tell_of_place(library: &Library) -> Vec<Told> {
    let mut told = Vec::new();
    let warning = |text: String| Told::new(NoticeLevel::Warning, text);
    told.extend(library.read_only_reason().map(warning));
    let directory = library.directory();
    if let Some(text) = library.passed_over_warning() {
        told.push(warning(text));
    } else if !directory.starts_with(library.root()) {
        let text =
            format!("The labels of this folder's images are kept in {}", directory.display());
        told.push(Told::new(NoticeLevel::Info, text));
    }
    let is_told = matches!(library.setting(NETWORK_TOLD), Ok(Some(_)));
    if library.is_on_network_share() && !is_told {
        let text = "This library is on a network share: it is slower there, and only one person \
            can work on it at a time";
        told.push(warning(text.to_owned()));
        if !library.is_read_only()
            && let Err(error) = library.set_setting(NETWORK_TOLD, "yes")
        {
            told.push(Told::new(NoticeLevel::Error, error.to_string()));
        }
    }
    told
}

impl OpenLibrary {
    fn new(opened: Opened, wake: &Wake) -> Self {
        let Opened { library, cache, mut decider, model_name, facts, image_ids } = opened;
        let (can_undo, can_redo) = decider.can_undo_and_redo();
        let wake_decided = Arc::clone(wake);
        let turn = super::turn::Turn::for_library(&library, wake);
        let mut open = Self {
            loader: ImageLoader::new(Arc::clone(&library), Arc::clone(&cache), Arc::clone(wake)),
            lister: Lister::new(Arc::clone(&library), Arc::clone(wake)),
            decider: Worker::new(
                move |asked| decider.decide(asked),
                move || wake_decided(Duration::ZERO),
            ),
            writing_since: None,
            asked_count: 0,
            holding: Holding::default(),
            failed_count: 0,
            failed_images: Vec::new(),
            library,
            cache,
            model_name,
            own_models: Vec::new(),
            unclassified_count: 0,
            category_tree: CategoryTree::default(),
            categories: Vec::new(),
            tallies: Tallies::default(),
            saved_searches: Vec::new(),
            people: Vec::new(),
            known_names: KnownNames::default(),
            listed: None,
            fruitless: None,
            view: View::default(),
            shown_view: View::default(),
            sort_before_queue: None,
            image_ids,
            groups: Vec::new(),
            selection: Selection::default(),
            decided_about: ImageSet::default(),
            are_files_due: false,
            turn,
            read_failures: super::read_failures::ReadFailures::default(),
            rows: RefCell::default(),
            details: RefCell::default(),
            around: super::taken::KeptAround::default(),
            can_undo,
            can_redo,
            stale_images: Vec::new(),
            seen: Revision::default(),
            to_classify_again: Vec::new(),
            is_to_classify: false,
        };
        open.take_facts(facts);
        open.stale_images.clear(); // nothing was shown before
        open.selection.put(&open.image_ids, 0);
        open
    }

    /// Ends it once everything that was decided is on the disk; gives what could not be saved.
    fn finish(mut self) -> Vec<Told> {
        self.decider.finish();
        let told = self.decider.take_answers().into_iter().flat_map(|answer| match answer {
            Some(decided) => decided.told,
            None => vec![Told::new(NoticeLevel::Error, UNANSWERED)],
        });
        told.filter(|told| told.level == NoticeLevel::Error).collect()
    }
}
