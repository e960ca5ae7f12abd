//! How images are read: the page and the data bar.

use super::{Changed, Decided, Decider, Decision, Undoable};
use crate::catalog::{CatalogError, ChoiceChange, ImageId};
use crate::micrograph::DataBar;
use crate::session::notice::Told;

impl Decider {
    pub(super) fn choose(
        &mut self,
        decision: &Decision,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        match *decision {
            Decision::DataBar { image, data_bar } => {
                self.change_together(&[ChoiceChange::DataBar { image, data_bar }], decided)?;
            }
            Decision::Page { image, page } => {
                self.change_together(&[ChoiceChange::Page { image, page }], decided)?;
            }
            Decision::FolderDataBar { image, data_bar } => {
                self.choose_for_folder(image, data_bar, decided)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A bar is set for the image's own folder, which the image then follows, and taken away from the
    /// folder it comes from.
    fn choose_for_folder(
        &mut self,
        image: ImageId,
        data_bar: Option<DataBar>,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let Some(of_folder) = self.of_folder(image, data_bar)? else { return Ok(()) };
        let own = ChoiceChange::DataBar { image, data_bar: None };
        let count = self.change_together(&[own, of_folder], decided)?;
        if count == 0 {
            return Ok(()); // it is so already
        }
        let images = if count == 1 { "image" } else { "images" };
        let done = match data_bar {
            Some(_) => "The data bar is set",
            None => "The data bar is found automatically again",
        };
        decided.told.push(Told::undoable(format!("{done} for {count} {images} of this size")));
        Ok(())
    }

    fn of_folder(
        &self,
        image: ImageId,
        data_bar: Option<DataBar>,
    ) -> Result<Option<ChoiceChange>, CatalogError> {
        let row = self.library.many_rows(&[image])?.pop();
        let size = row.and_then(|row| Some([row.width_px?, row.height_px?]));
        let Some(size_px) = size else { return Ok(None) };
        let folder = match data_bar {
            Some(_) => Some(self.library.folder_of(image)?),
            None => self.library.folder_with_data_bar(image, size_px)?,
        };
        Ok(folder.map(|folder| ChoiceChange::FolderDataBar { folder, size_px, data_bar }))
    }

    /// Makes changes that can be taken back together; gives the number of images that are read in
    /// another way now.
    fn change_together(
        &mut self,
        changes: &[ChoiceChange],
        decided: &mut Decided,
    ) -> Result<usize, CatalogError> {
        let inverse = self.change_choices(changes, decided)?;
        if !inverse.is_empty() {
            self.remember(Undoable::Choices(inverse), decided);
        }
        Ok(decided.stale_images.len())
    }

    /// Makes changes; gives those that take them back.
    pub(super) fn change_choices(
        &mut self,
        changes: &[ChoiceChange],
        decided: &mut Decided,
    ) -> Result<Vec<ChoiceChange>, CatalogError> {
        let changed = self.library.change_choices(changes)?;
        decided.changed = Changed::These(changed.images.clone());
        decided.stale_images = changed.images;
        decided.unclassified = changed.unclassified;
        Ok(changed.inverse)
    }
}
