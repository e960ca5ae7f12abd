//! A model's scores in the categories of a library.

use crate::classifier::{CategoryScore, ranked};
use crate::taxonomy::{CategoryTree, CurrentCategories};

/// What these scores say by what the model's categories mean now, the highest first.
pub(super) fn meant_now(scores: Vec<CategoryScore>, tree: &CategoryTree) -> Vec<CategoryScore> {
    let (names, scores): (Vec<String>, Vec<f32>) =
        scores.into_iter().map(|item| (item.category, item.score)).unzip();
    let current = CurrentCategories::of(&names, tree);
    ranked(current.names(), &current.add_up(&scores))
}
