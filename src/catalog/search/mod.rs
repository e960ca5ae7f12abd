//! Which images a query is about.
//!
//! Every condition becomes a set of images, read from one index that holds all it needs; sets are
//! combined as bits. With a million images that takes a fraction of what joins take, which fetch
//! rows.

mod categories; // by label and prediction
mod review; // by what waits in the queues of review
mod record; // by what the instrument recorded
mod state; // by what became of it
mod text; // by words

use rusqlite::{Connection, Params};

use super::image_set::ImageSet;
use super::{ImageId, category_list, id_list};
use crate::query::{Condition, DateField, Field, NumberField, Query, State, TextField};
use crate::taxonomy::CategoryTree;

#[cfg(test)]
pub(super) use review::REVIEW_READS;
pub(super) use review::Scored;

/// Images of a query; vanished ones too, where it asks for them.
pub(super) struct Found {
    /// The images that meet all terms; among them may be some that are not shown.
    pub(super) images: Option<ImageSet>,
    /// Whether vanished images are wanted as well.
    pub(super) with_vanished: bool,
}

/// Looks for the images of a query; `None` stands for all.
pub(super) fn find(connection: &Connection, query: &Query) -> rusqlite::Result<Found> {
    let mut found = Found { images: None, with_vanished: asks_for_vanished(query) };
    if query.terms().is_empty() {
        return Ok(found);
    }
    let search = Search::new(connection)?;
    for term in query.terms() {
        let mut met = ImageSet::default();
        for condition in &term.any_of {
            met.unite(&search.images(condition)?);
        }
        match (&mut found.images, term.is_negated) {
            (Some(images), false) => images.keep(&met),
            (Some(images), true) => images.remove(&met),
            (None, false) => found.images = Some(met),
            (None, true) => {
                let mut images = search.every_image()?;
                images.remove(&met);
                found.images = Some(images);
            }
        }
    }
    Ok(found)
}

fn asks_for_vanished(query: &Query) -> bool {
    let is_vanished = |condition: &Condition| *condition == Condition::Is(State::Missing);
    query.terms().iter().any(|term| !term.is_negated && term.any_of.iter().any(is_vanished))
}

/// One state of the library that is searched.
pub(super) struct Search<'a> {
    connection: &'a Connection,
    tree: CategoryTree,
}

impl<'a> Search<'a> {
    pub(super) fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self { connection, tree: category_list::select_tree(connection)? })
    }

    fn images(&self, condition: &Condition) -> rusqlite::Result<ImageSet> {
        match condition {
            Condition::Text(words) => self.with_words(words),
            Condition::Category(field, pattern) => self.of_category(*field, pattern),
            Condition::Matches(field, pattern) => self.matching(*field, pattern),
            Condition::Number(field, range) => self.in_number_range(*field, range),
            Condition::Date(field, range) => self.in_date_range(*field, range),
            Condition::Unknown(field) => {
                let mut images = self.every_image()?;
                images.remove(&self.with_value(*field)?);
                Ok(images)
            }
            Condition::Folder(folder) => self.in_folder_called(folder),
            Condition::Near(path) => self.near(path),
            Condition::Source(origin) => {
                self.ids("SELECT image_id FROM label WHERE source = ?1", [origin.name()])
            }
            Condition::Is(state) => self.in_state(*state),
            Condition::Has(property) => self.with_property(*property),
        }
    }

    /// Images with a value in this field.
    fn with_value(&self, field: Field) -> rusqlite::Result<ImageSet> {
        match column(field) {
            Some(column) => {
                self.ids(&format!("{} WHERE {} IS NOT NULL", column.scan(), column.name), [])
            }
            None => self.every_image(), // all have a name
        }
    }

    /// The images that are shown.
    pub(super) fn shown_images(&self) -> rusqlite::Result<ImageSet> {
        self.ids("SELECT id FROM image WHERE hidden = 0", [])
    }

    /// Every id there is, also of what is not shown: the view leaves that out.
    fn every_image(&self) -> rusqlite::Result<ImageSet> {
        let newest: Option<u32> =
            self.connection.query_row("SELECT max(id) FROM image", [], |row| row.get(0))?;
        Ok(ImageSet::up_to(newest.unwrap_or(0)))
    }

    /// Where a further place of an image was found, the image was.
    fn add_images_of_places(&self, found: &mut ImageSet) -> rusqlite::Result<()> {
        let mut statement =
            self.connection.prepare_cached("SELECT id, same_as FROM image WHERE hidden = 2")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if found.contains(ImageId(row.get(0)?)) {
                found.insert(ImageId(row.get(1)?));
            }
        }
        Ok(())
    }

    /// All ids that `sql` gives in its only column.
    fn ids(&self, sql: &str, params: impl Params) -> rusqlite::Result<ImageSet> {
        id_list::gather(self.connection, sql, params, ImageSet::of_ids)
    }
}

/// Where a field's value is kept, and the index that has it.
pub(super) struct Column {
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    pub(super) index: &'static str,
}

impl Column {
    /// The beginning of a query over the index. SQLite does not know that this one is enough for
    /// values that it takes out of JSON, and would read the JSON instead.
    fn scan(&self) -> String {
        format!("SELECT image_id FROM {} INDEXED BY {}", self.table, self.index)
    }
}

/// `None` for what is kept in another form.
pub(super) fn column(field: Field) -> Option<Column> {
    let record = |name, index| ("instrument_record", name, index);
    let (table, name, index) = match field {
        Field::Number(NumberField::Score) => ("prediction", "top_score", "prediction_by_score"),
        Field::Number(NumberField::Uncertainty) => {
            ("prediction", "uncertainty", "prediction_by_uncertainty")
        }
        Field::Number(NumberField::VoltageKv) => record("kv", "record_kv"),
        Field::Number(NumberField::WorkingDistanceMm) => {
            record("working_distance_mm", "record_working_distance")
        }
        Field::Number(NumberField::Magnification) => {
            record("magnification", "record_magnification")
        }
        Field::Number(NumberField::PixelSizeNm) => record("pixel_size_nm", "record_pixel_size"),
        Field::Date(DateField::Taken) => record("acquired_at", "record_date"),
        Field::Date(DateField::Labelled) => ("label", "labelled_at", "label_by_time"),
        Field::Text(TextField::Detector) => record("detector", "record_detector"),
        Field::Text(TextField::Signal) => record("signal", "record_signal"),
        Field::Text(TextField::Vendor) => record("vendor", "record_vendor"),
        Field::Text(TextField::Model) => record("model", "record_model"),
        Field::Text(TextField::User) => record("user", "record_user"),
        Field::Text(TextField::Sample) => record("sample", "record_sample"),
        Field::Text(TextField::Note) => ("mark", "note", "mark_noted"),
        Field::Text(TextField::By) => ("label", "labelled_by", "label_by_person"),
        Field::Text(TextField::Name) => return None,
    };
    Some(Column { table, name, index })
}
