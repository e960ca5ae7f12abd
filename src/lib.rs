//! Semblance: look at, classify, label and hand on scanning electron micrographs.
//!
//! Modules in reading order; each uses only those above it (`tests/it/layers.rs` checks this).

pub mod text;
pub mod micrograph;
pub mod folder_walk;
pub mod synthetic;
pub mod taxonomy;
pub mod query;
pub mod catalog;
pub mod cache;
pub mod classifier;
pub mod similarity;
pub mod learning;
pub mod label_exchange;
pub mod export;
pub mod jobs;
pub mod ops;
pub mod settings;
pub mod session;
pub mod cli;
pub mod gui;
