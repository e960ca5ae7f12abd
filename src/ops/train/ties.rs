//! What must stay on one side of a split.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use crate::cache::Cache;
use crate::ops::features::Featured;
use crate::ops::thumbnail::thumbnail_key;
use crate::similarity::{Likeness, PerceptualHash, near_duplicate_pairs};

/// Sets of images that must not be on different sides of a split, by their number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ties {
    /// Of one paper, sample or series.
    pub groups: Vec<Vec<usize>>,
    /// Taken on one day at one instrument, or in one folder.
    pub sessions: Vec<Vec<usize>>,
    /// Pairs that show nearly the same, and files of the same content.
    pub near_duplicates: Vec<Vec<usize>>,
}

impl Ties {
    /// All that is known. Pictures are compared by what the cache has of them, which is there for
    /// every image whose features were computed. `None` where `cancel` was set.
    pub(super) fn of(featured: &Featured, cache: &Cache, cancel: &AtomicBool) -> Option<Self> {
        Some(Self {
            groups: together(featured.images.iter().map(|image| image.group.as_deref())),
            sessions: together(featured.sessions.iter().map(Option::as_deref)),
            near_duplicates: near_duplicates(featured, cache, cancel)?,
        })
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Vec<usize>> {
        [self.groups.as_slice(), &self.sessions, &self.near_duplicates].concat()
    }
}

/// The images that have the same word, where that is more than one; `words` has one an image.
fn together<'a>(words: impl Iterator<Item = Option<&'a str>>) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, word) in words.enumerate() {
        if let Some(word) = word {
            members.entry(word).or_default().push(number);
        }
    }
    members.into_values().filter(|images| images.len() > 1).collect()
}

/// Sets of images that show nearly the same, by their number; `None` where `cancel` was set.
pub(in crate::ops) fn near_duplicates(
    featured: &Featured,
    cache: &Cache,
    cancel: &AtomicBool,
) -> Option<Vec<Vec<usize>>> {
    let (mut numbers, mut hashes) = (Vec::new(), Vec::new());
    for (number, (image, content)) in featured.images.iter().zip(&featured.contents).enumerate() {
        let key = thumbnail_key(content, &image.file.choice);
        if let Some(Some(bits)) = cache.picture_hash(&key) {
            numbers.push(number);
            hashes.push(PerceptualHash::from_bits(bits));
        }
    }
    let features_of =
        |index: usize| Some(Cow::Owned(featured.features.row(numbers[index]).to_vec()));
    let pairs = near_duplicate_pairs(&hashes, features_of, Likeness::confirmed(), cancel)?;
    let mut ties: Vec<Vec<usize>> =
        pairs.into_iter().map(|(one, other)| vec![numbers[one], numbers[other]]).collect();
    let mut same: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (number, content) in featured.contents.iter().enumerate() {
        same.entry(content).or_default().push(number);
    }
    ties.extend(same.into_values().filter(|images| images.len() > 1));
    Some(ties)
}
