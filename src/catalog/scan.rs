//! The folder tree becomes image rows.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::error::Failure;
use super::known_files::{Changes, FoundFile, Place, SavedFiles, place_of};
use super::texts_beside::FoundTexts;
use super::{CatalogError, ImageId, Library, stored_path};
use crate::folder_walk::{FolderWalk, Walked, has_extension};
use crate::micrograph::{FileStamp, TEXT_EXTENSIONS};

/// Files a transaction: few enough that rows soon appear, enough that committing costs little.
const BATCH: usize = 500;

/// How far a scan has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanProgress<'a> {
    /// Image files seen so far.
    pub found: u64,
    /// Of these, the ones that were new to the library.
    pub added: u64,
    /// The folder being read, from the library's root.
    pub folder: &'a Path,
}

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// Image files there are.
    pub found: u64,
    /// Of these, new to the library.
    pub added: u64,
    /// Of these, with another size or time than before; their labels are kept.
    pub changed: u64,
    /// Of these, moved or renamed since; their labels went with them.
    pub moved: u64,
    /// Of these, unchanged but vanished in an earlier scan.
    pub reappeared: u64,
    /// Images whose files are no longer there; their labels are kept.
    pub vanished: u64,
    /// Images that were read and whose texts beside them came, went or changed since.
    pub other_texts: u64,
    /// Folders and files that could not be read, with the reason; the scan went on.
    pub problems: Vec<String>,
}

/// Such as `Found: 3 new, 1 missing`.
impl fmt::Display for ScanReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.added, "new"),
            (self.changed, "changed"),
            (self.moved, "moved or renamed"),
            (self.reappeared, "back"),
            (self.vanished, "missing"),
            (self.other_texts, "with other text files beside them"),
        ];
        let found: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        match found.is_empty() {
            true => write!(f, "No new or changed files"),
            false => write!(f, "Images found: {}", found.join(", ")),
        }
    }
}

impl Library {
    /// Brings the list of images up to date with the files below the root.
    ///
    /// Files count by extension (without the dot, in any case), in the folders that [`FolderWalk`] goes
    /// through; of the texts beside images, whether they are others is noticed. `on_progress` hears of every folder and every
    /// few hundred files; when it returns false the scan ends early: what was found stays, and
    /// nothing is taken for vanished.
    ///
    /// # Errors
    /// When the root cannot be read, or the library could not be read or written.
    pub fn scan(
        &self,
        extensions: &[&str],
        on_progress: &mut dyn FnMut(&ScanProgress<'_>) -> bool,
    ) -> Result<ScanReport, CatalogError> {
        self.check_root()?;
        let wanted: Vec<&str> = extensions.iter().copied().chain(TEXT_EXTENSIONS).collect();
        let failed = |source| CatalogError::Folder {
            operation: "read",
            path: self.root().to_owned(),
            source,
        };
        let mut scan = Scan::new(self, extensions);
        let mut folder = PathBuf::new();
        for walked in FolderWalk::new(self.root(), &wanted).map_err(failed)? {
            let worth_telling = match walked {
                Walked::Folder(path) => {
                    folder = path;
                    true
                }
                Walked::File(path, metadata) => scan.add(&path, &metadata)?,
                Walked::Problem(problem) => {
                    if problem.is_loss() {
                        scan.report.problems.push(problem.to_string());
                    }
                    false
                }
            };
            if worth_telling && !on_progress(&scan.progress(&folder)) {
                scan.save_batch()?;
                return Ok(scan.report);
            }
        }
        scan.save_batch()?;
        scan.save_changed()?;
        scan.mark_vanished()?;
        scan.report.other_texts = self.note_texts(&scan.texts)?;
        on_progress(&scan.progress(&folder));
        Ok(scan.report)
    }

    /// Looks whether the files of these images are what the library knows, which learns of those that
    /// have changed. A file that is gone has not changed.
    ///
    /// # Errors
    /// When the library could not be read or written.
    pub fn look_at(&self, images: &[ImageId]) -> Result<(), CatalogError> {
        let known = self.read_image("look up files", |connection| {
            let known = |image: &ImageId| Ok((*image, place_of(connection, *image)?));
            images.iter().map(known).collect::<Result<Vec<_>, Failure>>()
        })?;
        let has_changed = |place: &Place| {
            let path = self.root().join(stored_path::from_bytes(place.path.clone()));
            fs::metadata(path).is_ok_and(|metadata| FileStamp::of(&metadata) != place.stamp)
        };
        for (image, place) in known {
            if has_changed(&place) {
                self.look_again(image)?;
            }
        }
        Ok(())
    }

    /// Scans the image's file alone, which is known to be another now. Gives the image that is there
    /// then.
    ///
    /// # Errors
    /// When the library has no such image, or could not be read or written.
    pub fn look_again(&self, image: ImageId) -> Result<Option<ImageId>, CatalogError> {
        let path = self.path_of(image)?;
        let relative = path.strip_prefix(self.root()).unwrap_or(&path);
        match (fs::metadata(&path), stored_path::to_bytes(relative)) {
            (Ok(metadata), Some(path)) => {
                let found = FoundFile { path, stamp: FileStamp::of(&metadata) };
                Ok(self.save_found(&[found], Changes::Save)?.images.pop())
            }
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => {
                self.mark_vanished(&[image])?;
                Ok(None)
            }
            _ => Ok(None), // the folder cannot be reached now: that tells nothing of the file
        }
    }
}

struct Scan<'a> {
    library: &'a Library,
    /// Those of images.
    extensions: &'a [&'a str],
    texts: FoundTexts,
    batch: Vec<FoundFile>,
    /// Files that were changed, unless what they held has moved elsewhere in the tree.
    put_off: Vec<FoundFile>,
    seen: HashSet<ImageId>,
    report: ScanReport,
}

impl<'a> Scan<'a> {
    fn new(library: &'a Library, extensions: &'a [&'a str]) -> Self {
        Self {
            library,
            extensions,
            texts: FoundTexts::default(),
            batch: Vec::new(),
            put_off: Vec::new(),
            seen: HashSet::new(),
            report: ScanReport::default(),
        }
    }

    fn progress<'f>(&self, folder: &'f Path) -> ScanProgress<'f> {
        ScanProgress { found: self.report.found, added: self.report.added, folder }
    }

    /// Notes the file. True when that made a batch, which is then saved.
    fn add(&mut self, relative: &Path, metadata: &Metadata) -> Result<bool, CatalogError> {
        let stamp = FileStamp::of(metadata);
        if !has_extension(relative, self.extensions) {
            self.texts.add(relative, stamp);
            return Ok(false);
        }
        let Some(path) = stored_path::to_bytes(relative) else { return Ok(false) };
        self.batch.push(FoundFile { path, stamp });
        self.report.found += 1;
        let full = self.batch.len() == BATCH;
        if full {
            self.save_batch()?;
        }
        Ok(full)
    }

    fn save_batch(&mut self) -> Result<(), CatalogError> {
        let saved = self.library.save_found(&self.batch, Changes::PutOff)?;
        self.batch.clear();
        self.count(saved);
        Ok(())
    }

    /// Saves the files that were changed, once all others have been looked at.
    fn save_changed(&mut self) -> Result<(), CatalogError> {
        let put_off = std::mem::take(&mut self.put_off);
        for batch in put_off.chunks(BATCH) {
            let saved = self.library.save_found(batch, Changes::Save)?;
            self.count(saved);
        }
        Ok(())
    }

    fn count(&mut self, saved: SavedFiles) {
        self.seen.extend(saved.images);
        self.put_off.extend(saved.put_off);
        self.report.added += saved.added;
        self.report.changed += saved.changed;
        self.report.moved += saved.moved;
        self.report.reappeared += saved.reappeared;
    }

    /// Marks the images whose files are gone.
    ///
    /// Not having been seen is not enough: a folder may have been unreadable, or another program
    /// may have added the image after we passed. So each of these few files is asked for.
    fn mark_vanished(&mut self) -> Result<(), CatalogError> {
        let known = self.library.present_files()?;
        if self.report.found == 0 && !known.is_empty() && is_empty(self.library.root()) {
            let path = self.library.root().to_owned();
            return Err(CatalogError::EmptyRoot { known: known.len(), path });
        }
        let mut vanished = Vec::new();
        for file in known {
            if !self.seen.contains(&file) && is_gone(&self.library.path_of(file)?) {
                vanished.push(file);
            }
        }
        // A drive that was unplugged meanwhile takes no image away: writing checks that.
        self.library.mark_vanished(&vanished)?;
        self.report.vanished = vanished.len() as u64;
        Ok(())
    }
}

/// Whether nothing at all is in the folder, as in that of a drive which is not connected.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn is_gone(path: &Path) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    match fs::metadata(path) {
        Ok(metadata) => !metadata.is_file(),
        Err(error) => matches!(error.kind(), NotFound | NotADirectory),
    }
}
