//! Decoded images: the current one, its neighbours, and the way back, within a budget of bytes.

use std::collections::{HashMap, HashSet};

use crate::catalog::ImageId;
use crate::session::LoadedImage;

/// Most bytes of decoded pixels that are kept beside the current image.
const BUDGET_BYTES: usize = 256 << 20;

struct Entry {
    loaded: Result<LoadedImage, String>,
    /// Read in another way than is chosen now: shown until the new one has come.
    is_stale: bool,
    last_shown: u64,
}

/// Decoded images. Those that were not shown for the longest time go first, the current never.
#[derive(Default)]
pub(super) struct DecodedImages {
    entries: HashMap<ImageId, Entry>,
    /// Sizes of all that were ever here, so that what does not fit is not loaded again and again.
    sizes: HashMap<ImageId, usize>,
    /// What is to be kept, the most urgent first: what is on screen, then what may be next.
    wanted: Vec<ImageId>,
    on_screen_count: usize,
    frame: u64,
}

impl DecodedImages {
    /// Takes in a decoded image, or why there is none.
    pub(super) fn insert(&mut self, image: ImageId, loaded: Result<LoadedImage, String>) {
        self.sizes.insert(image, size_bytes(&loaded));
        let last_shown = self.entries.get(&image).map_or(0, |entry| entry.last_shown);
        self.entries.insert(image, Entry { loaded, is_stale: false, last_shown });
        self.keep_to_budget(BUDGET_BYTES);
    }

    /// What is known of this image is old.
    pub(super) fn set_stale(&mut self, image: ImageId) {
        if let Some(entry) = self.entries.get_mut(&image) {
            entry.is_stale = true;
        }
    }

    /// The image, and whether it is about to be replaced.
    pub(super) fn get(&self, image: ImageId) -> Option<(&Result<LoadedImage, String>, bool)> {
        self.entries.get(&image).map(|entry| (&entry.loaded, entry.is_stale))
    }

    /// The image, if it can be shown.
    pub(super) fn shown(&self, image: ImageId) -> Option<&LoadedImage> {
        self.entries.get(&image)?.loaded.as_ref().ok()
    }

    /// These are on screen and those may be next, the most urgent first. Gives what is to be loaded:
    /// neighbours only once all that is on screen is there, and as many as there is room for.
    pub(super) fn want(&mut self, on_screen: &[ImageId], next: &[ImageId]) -> Vec<ImageId> {
        self.want_within(BUDGET_BYTES, on_screen, next)
    }

    fn want_within(
        &mut self,
        budget_bytes: usize,
        on_screen: &[ImageId],
        next: &[ImageId],
    ) -> Vec<ImageId> {
        self.frame += 1;
        for image in on_screen {
            if let Some(entry) = self.entries.get_mut(image) {
                entry.last_shown = self.frame;
            }
        }
        self.wanted = on_screen.to_vec();
        self.on_screen_count = on_screen.len();
        let missing = self.missing();
        if !missing.is_empty() {
            return missing;
        }
        // As large as what is on screen, where that is not known.
        let shown = on_screen.iter().filter_map(|image| self.sizes.get(image));
        let guess = shown.copied().max().unwrap_or(0);
        let mut bytes: usize = on_screen.iter().filter_map(|image| self.sizes.get(image)).sum();
        for image in next {
            bytes += self.sizes.get(image).copied().unwrap_or(guess);
            if bytes > budget_bytes {
                break;
            }
            self.wanted.push(*image);
        }
        self.missing()
    }

    fn missing(&self) -> Vec<ImageId> {
        let is_missing =
            |image: &&ImageId| self.entries.get(image).is_none_or(|entry| entry.is_stale);
        self.wanted.iter().filter(is_missing).copied().collect()
    }

    fn keep_to_budget(&mut self, budget_bytes: usize) {
        let mut bytes: usize = self.entries.values().map(|entry| size_bytes(&entry.loaded)).sum();
        if bytes <= budget_bytes {
            return;
        }
        let wanted: HashSet<ImageId> = self.wanted.iter().copied().collect();
        let mut others: Vec<(u64, ImageId)> = self
            .entries
            .iter()
            .filter(|(image, _)| !wanted.contains(image))
            .map(|(image, entry)| (entry.last_shown, *image))
            .collect();
        others.sort_unstable();
        // Of what is wanted, the least urgent; nothing that is on screen.
        let least_urgent = self.wanted.iter().skip(self.on_screen_count).rev().copied();
        for image in others.into_iter().map(|(_, image)| image).chain(least_urgent) {
            if bytes <= budget_bytes {
                break;
            }
            if let Some(entry) = self.entries.remove(&image) {
                bytes -= size_bytes(&entry.loaded);
            }
        }
    }
}

fn size_bytes(loaded: &Result<LoadedImage, String>) -> usize {
    loaded.as_ref().map_or(0, LoadedImage::size_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::{
        DataBar, DataBarSource, InstrumentRecord, Micrograph, Orientation, Pixels, Samples,
    };

    /// An image of some 1.3 times `side_px` squared bytes.
    fn loaded(side_px: u32) -> LoadedImage {
        let samples = Samples::Gray8(vec![0; (side_px * side_px) as usize]);
        LoadedImage::new(Micrograph {
            pixels: Pixels::new(side_px, side_px, samples).expect("size fits"),
            orientation: Orientation::AS_STORED,
            bit_depth: 8,
            channels: 1,
            page: 1,
            pages: 1,
            instrument: InstrumentRecord::default(),
            raw_headers: Vec::new(),
            data_bar: DataBar::NONE,
            data_bar_source: DataBarSource::Pixels,
        })
    }

    fn ids(ids: &[u32]) -> Vec<ImageId> {
        ids.iter().copied().map(ImageId).collect()
    }

    #[test]
    fn neighbours_are_loaded_after_what_is_on_screen_and_as_far_as_there_is_room() {
        let mut images = DecodedImages::default();
        let (one, next) = (ids(&[1]), ids(&[2, 3, 4]));
        let want = |images: &mut DecodedImages| images.want_within(3_000_000, &one, &next);
        assert_eq!(want(&mut images), one);
        images.insert(ImageId(1), Ok(loaded(1000)));
        assert_eq!(want(&mut images), ids(&[2]), "two of 1.3 MB fit into 3 MB");
        images.insert(ImageId(2), Err("unreadable".to_owned()));
        assert_eq!(want(&mut images), ids(&[3]), "what cannot be read takes no room");
        images.set_stale(ImageId(1));
        assert_eq!(want(&mut images), one);
        assert!(images.shown(ImageId(1)).is_some(), "shown until the new one has come");
    }

    #[test]
    fn the_longest_unseen_go_first_and_what_is_wanted_last() {
        let mut images = DecodedImages::default();
        for id in 1..=3 {
            images.want_within(usize::MAX, &ids(&[id]), &[]);
            images.insert(ImageId(id), Ok(loaded(1000)));
            images.want_within(usize::MAX, &ids(&[id]), &ids(&[1]));
        }
        let left = |images: &DecodedImages| {
            (1..=3).filter(|id| images.shown(ImageId(*id)).is_some()).collect::<Vec<u32>>()
        };
        images.keep_to_budget(3_000_000);
        assert_eq!(left(&images), [1, 3], "1 is a neighbour of 3");
        images.keep_to_budget(0);
        assert_eq!(left(&images), [3]);
    }
}
