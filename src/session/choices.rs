//! Choosing how images are read: the page and the data bar.

use super::{NoticeLevel, Session, Undoable};
use crate::catalog::{ChoiceChange, ImageId};
use crate::micrograph::DataBar;

impl Session {
    pub(super) fn set_data_bar(&mut self, data_bar: Option<DataBar>) {
        if let Some(image) = self.current_image() {
            self.choose(&ChoiceChange::DataBar { image, data_bar });
        }
    }

    pub(super) fn set_page(&mut self, page: u32) {
        if let Some(image) = self.current_image() {
            self.choose(&ChoiceChange::Page { image, page: Some(page) });
        }
    }

    pub(super) fn set_folder_data_bar(&mut self, data_bar: Option<DataBar>) {
        let Some(change) = self.current_image().and_then(|image| self.of_folder(image, data_bar))
        else {
            return;
        };
        let Some(count) = self.choose(&change) else { return };
        let images = if count == 1 { "image" } else { "images" };
        let done = match data_bar {
            Some(_) => "the data bar is set",
            None => "the data bar is found automatically again",
        };
        let text = format!("{done} for {count} {images} of this size. Ctrl+Z takes it back");
        self.notify(NoticeLevel::Info, text);
    }

    /// A bar is set for the image's own folder, and taken away from the folder it comes from.
    fn of_folder(&self, image: ImageId, data_bar: Option<DataBar>) -> Option<ChoiceChange> {
        let row = self.row(image)?;
        let size_px = [row.width_px?, row.height_px?];
        let library = &self.open.as_ref()?.library;
        let folder = match data_bar {
            Some(_) => library.folder_of(image).ok()?,
            None => library.folder_with_data_bar(image, size_px).ok()??,
        };
        Some(ChoiceChange::FolderDataBar { folder, size_px, data_bar })
    }

    /// Makes a change that can be taken back; gives the number of images that it is about.
    fn choose(&mut self, change: &ChoiceChange) -> Option<usize> {
        let before = self.open.as_ref().map_or(0, |open| open.stale_images.len());
        let inverse = self.change_choice(change)?;
        let open = self.open.as_mut()?;
        if inverse != *change {
            open.undo.push(Undoable::Choice(inverse));
            open.redo.clear();
        }
        Some(open.stale_images.len() - before)
    }

    /// Makes a change and gives the one that takes it back, or nothing where it could not be saved.
    /// The view keeps its images, so that none jumps away while its bar is corrected.
    pub(super) fn change_choice(&mut self, change: &ChoiceChange) -> Option<ChoiceChange> {
        let open = self.open.as_mut()?;
        let changed = open.library.change_choice(change).and_then(|changed| {
            open.refresh_decisions(&changed.images)?;
            open.count_unclassified()?;
            Ok(changed)
        });
        match changed {
            Ok(changed) => {
                open.stale_images.extend(changed.images);
                Some(changed.inverse)
            }
            Err(error) => {
                self.notify_error(&error);
                None
            }
        }
    }
}
