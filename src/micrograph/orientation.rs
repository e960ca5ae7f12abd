//! How stored pixels are turned to be seen: Exif's and TIFF's tag 274.
//!
//! Pixels are turned once, right after they were decoded, so that everything else sees the picture
//! as it is shown. What a vendor's header says is about the pixels as they are stored: it is turned
//! with them.

use serde::Serialize;

use super::{DataBar, InstrumentRecord};

/// Where row and column 0 of the stored pixels are in the picture, by TIFF's number: 1 where the
/// picture is shown as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Orientation(u8);

impl Default for Orientation {
    fn default() -> Self {
        Self::AS_STORED
    }
}

impl Orientation {
    /// Nothing is turned.
    pub const AS_STORED: Self = Self(1);

    /// The one with this number in the file; a number that means nothing turns nothing.
    pub(super) fn of_tag(number: Option<u64>) -> Self {
        match number {
            Some(number @ 1..=8) => Self(number as u8),
            _ => Self::AS_STORED,
        }
    }

    /// Its number in the file, 1 to 8.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether rows become columns.
    pub fn exchanges_sides(self) -> bool {
        self.0 >= 5
    }

    /// What was done to the stored pixels, in words; nothing where they are as they were.
    pub fn description(self) -> Option<&'static str> {
        Some(match self.0 {
            2 => "mirrored left to right",
            3 => "turned by 180°",
            4 => "mirrored top to bottom",
            5 => "turned by 90° clockwise and mirrored left to right",
            6 => "turned by 90° clockwise",
            7 => "turned by 90° counterclockwise and mirrored left to right",
            8 => "turned by 90° counterclockwise",
            _ => return None,
        })
    }

    /// Columns and rows of the picture.
    pub(super) fn turned_size(self, [width, height]: [u32; 2]) -> [u32; 2] {
        if self.exchanges_sides() { [height, width] } else { [width, height] }
    }

    /// The values of an image stored in `stored_px` columns and rows, as they are shown.
    pub(super) fn turned<T: Copy>(self, values: &[T], stored_px: [u32; 2]) -> Vec<T> {
        let [width, height] = stored_px.map(|side| side as usize);
        let [turned_width, turned_height] = self.turned_size(stored_px).map(|side| side as usize);
        let mut turned = Vec::with_capacity(values.len());
        for y in 0..turned_height {
            let row = (0..turned_width).map(|x| {
                let (column, row) = match self.0 {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    8 => (width - 1 - y, x),
                    _ => (x, y),
                };
                values[row * width + column]
            });
            turned.extend(row);
        }
        turned
    }

    /// Where a bar is that a header puts at the bottom of the stored rows; nothing where that is a
    /// side of the picture.
    pub(super) fn turned_bar(self, stored: DataBar) -> Option<DataBar> {
        match self.0 {
            1 | 2 => Some(stored),
            3 | 4 => Some(DataBar { top: stored.bottom, bottom: stored.top }),
            _ => None,
        }
    }

    /// The record of an image stored in `stored_px` columns and rows, about the picture as it is
    /// shown.
    pub(super) fn turned_record(
        self,
        mut record: InstrumentRecord,
        stored_px: [u32; 2],
    ) -> InstrumentRecord {
        if !self.exchanges_sides() {
            return record;
        }
        // What was the width is the height now.
        if record.field_of_view_um.take().is_some() {
            record.raw_keys.remove("field_of_view_um");
        }
        if let Some(size) = &mut record.pixel_size_nm {
            std::mem::swap(&mut size.x, &mut size.y);
            let [width_px, _] = self.turned_size(stored_px);
            record.field_of_view_um = Some(size.x * f64::from(width_px) / 1e3);
            let source = "pixel size × width".to_owned();
            record.raw_keys.insert("field_of_view_um".to_owned(), source);
            if let Some(key) = record.raw_keys.get_mut("pixel_size_nm") {
                key.push_str(", x and y exchanged");
            }
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::super::PixelSizeNm;
    use super::*;

    #[test]
    fn each_number_puts_the_first_row_and_column_where_tiff_says() {
        // Stored: two rows of three.
        let stored = [1, 2, 3, 4, 5, 6];
        let turned = |number| Orientation::of_tag(Some(number)).turned(&stored, [3, 2]);
        assert_eq!(turned(1), [1, 2, 3, 4, 5, 6]);
        assert_eq!(turned(2), [3, 2, 1, 6, 5, 4], "row 0 top, column 0 right");
        assert_eq!(turned(3), [6, 5, 4, 3, 2, 1], "row 0 bottom, column 0 right");
        assert_eq!(turned(4), [4, 5, 6, 1, 2, 3], "row 0 bottom, column 0 left");
        assert_eq!(turned(5), [1, 4, 2, 5, 3, 6], "row 0 left, column 0 top");
        assert_eq!(turned(6), [4, 1, 5, 2, 6, 3], "row 0 right, column 0 top");
        assert_eq!(turned(7), [6, 3, 5, 2, 4, 1], "row 0 right, column 0 bottom");
        assert_eq!(turned(8), [3, 6, 2, 5, 1, 4], "row 0 left, column 0 bottom");
    }

    #[test]
    fn numbers_that_mean_nothing_turn_nothing() {
        for number in [None, Some(0), Some(9), Some(u64::MAX)] {
            assert_eq!(Orientation::of_tag(number), Orientation::AS_STORED);
        }
    }

    #[test]
    fn a_quarter_turn_exchanges_the_sides_of_a_pixel_and_gives_the_new_width() {
        let mut record = InstrumentRecord {
            pixel_size_nm: Some(PixelSizeNm { x: 10.0, y: 20.0 }),
            field_of_view_um: Some(1.0),
            ..InstrumentRecord::default()
        };
        record.raw_keys.insert("pixel_size_nm".to_owned(), "PixelWidth".to_owned());
        let turned =
            |number| Orientation::of_tag(Some(number)).turned_record(record.clone(), [100, 50]);
        assert_eq!(turned(3), record);
        let turned = turned(6);
        assert_eq!(turned.pixel_size_nm, Some(PixelSizeNm { x: 20.0, y: 10.0 }));
        assert_eq!(turned.field_of_view_um, Some(1.0), "50 pixels of 20 nm");
        assert_eq!(turned.raw_keys["pixel_size_nm"], "PixelWidth, x and y exchanged");
    }
}
