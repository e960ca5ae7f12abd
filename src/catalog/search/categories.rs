//! Images by the category of their label or prediction, by what it is called now.

use std::collections::BTreeMap;

use super::Search;
use crate::catalog::image_set::ImageSet;
use crate::query::{CategoryField, Pattern};
use crate::taxonomy::CategoryId;

impl Search<'_> {
    pub(super) fn of_category(
        &self,
        field: CategoryField,
        pattern: &Pattern,
    ) -> rusqlite::Result<ImageSet> {
        let is_called = |id: CategoryId| {
            let name = self.tree.name(id);
            name.is_some_and(|name| match field {
                CategoryField::Subcategory => {
                    name.subcategory.is_some_and(|name| pattern.matches(&name))
                }
                _ => pattern.matches(&name.category),
            })
        };
        match field {
            CategoryField::Prediction => {
                let mut images = ImageSet::default();
                for (name, id) in self.predicted_categories()? {
                    if pattern.matches(&name) || id.is_some_and(is_called) {
                        images.unite(&self.predicted(&name)?);
                    }
                }
                Ok(images)
            }
            CategoryField::First | CategoryField::Subcategory => {
                self.labelled(self.tree.ids().filter(|id| is_called(*id)))
            }
            CategoryField::Second => {
                let mut images = ImageSet::default();
                for id in self.tree.ids().filter(|id| is_called(*id)) {
                    images.unite(
                        &self.ids(
                            "SELECT image_id FROM label WHERE second_category_id = ?1",
                            [id.0],
                        )?,
                    );
                }
                Ok(images)
            }
        }
    }

    /// Images whose label has one of these ids.
    pub(in crate::catalog) fn labelled(
        &self,
        categories: impl IntoIterator<Item = CategoryId>,
    ) -> rusqlite::Result<ImageSet> {
        let mut images = ImageSet::default();
        for id in categories {
            images.unite(&self.ids("SELECT image_id FROM label WHERE category_id = ?1", [id.0])?);
        }
        Ok(images)
    }

    /// Images whose label now means this category or a subcategory of it.
    pub(in crate::catalog) fn meaning(&self, category: CategoryId) -> rusqlite::Result<ImageSet> {
        self.labelled(self.tree.meant_by(category))
    }

    /// Images to which a model gave the highest score for the category of this name.
    pub(in crate::catalog) fn predicted(&self, name: &str) -> rusqlite::Result<ImageSet> {
        self.ids("SELECT image_id FROM prediction WHERE top_category = ?1", [name])
    }

    /// Images whose label and best prediction are different categories.
    pub(in crate::catalog) fn disagreements(&self) -> rusqlite::Result<ImageSet> {
        let mut differing = ImageSet::default();
        for (name, id) in self.predicted_categories()? {
            let mut images = self.predicted(&name)?;
            if let Some(id) = id {
                images.remove(&self.meaning(id)?);
            }
            differing.unite(&images);
        }
        differing.keep(&self.ids("SELECT image_id FROM label WHERE category_id IS NOT NULL", [])?);
        Ok(differing)
    }

    /// The categories that predictions name, and what each is here.
    fn predicted_categories(&self) -> rusqlite::Result<BTreeMap<String, Option<CategoryId>>> {
        // One step of the index a name, where DISTINCT would read it whole.
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE names (name) AS (
                 SELECT min(top_category) FROM prediction
                 UNION ALL
                 SELECT (SELECT min(top_category) FROM prediction WHERE top_category > name)
                 FROM names WHERE name IS NOT NULL)
             SELECT name FROM names WHERE name IS NOT NULL",
        )?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        names
            .map(|name| {
                let name = name?;
                let id = self.tree.find(&name);
                Ok((name, id))
            })
            .collect()
    }
}
