//! A short fingerprint of what a picture looks like.
//!
//! A difference hash (N. Krawetz, "Kind of like that", 2013) over two grids: bit for bit, whether a
//! cell is darker than its right-hand neighbour (9 × 8 cells), and than the one below it (8 × 9).
//!
//! Chosen by measurement on 351 published micrographs of eleven kinds, without their lowest 12 %.
//! How many copies are found from which 2.5 % were cut off at every side, and how many of the 61,425
//! pairs of different images are taken for copies, one of them rightly (it is the same place twice):
//!
//! | hash | bits that may differ | copies found | pairs taken |
//! |---|---|---|---|
//! | DCT, lowest frequencies | 9 of 64 | 58 % | 4 |
//! | | 22 of 144 | 38 % | 5 |
//! | | 48 of 256 | 25 % | 4 |
//! | means of blocks | 32 of 256 | 48 % | 10 |
//! | differences in rows alone | 9 of 64 | 60 % | 2 |
//! | | 56 of 256 | 55 % | 1 |
//! | **differences in rows and columns** | **19 of 128** | **68 %** | **1** |
//! | the same, 11 × 11 | 45 of 242 | 70 % | 1 |
//!
//! A DCT compares whole pictures: a letter or a scale bar burnt into two different ones moves all
//! their bits alike. In blocks it is the shading that does. Here only the bits beside the mark move.
//! Finer grids tell a little more apart, at distances at which no index helps any more.

use super::SimilarityError;
use super::cell_means::CellMeans;

/// Bits by which two hashes of one picture may differ, where nothing else is known of it. On the
/// same 351 images, copies found in %, and pairs of different images taken:
///
/// | bits | 8 | 12 | 16 | 20 | 24 | 28 |
/// |---|---|---|---|---|---|---|
/// | JPEG, quality 50 | 98.3 | 99.4 | 99.7 | 99.7 | 99.7 | 99.7 |
/// | half the size | 99.7 | 100 | 100 | 100 | 100 | 100 |
/// | gamma 0.8 | 99.7 | 100 | 100 | 100 | 100 | 100 |
/// | brightness + 30 of 255 | 100 | 100 | 100 | 100 | 100 | 100 |
/// | contrast × 1.4, clipped | 93.7 | 96.0 | 98.6 | 98.9 | 99.4 | 99.7 |
/// | 2 % off two sides | 19 | 51 | 77 | 91 | 95 | 97 |
/// | 2.5 % off all sides | 9 | 34 | 57 | 79 | 91 | 94 |
/// | 5 % off one side | 4 | 20 | 40 | 61 | 80 | 92 |
/// | 5 % off two sides | 0 | 2 | 4 | 16 | 37 | 52 |
/// | the same place, another time | 0 | 0 | 1 | 1 | 1 | 1 |
/// | different places | 0 | 0 | 0 | 0 | 0 | 3 |
///
/// With data bars left in, two different particles in mid-picture differ in 17 bits, hence no more
/// than 16. Among very many images, or where many show one thing in the middle, features should
/// confirm the pairs; 20 to 24 bits then find more of what was cropped.
pub const DEFAULT_MOST_BITS: u32 = 16;

/// A difference of grey values over the whole picture, below which it is blank: rounding would
/// decide the bits then. The least of 351 micrographs was 3.8.
const BLANK_RANGE: f64 = 1.0;
/// Cells along the longer side of a grid …
const LONG: usize = 9;
/// … and along the shorter.
const SHORT: usize = 8;

/// A picture's fingerprint: 64 bits from left to right and 64 from top to bottom. The more two
/// pictures resemble one another, the fewer bits differ; unlike ones differ in half of them.
///
/// Unchanged by most changes of brightness, contrast, size and compression, not by inversion,
/// rotation or reflection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PerceptualHash(u128);

impl PerceptualHash {
    /// Bits in a hash.
    pub const BITS: u32 = u128::BITS;

    /// The hash with these bits, as [`bits`](Self::bits) gave them.
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits, to be kept.
    pub fn bits(self) -> u128 {
        self.0
    }

    /// In how many bits two hashes differ, 0 to 128.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether two hashes differ in at most `most_bits` bits: the same as by their distance, but
    /// for unlike hashes half of the bits are enough to know.
    pub(super) fn is_within(self, other: Self, most_bits: u32) -> bool {
        let differing = self.0 ^ other.0;
        (differing as u64).count_ones() <= most_bits && differing.count_ones() <= most_bits
    }
}

/// The hash of the rows `top..bottom` of an 8-bit grey image: the picture without its data bar.
/// `gray` is row-major, `width_px` values a row; rows beyond `bottom` do no harm.
///
/// `None` where the picture is blank, that is, where no two cells differ by a grey value: there is
/// nothing to tell it by, and a blank picture resembles every other blank one.
///
/// # Errors
/// [`SimilarityError::PictureShape`] where the rows are none, or not all there.
pub fn perceptual_hash(
    gray: &[u8],
    width_px: usize,
    top: usize,
    bottom: usize,
) -> Result<Option<PerceptualHash>, SimilarityError> {
    let refused = || SimilarityError::PictureShape { values: gray.len(), width_px, top, bottom };
    let picture = match (top.checked_mul(width_px), bottom.checked_mul(width_px)) {
        (Some(start), Some(end)) => gray.get(start..end).ok_or_else(refused)?,
        _ => return Err(refused()),
    };
    if picture.is_empty() {
        return Err(refused());
    }

    let fine = CellMeans::of(picture, width_px, bottom - top);
    let across = fine.grid(LONG, SHORT);
    let down = fine.grid(SHORT, LONG);
    if range(&across).max(range(&down)) < BLANK_RANGE {
        return Ok(None);
    }
    let mut bits = 0_u128;
    for row in 0..SHORT {
        for column in 0..SHORT {
            let left = row * LONG + column;
            bits = (bits << 1) | u128::from(across[left] < across[left + 1]);
        }
    }
    for row in 0..SHORT {
        for column in 0..SHORT {
            let upper = row * SHORT + column;
            bits = (bits << 1) | u128::from(down[upper] < down[upper + SHORT]);
        }
    }
    Ok(Some(PerceptualHash(bits)))
}

fn range(values: &[f64]) -> f64 {
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    highest - lowest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::random::Random;

    const WIDTH_PX: usize = 180;
    const HEIGHT_PX: usize = 150;

    fn picture(width_px: usize, height_px: usize, value: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        (0..width_px * height_px).map(|i| value(i % width_px, i / width_px)).collect()
    }

    /// Soft blobs on a slope, grey values 20 to 200.
    fn scene(seed: u64) -> Vec<u8> {
        let mut random = Random::new(seed);
        let blobs: Vec<[f64; 4]> = (0..25)
            .map(|_| [random.unit(), random.unit(), 0.03 + 0.09 * random.unit(), random.unit()])
            .collect();
        picture(WIDTH_PX, HEIGHT_PX, |x, y| {
            let (x, y) = (x as f64 / WIDTH_PX as f64, y as f64 / HEIGHT_PX as f64);
            let light = |[cx, cy, size, height]: &[f64; 4]| {
                height * (-((x - cx).powi(2) + (y - cy).powi(2)) / (size * size)).exp()
            };
            (20.0 + 130.0 * blobs.iter().map(light).sum::<f64>() + 30.0 * x).min(200.0) as u8
        })
    }

    fn hash(gray: &[u8], width_px: usize) -> PerceptualHash {
        perceptual_hash(gray, width_px, 0, gray.len() / width_px).unwrap().unwrap()
    }

    fn differing(gray: &[u8], width_px: usize) -> u32 {
        hash(&scene(1), WIDTH_PX).distance(hash(gray, width_px))
    }

    #[test]
    fn brightness_contrast_and_gamma_hardly_move_a_bit() {
        let brighter: Vec<u8> = scene(1).iter().map(|value| value + 40).collect();
        assert_eq!(differing(&brighter, WIDTH_PX), 0);
        let flatter: Vec<u8> = scene(1).iter().map(|value| value / 3 + 50).collect();
        assert!(differing(&flatter, WIDTH_PX) <= 4);
        let gamma = |value: &u8| (255.0 * (f64::from(*value) / 255.0).powf(0.8)) as u8;
        assert!(differing(&scene(1).iter().map(gamma).collect::<Vec<_>>(), WIDTH_PX) <= 4);
    }

    #[test]
    fn another_size_moves_no_bit() {
        let original = scene(1);
        let doubled =
            picture(2 * WIDTH_PX, 2 * HEIGHT_PX, |x, y| original[y / 2 * WIDTH_PX + x / 2]);
        assert_eq!(differing(&doubled, 2 * WIDTH_PX), 0);
    }

    #[test]
    fn a_narrow_margin_cut_off_moves_fewer_bits_than_the_threshold() {
        let original = scene(1);
        let (left_px, top) = (WIDTH_PX / 50, HEIGHT_PX / 50);
        let cropped = picture(WIDTH_PX - left_px, HEIGHT_PX - top, |x, y| {
            original[(y + top) * WIDTH_PX + x + left_px]
        });
        assert!(differing(&cropped, WIDTH_PX - left_px) <= DEFAULT_MOST_BITS);
    }

    #[test]
    fn other_scenes_inversion_and_reflection_differ_in_about_half_of_the_bits() {
        let unlike = 40..90;
        for seed in 2..20 {
            let bits = differing(&scene(seed), WIDTH_PX);
            assert!(unlike.contains(&bits), "{seed}: {bits}");
        }
        let inverted: Vec<u8> = scene(1).iter().map(|value| 255 - value).collect();
        assert!(differing(&inverted, WIDTH_PX) > 100);
        let original = scene(1);
        let mirrored =
            picture(WIDTH_PX, HEIGHT_PX, |x, y| original[y * WIDTH_PX + WIDTH_PX - 1 - x]);
        assert!(unlike.contains(&differing(&mirrored, WIDTH_PX)));
    }

    #[test]
    fn rows_outside_the_picture_play_no_part() {
        let mut with_bars = vec![255; 10 * WIDTH_PX];
        with_bars.extend(scene(1));
        with_bars.extend(vec![0; 20 * WIDTH_PX]);
        let hashed = perceptual_hash(&with_bars, WIDTH_PX, 10, 10 + HEIGHT_PX);
        assert_eq!(hashed, Ok(Some(hash(&scene(1), WIDTH_PX))));
    }

    #[test]
    fn the_bits_run_from_left_to_right_and_from_top_to_bottom() {
        let rising_right = picture(90, 72, |x, _| x as u8);
        assert_eq!(hash(&rising_right, 90).bits(), u128::from(u64::MAX) << 64);
        let rising_down = picture(90, 72, |_, y| y as u8);
        assert_eq!(hash(&rising_down, 90).bits(), u128::from(u64::MAX));
    }

    #[test]
    fn a_blank_picture_has_no_hash_whatever_its_grey_and_its_rounding() {
        for gray in [0, 128, 255] {
            assert_eq!(perceptual_hash(&vec![gray; 100 * 80], 100, 0, 80), Ok(None));
        }
        let rounded: Vec<u8> = (0..100 * 80).map(|i| 90 + u8::from(i % 3 == 0)).collect();
        assert_eq!(perceptual_hash(&rounded, 100, 0, 80), Ok(None));
    }

    #[test]
    fn a_picture_smaller_than_the_grid_has_a_hash() {
        assert!(matches!(perceptual_hash(&[0, 200, 90, 10], 2, 0, 2), Ok(Some(_))));
    }

    #[test]
    fn rows_that_are_not_there_are_refused() {
        let gray = [0; 100];
        for (width_px, top, bottom) in
            [(10, 0, 11), (10, 5, 5), (10, 6, 5), (0, 0, 10), (usize::MAX, 0, 2)]
        {
            let refused = SimilarityError::PictureShape { values: 100, width_px, top, bottom };
            assert_eq!(perceptual_hash(&gray, width_px, top, bottom), Err(refused));
        }
    }

    #[test]
    fn being_within_a_distance_is_what_the_distance_says() {
        let mut random = Random::new(6);
        let none = PerceptualHash::from_bits(0);
        for turned in 0..60 {
            let bits = (0..turned).fold(0_u128, |bits, _| bits | (1 << random.below(128)));
            let hash = PerceptualHash::from_bits(bits);
            for most_bits in 0..60 {
                assert_eq!(hash.is_within(none, most_bits), hash.distance(none) <= most_bits);
            }
        }
    }

    #[test]
    fn bits_kept_and_read_again_are_the_same_hash() {
        let original = hash(&scene(1), WIDTH_PX);
        assert_eq!(PerceptualHash::from_bits(original.bits()), original);
    }
}
