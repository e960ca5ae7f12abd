//! A text that stands beside an image: its encoding, whose it is, and every vendor's parser.

#![no_main]

use libfuzzer_sys::fuzz_target;
use semblance_fuzz::read_text;

fuzz_target!(|data: &[u8]| read_text(data.to_vec()));
