//! Images by words in their names, notes and records.

use super::Search;
use crate::catalog::image_set::ImageSet;
use crate::query::FreeText;

impl Search<'_> {
    pub(super) fn with_words(&self, words: &FreeText) -> rusqlite::Result<ImageSet> {
        if !words.words.contains(char::is_alphanumeric) {
            return self.with_signs(&words.words);
        }
        let phrase = phrase(words);
        let mut images = ImageSet::default();
        for table in ["name_text", "record_text", "note_text"] {
            let sql = format!("SELECT rowid FROM {table} WHERE {table} MATCH ?1");
            images.unite(&self.ids(&sql, [&phrase])?);
        }
        self.add_images_of_places(&mut images)?;
        Ok(images)
    }

    /// Images whose name or note has these signs, of which the indexes of words know nothing.
    fn with_signs(&self, signs: &str) -> rusqlite::Result<ImageSet> {
        let mut images = self.ids(
            "SELECT id FROM image INDEXED BY image_by_path
             WHERE hidden IN (0, 1, 2) AND instr(path_text, ?1) > 0",
            [signs],
        )?;
        images.unite(&self.ids(
            "SELECT image_id FROM mark WHERE note IS NOT NULL AND instr(note, ?1) > 0",
            [signs],
        )?);
        self.add_images_of_places(&mut images)?;
        Ok(images)
    }
}

/// The words as FTS5 takes them: in its quotation marks nothing has a meaning but a second one.
fn phrase(words: &FreeText) -> String {
    let star = if words.is_prefix { "*" } else { "" };
    format!("\"{}\"{star}", words.words.replace('"', "\"\""))
}
