//! A vendor's header in a TIFF file that is otherwise as it should be: whatever the header says,
//! the pixels come out.
//!
//! The first byte of the data says which tag, the others are its value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use semblance_fuzz::{LIMIT_BYTES, read_image, tiff_file};

fuzz_target!(|data: &[u8]| {
    let Some((choice, header)) = data.split_first() else { return };
    let tag = tiff_file::HEADER_TAGS[usize::from(*choice) % tiff_file::HEADER_TAGS.len()];
    let read = read_image(tiff_file::small_with(tag, header), Vec::new(), LIMIT_BYTES);
    if let Err(error) = read {
        panic!("tag {tag} cost the pixels: {error}");
    }
});
