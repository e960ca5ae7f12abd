//! Images at half their size, with true values.

use super::Samples;

/// Half a side, rounded down but at least 1.
pub(super) fn half_side_px(side_px: u32) -> u32 {
    (side_px / 2).max(1)
}

/// The values of an image at half its size: each is the mean of four.
pub(super) fn halved_samples(samples: &Samples, size_px: [u32; 2]) -> Samples {
    match samples {
        Samples::Gray8(values) => Samples::Gray8(means(values, size_px, 1, |mean| mean as u8)),
        Samples::Gray16(values) => Samples::Gray16(means(values, size_px, 1, |mean| mean as u16)),
        Samples::Rgb8(values) => Samples::Rgb8(means(values, size_px, 3, |mean| mean as u8)),
    }
}

/// Means of two by two pixels, for each of the interleaved channels.
fn means<T: Copy + Into<u32>>(
    values: &[T],
    size_px: [u32; 2],
    channels: usize,
    to_value: impl Fn(u32) -> T,
) -> Vec<T> {
    let [half_width, half_height] = size_px.map(|side| half_side_px(side) as usize);
    let [width, height] = size_px.map(|side| side as usize);
    let mut halved = Vec::with_capacity(half_width * half_height * channels);
    let row_length = width * channels;
    // To the right neighbour, where there is one.
    let right = if width > 1 { channels } else { 0 };
    for y in 0..half_height {
        let upper = &values[2 * y * row_length..][..row_length];
        let lower = &values[(2 * y + 1).min(height - 1) * row_length..][..row_length];
        for x in 0..half_width {
            for channel in 0..channels {
                let left = 2 * x * channels + channel;
                let sum: u32 = [upper[left], upper[left + right], lower[left], lower[left + right]]
                    .map(Into::into)
                    .iter()
                    .sum();
                halved.push(to_value((sum + 2) / 4));
            }
        }
    }
    halved
}

#[cfg(test)]
mod tests {
    use super::super::Pixels;
    use super::*;

    fn halved(width_px: u32, height_px: u32, samples: Samples) -> (u32, u32, Samples) {
        let half = Pixels::new(width_px, height_px, samples).expect("size fits").halved();
        (half.width_px(), half.height_px(), half.samples().clone())
    }

    #[test]
    fn halving_keeps_the_depth_and_averages_the_values() {
        let wide = Samples::Gray16(vec![0, 400, 1000, 1000, 0, 400, 1000, 65_000]);
        assert_eq!(halved(4, 2, wide), (2, 1, Samples::Gray16(vec![200, 17_000])));
        let colors = Samples::Rgb8(vec![0, 10, 255, 2, 20, 255, 4, 30, 255, 6, 40, 255]);
        assert_eq!(halved(2, 2, colors), (1, 1, Samples::Rgb8(vec![3, 25, 255])));
    }

    #[test]
    fn odd_sides_lose_their_last_line_and_single_ones_keep_it() {
        assert_eq!(halved(3, 1, Samples::Gray8(vec![2, 4, 99])), (1, 1, Samples::Gray8(vec![3])));
        assert_eq!(halved(1, 3, Samples::Gray8(vec![2, 4, 99])), (1, 1, Samples::Gray8(vec![3])));
        assert_eq!(halved(1, 1, Samples::Gray8(vec![7])), (1, 1, Samples::Gray8(vec![7])));
    }
}
