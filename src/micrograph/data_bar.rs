//! The data bar: the strip of text that the instrument burns into the picture.
//!
//! A network that sees it can learn the session instead of the sample, so it is cut off before
//! classification. Where no header tells its height, it is found from the pixels.

use serde::{Deserialize, Serialize};

use super::ReadError;
use super::display::EdgeRows;
use super::pixels::Pixels;

/// Heights of the burnt-in strips of text, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataBar {
    /// Rows at the top.
    pub top: u32,
    /// Rows at the bottom.
    pub bottom: u32,
}

/// Who says how high a data bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataBarSource {
    /// A vendor's header.
    Header,
    /// The pixels, in which it was looked for.
    Pixels,
    /// Somebody has set it.
    Person,
}

impl DataBarSource {
    /// The word for it in files and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Pixels => "pixels",
            Self::Person => "person",
        }
    }

    /// The one with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Header, Self::Pixels, Self::Person].into_iter().find(|known| known.name() == name)
    }
}

impl DataBar {
    /// No bar.
    pub const NONE: Self = Self { top: 0, bottom: 0 };

    /// A bar of `bottom` rows at the lower edge; 0 for none.
    pub fn at_bottom(bottom: u32) -> Self {
        Self { top: 0, bottom }
    }

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Refuses a bar that leaves nothing of an image of `height_px` rows.
    ///
    /// # Errors
    /// [`ReadError::NoPicture`].
    pub fn check(self, height_px: u32) -> Result<(), ReadError> {
        let rows = u64::from(self.top) + u64::from(self.bottom);
        if rows < u64::from(height_px) {
            return Ok(());
        }
        Err(ReadError::NoPicture { rows, height_px })
    }
}

/// A bar taller than this share of the image is no bar.
const MAX_SHARE: f64 = 0.22;
/// One lower than this, or than [`MIN_SHARE`] of the image, holds no readable text.
const MIN_HEIGHT_PX: usize = 6;
/// See [`MIN_HEIGHT_PX`].
const MIN_SHARE: f64 = 0.025;
/// Columns at either side that are not looked at, of those that [`EdgeRows`] gives: Zeiss leaves
/// some of the picture there.
const SIDE_PX: usize = 3;
/// Narrower images hold no bar.
const MIN_WIDTH_PX: usize = 20;
/// Shares of the image's height, at the edge, whose commonest tones may be the bar's background.
const TONE_SHARES: [f64; 3] = [0.03, 0.06, 0.1];
/// How near to the background a pixel must be to count as background: where compression or scaling
/// has touched it, and where nothing but the instrument has drawn, under a picture as dark.
const TOLERANCES: [u8; 2] = [10, 2];
/// Least share of background in a row of the bar, however dense its text.
const ROW_SHARE: f64 = 0.3;
/// Least share in the row that ends it: between picture and text there is a blank line.
const LAST_ROW_SHARE: f64 = 0.65;
/// Share of the image's height that may come between the edge and the bar: a frame, a margin, or
/// the rows of picture that Zeiss leaves.
const MARGIN_SHARE: f64 = 0.02;
/// Share of the image's height over which a line within the bar may have no background.
const LINE_SHARE: f64 = 0.012;
/// Neither margin nor line is taken for less than this.
const MIN_GAP_PX: usize = 4;
/// Rows by which the edge may be blurred, or framed.
const EDGE_PX: usize = 4;
/// Least share of background in the whole bar.
const BAR_SHARE: f64 = 0.45;
/// Most background in the rows beyond: more, and the "bar" is the sample's own.
const MAX_SHARE_BEYOND: f64 = 0.3;
/// Rows beyond that are looked at.
const ROWS_BEYOND: usize = 7;
/// Instruments draw on black or on white up to this distance …
const BLACK_OR_WHITE: u8 = 20;
/// … or on one exact grey, which so many of the pixels near it have.
const EXACT_SHARE: f64 = 0.7;
/// Least share of equal neighbours in the quietest quarter of the rows, on black or white …
const QUIET_SHARE: f64 = 0.55;
/// … and on grey: pictures are noisy.
const QUIET_SHARE_ON_GRAY: f64 = 0.95;
/// How far from the background text is.
const TEXT_CONTRAST: u8 = 60;
/// A row through text changes between it and background this often …
const TEXT_CROSSINGS: usize = 8;
/// … and text has so many rows: a scale bar or an arrow has not.
const TEXT_ROWS: usize = 3;

/// Looks for a bar at the lower and the upper edge.
///
/// A bar is a strip of one tone that the instrument draws (black, white or one exact grey), quiet
/// where the picture is noisy, with text in it, that ends where the picture hardly has that tone.
/// How often this is right is measured on real files by `tests/it/data_bars.rs`.
pub(super) fn find(pixels: &Pixels) -> DataBar {
    let height_px = pixels.height_px() as usize;
    let most_rows = (height_px as f64 * MAX_SHARE) as usize;
    if (pixels.width_px() as usize) < MIN_WIDTH_PX || most_rows < MIN_HEIGHT_PX + 2 {
        return DataBar::NONE;
    }
    let read_rows = (most_rows + EDGE_PX + 2 * ROWS_BEYOND).min(height_px);
    let bottom = EdgeRows::at_bottom(pixels, read_rows);
    let top = EdgeRows::at_top(pixels, read_rows);
    let rows_of = |edge: &EdgeRows| height_of_bar(&Strip { edge, height_px, most_rows }) as u32;
    DataBar { top: rows_of(&top), bottom: rows_of(&bottom) }
}

/// The rows at one edge of an image, row 0 at the edge.
struct Strip<'a> {
    edge: &'a EdgeRows<'a>,
    height_px: usize,
    most_rows: usize,
}

impl Strip<'_> {
    /// A row without the columns at its sides.
    fn row(&self, index: usize) -> &[u8] {
        let row = self.edge.row(index);
        &row[SIDE_PX..row.len() - SIDE_PX]
    }

    fn rows(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &[u8]> {
        range.map(|index| self.row(index))
    }

    fn share_of_height(&self, share: f64) -> usize {
        (self.height_px as f64 * share) as usize
    }
}

fn height_of_bar(strip: &Strip<'_>) -> usize {
    let mut tones: Vec<u8> = Vec::new();
    for share in TONE_SHARES {
        let rows = strip.share_of_height(share).clamp(MIN_HEIGHT_PX, strip.most_rows);
        let tone = commonest(strip.rows(0..rows));
        if tones.iter().all(|known| known.abs_diff(tone) > 4) {
            tones.push(tone);
        }
    }
    let backgrounds = tones
        .iter()
        .flat_map(|tone| TOLERANCES.map(|tolerance| Background { tone: *tone, tolerance }));
    backgrounds.into_iter().find_map(|background| background.bar(strip)).unwrap_or(0)
}

/// What a bar is drawn on.
#[derive(Clone, Copy)]
struct Background {
    tone: u8,
    tolerance: u8,
}

impl Background {
    fn has(self, value: u8) -> bool {
        value.abs_diff(self.tone) <= self.tolerance
    }

    fn share(self, row: &[u8]) -> f64 {
        row.iter().filter(|value| self.has(**value)).count() as f64 / row.len() as f64
    }

    /// Rows of the bar on this background, where there is one.
    fn bar(self, strip: &Strip<'_>) -> Option<usize> {
        let rows = self.with_edge(strip, self.reach(strip)?);
        let least = MIN_HEIGHT_PX.max((strip.height_px as f64 * MIN_SHARE).ceil() as usize);
        let is_bar = rows >= least
            && rows + 1 < strip.most_rows
            && self.stands_out(strip, rows)
            && self.is_drawn(strip, rows)
            && self.has_text(strip, rows);
        is_bar.then_some(rows)
    }

    /// Rows from the edge to the last blank one, with short interruptions.
    fn reach(self, strip: &Strip<'_>) -> Option<usize> {
        let longest_margin = MIN_GAP_PX.max(strip.share_of_height(MARGIN_SHARE));
        let longest_line = MIN_GAP_PX.max(strip.share_of_height(LINE_SHARE));
        let (mut reach, mut gap) = (None, 0);
        for index in 0..strip.most_rows {
            let share = self.share(strip.row(index));
            if share >= LAST_ROW_SHARE {
                reach = Some(index + 1);
            }
            gap = if share >= ROW_SHARE { 0 } else { gap + 1 };
            if gap > if reach.is_none() { longest_margin } else { longest_line } {
                break;
            }
        }
        reach
    }

    /// The same with the rows that blend into the picture but are rather the bar's, and the line
    /// around it.
    fn with_edge(self, strip: &Strip<'_>, reach: usize) -> usize {
        let beyond = reach + EDGE_PX + 2;
        let picture = median(strip.rows(beyond..beyond + ROWS_BEYOND - 1));
        let belongs = |row: &[u8]| {
            let tone = median(std::iter::once(row));
            let is_blend = picture.abs_diff(self.tone) > 20
                && tone.abs_diff(self.tone) < tone.abs_diff(picture);
            let of_one_tone = row.iter().filter(|value| value.abs_diff(tone) <= 12).count();
            let is_frame =
                tone.abs_diff(picture) > 25 && of_one_tone as f64 >= 0.85 * row.len() as f64;
            is_blend || is_frame
        };
        let edge = (reach..reach + EDGE_PX).take_while(|index| belongs(strip.row(*index)));
        reach + edge.count()
    }

    /// Whether the bar is of this background, and what lies beyond is not. The row that touches
    /// the bar may be a blend of both.
    fn stands_out(self, strip: &Strip<'_>, rows: usize) -> bool {
        let mean = |range: std::ops::Range<usize>| {
            let count = range.len() as f64;
            strip.rows(range).map(|row| self.share(row)).sum::<f64>() / count
        };
        mean(0..rows) >= BAR_SHARE && mean(rows + 1..rows + 1 + ROWS_BEYOND) <= MAX_SHARE_BEYOND
    }

    /// Whether the background is drawn: without noise, and if it is grey of one exact value.
    fn is_drawn(self, strip: &Strip<'_>, rows: usize) -> bool {
        let mut quiet: Vec<f64> = strip.rows(0..rows).map(|row| self.quiet_share(row)).collect();
        quiet.sort_by(|one, other| other.total_cmp(one));
        let quietest = &quiet[..(rows / 4).max(2)];
        let quiet = quietest.iter().sum::<f64>() / quietest.len() as f64;
        if self.tone <= BLACK_OR_WHITE || self.tone >= u8::MAX - BLACK_OR_WHITE {
            return quiet >= QUIET_SHARE;
        }
        let count = |is: &dyn Fn(u8) -> bool| {
            strip.rows(0..rows).flatten().filter(|value| is(**value)).count() as f64
        };
        let exact = count(&|value| value == self.tone) / count(&|value| self.has(value)).max(1.0);
        quiet >= QUIET_SHARE_ON_GRAY && exact >= EXACT_SHARE
    }

    /// Share of neighbours, among the columns looked at, within the background that are equal, or
    /// nearly.
    fn quiet_share(self, row: &[u8]) -> f64 {
        let (mut pairs, mut equal) = (0_usize, 0_usize);
        for pair in row.windows(2) {
            if self.has(pair[0]) && self.has(pair[1]) {
                pairs += 1;
                equal += usize::from(pair[0].abs_diff(pair[1]) <= 1);
            }
        }
        equal as f64 / pairs.max(1) as f64
    }

    fn has_text(self, strip: &Strip<'_>, rows: usize) -> bool {
        let is_text = |value: u8| value.abs_diff(self.tone) > TEXT_CONTRAST;
        let crossings =
            |row: &[u8]| row.windows(2).filter(|pair| is_text(pair[0]) != is_text(pair[1])).count();
        let text_rows = strip.rows(0..rows).filter(|row| crossings(row) >= TEXT_CROSSINGS);
        text_rows.take(TEXT_ROWS).count() == TEXT_ROWS
    }
}

fn histogram<'a>(rows: impl Iterator<Item = &'a [u8]>) -> [u32; 256] {
    let mut histogram = [0_u32; 256];
    for value in rows.flatten() {
        histogram[usize::from(*value)] += 1;
    }
    histogram
}

fn commonest<'a>(rows: impl Iterator<Item = &'a [u8]>) -> u8 {
    let histogram = histogram(rows);
    let most = histogram.iter().enumerate().rev().max_by_key(|(_, count)| **count);
    most.map_or(0, |(tone, _)| tone as u8)
}

fn median<'a>(rows: impl Iterator<Item = &'a [u8]>) -> u8 {
    let histogram = histogram(rows);
    let half = histogram.iter().sum::<u32>() / 2;
    let mut seen = 0;
    let at = histogram.iter().position(|count| {
        seen += count;
        seen > half
    });
    at.unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::super::pixels::Samples;
    use super::*;

    /// A gradient picture of 200×100 px whose lower rows are drawn by `bar`, from (column, row).
    fn picture(bar_px: usize, bar: impl Fn(usize, usize) -> u8) -> Pixels {
        let (width_px, height_px) = (200_usize, 100_usize);
        let gray = (0..width_px * height_px).map(|i| {
            let (x, y) = (i % width_px, i / width_px);
            match y.checked_sub(height_px - bar_px) {
                Some(row) => bar(x, row),
                None => 60 + ((x * 7 + y * 13) % 150) as u8,
            }
        });
        Pixels::new(200, 100, Samples::Gray8(gray.collect())).expect("size fits")
    }

    fn text(x: usize, row: usize) -> bool {
        row % 4 == 1 && x.is_multiple_of(5)
    }

    #[test]
    fn a_black_strip_with_text_is_a_bar() {
        let bar = picture(12, |x, row| if text(x, row) { 255 } else { 0 });
        assert_eq!(find(&bar), DataBar::at_bottom(12));
    }

    #[test]
    fn a_strip_at_the_top_is_a_bar_too() {
        let below = picture(12, |x, row| if text(x, row) { 255 } else { 0 });
        let Samples::Gray8(rows) = below.samples() else { panic!("grey") };
        let flipped: Vec<u8> = rows.chunks(200).rev().flatten().copied().collect();
        let above = Pixels::new(200, 100, Samples::Gray8(flipped)).expect("size fits");
        assert_eq!(find(&above), DataBar { top: 12, bottom: 0 });
    }

    #[test]
    fn a_white_strip_in_a_black_frame_is_a_bar() {
        let bar = picture(14, |x, row| if row == 0 || row == 13 || text(x, row) { 0 } else { 255 });
        assert_eq!(find(&bar), DataBar::at_bottom(14));
    }

    #[test]
    fn rows_of_picture_below_the_bar_are_cut_off_with_it() {
        let bar = picture(16, |x, row| match row {
            14.. => 60 + ((x * 7 + row * 13) % 150) as u8,
            _ if text(x, row) => 0,
            _ => 243,
        });
        assert_eq!(find(&bar), DataBar::at_bottom(16));
    }

    #[test]
    fn a_gray_strip_is_a_bar_where_it_is_of_one_tone() {
        let gray = |noise: usize| {
            picture(12, move |x, row| {
                if text(x, row) { 255 } else { 53 + ((x * 31 + row * 17) % (noise + 1)) as u8 }
            })
        };
        assert_eq!(find(&gray(0)), DataBar::at_bottom(12));
        assert_eq!(find(&gray(9)), DataBar::NONE, "a flat sample is noisy");
    }

    #[test]
    fn a_bar_in_sixteen_bits_is_found() {
        let eight = picture(12, |x, row| if text(x, row) { 255 } else { 0 });
        let Samples::Gray8(values) = eight.samples() else { panic!("grey") };
        let wide = values.iter().map(|value| u16::from(*value) * 16).collect();
        let pixels = Pixels::new(200, 100, Samples::Gray16(wide)).expect("size fits");
        assert_eq!(find(&pixels), DataBar::at_bottom(12));
    }

    #[test]
    fn a_black_strip_below_a_dark_and_noisy_sample_is_a_bar() {
        let dark = picture(100, |x, row| match row.checked_sub(88) {
            Some(row) if text(x, row) => 255,
            Some(_) => 0,
            None => ((x * 31 + row * 17) % 32) as u8,
        });
        assert_eq!(find(&dark), DataBar::at_bottom(12));
    }

    #[test]
    fn a_bar_is_found_in_images_too_wide_for_every_column_to_be_looked_at() {
        let narrow = picture(12, |x, row| if text(x, row) { 255 } else { 0 });
        let Samples::Gray8(narrow) = narrow.samples() else { panic!("grey") };
        let widened = |row: usize| narrow[row * 200..(row + 1) * 200].iter().cycle().take(6001);
        let gray: Vec<u8> = (0..100).flat_map(widened).copied().collect();
        let wide = gray.iter().map(|value| u16::from(*value) * 16).collect();
        let colored = gray.iter().flat_map(|value| [*value; 3]).collect();
        for samples in [Samples::Gray8(gray), Samples::Gray16(wide), Samples::Rgb8(colored)] {
            let pixels = Pixels::new(6001, 100, samples).expect("size fits");
            assert_eq!(find(&pixels), DataBar::at_bottom(12));
        }
    }

    #[test]
    fn a_margin_with_an_arrow_and_a_scale_bar_is_no_data_bar() {
        let margin = picture(12, |x, _| if (50..56).contains(&x) || x > 150 { 0 } else { 255 });
        assert_eq!(find(&margin), DataBar::NONE);
    }

    #[test]
    fn a_picture_without_a_strip_has_no_bar() {
        assert_eq!(find(&picture(0, |_, _| 0)), DataBar::NONE);
    }

    #[test]
    fn a_dark_strip_without_text_is_no_bar() {
        assert_eq!(find(&picture(12, |_, _| 0)), DataBar::NONE);
    }

    #[test]
    fn a_sample_on_a_flat_background_has_no_bar() {
        let is_grain = |x: usize, row: usize| x.is_multiple_of(9) && row.is_multiple_of(3);
        let flat = picture(100, |x, row| if is_grain(x, row) { 220 } else { 20 });
        assert_eq!(find(&flat), DataBar::NONE);
    }

    #[test]
    fn the_smallest_images_are_looked_at_without_harm() {
        for width_px in [1, 6, 7, 25] {
            for height_px in 1..60 {
                let values = vec![0; (width_px * height_px) as usize];
                let pixels = Pixels::new(width_px, height_px, Samples::Gray8(values));
                assert_eq!(find(&pixels.expect("size fits")), DataBar::NONE);
            }
        }
    }

    #[test]
    fn a_chosen_bar_that_leaves_no_row_of_the_picture_is_refused() {
        assert!(DataBar { top: 3, bottom: 96 }.check(100).is_ok());
        assert!(DataBar { top: 3, bottom: 97 }.check(100).is_err());
        assert!(DataBar { top: u32::MAX, bottom: u32::MAX }.check(100).is_err());
    }
}
