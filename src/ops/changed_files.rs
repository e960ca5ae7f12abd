//! Labelled files that were changed: whether they still hold what was labelled.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalog::{CatalogError, ImageId, Library};
use crate::micrograph::{DEFAULT_LIMIT_BYTES, SourceFile};

/// Reads labelled files again that have another size or time since, so that it is known which of them
/// hold something else. `on_progress` hears of files done and to do; where `cancel` is set, the rest
/// waits for the next time.
///
/// # Errors
/// When the library cannot be read or written.
pub fn read_changed_files(
    library: &Library,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<(), CatalogError> {
    if library.is_read_only() || cancel.load(Ordering::Relaxed) {
        return Ok(());
    }
    let changed = library.labelled_and_unread_since()?;
    for (done, image) in changed.iter().enumerate() {
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        on_progress(done, changed.len());
        read(library, *image)?;
    }
    Ok(())
}

/// Tells the library what the file holds, or why that cannot be known.
fn read(library: &Library, image: ImageId) -> Result<(), CatalogError> {
    let identified = SourceFile::open(&library.path_of(image)?, DEFAULT_LIMIT_BYTES)
        .and_then(|source| Ok((source.sha256()?, source.stamp())));
    match identified {
        Ok((sha256, stamp)) => library.save_content(image, &sha256, stamp),
        Err(error) => {
            let choice = library.read_choice(image)?;
            library.save_read_error(image, &choice, None, &error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::catalog::{LabelSource, LabelValue, LibraryPlace, View};
    use crate::micrograph::READABLE_EXTENSIONS;
    use crate::query::Query;

    fn opened(folder: &Path) -> Library {
        let library = Library::open(&LibraryPlace::for_folder(folder).unwrap()).unwrap();
        library.scan(&READABLE_EXTENSIONS, &mut |_| true).unwrap();
        library
    }

    fn read_all(library: &Library) -> usize {
        let mut read = 0;
        library.scan(&READABLE_EXTENSIONS, &mut |_| true).unwrap();
        read_changed_files(library, &AtomicBool::new(false), &mut |_, of| read = of).unwrap();
        read
    }

    fn found(library: &Library, query: &str) -> Vec<ImageId> {
        let view = View { query: Query::parse(query).unwrap(), ..View::default() };
        library.image_ids(&view).unwrap()
    }

    #[test]
    fn a_labelled_file_with_other_pixels_is_found_as_changed_and_one_with_another_time_is_not() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png", "c.png", "d.png"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let library = opened(folder.path());
        let ids = library.image_ids(&View::default()).unwrap();
        for (image, name) in ids.iter().zip(["a.png", "b.png", "c.png", "d.png"]) {
            library
                .save_content(*image, &crate::micrograph::content_sha256(name.as_bytes()), None)
                .unwrap();
        }
        let tips = library.add_category("Tips", None, "Ada").unwrap();
        let labels: Vec<_> =
            ids[..3].iter().map(|image| (*image, Some(LabelValue::of(tips)))).collect();
        library.set_labels(&labels, "Ada", LabelSource::Person).unwrap();
        assert_eq!(read_all(&library), 0, "nothing was changed");

        fs::write(folder.path().join("a.png"), "other pixels").unwrap();
        let touched = File::options().write(true).open(folder.path().join("b.png")).unwrap();
        touched.set_modified(UNIX_EPOCH + Duration::from_secs(9)).unwrap();
        fs::write(folder.path().join("c.png"), "").unwrap(); // and cannot be read
        fs::write(folder.path().join("d.png"), "nobody has labelled it").unwrap();
        assert_eq!(read_all(&library), 3);
        assert_eq!(found(&library, "is:changed"), [ids[0], ids[2]]);
        assert_eq!(found(&library, "is:unreadable"), [ids[2]]);
        let now = library.set_labels(&labels[..1], "Ada", LabelSource::Person);
        now.unwrap();
        assert_eq!(found(&library, "is:changed"), [ids[2]], "it is about what it holds now");
        assert_eq!(read_all(&library), 1, "what could not be read is tried again");
    }

    #[test]
    fn what_was_cancelled_is_read_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), "pixels").unwrap();
        let library = opened(folder.path());
        let ids = library.image_ids(&View::default()).unwrap();
        let tips = library.add_category("Tips", None, "Ada").unwrap();
        let label = [(ids[0], Some(LabelValue::of(tips)))];
        library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
        fs::write(folder.path().join("a.png"), "other pixels").unwrap();
        library.scan(&READABLE_EXTENSIONS, &mut |_| true).unwrap();
        read_changed_files(&library, &AtomicBool::new(true), &mut |_, _| ()).unwrap();
        assert_eq!(found(&library, "is:changed"), ids, "it may hold something else");
        assert_eq!(read_all(&library), 1);
        assert_eq!(found(&library, "is:changed"), ids);
    }
}
