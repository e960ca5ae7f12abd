//! Which micrographs resemble one another: near-duplicates, "more like this", clusters, and what is
//! like none of those known.
//!
//! Works on numbers alone: 8-bit grey values, 128-bit hashes, and features, one row an image.
//! Knows nothing of files, of the library, or of where features come from; images are indices into
//! what the caller has. Everything is deterministic: the same input gives the same output, in the
//! same order.

mod band_layout;
mod band_table;
mod cell_means;
mod cosine;
mod error;
mod features;
mod k_means;
mod near_duplicate_pairs;
mod near_duplicates;
mod near_pairs;
mod nearest;
mod novelty;
mod perceptual_hash;
mod random;
mod union_find;

pub use error::SimilarityError;
pub use features::FeatureRows;
pub use k_means::{Centres, Grouping, Member, cluster_count_for, sample};
pub use near_duplicate_pairs::near_duplicate_pairs;
pub use near_duplicates::{Likeness, near_duplicates};
pub use near_pairs::{Near, NearPairs};
pub use nearest::{Nearest, Neighbour};
pub use novelty::KnownImages;
pub use perceptual_hash::{DEFAULT_MOST_BITS, PerceptualHash, perceptual_hash};
pub use union_find::UnionFind;
