//! What is shown of the library as a whole is read in a thread of its own: the list of images, counts,
//! categories. At a million images that takes a tenth of a second.

use std::sync::Arc;

use super::decisions::{Tallies, Terms};
use super::{OpenLibrary, Session, Wake};
use crate::catalog::{CatalogError, Library, SavedSearch, Shown, View};
use crate::jobs::Worker;
use crate::ops::{find_model, own_models};
use crate::query::Query;
use crate::taxonomy::CategoryTree;

/// What is asked for.
#[derive(Debug, Clone)]
struct Ask {
    /// Greater than those of all that were asked before.
    number: u64,
    view: View,
    /// Whether the view's images are wanted.
    lists: bool,
    /// The query is still being written: where it finds nothing, what is shown stays.
    is_tried: bool,
    /// The cursor goes to the first image.
    starts_over: bool,
    /// What else there is to know is wanted, under these terms.
    facts: Option<Terms>,
}

struct Answer {
    ask: Ask,
    shown: Option<Result<Shown, CatalogError>>,
    facts: Option<Result<Facts, CatalogError>>,
}

/// What the panels show of the library as a whole.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) tallies: Tallies,
    pub(super) category_tree: CategoryTree,
    pub(super) saved_searches: Vec<SavedSearch>,
    pub(super) own_models: Vec<String>,
    pub(super) unclassified_count: u64,
    pub(super) people: Vec<String>,
}

impl Facts {
    pub(super) fn read(library: &Library, terms: &Terms) -> Result<Self, CatalogError> {
        Ok(Self {
            tallies: Tallies::read(library, terms)?,
            category_tree: library.category_tree()?,
            saved_searches: library.saved_searches()?,
            own_models: own_models(library).into_keys().collect(),
            // A model that cannot be found has nothing left to classify; classifying says why.
            unclassified_count: match find_model(Some(library), &terms.model_name) {
                Ok(model) => library.count_to_classify(model.sha256())?,
                Err(_) => 0,
            },
            people: library.people()?,
        })
    }
}

/// Reads lists, the newest that was asked for.
pub(super) struct Lister {
    worker: Worker<Ask, Answer>,
    /// Asked for while another is being read.
    waiting: Option<Ask>,
    newest: u64,
    /// The view that was asked for last; nothing where it is shown.
    asked: Option<AskedView>,
}

#[derive(Debug, Clone)]
struct AskedView {
    view: View,
    is_tried: bool,
    number: u64,
}

impl Lister {
    pub(super) fn new(library: Arc<Library>, wake: Wake) -> Self {
        let answer = move |ask: Ask| {
            let facts = ask.facts.as_ref().map(|terms| Facts::read(&library, terms));
            let shown = ask.lists.then(|| library.shown(&ask.view));
            Answer { ask, shown, facts }
        };
        Self { worker: Worker::new(answer, move || wake()), waiting: None, newest: 0, asked: None }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.waiting.is_some() || self.worker.is_busy()
    }

    /// `is_writing` where something was decided that is to be seen in what is read.
    fn ask(&mut self, mut ask: Ask, is_writing: bool) {
        self.newest += 1;
        ask.number = self.newest;
        if ask.lists {
            let (view, is_tried) = (ask.view.clone(), ask.is_tried);
            self.asked = Some(AskedView { view, is_tried, number: ask.number });
        }
        // What waited is not asked for in vain.
        if let Some(waited) = self.waiting.take() {
            ask.lists |= waited.lists;
            ask.starts_over |= waited.starts_over && waited.view == ask.view;
            ask.facts = ask.facts.or(waited.facts);
        }
        if self.worker.is_busy() || is_writing {
            self.waiting = Some(ask);
        } else {
            self.worker.ask(ask);
        }
    }
}

impl OpenLibrary {
    /// The view that will be shown, and whether it is only tried.
    fn coming_view(&self) -> (View, bool) {
        let asked = self.lister.asked.as_ref().map(|asked| (asked.view.clone(), asked.is_tried));
        asked.unwrap_or_else(|| (self.view.clone(), false))
    }
}

impl Session {
    /// Shows other images, or the same in another order, once they are found.
    pub(super) fn change_view(&mut self, change: impl FnOnce(&mut View)) {
        let Some(open) = &mut self.open else { return };
        let (mut view, was_tried) = open.coming_view();
        let query_before = view.query.clone();
        change(&mut view);
        let is_tried = was_tried && view.query == query_before;
        open.fruitless = None;
        if !is_tried {
            open.view = view.clone();
        }
        // Another program may have changed what is counted, too.
        let with_facts = open.library.is_read_only();
        self.list(view, is_tried, with_facts);
    }

    /// Shows other images from the first on, once they are found.
    pub(super) fn start_view(&mut self, change: impl FnOnce(&mut View)) {
        let Some(open) = &mut self.open else { return };
        let (mut view, _) = open.coming_view();
        change(&mut view);
        open.fruitless = None;
        open.view = view.clone();
        self.ask_list(view, false, true, true);
    }

    /// Searches for what is being written. As long as that finds nothing, it may not be what is
    /// meant: `category:N` is on the way to `category:Nanowires`.
    pub(super) fn try_query(&mut self, query: Query) {
        let Some(open) = &self.open else { return };
        let view = View { query, ..open.view.clone() };
        self.list(view, true, false);
    }

    /// Reads everything again; the cursor stays on its image where it can.
    pub(super) fn refresh(&mut self) {
        let Some(open) = &self.open else { return };
        open.forget_rows();
        let (view, is_tried) = open.coming_view();
        self.list(view, is_tried, true);
    }

    /// Reads everything but the list of images again.
    pub(super) fn refresh_facts(&mut self) {
        let Some(open) = &self.open else { return };
        let (view, is_tried) = open.coming_view();
        let facts = Some(self.terms());
        let ask = Ask { number: 0, view, lists: false, is_tried, starts_over: false, facts };
        if let Some(open) = &mut self.open {
            open.lister.ask(ask, open.decider.is_busy());
        }
    }

    fn list(&mut self, view: View, is_tried: bool, with_facts: bool) {
        self.ask_list(view, is_tried, false, with_facts);
    }

    fn ask_list(&mut self, view: View, is_tried: bool, starts_over: bool, with_facts: bool) {
        let facts = with_facts.then(|| self.terms());
        if let Some(open) = &mut self.open {
            let lists = true;
            let ask = Ask { number: 0, view, lists, is_tried, starts_over, facts };
            open.lister.ask(ask, open.decider.is_busy());
        }
    }

    /// Takes in what has been read.
    pub(super) fn receive_lists(&mut self) {
        let Some(open) = &mut self.open else { return };
        let mut errors = Vec::new();
        for answer in open.lister.worker.take_answers().into_iter().flatten() {
            let Answer { ask, shown, facts } = answer;
            match facts {
                Some(Ok(facts)) => open.take_facts(facts),
                Some(Err(error)) => errors.push(error),
                None => {}
            }
            // Where something else was asked for meanwhile, that will come.
            let Some(asked) = open.lister.asked.as_ref() else { continue };
            if asked.view != ask.view {
                continue;
            }
            if asked.number <= ask.number {
                open.lister.asked = None;
            }
            match shown {
                Some(Ok(shown)) => open.take_shown(ask, shown),
                Some(Err(error)) => errors.push(error),
                None => {}
            }
        }
        if !open.lister.worker.is_busy()
            && !open.decider.is_busy()
            && let Some(waiting) = open.lister.waiting.take()
        {
            open.lister.worker.ask(waiting);
        }
        errors.iter().for_each(|error| self.notify_error(error));
    }
}

impl OpenLibrary {
    fn take_shown(&mut self, ask: Ask, shown: Shown) {
        if ask.is_tried && shown.images.is_empty() {
            self.fruitless = Some(ask.view.query);
            return;
        }
        self.fruitless = None;
        self.view = ask.view;
        let current = self.image_ids.get(self.selection.cursor()).copied();
        self.image_ids = shown.images;
        self.groups = shown.groups;
        match ask.starts_over {
            true => self.selection.put(&self.image_ids, 0),
            false => self.selection.follow(&self.image_ids, current),
        }
    }

    pub(super) fn take_facts(&mut self, facts: Facts) {
        self.tallies = facts.tallies;
        self.take_categories(facts.category_tree);
        self.saved_searches = facts.saved_searches;
        self.own_models = facts.own_models;
        self.unclassified_count = facts.unclassified_count;
        self.people = facts.people;
    }

    pub(super) fn take_categories(&mut self, tree: CategoryTree) {
        self.categories = tree.offered().cloned().collect();
        self.category_tree = tree;
    }
}
