//! An image that is as it should be, and beside it a text: whatever the text says, the pixels come
//! out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use semblance_fuzz::micrograph::Sidecar;
use semblance_fuzz::{LIMIT_BYTES, read_image, tiff_file};

fuzz_target!(|data: &[u8]| {
    let sidecar = Sidecar { file_name: "image.txt".to_owned(), bytes: data.to_vec() };
    if let Err(error) = read_image(tiff_file::small(), vec![sidecar], LIMIT_BYTES) {
        panic!("the text cost the pixels: {error}");
    }
});
