//! A set of images, one bit each.

use super::ImageId;

/// A set of images, one bit for each id up to the largest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ImageSet {
    words: Vec<u64>,
}

impl ImageSet {
    /// The set of these ids, four bytes each, lowest first.
    pub(super) fn of_ids(bytes: &[u8]) -> Self {
        let (ids, _) = bytes.as_chunks::<4>();
        ids.iter().map(|id| ImageId(u32::from_le_bytes(*id))).collect()
    }

    /// All ids up to this one.
    pub(super) fn up_to(newest: u32) -> Self {
        Self { words: vec![u64::MAX; newest as usize / 64 + 1] }
    }

    pub(super) fn insert(&mut self, image: ImageId) {
        let (word, bit) = place(image);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    pub(super) fn contains(&self, image: ImageId) -> bool {
        let (word, bit) = place(image);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Number of images.
    pub(super) fn len(&self) -> u64 {
        self.words.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    pub(super) fn unite(&mut self, other: &Self) {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (bits, other) in self.words.iter_mut().zip(&other.words) {
            *bits |= other;
        }
    }

    /// Keeps the images that `other` has too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (bits, other) in self.words.iter_mut().zip(&other.words) {
            *bits &= other;
        }
    }

    /// Keeps the images that `other` lacks.
    pub(super) fn remove(&mut self, other: &Self) {
        for (bits, other) in self.words.iter_mut().zip(&other.words) {
            *bits &= !other;
        }
    }
}

impl Extend<ImageId> for ImageSet {
    fn extend<I: IntoIterator<Item = ImageId>>(&mut self, images: I) {
        images.into_iter().for_each(|image| self.insert(image));
    }
}

impl FromIterator<ImageId> for ImageSet {
    fn from_iter<I: IntoIterator<Item = ImageId>>(images: I) -> Self {
        let mut set = Self::default();
        set.extend(images);
        set
    }
}

fn place(ImageId(id): ImageId) -> (usize, u64) {
    (id as usize / 64, 1 << (id % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u32]) -> ImageSet {
        ids.iter().copied().map(ImageId).collect()
    }

    fn ids(set: &ImageSet) -> Vec<u32> {
        (0..1000).filter(|&id| set.contains(ImageId(id))).collect()
    }

    #[test]
    fn sets_of_different_sizes_are_combined() {
        let (small, large) = (set(&[1, 63, 64]), set(&[1, 64, 700]));
        let combined = |combine: fn(&mut ImageSet, &ImageSet), of: &ImageSet, with: &ImageSet| {
            let mut set = of.clone();
            combine(&mut set, with);
            ids(&set)
        };
        assert_eq!(combined(ImageSet::unite, &small, &large), [1, 63, 64, 700]);
        assert_eq!(combined(ImageSet::unite, &large, &small), [1, 63, 64, 700]);
        assert_eq!(combined(ImageSet::keep, &small, &large), [1, 64]);
        assert_eq!(combined(ImageSet::keep, &large, &small), [1, 64]);
        assert_eq!(combined(ImageSet::remove, &small, &large), [63]);
        assert_eq!(combined(ImageSet::remove, &large, &small), [700]);
        assert_eq!([set(&[]).len(), small.len(), large.len()], [0, 3, 3]);
    }
}
