//! Choosing how images are read: the page and the data bar.

use super::{Session, Undoable};
use crate::catalog::{ChangedChoice, ChoiceChange, ImageId};
use crate::micrograph::DataBar;

impl Session {
    pub(super) fn set_data_bar(&mut self, data_bar: Option<DataBar>) {
        if let Some(image) = self.current_image() {
            self.choose(&[ChoiceChange::DataBar { image, data_bar }]);
        }
    }

    pub(super) fn set_page(&mut self, page: Option<u32>) {
        if let Some(image) = self.current_image() {
            self.choose(&[ChoiceChange::Page { image, page }]);
        }
    }

    /// A bar is set for the current image's own folder, which the image then follows, and taken
    /// away from the folder it comes from.
    pub(super) fn set_folder_data_bar(&mut self, data_bar: Option<DataBar>) {
        let Some(image) = self.current_image() else { return };
        let Some(of_folder) = self.of_folder(image, data_bar) else { return };
        let own = ChoiceChange::DataBar { image, data_bar: None };
        let count = match self.choose(&[own, of_folder]) {
            None | Some(0) => return, // not saved, or so already
            Some(count) => count,
        };
        let images = if count == 1 { "image" } else { "images" };
        let done = match data_bar {
            Some(_) => "The data bar is set",
            None => "The data bar is found automatically again",
        };
        self.tell_undoable(format!("{done} for {count} {images} of this size"));
    }

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

    /// Makes changes that can be taken back together; gives the number of images that are read in
    /// another way now.
    fn choose(&mut self, changes: &[ChoiceChange]) -> Option<usize> {
        let ChangedChoice { inverse, images, .. } = self.change_choices(changes)?;
        if !inverse.is_empty() {
            self.remember(Undoable::Choices(inverse));
        }
        Some(images.len())
    }

    /// Makes changes, or nothing where they could not be saved. The view keeps its images, so that
    /// none jumps away while its bar is corrected, and those that were classified are again.
    pub(super) fn change_choices(&mut self, changes: &[ChoiceChange]) -> Option<ChangedChoice> {
        let open = self.open.as_mut()?;
        let changed = match open.library.change_choices(changes) {
            Ok(changed) => changed,
            Err(error) => {
                self.notify_error(&error);
                return None;
            }
        };
        open.stale_images.extend(&changed.images);
        open.to_classify_again.extend(&changed.unclassified);
        let refreshed =
            open.refresh_decisions(&changed.images).and_then(|()| open.count_unclassified());
        if let Err(error) = refreshed {
            self.notify_error(&error);
        }
        Some(changed)
    }
}
