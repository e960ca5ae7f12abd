//! How fast heads are fitted, and how good they are:
//! `SEMBLANCE_TEST_DATA=… cargo bench --bench learning [-- speed | rescoring | accuracy | layers]`.
//!
//! - `speed`, on synthetic features: fitting beside scikit-learn on the same features, a whole
//!   training, advice on merging categories.
//! - `rescoring` of a library of synthetic records, features out of the cache.
//! - `accuracy`, on the real images below `labelled/` of the test data, in folds that keep groups
//!   together: beside scikit-learn in the same folds, and what masking the data bar, flips, balancing,
//!   scale, the other backbone and the cache's 16-bit floats bring or cost.
//! - `layers`: what training the network's last convolution too brings or costs.
//!
//! `SEMBLANCE_TEST_PYTHON` names a Python with scikit-learn.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot work stops")]
#![allow(clippy::print_stdout, reason = "figures go to stdout")]

mod accuracy;
mod rescoring;
mod rounding;
mod scikit_learn;
mod speed;

use std::path::Path;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures on the test data in this folder.
type OfData = fn(&Path);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    if is_wanted("speed") {
        speed::measure();
    }
    if is_wanted("rescoring") {
        rescoring::measure();
    }
    let of_real_images: [(&str, OfData); 2] =
        [("accuracy", accuracy::measure), ("layers", accuracy::measure_layers)];
    for (name, measure) in of_real_images.into_iter().filter(|(name, _)| is_wanted(name)) {
        match std::env::var_os("SEMBLANCE_TEST_DATA") {
            Some(data) => measure(Path::new(&data)),
            None => println!("{name}: SEMBLANCE_TEST_DATA names no folder of real images"),
        }
    }
}
