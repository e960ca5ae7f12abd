//! What waits in the queues of review, counted all at once.
//!
//! The same images as the queries of the queues find, at a fraction of the time: labels are read once,
//! out of their index, and what depends on predictions alone is handed in, since a label key changes
//! nothing of it.

use super::Search;
use crate::catalog::doubt::{doubted_images, has_looked_for_doubts};
use crate::catalog::image_set::ImageSet;
use crate::catalog::novelty::has_looked_for_unlike;
use crate::catalog::{ImageId, ReviewCounts};
use crate::query::State;
use crate::taxonomy::CategoryId;

const SURE: &str = "SELECT image_id FROM prediction WHERE top_score >= ?1";
const BEYOND: &str = "SELECT image_id FROM novelty WHERE distance > threshold";
const BY_PERSON: &str = "SELECT image_id FROM label WHERE source <> 'accepted_automatically'";
const BY_MODEL: &str = "SELECT image_id FROM label WHERE source = 'accepted_automatically'";
const CLUSTERS: &str = "SELECT cluster, image_id FROM near_duplicate ORDER BY cluster";

/// All that is read by row, for the test that indexes are enough for it.
#[cfg(test)]
pub(in crate::catalog) const REVIEW_READS: [&str; 6] =
    [SURE, BEYOND, BY_PERSON, BY_MODEL, CLUSTERS, crate::catalog::doubt::STANDING];

/// What depends on predictions alone.
#[derive(Debug)]
pub(in crate::catalog) struct Scored {
    /// Images whose highest score is the threshold or more.
    sure: ImageSet,
    /// Images by the name of their best category.
    predicted: Vec<(String, ImageSet)>,
}

/// Labelled images by what their label says.
struct Labelled {
    /// By category, as it is meant now.
    of_category: Vec<(CategoryId, ImageSet)>,
    /// By the answers that name none.
    without_category: [ImageSet; 2],
}

impl Labelled {
    fn with_category(&self) -> ImageSet {
        united(self.of_category.iter().map(|(_, images)| images))
    }

    fn all(&self) -> ImageSet {
        united(self.answers())
    }

    /// The images of each different answer.
    fn answers(&self) -> impl Iterator<Item = &ImageSet> {
        self.of_category.iter().map(|(_, images)| images).chain(&self.without_category)
    }
}

fn united<'a>(sets: impl Iterator<Item = &'a ImageSet>) -> ImageSet {
    let mut all = ImageSet::default();
    sets.for_each(|images| all.unite(images));
    all
}

impl Search<'_> {
    /// Reads what depends on predictions alone; `threshold` as a query would write it.
    pub(in crate::catalog) fn scored(&self, threshold: f64) -> rusqlite::Result<Scored> {
        let names = self.predicted_categories()?.into_keys();
        let images = |name: String| Ok((name.clone(), self.predicted(&name)?));
        Ok(Scored {
            sure: self.ids(SURE, [threshold])?,
            predicted: names.map(images).collect::<rusqlite::Result<_>>()?,
        })
    }

    /// Counts what waits in each queue, of the images that are `shown`.
    pub(in crate::catalog) fn review_counts(
        &self,
        shown: &ImageSet,
        scored: &Scored,
    ) -> rusqlite::Result<ReviewCounts> {
        let labelled = self.labelled_by_answer()?;
        let unreadable = self.in_state(State::Unreadable)?;
        let count = |mut images: ImageSet| {
            images.keep(shown);
            images.len() as u64
        };

        let mut known = labelled.all();
        let mut to_decide = shown.clone();
        for decided in [&known, &scored.sure, &unreadable] {
            to_decide.remove(decided);
        }
        known.remove(&self.ids(BY_MODEL, [])?);
        let mut unlike = self.ids(BEYOND, [])?;
        unlike.remove(&known);
        let doubted = doubted_images(self.connection, &self.tree)?;
        Ok(ReviewCounts {
            to_decide: to_decide.len() as u64,
            disagreements: count(self.disagreeing(&labelled, scored)),
            doubtful: count(doubted.into_iter().collect()),
            unlike: count(unlike),
            conflicting: self.conflicting_of(shown, &labelled)?,
            changed: count(self.in_state(State::Changed)?),
            unreadable: count(unreadable),
            has_looked_for_label_errors: has_looked_for_doubts(self.connection)?,
            has_looked_for_unlike: has_looked_for_unlike(self.connection)?,
        })
    }

    /// Images beyond what a person has labelled. One that a person has labelled since is known.
    pub(super) fn unlike(&self) -> rusqlite::Result<ImageSet> {
        let mut images = self.ids(BEYOND, [])?;
        images.remove(&self.ids(BY_PERSON, [])?);
        Ok(images)
    }

    /// Images whose label is likely wrong and was not decided anew since.
    pub(super) fn doubtful(&self) -> rusqlite::Result<ImageSet> {
        Ok(doubted_images(self.connection, &self.tree)?.into_iter().collect())
    }

    fn labelled_by_answer(&self) -> rusqlite::Result<Labelled> {
        let categories = self.tree.categories().map(|category| category.id);
        let images = |id| Ok((id, self.meaning(id)?));
        Ok(Labelled {
            of_category: categories.map(images).collect::<rusqlite::Result<_>>()?,
            without_category: [self.in_state(State::NoneOfThese)?, self.in_state(State::Unusable)?],
        })
    }

    fn disagreeing(&self, labelled: &Labelled, scored: &Scored) -> ImageSet {
        let mut disagreeing = ImageSet::default();
        for (name, predicted) in &scored.predicted {
            let meant = self.tree.find(name);
            let agreeing = labelled.of_category.iter().find(|(id, _)| Some(*id) == meant);
            let mut images = predicted.clone();
            if let Some((_, agreeing)) = agreeing {
                images.remove(agreeing);
            }
            disagreeing.unite(&images);
        }
        disagreeing.keep(&labelled.with_category());
        disagreeing
    }

    /// As [`Search::conflicting`], by labels that were read already.
    fn conflicting_of(&self, shown: &ImageSet, labelled: &Labelled) -> rusqlite::Result<u64> {
        let mut statement = self.connection.prepare_cached(CLUSTERS)?;
        let members: Vec<(i64, u32)> =
            statement.query_map([], |row| row.try_into())?.collect::<rusqlite::Result<_>>()?;
        let clusters = members.chunk_by(|(one, _), (other, _)| one == other);
        let counts = clusters.map(|cluster| {
            let images = cluster.iter().map(|(_, image)| ImageId(*image));
            let images: Vec<ImageId> = images.filter(|image| shown.contains(*image)).collect();
            let is_given = |answer: &&ImageSet| images.iter().any(|image| answer.contains(*image));
            match labelled.answers().filter(is_given).count() {
                0 | 1 => 0,
                _ => images.len() as u64,
            }
        });
        Ok(counts.sum())
    }
}
