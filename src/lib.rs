//! Semblance: look at, classify, label and hand on scanning electron micrographs.

pub mod classifier;
pub mod export;
pub mod learning;
pub mod micrograph;
