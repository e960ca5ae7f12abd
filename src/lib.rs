//! Semblance: look at, classify, label and hand on scanning electron micrographs.

pub mod classifier;
pub mod learning;
pub mod micrograph;
