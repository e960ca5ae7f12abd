//! Which images a query is about.
//!
//! Every condition becomes a set of images, read from one index that holds all it needs; sets are
//! combined as bits. With a million images that takes a fraction of what joins take, which fetch
//! rows.

mod categories; // by label and prediction
mod record; // by what the instrument recorded
mod state; // by what became of it
mod text; // by words

use rusqlite::{Connection, Params};

use super::image_set::ImageSet;
use super::{ImageId, category_list};
use crate::query::{Condition, DateField, Field, NumberField, Query, State, TextField};
use crate::taxonomy::CategoryTree;

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
            Condition::Folder(folder) => self.in_folder(folder.trim_matches('/')),
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
            Some(Column { table, name, .. }) => {
                self.ids(&format!("SELECT image_id FROM {table} WHERE {name} IS NOT NULL"), [])
            }
            None => self.every_image(), // all have a name
        }
    }

    /// What is left when images are excluded.
    fn every_image(&self) -> rusqlite::Result<ImageSet> {
        self.ids("SELECT id FROM image WHERE hidden IN (0, 1)", [])
    }

    /// All ids that `sql` gives in its first column.
    fn ids(&self, sql: &str, params: impl Params) -> rusqlite::Result<ImageSet> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut images = ImageSet::default();
        while let Some(row) = rows.next()? {
            images.insert(ImageId(row.get(0)?));
        }
        Ok(images)
    }
}

/// Where a field's value is kept.
struct Column {
    table: &'static str,
    name: &'static str,
}

/// `None` for what is kept in another form.
fn column(field: Field) -> Option<Column> {
    let (table, name) = match field {
        Field::Number(NumberField::Score) => ("prediction", "top_score"),
        Field::Number(NumberField::Uncertainty) => ("prediction", "uncertainty"),
        Field::Number(NumberField::VoltageKv) => ("instrument_record", "kv"),
        Field::Number(NumberField::WorkingDistanceMm) => {
            ("instrument_record", "working_distance_mm")
        }
        Field::Number(NumberField::Magnification) => ("instrument_record", "magnification"),
        Field::Number(NumberField::PixelSizeNm) => ("instrument_record", "pixel_size_nm"),
        Field::Date(DateField::Taken) => ("instrument_record", "acquired_at"),
        Field::Date(DateField::Labelled) => ("label", "labelled_at"),
        Field::Text(TextField::Detector) => ("instrument_record", "detector"),
        Field::Text(TextField::Signal) => ("instrument_record", "signal"),
        Field::Text(TextField::Vendor) => ("instrument_record", "vendor"),
        Field::Text(TextField::Model) => ("instrument_record", "model"),
        Field::Text(TextField::User) => ("instrument_record", "user"),
        Field::Text(TextField::Sample) => ("instrument_record", "sample"),
        Field::Text(TextField::Note) => ("mark", "note"),
        Field::Text(TextField::By) => ("label", "labelled_by"),
        Field::Text(TextField::Name) => return None,
    };
    Some(Column { table, name })
}
