//! Who has labelled.

use std::collections::HashSet;

use super::{CatalogError, Library};
use crate::text::folded;

impl Library {
    /// Everybody whose labels the library has, by name; names that differ in case are one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn people(&self) -> Result<Vec<String>, CatalogError> {
        self.read("list who has labelled", |connection| {
            // From one name to the next in the index: a few steps for millions of labels.
            let mut statement = connection.prepare_cached(
                "WITH RECURSIVE person (name) AS (
                     SELECT min(labelled_by COLLATE NOCASE) FROM label
                     UNION ALL
                     SELECT (SELECT min(labelled_by COLLATE NOCASE) FROM label
                             WHERE labelled_by > person.name COLLATE NOCASE)
                     FROM person WHERE name IS NOT NULL)
                 SELECT name FROM person WHERE name IS NOT NULL",
            )?;
            let names = statement.query_map([], |row| row.get(0))?;
            let mut names: Vec<String> = names.collect::<Result<_, _>>()?;
            // SQLite joins what differs in the case of ASCII alone.
            let mut seen = HashSet::new();
            names.retain(|name| seen.insert(folded(name)));
            Ok(names)
        })
    }
}
