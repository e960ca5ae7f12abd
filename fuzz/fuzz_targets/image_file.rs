//! A whole file: which format it is, and that format's decoder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use semblance_fuzz::{LIMIT_BYTES, read_image};

fuzz_target!(|data: &[u8]| {
    let _ = read_image(data.to_vec(), Vec::new(), LIMIT_BYTES); // most are no image
});
