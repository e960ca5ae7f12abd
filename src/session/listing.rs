//! What is shown of the library as a whole is read in a thread of its own: the list of images, counts,
//! categories. At a million images that takes a tenth of a second.

use std::sync::Arc;
use std::time::Duration;

use super::decisions::{Tallies, Terms};
use super::{NoticeLevel, OpenLibrary, Session, Wake};
use crate::catalog::{
    CatalogError, ImageId, ImageSet, Library, Revision, SavedSearch, Shown, View,
};
use crate::jobs::Worker;
use crate::ops::own_models;
use crate::query::Query;
use crate::taxonomy::{CategoryTree, KnownNames};

/// What is asked for.
#[derive(Debug, Clone)]
struct Ask {
    /// The list of images, where it is wanted.
    list: Option<ListAsk>,
    /// What else there is to know is wanted, under these terms.
    facts: Option<Terms>,
    /// How many decisions had been asked for when it was begun.
    asked_count: u64,
}

#[derive(Debug, Clone)]
struct ListAsk {
    view: View,
    why: Why,
    /// The cursor goes to the first image.
    starts_over: bool,
}

/// Why a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Somebody wants to see it.
    Wanted,
    /// The query is still being written: where it finds nothing, what is shown stays.
    Tried,
    /// Something has changed: where what is looked at would go away, what is shown stays.
    Changed,
    /// Files may have come and gone: the same, where it would go away because of a decision.
    Files,
}

struct Answer {
    ask: Ask,
    shown: Option<Result<Shown, CatalogError>>,
    facts: Option<Result<Facts, CatalogError>>,
}

/// What the panels show of the library as a whole.
#[derive(Debug, Default)]
pub(super) struct Facts {
    tallies: Tallies,
    category_tree: CategoryTree,
    saved_searches: Vec<SavedSearch>,
    own_models: Vec<String>,
    unclassified_count: u64,
    people: Vec<String>,
    known_names: KnownNames,
    /// Images whose files have changed since what is on screen, and until when that is known.
    changed: (Vec<ImageId>, Revision),
}

impl Facts {
    pub(super) fn read(library: &Library, terms: &Terms) -> Result<Self, CatalogError> {
        Ok(Self {
            tallies: Tallies::read(library, terms)?,
            category_tree: library.category_tree()?,
            saved_searches: library.saved_searches()?,
            own_models: own_models(library).into_keys().collect(),
            unclassified_count: terms.count_unclassified(library)?,
            people: library.people()?,
            known_names: library.known_category_names()?,
            changed: library.changed_since(terms.seen)?,
        })
    }
}

/// Reads one thing at a time; of what is asked for meanwhile, the newest.
pub(super) struct Lister {
    worker: Worker<Ask, Answer>,
    /// What is being read.
    reading: Option<ListAsk>,
    waiting: Option<Ask>,
}

impl Lister {
    pub(super) fn new(library: Arc<Library>, wake: Wake) -> Self {
        let answer = move |ask: Ask| Answer {
            facts: ask.facts.as_ref().map(|terms| Facts::read(&library, terms)),
            shown: ask.list.as_ref().map(|list| library.shown(&list.view)),
            ask,
        };
        let worker = Worker::new(answer, move || wake(Duration::ZERO));
        Self { worker, reading: None, waiting: None }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.waiting.is_some() || self.worker.is_busy()
    }

    /// The list that will come last.
    fn coming(&self) -> Option<&ListAsk> {
        self.waiting_list().or(self.reading.as_ref())
    }

    /// The list that is not being read yet.
    fn waiting_list(&self) -> Option<&ListAsk> {
        self.waiting.as_ref().and_then(|ask| ask.list.as_ref())
    }

    fn ask(&mut self, mut ask: Ask) {
        if let Some(waited) = self.waiting.take() {
            ask.facts = ask.facts.or(waited.facts);
            ask.list = ask.list.or(waited.list);
        }
        self.waiting = Some(ask);
    }
}

impl Session {
    /// Shows other images, or the same in another order, once they are found.
    pub(super) fn change_view(&mut self, change: impl Fn(&mut View)) {
        self.change_view_from(change, false);
    }

    /// Shows other images from the first on, once they are found.
    pub(super) fn start_view(&mut self, change: impl Fn(&mut View)) {
        self.change_view_from(change, true);
    }

    fn change_view_from(&mut self, change: impl Fn(&mut View), starts_over: bool) {
        let Some(open) = &mut self.open else { return };
        let query_before = open.view.query.clone();
        change(&mut open.view);
        let view = open.view.clone();
        let sort = self.sort_after_queue(&view);
        let Some(open) = &mut self.open else { return };
        open.view.sort = sort;
        let change = |view: &mut View| {
            change(view);
            view.sort = sort;
        };
        open.fruitless = None;
        let coming = open.lister.coming();
        let starts_over = starts_over || coming.is_some_and(|list| list.starts_over);
        // What is being tried is tried in the new order too, unless it was another query that was
        // asked for.
        let tried = coming.filter(|list| list.why == Why::Tried).map(|list| list.view.clone());
        let (view, why) = match tried.filter(|_| open.view.query == query_before) {
            Some(mut tried) => {
                change(&mut tried);
                (tried, Why::Tried)
            }
            None => (open.view.clone(), Why::Wanted),
        };
        // Another program may have changed what is counted, too.
        let with_facts = starts_over || open.library.is_read_only();
        self.ask_list(ListAsk { view, why, starts_over }, with_facts);
    }

    /// Searches for what is being written. As long as that finds nothing, it may not be what is
    /// meant: `category:N` is on the way to `category:Nanowires`.
    pub(super) fn try_query(&mut self, query: Query) {
        let Some(open) = &self.open else { return };
        let view = View { query, ..open.view.clone() };
        self.ask_list(ListAsk { view, why: Why::Tried, starts_over: false }, false);
    }

    /// Reads everything again, unless what is looked at would go away.
    pub(super) fn refresh(&mut self) {
        self.refresh_because(Why::Changed);
    }

    /// Reads everything again: files may have come and gone.
    pub(super) fn refresh_files(&mut self) {
        self.refresh_because(Why::Files);
    }

    fn refresh_because(&mut self, why: Why) {
        let Some(open) = &self.open else { return };
        open.forget_rows();
        let list = match (open.lister.waiting_list(), &open.lister.reading) {
            (Some(waiting), _) => waiting.clone(),
            // It is read once more after it was shown: then the cursor has moved on.
            (None, Some(reading)) => {
                let why = if reading.why == Why::Tried { Why::Tried } else { why };
                ListAsk { why, starts_over: false, ..reading.clone() }
            }
            (None, None) => ListAsk { view: open.view.clone(), why, starts_over: false },
        };
        self.ask_list(list, true);
    }

    /// Shows other images that nobody waits for, unless what is looked at would go away.
    pub(super) fn offer_view(&mut self, change: impl Fn(&mut View)) {
        let Some(open) = &mut self.open else { return };
        change(&mut open.view);
        open.fruitless = None;
        let view = open.view.clone();
        self.ask_list(ListAsk { view, why: Why::Changed, starts_over: false }, false);
    }

    /// Reads everything but the list of images again.
    pub(super) fn refresh_facts(&mut self) {
        self.ask(Ask { list: None, facts: Some(self.terms()), asked_count: 0 });
    }

    fn ask_list(&mut self, list: ListAsk, with_facts: bool) {
        let facts = with_facts.then(|| self.terms());
        self.ask(Ask { list: Some(list), facts, asked_count: 0 });
    }

    fn ask(&mut self, ask: Ask) {
        if let Some(open) = &mut self.open {
            open.lister.ask(ask);
            open.begin_reading();
        }
    }

    /// Takes in what has been read.
    pub(super) fn receive_lists(&mut self) {
        // What waits for Undo is about positions in the list that is shown.
        if self.has_held() {
            return;
        }
        let terms = self.terms();
        let Some(open) = &mut self.open else { return };
        let mut problems = Vec::new();
        for answer in open.lister.worker.take_answers() {
            open.lister.reading = None;
            let Some(Answer { ask, shown, facts }) = answer else {
                problems.push("An error in the program: please report it".to_owned());
                open.keep_shown_view();
                continue;
            };
            match facts {
                // What was decided meanwhile may not be in them.
                Some(Ok(_)) if ask.asked_count != open.asked_count => {
                    let facts = Some(terms.clone());
                    open.lister.ask(Ask { list: None, facts, asked_count: 0 });
                }
                Some(Ok(facts)) => open.take_facts(facts),
                Some(Err(error)) => problems.push(error.to_string()),
                None => {}
            }
            match (ask.list, shown) {
                // Something else was asked for meanwhile, which will come.
                (Some(list), _) if open.is_superseded(&list) => {}
                (Some(list), Some(Ok(shown))) => {
                    let is_current = ask.asked_count == open.asked_count;
                    self.list_number += u64::from(open.take_shown(list, shown, is_current));
                }
                (Some(_), Some(Err(error))) => {
                    problems.push(error.to_string());
                    open.keep_shown_view();
                }
                _ => {}
            }
        }
        let is_due = open.are_files_due && !open.is_decided_selected();
        open.are_files_due &= !is_due;
        open.begin_reading();
        if is_due {
            self.refresh_files();
        }
        problems.into_iter().for_each(|problem| self.notify(NoticeLevel::Error, problem));
    }
}

impl OpenLibrary {
    /// Begins to read what is asked for, unless something is being read or written: what was decided
    /// before is to be seen in it.
    fn begin_reading(&mut self) {
        if self.lister.worker.is_busy() || self.decider.is_busy() {
            return;
        }
        if let Some(mut ask) = self.lister.waiting.take() {
            ask.asked_count = self.asked_count;
            self.lister.reading.clone_from(&ask.list);
            self.lister.worker.ask(ask);
        }
    }

    fn is_superseded(&self, list: &ListAsk) -> bool {
        self.lister.coming().is_some_and(|coming| coming.view != list.view)
    }

    /// What was asked for does not come, unless it is waiting to be read.
    fn keep_shown_view(&mut self) {
        if self.lister.waiting_list().is_none() {
            self.view = self.shown_view.clone();
        }
    }

    /// Whether images that are selected are not among these, of all or of those that were decided
    /// about.
    fn loses_selected(&self, images: &[ImageId], of_decided: bool) -> bool {
        let is_meant = |image: &ImageId| {
            self.selection.contains(*image) && (!of_decided || self.decided_about.contains(*image))
        };
        let shown: ImageSet = images.iter().copied().filter(is_meant).collect();
        self.image_ids.iter().filter(|image| is_meant(image)).any(|image| !shown.contains(*image))
    }

    /// Whether something is selected that was decided about since it was listed.
    fn is_decided_selected(&self) -> bool {
        self.decided_about.iter().any(|image| self.selection.contains(image))
    }

    /// Shows what was found; false where the list stays as it is. It is current where nothing was
    /// decided while it was read.
    fn take_shown(&mut self, list: ListAsk, shown: Shown, is_current: bool) -> bool {
        // Nobody else's decisions are told: what is known may be old.
        if self.library.is_read_only() {
            self.forget_rows();
        }
        if list.why == Why::Tried && shown.images.is_empty() {
            self.fruitless = Some(list.view.query);
            if self.view != self.shown_view {
                let view = self.view.clone();
                let list = ListAsk { view, why: Why::Wanted, starts_over: list.starts_over };
                self.lister.ask(Ask { list: Some(list), facts: None, asked_count: 0 });
            }
            return false;
        }
        let is_lost = match list.why {
            Why::Changed => self.loses_selected(&shown.images, false),
            Why::Files if !self.is_decided_selected() => false,
            Why::Files => self.loses_selected(&shown.images, true),
            Why::Wanted | Why::Tried => false,
        };
        if is_lost {
            self.are_files_due |= list.why == Why::Files; // once somebody has gone on
            self.keep_shown_view();
            return false;
        }
        if list.why == Why::Tried {
            self.fruitless = None;
            self.view = list.view.clone();
        }
        self.shown_view = list.view;
        if is_current {
            self.decided_about = ImageSet::default();
        }
        let is_other = self.image_ids != shown.images || self.groups != shown.groups;
        match list.starts_over {
            true => self.selection.put(&shown.images, 0),
            false => self.selection.follow(&self.image_ids, &shown.images),
        }
        self.image_ids = shown.images;
        self.groups = shown.groups;
        is_other
    }

    pub(super) fn take_facts(&mut self, facts: Facts) {
        self.tallies = facts.tallies;
        self.take_categories(facts.category_tree);
        self.saved_searches = facts.saved_searches;
        self.own_models = facts.own_models;
        self.unclassified_count = facts.unclassified_count;
        self.people = facts.people;
        self.known_names = facts.known_names;
        let (changed, seen) = facts.changed;
        if seen > self.seen {
            self.seen = seen;
            changed.iter().for_each(|image| self.forget_row(*image));
            self.stale_images.extend(changed);
        }
    }

    pub(super) fn take_categories(&mut self, tree: CategoryTree) {
        self.categories = tree.offered().cloned().collect();
        self.category_tree = tree;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::catalog::{Filter, ReviewQueue};
    use crate::session::{Command, LogIn};
    use crate::settings::{AfterLabel, Settings};

    const PATIENCE: Duration = Duration::from_secs(120);

    /// A session on four images.
    fn opened() -> (tempfile::TempDir, Session) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png", "c.png", "d.png"] {
            image::GrayImage::new(8, 8).save(folder.path().join(name)).unwrap();
        }
        let mut session = Session::new(LogIn::kept_in("Ada".to_owned(), None), Arc::new(|_| {}));
        session.apply(Command::OpenFolder(folder.path().to_owned()));
        until(&mut session, |session| session.is_settled() && session.tasks().next().is_none());
        assert_eq!(session.image_ids().len(), 4);
        (folder, session)
    }

    fn until(session: &mut Session, is_there: impl Fn(&Session) -> bool) {
        let started = Instant::now();
        while !is_there(session) {
            assert!(started.elapsed() < PATIENCE, "it never happened");
            std::thread::park_timeout(Duration::from_millis(2)); // what is waited for has little of it
            session.receive();
        }
    }

    #[test]
    fn a_list_that_is_read_once_more_does_not_take_the_cursor_back_to_its_start() {
        let (_folder, mut session) = opened();
        session.apply(Command::ShowQueue(ReviewQueue::ToDecide)); // is being read
        session.refresh();
        until(&mut session, |session| {
            session.open.as_ref().is_some_and(|open| open.shown_view == open.view)
        });
        session.select(2, false, false);
        until(&mut session, Session::is_settled);
        assert_eq!(session.selection().unwrap().cursor(), 2);
    }

    #[test]
    fn looking_for_files_takes_no_image_away_that_was_just_decided_about() {
        let (folder, mut session) = opened();
        let settings = Settings { after_label: AfterLabel::Stay, ..Settings::default() };
        session.apply(Command::ChangeSettings(settings));
        session.apply(Command::SetFilter(Filter::Unlabelled));
        until(&mut session, Session::is_settled);
        session.select(1, false, false);
        session.apply(Command::SetUnusable);
        std::fs::remove_file(folder.path().join("d.png")).unwrap();
        until(&mut session, Session::is_settled);
        session.apply(Command::Rescan);
        until(&mut session, |session| session.is_settled() && session.tasks().next().is_none());
        assert_eq!((session.image_ids().len(), session.selection().unwrap().cursor()), (4, 1));
        // Whoever goes on to another image loses nothing by a new list.
        session.select(0, false, false);
        session.receive();
        until(&mut session, Session::is_settled);
        assert_eq!((session.image_ids().len(), session.selection().unwrap().cursor()), (2, 0));
    }
}
