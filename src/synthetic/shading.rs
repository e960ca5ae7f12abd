//! From surface to secondary-electron signal: steep is bright, hollows are dark.

use super::relief::Relief;

/// How the detector sees the specimen.
pub struct Lighting {
    /// Brightening of steep flanks and edges.
    pub edge: f32,
    /// How much brighter the side is that faces the detector.
    pub side: f32,
    /// Direction of the detector in the picture, radians.
    pub detector_angle: f32,
    /// Darkening of what lies below its surroundings.
    pub hollow: f32,
}

/// Slopes beyond this are walls; the beam cannot tell them apart.
const STEEPEST: f32 = 4.0;

/// The signal of every pixel, in no particular unit.
pub fn shade(relief: &Relief, lighting: &Lighting) -> Vec<f32> {
    let view = relief.view;
    let (width, height) = (view.width_px, view.height_px);
    let reach_px = (relief.depth_nm / view.nm_per_px).clamp(3.0, width as f32 / 6.0) as usize;
    let around = box_blur(
        &box_blur(&relief.height_nm, width, reach_px, reach_px),
        width,
        reach_px,
        reach_px,
    );
    let (light_y, light_x) = lighting.detector_angle.sin_cos();
    let heights = &relief.height_nm;
    let mut signal = Vec::with_capacity(heights.len());
    for row in 0..height {
        let above = row.saturating_sub(1) * width;
        let below = (row + 1).min(height - 1) * width;
        for column in 0..width {
            let at = row * width + column;
            let left = heights[row * width + column.saturating_sub(1)];
            let right = heights[row * width + (column + 1).min(width - 1)];
            let slope =
                |rise_nm: f32| (rise_nm / (2.0 * view.nm_per_px)).clamp(-STEEPEST, STEEPEST);
            let slope_x = slope(right - left);
            let slope_y = slope(heights[below + column] - heights[above + column]);
            let secant = (1.0 + slope_x * slope_x + slope_y * slope_y).sqrt();
            let side = -(slope_x * light_x + slope_y * light_y) / secant;
            let above_surroundings =
                ((heights[at] - around[at]) / relief.depth_nm).clamp(-1.2, 0.6);
            let brightness = 0.55
                + lighting.edge * (secant - 1.0).min(2.0)
                + lighting.side * side
                + lighting.hollow * above_surroundings;
            signal.push(relief.electron_yield[at] * brightness.max(0.02));
        }
    }
    signal
}

/// Mean over a box of `2 * reach + 1` pixels each way; the picture's edge repeats.
pub fn box_blur(image: &[f32], width: usize, reach_x: usize, reach_y: usize) -> Vec<f32> {
    let height = image.len() / width;
    let mut rows_done = vec![0.0; image.len()];
    for (row, blurred) in image.chunks_exact(width).zip(rows_done.chunks_exact_mut(width)) {
        blur_line(|i| row[i], width, reach_x, |i, mean| blurred[i] = mean);
    }
    if reach_y == 0 {
        return rows_done;
    }
    // Whole rows are added to and taken from a running sum, which is kind to the cache.
    let mut sums = vec![0.0_f32; width];
    let row_at = |row: isize| {
        let row = row.clamp(0, height as isize - 1) as usize;
        &rows_done[row * width..(row + 1) * width]
    };
    let reach = reach_y as isize;
    for row in -reach..=reach {
        add_scaled(&mut sums, row_at(row), 1.0);
    }
    let scale = 1.0 / (2 * reach_y + 1) as f32;
    let mut blurred = Vec::with_capacity(image.len());
    for row in 0..height as isize {
        blurred.extend(sums.iter().map(|sum| sum * scale));
        add_scaled(&mut sums, row_at(row + reach + 1), 1.0);
        add_scaled(&mut sums, row_at(row - reach), -1.0);
    }
    blurred
}

fn add_scaled(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value * factor;
    }
}

fn blur_line(
    value: impl Fn(usize) -> f32,
    length: usize,
    reach: usize,
    mut put: impl FnMut(usize, f32),
) {
    let last = length - 1;
    let mut sum: f32 = (0..=2 * reach).map(|i| value(i.saturating_sub(reach).min(last))).sum();
    let scale = 1.0 / (2 * reach + 1) as f32;
    for i in 0..length {
        put(i, sum * scale);
        sum += value((i + reach + 1).min(last)) - value(i.saturating_sub(reach));
    }
}
