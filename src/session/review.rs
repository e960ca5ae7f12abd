//! The queues of review: what waits for a decision, and why.

use std::sync::atomic::AtomicBool;

use super::background::Event;
use super::looking::Looking;
use super::{NoticeLevel, Session};
use crate::cache::Cache;
use crate::catalog::{
    Filter, ImageId, ImageRow, Label, Library, ReviewCounts, ReviewQueue, Sort, View,
};
use crate::classifier::Backbone;
use crate::ops::{ReviewError, find_label_errors, find_unlike};
use crate::query::{Condition, Query, State};
use crate::taxonomy::readable;

/// What the left panel shows beside the queues by a query.
const OF_ITS_OWN: [State; 3] = [State::Duplicate, State::NoneOfThese, State::Unusable];

impl Session {
    /// How many images wait in each queue.
    pub fn review_counts(&self) -> ReviewCounts {
        self.open.as_ref().map_or_else(ReviewCounts::default, |open| open.tallies.review)
    }

    /// What finds the images of a queue.
    pub fn queue_query(&self, queue: ReviewQueue) -> Query {
        Query::parse(&queue.query(self.decide_below())).unwrap_or_default()
    }

    /// The queue that is shown.
    pub fn queue(&self) -> Option<ReviewQueue> {
        self.queue_of(self.view()?)
    }

    /// Whether what is shown is a queue, or something else that is found by a query of its own and
    /// not by what somebody has written: it ends where other images are chosen.
    pub fn is_query_of_its_own(&self) -> bool {
        let Some(view) = self.view().filter(|view| view.filter == Filter::All) else {
            return false;
        };
        let is_state = match view.query.terms() {
            [term] if !term.is_negated => match term.any_of[..] {
                [Condition::Is(state)] => OF_ITS_OWN.contains(&state),
                _ => false,
            },
            _ => false,
        };
        is_state || self.queue_of(view).is_some()
    }

    fn queue_of(&self, view: &View) -> Option<ReviewQueue> {
        if view.filter != Filter::All || view.query.terms().is_empty() {
            return None;
        }
        ReviewQueue::ALL.into_iter().find(|queue| self.queue_query(*queue) == view.query)
    }

    /// The order of a view that is asked for: the order of a queue ends with the queue.
    pub(super) fn sort_after_queue(&mut self, view: &View) -> Sort {
        let is_queue = self.queue_of(view).is_some();
        let Some(open) = &mut self.open else { return view.sort };
        match open.sort_before_queue {
            Some((of_queue, before)) if !is_queue => {
                open.sort_before_queue = None;
                if view.sort == of_queue { before } else { view.sort }
            }
            _ => view.sort,
        }
    }

    /// Why the image waits in this queue; nothing where it does not, or no longer.
    pub fn queue_reason(&self, queue: ReviewQueue, image: ImageId) -> Option<String> {
        let row = self.row(image)?;
        let below = self.decide_below();
        match queue {
            ReviewQueue::ToDecide if row.read_error.is_some() => None,
            ReviewQueue::ToDecide => match (&row.label, &row.top) {
                (Some(_), _) => None,
                (None, None) => Some("It has neither a label nor a prediction".to_owned()),
                (None, Some((_, score))) => (*score < below).then(|| {
                    let (score, below) = (score * 100.0, below * 100.0);
                    format!("The best prediction has {score:.0} %, which is below {below:.0} %")
                }),
            },
            ReviewQueue::Disagreements => self.disagreement(&row),
            ReviewQueue::Doubtful => {
                let doubt = self.details(image).doubt?;
                let likelier = readable(&self.category(doubt.likelier)?.name);
                let margin = doubt.margin * 100.0;
                Some(format!(
                    "A model that never saw it gives {likelier} {margin:.0} points more than the label"
                ))
            }
            ReviewQueue::Unlike => {
                // What a person has labelled is known.
                let is_unknown = row.label.as_ref().is_none_or(Label::is_automatic);
                let novelty = self.details(image).novelty;
                let novelty = novelty.filter(|it| is_unknown && it.is_beyond())?;
                let (distance, threshold) = (novelty.distance, novelty.threshold);
                Some(format!(
                    "Its distance to labelled images is {distance:.2}; of these, 95 % are within \
                     {threshold:.2}"
                ))
            }
            ReviewQueue::Conflicting => self
                .is_conflicting(&row)
                .then(|| "An image that is nearly the same has another label".to_owned()),
            ReviewQueue::Changed => row
                .is_label_outdated
                .then(|| "The file has changed since it was labelled".to_owned()),
            ReviewQueue::Unreadable => row.read_error,
        }
    }

    /// Why images wait, in all queues that this one waits in.
    pub fn queue_reasons(&self, image: ImageId) -> Vec<(ReviewQueue, String)> {
        let reason = |queue| Some((queue, self.queue_reason(queue, image)?));
        ReviewQueue::ALL.into_iter().filter_map(reason).collect()
    }

    /// Whether an image that is nearly the same has a label of another category.
    fn is_conflicting(&self, row: &ImageRow) -> bool {
        let category = |label: &Label| self.category(label.value.category()?).map(|it| it.id);
        let Some(own) = row.label.as_ref().and_then(category) else { return false };
        let details = self.details(row.id);
        details.near_duplicate_labels.iter().filter_map(category).any(|other| other != own)
    }

    fn disagreement(&self, row: &ImageRow) -> Option<String> {
        let label = row.label.as_ref()?;
        let (predicted, score) = row.top.as_ref()?;
        let given = self.category(label.value.category()?)?;
        let top = self.category_named(predicted);
        (top.map(|top| top.id) != Some(given.id)).then(|| {
            let (given, predicted) = (readable(&given.name), readable(predicted));
            let percent = score * 100.0;
            format!("The label is {given}, the prediction {predicted} ({percent:.0} %)")
        })
    }

    /// Predictions below this score wait for a decision.
    pub(super) fn decide_below(&self) -> f32 {
        self.settings().decide_below() as f32
    }

    pub(super) fn show_queue(&mut self, queue: ReviewQueue) {
        let query = self.queue_query(queue);
        self.show_grid();
        if let Some(open) = &mut self.open {
            let before = open.sort_before_queue.map_or(open.view.sort, |(_, before)| before);
            open.sort_before_queue = Some((queue.sort(), before));
        }
        self.start_view(|view| {
            view.filter = Filter::All;
            view.query = query.clone();
            view.sort = queue.sort();
        });
    }

    /// Looks for labels that are likely wrong.
    pub(super) fn start_label_errors(&mut self) {
        self.start_review("Looking for label errors", find_label_errors, |errors| {
            let what = "less likely than another category";
            (count_of(errors.found.len(), "label", errors.judged, what), errors.left_out())
        });
    }

    /// Looks for images that are unlike all that people labelled.
    pub(super) fn start_unlike(&mut self) {
        self.start_review("Comparing with labelled images", find_unlike, |unlike| {
            let what = "unlike those labelled";
            (count_of(unlike.found.len(), "image", unlike.compared, what), unlike.left_out())
        });
    }

    /// Fills a queue; what came of it, and what was left out, is told in the words of `summary`.
    fn start_review<T: 'static>(
        &mut self,
        name: &'static str,
        find: Find<T>,
        summary: impl FnOnce(&T) -> (String, Vec<String>) + Send + 'static,
    ) {
        self.start_looking(name, move |looking| {
            let Looking { library, cache, backbone, handle } = looking;
            let mut progress = |done, total| handle.progress(done as u64, total as u64);
            let found = find(library, cache, backbone, handle.cancel(), &mut progress)?;
            let told = |found| {
                let (found, left_out) = summary(&found);
                let sentences: Vec<String> = [found].into_iter().chain(left_out).collect();
                Event::Notice(NoticeLevel::Info, sentences.join(". "))
            };
            Ok::<_, ReviewError>(found.map(told))
        });
    }
}

/// What fills a queue: see [`find_label_errors`] and [`find_unlike`].
type Find<T> = fn(
    &Library,
    &Cache,
    &Backbone,
    &AtomicBool,
    &mut dyn FnMut(usize, usize),
) -> Result<Option<T>, ReviewError>;

/// `2 labels of 30 are less likely than another category`.
fn count_of(count: usize, one: &str, of: usize, what: &str) -> String {
    let (plural, are) = if count == 1 { ("", "is") } else { ("s", "are") };
    format!("{count} {one}{plural} of {of} {are} {what}")
}
