//! Which group each image is in, and images put in the order of their groups.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::band::{band_of, band_title};
use super::{Group, Grouping, Shown};
use crate::catalog::ImageId;
use crate::catalog::category_list::select_tree;
use crate::catalog::id_list::{ids_in, select_values};
use crate::catalog::search::{Column, column};
use crate::query::Field;
use crate::taxonomy::{CategoryId, CategoryTree};
use crate::text::folded;

/// The group of an image that is in none.
const NO_GROUP: u32 = u32::MAX;

/// The groups in their order, and which of them each image is in.
#[derive(Debug, Default)]
pub(super) struct Membership {
    titles: Vec<String>,
    /// By the number of the image.
    of_image: Vec<u32>,
}

impl Membership {
    /// The groups of all images of the library.
    pub(super) fn read(connection: &Connection, grouping: Grouping) -> rusqlite::Result<Self> {
        match grouping {
            Grouping::None => Ok(Self::default()),
            Grouping::Folder => Self::by_folder(connection),
            Grouping::Category => Self::by_category(connection),
            Grouping::Prediction => Self::by_prediction(connection),
            Grouping::NearDuplicates => Ok(Self::of_parts(select_parts::<i64>(
                connection,
                "SELECT cluster, image_ids(image_id)
                 FROM near_duplicate INDEXED BY near_duplicate_by_cluster GROUP BY cluster",
                |_| String::new(),
            )?)),
            Grouping::Value(field) => Self::by_value(connection, field),
        }
    }

    fn by_folder(connection: &Connection) -> rusqlite::Result<Self> {
        // Vanished images, which a query can ask for, have a folder too.
        let mut folders: BTreeMap<(String, String), Vec<ImageId>> = BTreeMap::new();
        for hidden in [0, 1] {
            let sql = format!(
                "SELECT folder, image_ids(id) FROM image INDEXED BY image_by_folder
                 WHERE hidden = {hidden} GROUP BY folder"
            );
            for (folder, images) in select_parts::<String>(connection, &sql, |folder| folder)? {
                folders.entry((folded(&folder), folder)).or_default().extend(images);
            }
        }
        let parts = folders.into_iter().map(|((_, folder), images)| match folder.is_empty() {
            true => ("Top folder".to_owned(), images),
            false => (folder, images),
        });
        Ok(Self::of_parts(parts))
    }

    fn by_category(connection: &Connection) -> rusqlite::Result<Self> {
        let tree = select_tree(connection)?;
        let mut given: BTreeMap<(usize, String), Vec<ImageId>> = BTreeMap::new();
        let mut statement = connection.prepare_cached(
            "SELECT category_id, answer, image_ids(image_id)
             FROM label INDEXED BY label_by_category GROUP BY category_id, answer",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let category: Option<i64> = row.get(0)?;
            let answer: String = row.get(1)?;
            let key = match category {
                Some(id) => place_of(&tree, tree.top(CategoryId(id))),
                None if answer == "unusable" => (usize::MAX, "Unusable".to_owned()),
                None => (usize::MAX - 1, "None of these".to_owned()),
            };
            given.entry(key).or_default().extend(ids_in(row.get_ref(2)?.as_blob()?));
        }
        Ok(Self::of_parts(given.into_iter().map(|((_, title), images)| (title, images))))
    }

    fn by_prediction(connection: &Connection) -> rusqlite::Result<Self> {
        let tree = select_tree(connection)?;
        let parts = select_parts::<String>(
            connection,
            "SELECT top_category, image_ids(image_id)
             FROM prediction INDEXED BY prediction_by_category GROUP BY top_category",
            |name| name,
        )?;
        let mut predicted: BTreeMap<(usize, String), Vec<ImageId>> = BTreeMap::new();
        for (name, images) in parts {
            // A model may know categories that the library does not have.
            let key = match tree.find(&name) {
                Some(id) => place_of(&tree, id),
                None => (usize::MAX, name),
            };
            predicted.entry(key).or_default().extend(images);
        }
        Ok(Self::of_parts(predicted.into_iter().map(|((_, title), images)| (title, images))))
    }

    fn by_value(connection: &Connection, field: Field) -> rusqlite::Result<Self> {
        let Some(column) = column(field) else { return Ok(Self::default()) };
        match field {
            Field::Text(_) => {
                let Column { table, name, index } = column;
                let sql = format!(
                    "SELECT {name}, image_ids(image_id) FROM {table} INDEXED BY {index}
                     WHERE {name} IS NOT NULL GROUP BY {name} COLLATE NOCASE"
                );
                // SQLite joins what differs in the case of ASCII alone.
                let mut parts: Vec<(String, Vec<ImageId>)> = Vec::new();
                let mut place_of: HashMap<String, usize> = HashMap::new();
                for (text, images) in select_parts::<String>(connection, &sql, |text| text)? {
                    let place = *place_of.entry(folded(&text)).or_insert(parts.len());
                    match parts.get_mut(place) {
                        Some((_, others)) => others.extend(images),
                        None => parts.push((text, images)),
                    }
                }
                Ok(Self::of_parts(parts))
            }
            Field::Number(number) => Self::in_bands(
                connection,
                &column,
                |value| band_of(number, value),
                |band| band_title(number, band),
            ),
            Field::Date(_) => Self::in_bands(
                connection,
                &column,
                |day| day.is_finite().then_some(day as i64),
                |day| format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100),
            ),
        }
    }

    /// Values come in ascending order, so that a band ends where the next one begins.
    fn in_bands(
        connection: &Connection,
        column: &Column,
        band_of: impl Fn(f64) -> Option<i64>,
        title_of: impl Fn(i64) -> String,
    ) -> rusqlite::Result<Self> {
        let Column { table, name, index } = column;
        let sql = format!(
            "SELECT image_id, {name} FROM {table} INDEXED BY {index}
             WHERE {name} IS NOT NULL ORDER BY {name}"
        );
        let mut groups = Self::default();
        let mut last = None;
        select_values(connection, &sql, |image, value| {
            let Some(band) = band_of(value) else { return };
            if last != Some(band) {
                last = Some(band);
                groups.titles.push(title_of(band));
            }
            groups.put_in_last(image);
        })?;
        Ok(groups)
    }

    fn of_parts(parts: impl IntoIterator<Item = (String, Vec<ImageId>)>) -> Self {
        let mut groups = Self::default();
        for (title, images) in parts {
            groups.titles.push(title);
            images.into_iter().for_each(|image| groups.put_in_last(image));
        }
        groups
    }

    fn put_in_last(&mut self, image: ImageId) {
        let place = image.0 as usize;
        if place >= self.of_image.len() {
            self.of_image.resize(place + 1, NO_GROUP);
        }
        self.of_image[place] = self.titles.len().saturating_sub(1) as u32;
    }

    /// Puts `images` in the order of their groups, each group in the order that they have. Those in
    /// no group come last, under the title `rest`.
    pub(super) fn arrange(
        mut self,
        images: &[ImageId],
        is_descending: bool,
        rest: String,
    ) -> Shown {
        let known = self.titles.len();
        let group_of = |image: ImageId| match self.of_image.get(image.0 as usize) {
            None | Some(&NO_GROUP) => known,
            Some(&group) if is_descending => known - 1 - group as usize,
            Some(&group) => group as usize,
        };
        // Where each group begins, then where its next image goes.
        let mut next = vec![0; known + 2];
        for image in images {
            next[group_of(*image) + 1] += 1;
        }
        for group in 0..=known {
            next[group + 1] += next[group];
        }
        let firsts = next.clone();
        let mut arranged = vec![ImageId(0); images.len()];
        for image in images {
            let place = &mut next[group_of(*image)];
            arranged[*place] = *image;
            *place += 1;
        }
        if is_descending {
            self.titles.reverse();
        }
        self.titles.push(rest);
        let titled = self.titles.into_iter().enumerate();
        let groups = titled
            .filter(|(group, _)| firsts[*group] < firsts[group + 1])
            .map(|(group, title)| Group { title, first: firsts[group] })
            .collect();
        Shown { images: arranged, groups }
    }
}

/// Where a category stands among the others, and what it is called.
fn place_of(tree: &CategoryTree, id: CategoryId) -> (usize, String) {
    let place = tree.categories().position(|category| category.id == id);
    let name = tree.get(id).map_or_else(String::new, |category| category.name.clone());
    (place.unwrap_or(usize::MAX - 2), name)
}

/// The groups that `sql` gives: a value, and the ids of the images that have it.
fn select_parts<T: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &str,
    title_of: impl Fn(T) -> String,
) -> rusqlite::Result<Vec<(String, Vec<ImageId>)>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let images = ids_in(row.get_ref(1)?.as_blob()?).collect();
        parts.push((title_of(row.get(0)?), images));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_put_group_after_group_and_keep_their_order_within() {
        let parts = [("a", vec![3, 5]), ("empty", vec![]), ("b", vec![1, 4])];
        let membership = || {
            let parts = parts.iter().map(|(title, ids)| {
                ((*title).to_owned(), ids.iter().copied().map(ImageId).collect())
            });
            Membership::of_parts(parts)
        };
        let images = [9, 5, 4, 3, 2, 1].map(ImageId);
        let arranged = |is_descending| {
            let shown = membership().arrange(&images, is_descending, "rest".to_owned());
            let groups: Vec<(String, usize)> =
                shown.groups.into_iter().map(|group| (group.title, group.first)).collect();
            (shown.images.iter().map(|image| image.0).collect::<Vec<_>>(), groups)
        };
        let titled = |groups: [(&str, usize); 3]| groups.map(|(t, first)| (t.to_owned(), first));
        let (ids, groups) = arranged(false);
        assert_eq!(ids, [5, 3, 4, 1, 9, 2]);
        assert_eq!(groups, titled([("a", 0), ("b", 2), ("rest", 4)]));
        let (ids, groups) = arranged(true);
        assert_eq!(ids, [4, 1, 5, 3, 9, 2]);
        assert_eq!(groups, titled([("b", 0), ("a", 2), ("rest", 4)]));
    }
}
