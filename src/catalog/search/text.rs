//! Images by words in their names, notes and records.

use super::Search;
use crate::catalog::image_set::ImageSet;
use crate::query::FreeText;

impl Search<'_> {
    pub(super) fn with_words(&self, words: &FreeText) -> rusqlite::Result<ImageSet> {
        let phrase = phrase(words);
        let mut images = ImageSet::default();
        for table in ["name_text", "record_text", "note_text"] {
            let sql = format!("SELECT rowid FROM {table} WHERE {table} MATCH ?1");
            images.unite(&self.ids(&sql, [&phrase])?);
        }
        self.add_images_of_places(&mut images)?;
        Ok(images)
    }
}

/// The words as FTS5 takes them: in its quotation marks nothing has a meaning but a second one.
fn phrase(words: &FreeText) -> String {
    let star = if words.is_prefix { "*" } else { "" };
    format!("\"{}\"{star}", words.words.replace('"', "\"\""))
}
