//! Which side each labelled image is on, and what a split by file name alone would have leaked.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ties::Ties;
use crate::catalog::Side;
use crate::learning::{leak_free_split, leaked_pairs, side_of, tied_together};
use crate::ops::features::Featured;

/// The split of labelled images.
pub(super) struct Split {
    /// The side of each image; `None` for one that belongs to two.
    pub sides: Vec<Option<Side>>,
    /// A name for all that is tied together, for folds.
    pub groups: Vec<String>,
    /// The side that each file's name alone would give.
    pub plain_sides: Vec<Option<Side>>,
}

/// Pairs of images, one of which would have measured what the other taught, in a split by file name
/// alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LeakedPairs {
    /// That show nearly the same.
    pub near_duplicates: usize,
    /// Of one group.
    pub groups: usize,
    /// Of one session.
    pub sessions: usize,
}

/// Splits so that nothing is on two sides that belongs together. `earlier` is where contents were
/// before, by their SHA-256.
pub(super) fn split(featured: &Featured, ties: &Ties, earlier: &BTreeMap<String, Side>) -> Split {
    let keys: Vec<String> = featured.images.iter().map(|image| image.key()).collect();
    let before: Vec<Option<Side>> =
        featured.contents.iter().map(|content| earlier.get(content).copied()).collect();
    let all = ties.all();
    let mut groups = vec![String::new(); keys.len()];
    for images in tied_together(keys.len(), &all) {
        let first = images.iter().map(|image| &keys[*image]).min().cloned().unwrap_or_default();
        // Files of one name in different folders have nothing to do with one another.
        let name = format!("{first} {}", featured.contents[images[0]]);
        images.iter().for_each(|image| groups[*image].clone_from(&name));
    }
    let file_side = |image: &crate::ops::LabelledImage| {
        let name = image.file.path.file_name().map(|name| name.to_string_lossy().into_owned());
        Some(side_of(&name.unwrap_or_default()))
    };
    Split {
        sides: leak_free_split(&keys, &all, &before),
        groups,
        plain_sides: featured.images.iter().map(file_side).collect(),
    }
}

impl Split {
    /// What a split by file name alone would have leaked.
    pub(super) fn leaked_by_plain(&self, ties: &Ties) -> LeakedPairs {
        let leaked = |ties| leaked_pairs(ties, &self.plain_sides);
        LeakedPairs {
            near_duplicates: leaked(&ties.near_duplicates),
            groups: leaked(&ties.groups),
            sessions: leaked(&ties.sessions),
        }
    }
}
