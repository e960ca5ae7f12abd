//! The queues of review: what waits for a person's decision, and how much of it there is.

use std::sync::{Arc, Mutex, PoisonError};

use super::image_set::ImageSet;
use super::order::Moment;
use super::search::{Scored, Search};
use super::{CatalogError, Library, Sort};

/// An ordered set of images that wait for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewQueue {
    /// No label, and no prediction that is sure enough.
    ToDecide,
    /// Label and prediction are different categories.
    Disagreements,
    /// The label is likely wrong.
    Doubtful,
    /// Unlike anything that a person has labelled.
    Unlike,
    /// Near-duplicates with different labels.
    Conflicting,
    /// The file has changed since it was labelled.
    Changed,
    /// The file could not be read.
    Unreadable,
}

/// How many images wait in each queue; vanished ones are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewCounts {
    /// Of [`ReviewQueue::ToDecide`].
    pub to_decide: u64,
    /// Of [`ReviewQueue::Disagreements`].
    pub disagreements: u64,
    /// Of [`ReviewQueue::Doubtful`].
    pub doubtful: u64,
    /// Of [`ReviewQueue::Unlike`].
    pub unlike: u64,
    /// Of [`ReviewQueue::Conflicting`].
    pub conflicting: u64,
    /// Of [`ReviewQueue::Changed`].
    pub changed: u64,
    /// Of [`ReviewQueue::Unreadable`].
    pub unreadable: u64,
    /// Whether anybody ever looked for likely label errors: else nothing is known of them.
    pub has_looked_for_label_errors: bool,
    /// Whether images were ever compared with those labelled.
    pub has_looked_for_unlike: bool,
}

impl ReviewQueue {
    /// All queues, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::ToDecide,
        Self::Disagreements,
        Self::Doubtful,
        Self::Unlike,
        Self::Conflicting,
        Self::Changed,
        Self::Unreadable,
    ];

    /// The query that finds its images; a prediction is sure from the score `threshold` on.
    pub fn query(self, threshold: f32) -> String {
        match self {
            // What cannot be read waits in a queue of its own.
            Self::ToDecide => {
                format!("is:unlabelled -is:unreadable score:<{threshold} OR is:unpredicted")
            }
            Self::Disagreements => "is:disagreement".to_owned(),
            Self::Doubtful => "is:doubtful".to_owned(),
            Self::Unlike => "is:unlike".to_owned(),
            Self::Conflicting => "is:conflicting".to_owned(),
            Self::Changed => "is:changed".to_owned(),
            Self::Unreadable => "is:unreadable".to_owned(),
        }
    }

    /// The order that brings first what most needs a look.
    pub const fn sort(self) -> Sort {
        match self {
            Self::ToDecide => Sort::UncertaintyDescending,
            Self::Disagreements | Self::Doubtful => Sort::DoubtDescending,
            Self::Unlike => Sort::UnlikeDescending,
            Self::Conflicting | Self::Changed | Self::Unreadable => Sort::Path,
        }
    }
}

impl ReviewCounts {
    /// How many images wait in this queue; nothing where nobody has looked for what belongs there.
    pub fn known(&self, queue: ReviewQueue) -> Option<u64> {
        let is_known = match queue {
            ReviewQueue::Doubtful => self.has_looked_for_label_errors,
            ReviewQueue::Unlike => self.has_looked_for_unlike,
            ReviewQueue::ToDecide
            | ReviewQueue::Disagreements
            | ReviewQueue::Conflicting
            | ReviewQueue::Changed
            | ReviewQueue::Unreadable => true,
        };
        is_known.then(|| self.of(queue))
    }

    /// How many images wait in this queue, as far as is known.
    pub const fn of(&self, queue: ReviewQueue) -> u64 {
        match queue {
            ReviewQueue::ToDecide => self.to_decide,
            ReviewQueue::Disagreements => self.disagreements,
            ReviewQueue::Doubtful => self.doubtful,
            ReviewQueue::Unlike => self.unlike,
            ReviewQueue::Conflicting => self.conflicting,
            ReviewQueue::Changed => self.changed,
            ReviewQueue::Unreadable => self.unreadable,
        }
    }
}

/// What the counts need of predictions, until these change: a label key must not have to read a
/// million of them.
#[derive(Debug, Default)]
pub(super) struct KeptScores(Mutex<Option<KeptScored>>);

#[derive(Debug)]
struct KeptScored {
    made_at: Moment,
    threshold: f32,
    scored: Arc<Scored>,
}

impl Library {
    /// Counts what waits in each queue; a prediction is sure from the score `threshold` on, 0 to 1.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn review_counts(&self, threshold: f32) -> Result<ReviewCounts, CatalogError> {
        let shown: ImageSet = self.order(Sort::Path)?.iter().copied().collect();
        let scored = self.scored(threshold)?;
        self.read("count what is to be reviewed", |connection| {
            Ok(Search::new(connection)?.review_counts(&shown, &scored)?)
        })
    }

    fn scored(&self, threshold: f32) -> Result<Arc<Scored>, CatalogError> {
        // Asked before anything is read: what changes meanwhile makes it old.
        let moment = self.score_moment()?;
        let kept = || self.kept_scores().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept().as_ref()
            && kept.made_at == moment
            && kept.threshold == threshold
        {
            return Ok(Arc::clone(&kept.scored));
        }
        let scored = self.read("count what is to be reviewed", |connection| {
            Ok(Arc::new(Search::new(connection)?.scored(as_written(threshold))?))
        })?;
        let made = KeptScored { made_at: moment, threshold, scored: Arc::clone(&scored) };
        *kept() = Some(made);
        Ok(scored)
    }
}

/// The number that the query of [`ReviewQueue::ToDecide`] names: 0.7 in 32 bits is a little less.
fn as_written(threshold: f32) -> f64 {
    threshold.to_string().parse().unwrap_or_else(|_| f64::from(threshold))
}
