//! Decides what image number `index` of a category is, without knowing how many there will be.
//!
//! Images come in blocks of eight: five in sessions of one to four, then a zoom series of three.
//! Since a block is planned as a whole, an image is the same however many are asked for; if
//! their number is no multiple of eight, the last zoom series is cut short.

use super::dice::Dice;
use super::scenes::{self, Guest, Subcategory};

const BLOCK: usize = 8;
const SINGLES_IN_BLOCK: usize = 5;

/// How much closer the three images of a zoom series look.
pub const ZOOMS: [f64; 3] = [1.0, 2.5, 6.0];

/// What one image is to be.
pub struct ImagePlan {
    pub category: &'static str,
    pub index: usize,
    pub subcategory: &'static Subcategory,
    pub guest: Option<&'static Guest>,
    /// Images of a session share this: same sample, same instrument, same day.
    pub group: String,
    /// Names the place on the sample; images of a zoom series share it.
    pub place: String,
    pub zoom_series: Option<String>,
    pub zoom: f64,
    /// Number within the session, from 0.
    pub shot: usize,
    pub burnt_in_drawing: bool,
}

impl ImagePlan {
    /// Plans image `index` of a category, given by its place in [`scenes::categories`].
    pub fn new(seed: u64, category_index: usize, index: usize) -> Self {
        let category = scenes::categories()[category_index];
        let (block, in_block) = (index / BLOCK, index % BLOCK);
        let (session, shot) = session_of(seed, category, block, in_block);
        let is_zoomed = in_block >= SINGLES_IN_BLOCK;
        let group = format!("synthetic-{seed}-{category}-{block}-{session}");
        let zoom_series = is_zoomed.then(|| format!("zoom-{seed}-{category}-{block}"));

        let subcategories = scenes::subcategories(category_index);
        // Every kind gets its turn, beginning at a random one.
        let first =
            Dice::new(seed, &format!("{category}/first kind")).count(0, subcategories.len() - 1);
        let subcategory = &subcategories[(first + block * 3 + session) % subcategories.len()];
        let mut dice = Dice::new(seed, &format!("{group}/guest"));
        let guest = subcategory.guest.as_ref().filter(|guest| dice.chance(guest.probability));
        let mut dice = Dice::new(seed, &format!("{category}/{index}/drawing"));
        Self {
            category,
            index,
            subcategory,
            guest,
            place: if is_zoomed { format!("{group}/zoomed") } else { format!("{group}/{shot}") },
            group,
            zoom: if is_zoomed { ZOOMS[in_block - SINGLES_IN_BLOCK] } else { 1.0 },
            zoom_series,
            shot,
            burnt_in_drawing: dice.chance(0.08),
        }
    }
}

/// Which session of its block an image belongs to, and which number it has there.
fn session_of(seed: u64, category: &str, block: usize, in_block: usize) -> (usize, usize) {
    let mut dice = Dice::new(seed, &format!("{category}/block {block}"));
    let mut first = 0;
    for session in 0.. {
        let length = match SINGLES_IN_BLOCK - first {
            0 => ZOOMS.len(),
            left => dice.count(1, left.min(4)),
        };
        if in_block < first + length {
            return (session, in_block - first);
        }
        first += length;
    }
    (0, in_block)
}
