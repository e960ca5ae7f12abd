//! Where cells and group headers are: arithmetic, with one entry for each group and none for an image.
//!
//! Heights are in 64 bits. A million images in few columns are more than 16 million points high,
//! where 32 bits know no halves any more.

use std::ops::Range;

use egui::{Vec2, vec2};

use crate::catalog::Group;
use crate::gui::tokens::GAP;

/// Height of a group's header in points.
pub(super) const HEADER_HEIGHT: f32 = 32.0;

/// Where cells and headers are, in points from the grid's top left corner.
#[derive(Debug, Default)]
pub(super) struct Layout {
    columns: usize,
    cell: Vec2,
    image_count: usize,
    sections: Vec<Section>,
    height: f64,
}

/// Rows of cells without a header between them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Section {
    /// Position of its first image.
    first: usize,
    /// The group whose header is above it.
    group: Option<usize>,
    /// Where it begins, with its header.
    top: f64,
}

/// A part of the grid from its left to its right edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Row {
    /// The header of this group.
    Header {
        /// The group's number.
        group: usize,
        /// Positions of the group's images.
        positions: Range<usize>,
        /// Where it begins.
        top: f64,
    },
    /// The cells of the images at these positions.
    Cells {
        /// Positions in the view.
        positions: Range<usize>,
        /// Where they begin.
        top: f64,
    },
}

/// A rectangle of the grid; `top` is above `bottom`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Layout {
    /// Cells of this size, so many beside each other.
    pub(super) fn new(image_count: usize, groups: &[Group], columns: usize, cell: Vec2) -> Self {
        let mut layout =
            Self { columns: columns.max(1), cell, image_count, sections: Vec::new(), height: 0.0 };
        if groups.first().is_none_or(|group| group.first > 0) {
            layout.sections.push(Section { first: 0, group: None, top: 0.0 });
        }
        let headers = groups.iter().enumerate().filter(|(_, group)| group.first < image_count);
        let headers = headers.map(|(number, group)| (Some(number), group.first));
        layout.sections.extend(headers.map(|(group, first)| Section { first, group, top: 0.0 }));
        let mut top = 0.0;
        for index in 0..layout.sections.len() {
            layout.sections[index].top = top;
            top = layout.cells_top(index) + layout.row_count(index) as f64 * layout.row_height();
        }
        layout.height = (top - f64::from(GAP)).max(0.0);
        layout
    }

    /// Whether its cells are of this size, so many beside each other.
    pub(super) fn has_cells(&self, columns: usize, cell: Vec2) -> bool {
        (self.columns, self.cell) == (columns, cell) && !self.sections.is_empty()
    }

    /// Whether so many images in these groups are where they are in it. Looks at every group.
    pub(super) fn is_of(&self, image_count: usize, groups: &[Group]) -> bool {
        let with_header = self.sections.iter().filter(|section| section.group.is_some());
        self.image_count == image_count
            && with_header.map(|section| section.first).eq(groups.iter().map(|group| group.first))
    }

    /// Images beside each other.
    pub(super) fn columns(&self) -> usize {
        self.columns.max(1)
    }

    /// Width and height of a cell.
    pub(super) fn cell(&self) -> Vec2 {
        self.cell
    }

    /// Height of all.
    pub(super) fn height(&self) -> f64 {
        self.height
    }

    /// Left edge of a column.
    pub(super) fn left(&self, column: usize) -> f32 {
        column as f32 * (self.cell.x + GAP)
    }

    /// Where the cell of this image begins, and in which column it is.
    pub(super) fn place(&self, position: usize) -> (usize, f64) {
        let section = self.section_of(position);
        let index = position - self.first(section).min(position);
        let row = index / self.columns();
        (index % self.columns(), self.cells_top(section) + row as f64 * self.row_height())
    }

    /// Height of the group's header right above this image's row, if that is there.
    pub(super) fn header_above(&self, position: usize) -> f64 {
        let section = self.section_of(position);
        let is_first_row = position < self.first(section) + self.columns();
        let is_below_header = is_first_row && self.group_of(position).is_some();
        if is_below_header { self.cells_top(section) - self.sections[section].top } else { 0.0 }
    }

    /// The headers and cells that are at least partly between these heights, from top to bottom.
    pub(super) fn visible(&self, top: f64, bottom: f64) -> Vec<Row> {
        let mut rows = Vec::new();
        for section in self.section_at(top)..self.sections.len() {
            let Section { group, top: begin, .. } = self.sections[section];
            if begin >= bottom {
                break;
            }
            if let Some(group) = group
                && begin + f64::from(HEADER_HEIGHT) > top
            {
                let positions = self.first(section)..self.end(section);
                rows.push(Row::Header { group, positions, top: begin });
            }
            for row in self.rows_between(section, top, bottom) {
                let first = self.first(section) + row * self.columns();
                let positions = first..(first + self.columns()).min(self.end(section));
                let top = self.cells_top(section) + row as f64 * self.row_height();
                rows.push(Row::Cells { positions, top });
            }
        }
        rows
    }

    /// The image whose cell is nearest to this point.
    pub(super) fn nearest(&self, x: f32, y: f64) -> usize {
        let section = self.section_at(y);
        let row = ((y - self.cells_top(section)) / self.row_height()).floor().max(0.0) as usize;
        let row = row.min(self.row_count(section).saturating_sub(1));
        let column = (x / (self.cell.x + GAP)).floor().max(0.0) as usize;
        let position = self.first(section) + row * self.columns() + column.min(self.columns() - 1);
        position.min(self.end(section).saturating_sub(1))
    }

    /// Positions of the images whose cells this area touches, what follows each other in one range.
    pub(super) fn touched(&self, area: Area) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let pitch = self.cell.x + GAP;
        let first_column = ((area.left + GAP) / pitch).floor().max(0.0) as usize;
        let end_column = ((area.right / pitch).floor() + 1.0).max(0.0) as usize;
        let columns = first_column..end_column.min(self.columns());
        if columns.is_empty() {
            return ranges;
        }
        for section in self.section_at(area.top)..self.sections.len() {
            if self.sections[section].top >= area.bottom {
                break;
            }
            for row in self.rows_between(section, area.top, area.bottom) {
                let begin = self.first(section) + row * self.columns();
                let end = self.end(section);
                let found = (begin + columns.start).min(end)..(begin + columns.end).min(end);
                match ranges.last_mut() {
                    _ if found.is_empty() => {}
                    Some(last) if last.end == found.start => last.end = found.end,
                    _ => ranges.push(found),
                }
            }
        }
        ranges
    }

    /// The image so many rows below this one, or above it where `rows` is negative; in the last row
    /// of a group the nearest column that there is.
    pub(super) fn rows_away(&self, position: usize, rows: isize) -> usize {
        let mut section = self.section_of(position);
        let index = position - self.first(section).min(position);
        let column = index % self.columns();
        let mut row = index / self.columns();
        for _ in 0..rows.unsigned_abs() {
            if rows > 0 && row + 1 < self.row_count(section) {
                row += 1;
            } else if rows > 0 && section + 1 < self.sections.len() {
                (section, row) = (section + 1, 0);
            } else if rows < 0 && row > 0 {
                row -= 1;
            } else if rows < 0 && section > 0 {
                section -= 1;
                row = self.row_count(section).saturating_sub(1);
            }
        }
        let wanted = self.first(section) + row * self.columns() + column;
        wanted.min(self.end(section).saturating_sub(1))
    }

    /// The group of this image.
    pub(super) fn group_of(&self, position: usize) -> Option<usize> {
        self.sections.get(self.section_of(position))?.group
    }

    fn row_height(&self) -> f64 {
        f64::from(self.cell.y + GAP)
    }

    fn section_of(&self, position: usize) -> usize {
        self.sections.partition_point(|section| section.first <= position).saturating_sub(1)
    }

    fn section_at(&self, y: f64) -> usize {
        self.sections.partition_point(|section| section.top <= y).saturating_sub(1)
    }

    fn first(&self, section: usize) -> usize {
        self.sections.get(section).map_or(0, |section| section.first)
    }

    fn end(&self, section: usize) -> usize {
        self.sections.get(section + 1).map_or(self.image_count, |next| next.first)
    }

    fn row_count(&self, section: usize) -> usize {
        (self.end(section) - self.first(section).min(self.end(section))).div_ceil(self.columns())
    }

    /// Where the section's first row begins, below its header.
    fn cells_top(&self, section: usize) -> f64 {
        let Some(section) = self.sections.get(section) else { return 0.0 };
        let header = if section.group.is_some() { HEADER_HEIGHT + GAP } else { 0.0 };
        section.top + f64::from(header)
    }

    /// The section's rows whose cells are at least partly between these heights.
    fn rows_between(&self, section: usize, top: f64, bottom: f64) -> Range<usize> {
        let cells_top = self.cells_top(section);
        let row_at = |y: f64| (y - cells_top) / self.row_height();
        let first = row_at(top + f64::from(GAP)).floor().max(0.0) as usize;
        let end = row_at(bottom).ceil().max(0.0) as usize;
        first..end.min(self.row_count(section))
    }
}

/// A cell that is `width` wide and as high as its picture and what is below it.
pub(super) fn cell_size(width: f32, picture_aspect: f32, caption_height: f32) -> Vec2 {
    vec2(width, width * picture_aspect + caption_height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Vec2 = vec2(92.0, 62.0); // with gaps 100 by 70

    fn group(first: usize) -> Group {
        Group { title: format!("from {first}"), first }
    }

    fn all(layout: &Layout) -> Vec<Row> {
        layout.visible(0.0, layout.height())
    }

    #[test]
    fn cells_follow_row_after_row_below_their_headers() {
        let layout = Layout::new(9, &[group(0), group(5)], 3, CELL);
        let cells = |positions, top| Row::Cells { positions, top };
        let header = |group, positions, top| Row::Header { group, positions, top };
        let expected = [
            header(0, 0..5, 0.0),
            cells(0..3, 40.0),
            cells(3..5, 110.0),
            header(1, 5..9, 180.0),
            cells(5..8, 220.0),
            cells(8..9, 290.0),
        ];
        assert_eq!(all(&layout), expected);
        assert_eq!(layout.height(), 352.0);
        for row in all(&layout) {
            let Row::Cells { positions, top } = row else { continue };
            for (column, position) in positions.enumerate() {
                assert_eq!(layout.place(position), (column, top));
                let (x, y) = (layout.left(column) + 46.0, top + 31.0);
                assert_eq!(layout.nearest(x, y), position);
            }
        }
        assert_eq!([0, 4, 5, 8].map(|position| layout.group_of(position)), [0, 0, 1, 1].map(Some));
    }

    #[test]
    fn only_what_is_between_the_edges_is_visible() {
        let layout = Layout::new(1000, &[], 4, CELL);
        let rows = layout.visible(140.0, 280.0);
        let expected = [2, 3]
            .map(|row| Row::Cells { positions: row * 4..row * 4 + 4, top: row as f64 * 70.0 });
        assert_eq!(rows, expected);
        // A cell whose last point is above the edge has gone; its gap is not it.
        assert_eq!(layout.visible(203.0, 204.0).len(), 0);
        assert_eq!(layout.visible(201.0, 204.0).len(), 1);
    }

    #[test]
    fn a_band_touches_rectangles_of_cells() {
        let layout = Layout::new(9, &[group(0), group(5)], 3, CELL);
        let touched = |left, right, top, bottom| -> Vec<(usize, usize)> {
            let ranges = layout.touched(Area { left, right, top, bottom });
            ranges.into_iter().map(|range| (range.start, range.end)).collect()
        };
        assert_eq!(touched(110.0, 290.0, 50.0, 60.0), [(1, 3)]);
        assert_eq!(touched(110.0, 290.0, 50.0, 230.0), [(1, 3), (4, 5), (6, 8)]);
        assert_eq!(touched(0.0, 1000.0, 0.0, 1000.0), [(0, 9)], "what follows is one range");
        assert_eq!(touched(93.0, 99.0, 50.0, 60.0), [], "between two columns");
        assert_eq!(touched(0.0, 290.0, 0.0, 30.0), [], "the header alone");
        assert_eq!(touched(-50.0, -10.0, 50.0, 60.0), [], "beside the grid");
        assert_eq!(touched(210.0, 290.0, 120.0, 130.0), [], "a row's empty end");
        assert_eq!(touched(-50.0, 10.0, -50.0, 60.0), [(0, 1)]);
    }

    #[test]
    fn rows_are_walked_across_groups() {
        let layout = Layout::new(9, &[group(0), group(5)], 3, CELL);
        let down = |position| layout.rows_away(position, 1);
        assert_eq!([0, 2, 4, 5, 7, 8].map(down), [3, 4, 6, 8, 8, 8]);
        let up = |position| layout.rows_away(position, -1);
        assert_eq!([8, 6, 7, 4, 1].map(up), [5, 4, 4, 1, 1]);
        assert_eq!((layout.rows_away(1, 3), layout.rows_away(8, -9)), (8, 0));
    }

    #[test]
    fn a_million_images_in_one_column_are_where_they_belong_to_a_fraction_of_a_point() {
        let (count, cell) = (1_000_000, vec2(640.0, 526.0));
        let layout = Layout::new(count, &[], 1, cell);
        assert_eq!(layout.height(), 1e6 * 534.0 - 8.0);
        for position in [0, 123_456, 999_999] {
            let (_, top) = layout.place(position);
            assert_eq!(layout.nearest(5.0, top + 0.25), position);
            assert_eq!(layout.nearest(5.0, top - 8.25), position.saturating_sub(1));
            let [Row::Cells { positions, .. }] = &layout.visible(top, top + 1.0)[..] else {
                panic!("one row is there")
            };
            assert_eq!(positions.clone(), position..position + 1);
        }
    }

    #[test]
    fn a_hundred_thousand_groups_are_no_more_than_entries() {
        let groups: Vec<Group> = (0..100_000).map(|number| group(number * 10)).collect();
        let layout = Layout::new(1_000_000, &groups, 4, CELL);
        assert_eq!(layout.height(), 100_000.0 * (40.0 + 3.0 * 70.0) - 8.0);
        assert_eq!(layout.group_of(777_777), Some(77_777));
        assert!(layout.is_of(1_000_000, &groups));
        assert!(!layout.is_of(1_000_000, &groups[1..]));
        assert!(layout.has_cells(4, CELL) && !layout.has_cells(5, CELL));
        assert_eq!(layout.visible(12_500_000.0, 12_500_500.0).len(), 8);
    }

    #[test]
    fn nothing_and_images_before_the_first_group_have_a_layout_too() {
        assert_eq!(all(&Layout::new(0, &[], 3, CELL)), []);
        let layout = Layout::new(4, &[group(2)], 3, CELL);
        assert_eq!(layout.place(1), (1, 0.0));
        assert_eq!(layout.place(2), (0, 110.0));
        assert_eq!(layout.group_of(0), None);
    }
}
