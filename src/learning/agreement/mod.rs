//! How far two people agree who labelled the same images.
//!
//! Knows pairs of category names; knows nothing of images, people or the database.

mod compare;
mod kappa;

pub use compare::{Agreement, CategoryAgreement, DoubleLabel, compare};
pub use kappa::Interval;
