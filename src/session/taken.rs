//! What was taken before and after the image that is shown, asked of the library once an image.

use std::cell::RefCell;

use super::Session;
use crate::catalog::{ImageId, TakenImage};

/// So many on either side of the image.
const EACH_SIDE: usize = 3;

/// What was asked last, until a file is read that may tell when it was taken.
#[derive(Default)]
pub(super) struct KeptAround(RefCell<Option<(ImageId, Vec<TakenImage>)>>);

impl KeptAround {
    /// Other dates are known, or other files.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().take();
    }
}

impl Session {
    /// The image itself and what was taken before and after it in the same session, in the order in
    /// which it was taken.
    pub fn taken_around(&self, image: ImageId) -> Vec<TakenImage> {
        let Some(open) = &self.open else { return Vec::new() };
        let mut kept = open.around.0.borrow_mut();
        if let Some((_, around)) = kept.as_ref().filter(|(of, _)| *of == image) {
            return around.clone();
        }
        let around = open.library.taken_around(image, EACH_SIDE, EACH_SIDE);
        let Some(around) = open.read_failures.noted(around) else { return Vec::new() };
        *kept = Some((image, around.clone()));
        around
    }
}
