//! Folds for cross-validation.

use std::collections::BTreeMap;

use crate::micrograph::content_sha256;

/// A fold number below `fold_count` for every image, so that a group lies in one fold and every
/// fold holds a like share of every category as far as the groups allow.
///
/// Greedy: the largest groups first, each into the fold that has the fewest images of the group's
/// categories so far. Depends on the names and sizes of the groups alone, not on their order.
pub fn grouped_folds(groups: &[String], categories: &[usize], fold_count: usize) -> Vec<usize> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(index);
    }
    let mut ordered: Vec<(&str, Vec<usize>)> = members.into_iter().collect();
    ordered.sort_by_cached_key(|(name, images)| {
        (std::cmp::Reverse(images.len()), content_sha256(name.as_bytes()))
    });

    let category_count = categories.iter().max().map_or(0, |highest| highest + 1);
    let mut held = vec![vec![0_usize; category_count]; fold_count.max(1)];
    let mut folds = vec![0; groups.len()];
    for (_, images) in ordered {
        let load = |fold: &Vec<usize>| {
            let same: usize = images.iter().map(|image| fold[categories[*image]]).sum();
            (same, fold.iter().sum::<usize>())
        };
        let lightest = (0..held.len()).min_by_key(|fold| load(&held[*fold])).unwrap_or(0);
        for image in images {
            held[lightest][categories[image]] += 1;
            folds[image] = lightest;
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_never_in_two_folds_and_folds_are_balanced() {
        let groups: Vec<String> = (0..200).map(|i| format!("group {}", i / 4)).collect();
        let categories: Vec<usize> = (0..200).map(|i| (i / 4) % 5).collect();
        let folds = grouped_folds(&groups, &categories, 5);
        for i in 0..200 {
            assert_eq!(folds[i], folds[i / 4 * 4]);
        }
        for fold in 0..5 {
            for category in 0..5 {
                let held =
                    (0..200).filter(|i| folds[*i] == fold && categories[*i] == category).count();
                assert_eq!(held, 8);
            }
        }
    }
}
