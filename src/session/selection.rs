//! The cursor and the selected images of a view.

use std::ops::Range;

use crate::catalog::{ImageId, ImageSet};

/// The cursor and the selected images. The image at the cursor is always selected, unless it was
/// taken out with Ctrl or the selection was made without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    cursor: usize,
    anchor: usize,
    selected: ImageSet,
    count: usize,
}

impl Selection {
    /// The cursor's position in the view.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether an image is selected.
    pub fn contains(&self, image: ImageId) -> bool {
        self.selected.contains(image)
    }

    /// Number of selected images.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The selected images, by number.
    pub fn images(&self) -> Vec<ImageId> {
        self.selected.iter().collect()
    }

    /// Puts the cursor at `position` and selects that image alone.
    pub(super) fn put(&mut self, images: &[ImageId], position: usize) {
        self.cursor = position.min(images.len().saturating_sub(1));
        self.anchor = self.cursor;
        self.set(images.get(self.cursor).copied().into_iter().collect());
    }

    /// Selects all from the anchor to `position`.
    pub(super) fn extend_to(&mut self, images: &[ImageId], position: usize) {
        self.cursor = position.min(images.len().saturating_sub(1));
        let (first, last) = (self.anchor.min(self.cursor), self.anchor.max(self.cursor));
        self.set(images.iter().skip(first).take(last + 1 - first).copied().collect());
    }

    /// Adds the image at `position`, or removes it; the last one stays.
    pub(super) fn toggle(&mut self, images: &[ImageId], position: usize) {
        let Some(image) = images.get(position) else { return };
        if self.selected.contains(*image) && self.count > 1 {
            self.selected.take(*image);
            self.count -= 1;
        } else {
            self.insert(*image);
        }
        self.cursor = position;
        self.anchor = position;
    }

    /// Selects everything; the cursor stays.
    pub(super) fn select_all(&mut self, images: &[ImageId]) {
        self.set(images.iter().copied().collect());
        self.anchor = 0;
    }

    /// Selects the images at these positions, beside those that are selected where `adds`. The
    /// cursor goes to the first of them, unless it is on one.
    pub(super) fn select_many(&mut self, images: &[ImageId], ranges: &[Range<usize>], adds: bool) {
        let within = |range: &Range<usize>| {
            let end = range.end.min(images.len());
            range.start.min(end)..end
        };
        let ranges: Vec<Range<usize>> =
            ranges.iter().map(within).filter(|range| !range.is_empty()).collect();
        let Some(first) = ranges.iter().map(|range| range.start).min() else { return };
        if !adds {
            self.set(ImageSet::default());
        }
        for image in ranges.iter().flat_map(|range| &images[range.clone()]) {
            self.insert(*image);
        }
        if !ranges.iter().any(|range| range.contains(&self.cursor)) {
            self.cursor = first;
        }
        self.anchor = first;
    }

    /// Selects these images again, the cursor on the first of them that is shown; where none is,
    /// everything stays.
    pub(super) fn select_again(&mut self, images: &[ImageId], wanted: &[ImageId]) {
        let wanted: ImageSet = wanted.iter().copied().collect();
        let shown = images.iter().copied().filter(|image| wanted.contains(*image));
        let selected: ImageSet = shown.collect();
        let Some(first) = images.iter().position(|image| selected.contains(*image)) else { return };
        self.put(images, first);
        self.set(selected);
    }

    /// After the view has changed from the images `before`: stays on its image where that still is,
    /// with what else is still there of the selection; otherwise at the same place.
    pub(super) fn follow(&mut self, before: &[ImageId], images: &[ImageId]) {
        let now = |place: usize| {
            let before = before.get(place)?;
            images.iter().position(|image| image == before)
        };
        let (place, anchor) = (now(self.cursor), now(self.anchor));
        let kept: ImageSet =
            images.iter().copied().filter(|image| self.selected.contains(*image)).collect();
        self.put(images, place.unwrap_or(self.cursor));
        if place.is_some() && !kept.is_empty() {
            self.anchor = anchor.unwrap_or(self.cursor);
            self.set(kept);
        }
    }

    fn set(&mut self, selected: ImageSet) {
        self.count = selected.len();
        self.selected = selected;
    }

    fn insert(&mut self, image: ImageId) {
        if !self.selected.contains(image) {
            self.selected.insert(image);
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five() -> Vec<ImageId> {
        (10..15).map(ImageId).collect()
    }

    #[test]
    fn shift_selects_from_the_anchor_in_both_directions() {
        let (images, mut selection) = (five(), Selection::default());
        selection.put(&images, 2);
        selection.extend_to(&images, 4);
        assert_eq!(selection.images(), [12, 13, 14].map(ImageId));
        selection.extend_to(&images, 1);
        assert_eq!(selection.images(), [11, 12].map(ImageId));
    }

    #[test]
    fn control_adds_and_removes_but_never_the_last() {
        let (images, mut selection) = (five(), Selection::default());
        selection.put(&images, 0);
        selection.toggle(&images, 3);
        assert_eq!(selection.images(), [10, 13].map(ImageId));
        selection.toggle(&images, 0);
        selection.toggle(&images, 3);
        assert_eq!(selection.images(), [ImageId(13)]);
    }

    #[test]
    fn what_is_selected_stays_selected_when_more_images_come() {
        let (images, mut selection) = (five(), Selection::default());
        selection.put(&images[..3], 0);
        selection.extend_to(&images[..3], 1);
        selection.follow(&images[..3], &images);
        assert_eq!(selection.images(), [10, 11].map(ImageId));
        selection.extend_to(&images, 3);
        assert_eq!(selection.images(), [10, 11, 12, 13].map(ImageId), "from where it began");
    }

    #[test]
    fn many_are_selected_at_once_alone_or_beside_others() {
        let (images, mut selection) = (five(), Selection::default());
        selection.put(&images, 0);
        selection.select_many(&images, &[3..4, 4..99], false);
        assert_eq!(selection.images(), [13, 14].map(ImageId));
        assert_eq!(selection.cursor(), 3);
        selection.select_many(&images, &[0..2, 4..5], true);
        assert_eq!(selection.images(), [10, 11, 13, 14].map(ImageId));
        assert_eq!((selection.cursor(), selection.len()), (0, 4));
        selection.select_many(&images, &[7..9, 9..9], false);
        assert_eq!(selection.len(), 4, "no image is there");
    }

    #[test]
    fn the_cursor_follows_its_image_when_the_view_changes() {
        let (images, mut selection) = (five(), Selection::default());
        selection.put(&images, 3);
        selection.follow(&images, &images[2..]);
        assert_eq!(selection.cursor(), 1);
        selection.follow(&images[2..], &images[..1]);
        assert_eq!((selection.cursor(), selection.images()), (0, vec![ImageId(10)]));
        selection.follow(&images[..1], &[]);
        assert!(selection.is_empty());
    }
}
