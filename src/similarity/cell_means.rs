//! The mean grey values of a picture's parts, whatever its size and shape.

/// Cells along a side: a multiple of 8 and of 9, so that grids of either come out of the same.
const CELLS: usize = 72;

/// The mean grey values of 72 × 72 cells, whatever the picture's size and shape. Pixels that an
/// edge cuts count in both cells by their share, so that a resized picture has the same means.
pub(super) struct CellMeans {
    means: Vec<f64>,
}

impl CellMeans {
    /// The means of a picture, which must hold `width_px * height_px` values.
    pub(super) fn of(picture: &[u8], width_px: usize, height_px: usize) -> Self {
        let columns: Vec<Span> = (0..CELLS).map(|cell| Span::of(cell, width_px)).collect();
        let mut means = Vec::with_capacity(CELLS * CELLS);
        let mut row_of_cells = vec![0.0; width_px];
        for cell in 0..CELLS {
            row_of_cells.fill(0.0);
            for (row, share) in Span::of(cell, height_px).pixels() {
                let values = &picture[row * width_px..(row + 1) * width_px];
                for (sum, value) in row_of_cells.iter_mut().zip(values) {
                    *sum += share * f64::from(*value);
                }
            }
            means.extend(columns.iter().map(|column| {
                column.pixels().map(|(x, share)| share * row_of_cells[x]).sum::<f64>()
            }));
        }
        Self { means }
    }

    /// The means of `columns` × `rows` larger cells, row-major. Both must divide 72.
    pub(super) fn grid(&self, columns: usize, rows: usize) -> Vec<f64> {
        let (wide, high) = (CELLS / columns, CELLS / rows);
        let mut means = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let lines = self.means.chunks_exact(CELLS).skip(row * high).take(high);
                let sum: f64 = lines
                    .map(|line| line[column * wide..(column + 1) * wide].iter().sum::<f64>())
                    .sum();
                means.push(sum / (wide * high) as f64);
            }
        }
        means
    }
}

/// The pixels that one of 72 cells covers of a side, from `start` to `end`, in 1/72 of a pixel.
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of(cell: usize, length_px: usize) -> Self {
        Self { start: cell * length_px, end: (cell + 1) * length_px }
    }

    /// Each pixel touched, with its share of the cell; the shares' sum is 1.
    fn pixels(&self) -> impl Iterator<Item = (usize, f64)> {
        let length = (self.end - self.start) as f64;
        (self.start / CELLS..self.end.div_ceil(CELLS)).map(move |pixel| {
            let covered = self.end.min((pixel + 1) * CELLS) - self.start.max(pixel * CELLS);
            (pixel, covered as f64 / length)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_one_value_has_that_mean_everywhere_at_any_size() {
        for (width_px, height_px) in [(1, 1), (5, 3), (72, 72), (100, 71), (333, 250)] {
            let cells = CellMeans::of(&vec![77; width_px * height_px], width_px, height_px);
            for mean in cells.grid(9, 8) {
                assert!((mean - 77.0).abs() < 1e-9, "{width_px} × {height_px}: {mean}");
            }
        }
    }

    #[test]
    fn a_pixel_that_an_edge_cuts_counts_on_both_sides_by_its_share() {
        // Three columns make two cells: the middle one is shared.
        let means = CellMeans::of(&[0, 90, 30], 3, 1).grid(2, 1);
        assert!((means[0] - 30.0).abs() < 1e-9, "{means:?}");
        assert!((means[1] - 50.0).abs() < 1e-9, "{means:?}");
    }

    #[test]
    fn cells_are_row_by_row_from_the_upper_left() {
        let picture: Vec<u8> =
            (0..90 * 80).map(|i| (i % 90 / 10 + 9 * (i / 90 / 10)) as u8).collect();
        let means = CellMeans::of(&picture, 90, 80).grid(9, 8);
        for (cell, mean) in means.iter().enumerate() {
            assert!((mean - cell as f64).abs() < 1e-9, "{cell}: {mean}");
        }
    }
}
