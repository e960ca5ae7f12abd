//! A set of images, one bit each.

use super::ImageId;

/// A set of images, one bit for each id up to the largest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageSet {
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

    /// Adds an image.
    pub fn insert(&mut self, image: ImageId) {
        let (word, bit) = place(image);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    /// Whether it has this image.
    pub fn contains(&self, image: ImageId) -> bool {
        let (word, bit) = place(image);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Takes an image out.
    pub fn take(&mut self, image: ImageId) {
        let (word, bit) = place(image);
        if let Some(bits) = self.words.get_mut(word) {
            *bits &= !bit;
        }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.words.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Whether it has no image.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|bits| *bits == 0)
    }

    /// The images, by number.
    pub fn iter(&self) -> impl Iterator<Item = ImageId> {
        self.words.iter().zip(0_u32..).flat_map(|(&bits, word)| {
            let mut left = bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(ImageId(word * 64 + bit))
            })
        })
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
        let ids: Vec<u32> = (0..1000).filter(|&id| set.contains(ImageId(id))).collect();
        assert_eq!(set.iter().map(|image| image.0).collect::<Vec<_>>(), ids);
        assert_eq!((set.len(), set.is_empty()), (ids.len(), ids.is_empty()));
        ids
    }

    #[test]
    fn an_image_is_taken_out_alone() {
        let mut images = set(&[0, 64, 65]);
        images.take(ImageId(64));
        images.take(ImageId(9_999)); // it never had this one
        assert_eq!(ids(&images), [0, 65]);
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
