//! Images by the category of their label or prediction, by what it is called now.

use std::collections::{BTreeMap, BTreeSet};

use super::Search;
use crate::catalog::ImageId;
use crate::catalog::image_set::ImageSet;
use crate::query::{CategoryField, Pattern};
use crate::taxonomy::{CategoryId, KnownNames};

impl Search<'_> {
    pub(super) fn of_category(
        &self,
        field: CategoryField,
        pattern: &Pattern,
    ) -> rusqlite::Result<ImageSet> {
        // A former name, or one of a category that was merged or moved, is as good as the one it has
        // now.
        let exact = pattern.exact_text();
        let named: Vec<CategoryId> = match (field, exact) {
            (_, None) => Vec::new(),
            (CategoryField::Subcategory, Some(text)) => self.tree.subcategories_named(text),
            // Models know no subcategories: what has become one counts as what it is part of.
            (CategoryField::Prediction, Some(text)) => {
                self.tree.find_written(text).map(|id| self.tree.top(id)).into_iter().collect()
            }
            (_, Some(text)) => self.tree.find_written(text).into_iter().collect(),
        };
        let is_called = |id: CategoryId| {
            let name = self.tree.name(id);
            named.contains(&self.tree.meaning(id))
                || named.contains(&self.tree.top(id))
                || name.is_some_and(|name| match field {
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

    /// Images of clusters of near-duplicates in which not all labels are the same.
    pub(super) fn conflicting(&self) -> rusqlite::Result<ImageSet> {
        let mut labels = self.connection.prepare_cached(
            "SELECT cluster, answer, category_id FROM near_duplicate
             JOIN label USING (image_id) JOIN image ON image.id = image_id
             WHERE hidden = 0 ORDER BY cluster",
        )?;
        let mut first: Option<(i64, (String, Option<CategoryId>))> = None;
        let mut conflicting: BTreeSet<i64> = BTreeSet::new();
        let mut rows = labels.query([])?;
        while let Some(row) = rows.next()? {
            let (cluster, category) = (row.get(0)?, row.get::<_, Option<i64>>(2)?);
            let answer = (row.get(1)?, category.map(|id| self.tree.top(CategoryId(id))));
            match &first {
                Some((same, given)) if *same == cluster => {
                    if *given != answer {
                        conflicting.insert(cluster);
                    }
                }
                _ => first = Some((cluster, answer)),
            }
        }
        let mut members =
            self.connection.prepare_cached("SELECT cluster, image_id FROM near_duplicate")?;
        let mut rows = members.query([])?;
        let mut images = ImageSet::default();
        while let Some(row) = rows.next()? {
            if conflicting.contains(&row.get(0)?) {
                images.insert(ImageId(row.get(1)?));
            }
        }
        Ok(images)
    }

    /// Every name by which images can be found by category: those of the library's categories, and those
    /// of models' that are none of these.
    pub(in crate::catalog) fn known_names(&self) -> rusqlite::Result<KnownNames> {
        let mut known = self.tree.known_names();
        known.categories.extend(self.predicted_categories()?.into_keys());
        Ok(known)
    }

    /// The categories that predictions name, and what each is here.
    pub(super) fn predicted_categories(
        &self,
    ) -> rusqlite::Result<BTreeMap<String, Option<CategoryId>>> {
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
