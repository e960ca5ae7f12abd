//! Tests of the library from outside: one binary for all, so that only one is linked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic fails the test and names the line")]

mod cli;
mod cli_accept;
mod cli_bad_files;
mod cli_categories;
mod cli_choices;
mod cli_foreign_labels;
mod cli_labels;
mod cli_likeness;
mod cli_library;
mod cli_models;
mod cli_models_in_use;
mod cli_onnx_export;
mod cli_onnx_import;
mod cli_review;
mod cli_searches;
mod cli_training;
mod cli_vendor;
mod data_bars;
mod h5py;
mod hdf5;
mod hdf5_naming;
mod hdf5_vendor;
mod jpeg_kinds;
mod known;
#[cfg(target_os = "linux")]
mod large_files;
mod layers;
mod micrographs;
mod mutations;
mod onnx;
mod patience;
#[cfg(target_os = "linux")]
mod preload;
mod program;
mod python;
mod reliability;
#[cfg(target_os = "linux")]
mod rescans;
mod screen;
mod session;
mod source_text;
mod tiff_kinds;
mod turned_images;
mod vendor_files;
mod vendor_values;
mod window;
