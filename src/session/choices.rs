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
        self.notify(
            NoticeLevel::Info,
            format!("{count} {images} of this size in the folder: the data bar is set. Ctrl+Z takes it back"),
        );
    }

    fn of_folder(&self, image: ImageId, data_bar: Option<DataBar>) -> Option<ChoiceChange> {
        let row = self.row(image)?;
        let size_px = [row.width_px?, row.height_px?];
        let folder = self.open.as_ref()?.library.folder_of(image).ok()?;
        Some(ChoiceChange::FolderDataBar { folder, size_px, data_bar })
    }

    /// Makes a change that can be taken back; gives the number of images that it is about.
    fn choose(&mut self, change: &ChoiceChange) -> Option<usize> {
        let before = self.open.as_ref().map_or(0, |open| open.stale_images.len());
        let inverse = self.change_choice(change)?;
        let open = self.open.as_mut()?;
        open.undo.push(Undoable::Choice(inverse));
        open.redo.clear();
        Some(open.stale_images.len() - before)
    }

    /// Makes a change and gives the one that takes it back, or nothing where it could not be saved.
    pub(super) fn change_choice(&mut self, change: &ChoiceChange) -> Option<ChoiceChange> {
        let open = self.open.as_mut()?;
        match open.library.change_choice(change) {
            Ok(changed) => {
                open.stale_images.extend(changed.images);
                self.refresh();
                Some(changed.inverse)
            }
            Err(error) => {
                self.notify_error(&error);
                None
            }
        }
    }
}
