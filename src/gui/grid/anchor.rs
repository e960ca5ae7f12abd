//! What stays where it is on screen when images, groups or the size of the cells change: the point
//! that is pointed at, else the image at the cursor, else what is at the top.

use super::layout::Layout;
use crate::catalog::ImageId;

/// A point of a cell, and where it is on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Anchor {
    image: ImageId,
    position: usize,
    /// How far down in its cell the point is: 0 at its top, 1 at its bottom.
    share: f64,
    /// Where the point is, below the grid's upper edge on screen.
    y: f64,
}

impl Anchor {
    /// The point of the cell that is nearest to this point of the screen.
    pub(super) fn at_point(
        images: &[ImageId],
        layout: &Layout,
        x: f32,
        y: f64,
        offset: f64,
    ) -> Option<Self> {
        let position = layout.nearest(x, y + offset);
        let image = *images.get(position)?;
        let (_, top) = layout.place(position);
        let share = (y + offset - top) / f64::from(layout.cell().y).max(1.0);
        Some(Self { image, position, share: share.clamp(0.0, 1.0), y })
    }

    /// How far to scroll so that the point is where it was, its cell now at this position.
    fn offset(&self, layout: &Layout, position: usize) -> f64 {
        let (_, top) = layout.place(position);
        top + self.share * f64::from(layout.cell().y) - self.y
    }
}

/// What was drawn last.
#[derive(Debug, Default)]
pub(super) struct ShownBefore {
    /// Number of the list of images.
    list_number: Option<u64>,
    cursor: usize,
    /// The image at the cursor, where it was on screen.
    at_cursor: Option<Anchor>,
    /// The first image of which the top was on screen.
    at_top: Option<Anchor>,
    offset: f64,
    /// Somebody asked for other images.
    expects_others: bool,
    /// The pointer puts the cursor to this position, or within the many that it selects.
    expected_cursor: Option<Option<usize>>,
}

impl ShownBefore {
    /// Somebody asked for other images: where the cursor was out of sight, it is looked for.
    pub(super) fn expect_other_images(&mut self) {
        self.expects_others = true;
    }

    /// The pointer will put the cursor to this position, or within the many that it selects: what is
    /// on screen need not move for that.
    pub(super) fn expect_cursor(&mut self, position: Option<usize>) {
        self.expected_cursor = Some(position);
    }

    /// Whether what was drawn last was another list of images.
    pub(super) fn has_other_list(&self, list_number: u64) -> bool {
        self.list_number != Some(list_number)
    }

    /// How far it was scrolled.
    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// Everything was scrolled, on screen by `by` downwards.
    pub(super) fn moved_by(&mut self, by: f64) {
        if by == 0.0 {
            return;
        }
        self.expects_others = false; // the hand is elsewhere by now
        for anchor in [&mut self.at_cursor, &mut self.at_top].into_iter().flatten() {
            anchor.y += by;
        }
    }

    /// How far to scroll so that nothing jumps; `None` where nothing has changed.
    pub(super) fn kept(
        &mut self,
        pointed: Option<Anchor>,
        (list_number, images): (u64, &[ImageId]),
        layout: &Layout,
        cursor: usize,
        is_laid_out_anew: bool,
    ) -> Option<f64> {
        if let Some(pointed) = pointed {
            return Some(pointed.offset(layout, pointed.position));
        }
        let has_others = self.has_other_list(list_number);
        if !has_others && !is_laid_out_anew {
            return None;
        }
        let expects_others = has_others && std::mem::take(&mut self.expects_others);
        if let Some(anchor) = self.at_cursor {
            // The cursor is on its image, or else where that was.
            let offset = anchor.offset(layout, cursor);
            // Whoever was at the very top sees the first group's header too.
            let is_near_top = offset < f64::from(layout.cell().y);
            return Some(if self.offset == 0.0 && is_near_top { 0.0 } else { offset });
        }
        if expects_others {
            // Out of sight: somewhere in the upper part, where one looks first.
            let (_, top) = layout.place(cursor);
            return Some(top - f64::from(layout.cell().y) / 2.0);
        }
        let anchor = self.at_top?;
        let is_there = images.get(anchor.position) == Some(&anchor.image);
        let position = match is_there {
            true => Some(anchor.position),
            false => images.iter().position(|image| *image == anchor.image),
        };
        position.map(|position| anchor.offset(layout, position))
    }

    /// Whether the cursor was moved by something else than the pointer, among the same images.
    pub(super) fn is_cursor_moved(&mut self, list_number: u64, cursor: usize) -> bool {
        let is_moved = cursor != self.cursor && !self.has_other_list(list_number);
        if !is_moved {
            return false;
        }
        self.expects_others = false; // what was asked for was the same list
        let is_expected = self.expected_cursor.take();
        is_expected.is_none_or(|position| position.is_some_and(|position| position != cursor))
    }

    /// Takes note of what is drawn.
    pub(super) fn remember(
        &mut self,
        (list_number, images): (u64, &[ImageId]),
        layout: &Layout,
        cursor: usize,
        offset: f64,
        height: f64,
    ) {
        self.list_number = Some(list_number);
        self.cursor = cursor;
        self.offset = offset;
        let anchor = |position: usize| {
            let image = *images.get(position)?;
            let (_, top) = layout.place(position);
            Some(Anchor { image, position, share: 0.0, y: top - offset })
        };
        let cell = f64::from(layout.cell().y);
        let is_visible = |anchor: &Anchor| anchor.y + cell > 0.0 && anchor.y < height;
        self.at_cursor = anchor(cursor).filter(is_visible);
        self.at_top = anchor(layout.nearest(0.0, offset + cell / 2.0));
    }
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;

    const HEIGHT: f64 = 300.0;

    fn layout(count: usize, columns: usize) -> Layout {
        Layout::new(count, &[], columns, vec2(92.0, 92.0)) // with gaps 100 by 100
    }

    fn ids(range: std::ops::Range<u32>) -> Vec<ImageId> {
        range.map(ImageId).collect()
    }

    fn shown(images: &[ImageId], cursor: usize, offset: f64) -> ShownBefore {
        let mut before = ShownBefore::default();
        before.remember((1, images), &layout(images.len(), 4), cursor, offset, HEIGHT);
        before
    }

    #[test]
    fn the_image_at_the_cursor_stays_at_its_height_when_others_are_shown() {
        let all = ids(0..1000);
        let mut before = shown(&all, 402, 10_000.0); // its row begins at 10,000
        let odd: Vec<ImageId> = all.iter().copied().filter(|id| id.0 % 2 == 0).collect();
        let fewer = layout(odd.len(), 4);
        before.expect_other_images();
        // The session keeps the cursor on the image, now the 201st; its row begins at 5,000.
        assert_eq!(before.kept(None, (2, &odd), &fewer, 201, true), Some(5000.0));
    }

    #[test]
    fn where_the_cursor_is_out_of_sight_it_is_looked_for_if_somebody_asked_for_other_images() {
        let all = ids(0..1000);
        let mut before = shown(&all, 0, 10_000.0);
        let fewer = ids(0..500);
        before.expect_other_images();
        let kept = before.kept(None, (2, &fewer), &layout(500, 4), 0, true);
        assert_eq!(kept, Some(-46.0));
    }

    #[test]
    fn images_that_a_scan_adds_move_nothing() {
        let known = ids(100..1100);
        let mut before = shown(&known, 0, 10_010.0); // the cursor is far above
        let more = ids(0..1100);
        let kept = before.kept(None, (2, &more), &layout(1100, 4), 100, true);
        assert_eq!(kept, Some(12_510.0), "25 rows came above");
        assert!(!before.is_cursor_moved(2, 100));
    }

    #[test]
    fn what_is_pointed_at_stays_there_when_cells_change_their_size() {
        let all = ids(0..1000);
        let before_zoom = layout(1000, 4);
        let pointed = Anchor::at_point(&all, &before_zoom, 150.0, 146.0, 10_000.0).unwrap();
        assert_eq!((pointed.position, pointed.share), (405, 0.5));
        let larger = Layout::new(1000, &[], 2, vec2(192.0, 192.0)); // with gaps 200 by 200
        let mut before = shown(&all, 0, 10_000.0);
        // Row 202 begins at 40,400; half of the cell is 96 below.
        let kept = before.kept(Some(pointed), (1, &all), &larger, 0, true);
        assert_eq!(kept, Some(40_400.0 + 96.0 - 146.0));
    }

    #[test]
    fn a_cursor_that_keys_moved_is_told_from_one_that_was_clicked() {
        let all = ids(0..1000);
        let mut before = shown(&all, 5, 0.0);
        assert!(!before.is_cursor_moved(1, 5));
        assert!(before.is_cursor_moved(1, 6));
        before.expect_cursor(Some(7));
        assert!(!before.is_cursor_moved(1, 7));
        before.remember((1, &all), &layout(1000, 4), 7, 0.0, HEIGHT);
        assert!(!before.is_cursor_moved(1, 7));
        assert!(before.is_cursor_moved(1, 8));
        before.expect_cursor(None);
        assert!(!before.is_cursor_moved(1, 9));
    }
}
