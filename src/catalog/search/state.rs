//! Images by what became of them.

use super::Search;
use crate::catalog::image_set::ImageSet;
use crate::catalog::stored_path;
use crate::query::{CategoryField, Property, State};

impl Search<'_> {
    pub(in crate::catalog) fn in_state(&self, state: State) -> rusqlite::Result<ImageSet> {
        let sql = match state {
            State::Labelled => "SELECT image_id FROM label",
            State::Unlabelled => return self.lacking("SELECT image_id FROM label"),
            State::Predicted => "SELECT image_id FROM prediction",
            State::Unpredicted => return self.lacking("SELECT image_id FROM prediction"),
            State::Unreadable => {
                "SELECT id FROM image WHERE hidden IN (0, 1) AND read_error IS NOT NULL"
            }
            State::Missing => "SELECT id FROM image WHERE hidden = 1 AND same_as IS NULL",
            State::Annotated => "SELECT image_id FROM mark WHERE is_annotated = 1",
            State::Excluded => "SELECT image_id FROM mark WHERE is_excluded = 1",
            State::NoneOfThese => {
                "SELECT image_id FROM label
                 WHERE category_id IS NULL AND answer = 'none_of_these'"
            }
            State::Unusable => {
                "SELECT image_id FROM label WHERE category_id IS NULL AND answer = 'unusable'"
            }
            State::Disagreement => return self.disagreements(),
            State::Conflicting => return self.conflicting(),
            State::Changed => {
                "SELECT image.id FROM image CROSS JOIN label ON label.image_id = image.id
                 WHERE image.hidden IN (0, 1) AND image.held_since IS NOT NULL
                   AND label.decided_entry <= image.held_since
                 UNION
                 SELECT image.id FROM image CROSS JOIN label ON label.image_id = image.id
                 WHERE image.hidden IN (0, 1) AND image.changed_after IS NOT NULL
                   AND label.decided_entry <= image.changed_after"
            }
            State::Doubtful => return self.doubtful(),
            State::Unlike => return self.unlike(),
            State::Duplicate => "SELECT image_id FROM near_duplicate",
        };
        self.ids(sql, [])
    }

    pub(super) fn with_property(&self, property: Property) -> rusqlite::Result<ImageSet> {
        let sql = match property {
            Property::Value(field) => return self.with_value(field),
            Property::Metadata => "SELECT image_id FROM instrument_record",
            Property::Category(CategoryField::First) => {
                "SELECT image_id FROM label WHERE category_id IS NOT NULL"
            }
            Property::Category(CategoryField::Second) => {
                "SELECT image_id FROM label WHERE second_category_id IS NOT NULL"
            }
            Property::Category(CategoryField::Prediction) => "SELECT image_id FROM prediction",
            Property::Category(CategoryField::Subcategory) => {
                let is_subcategory = |id: &_| self.tree.meaning(*id) != self.tree.top(*id);
                return self.labelled(self.tree.ids().filter(is_subcategory));
            }
        };
        self.ids(sql, [])
    }

    /// The image at this path, and those that are nearly the same.
    pub(super) fn near(&self, path: &str) -> rusqlite::Result<ImageSet> {
        let path = path.replace('\\', "/");
        let Some(path) = stored_path::to_bytes(path.as_ref()) else {
            return Ok(ImageSet::default());
        };
        let path = stored_path::search_text(&path);
        self.ids(
            "WITH this (id) AS (
                 SELECT ifnull(same_as, id) FROM image WHERE path_text = ?1 AND hidden IN (0, 2))
             SELECT id FROM this
             UNION ALL
             SELECT image_id FROM near_duplicate WHERE cluster IN (
                 SELECT cluster FROM near_duplicate JOIN this ON image_id = this.id)",
            [path],
        )
    }

    fn lacking(&self, sql: &str) -> rusqlite::Result<ImageSet> {
        let mut images = self.every_image()?;
        images.remove(&self.ids(sql, [])?);
        Ok(images)
    }
}
