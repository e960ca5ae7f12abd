//! A split in which nothing that belongs together is on two sides.

use std::collections::{BTreeMap, BTreeSet};

use super::side_of;
use crate::catalog::Side;
use crate::similarity::UnionFind;

/// The side of every image; `None` for one that is left out, since it belongs to two sides.
///
/// `ties` are sets of images that must not be on different sides: of one group, of one session, or
/// that show nearly the same. Images tied together, over however many others, have the side of the
/// first of their `keys` (see [`side_of`]).
///
/// `earlier` is where an image was in an earlier split. It stays there, and draws along what is tied
/// to it, so that an image that once measured never trains. A new image that would bring two sides
/// together is left out. Where two earlier images turn out to belong together, the one with the most
/// such conflicts is left out; among equals, that which trained.
pub fn leak_free_split(
    keys: &[String],
    ties: &[Vec<usize>],
    earlier: &[Option<Side>],
) -> Vec<Option<Side>> {
    let mut kept = earlier.to_vec();
    part_conflicts(ties, &mut kept);
    let mut split = Split::new(ties, &kept);

    let is_new = |image: usize| earlier[image].is_none();
    let among_new: Vec<Vec<usize>> = ties
        .iter()
        .map(|tie| tie.iter().copied().filter(|image| is_new(*image)).collect())
        .collect();
    let mut together = tied_together(keys.len(), &among_new);
    together.retain(|images| is_new(images[0]));
    together.sort_by_key(|images| first_key(keys, images));
    for images in together {
        let touched = images.iter().fold(SideSet::default(), |set, i| set.with(split.touched(*i)));
        if touched.len() > 1 {
            split.part(images, keys);
        } else {
            let side = touched.first().unwrap_or_else(|| side_of(first_key(keys, &images)));
            images.iter().for_each(|image| split.assign(*image, side));
        }
    }
    split.sides
}

/// Which sides there are among some images.
#[derive(Clone, Copy, Default)]
struct SideSet([bool; 3]);

impl SideSet {
    fn with(self, other: Self) -> Self {
        Self(std::array::from_fn(|side| self.0[side] || other.0[side]))
    }

    fn len(self) -> usize {
        self.0.iter().filter(|is_there| **is_there).count()
    }

    fn first(self) -> Option<Side> {
        let all = [Side::Training, Side::Validation, Side::Test];
        all.into_iter().find(|side| self.0[*side as usize])
    }
}

/// A split that is being made.
struct Split {
    sides: Vec<Option<Side>>,
    /// For each image, the numbers of its ties.
    ties_of: Vec<Vec<usize>>,
    sides_of_tie: Vec<SideSet>,
}

impl Split {
    fn new(ties: &[Vec<usize>], kept: &[Option<Side>]) -> Self {
        let mut ties_of = vec![Vec::new(); kept.len()];
        for (number, tie) in ties.iter().enumerate() {
            tie.iter().for_each(|image| ties_of[*image].push(number));
        }
        let mut split = Self {
            sides: vec![None; kept.len()],
            ties_of,
            sides_of_tie: vec![SideSet::default(); ties.len()],
        };
        for (image, side) in kept.iter().enumerate() {
            if let Some(side) = side {
                split.assign(image, *side);
            }
        }
        split
    }

    fn assign(&mut self, image: usize, side: Side) {
        self.sides[image] = Some(side);
        for tie in &self.ties_of[image] {
            self.sides_of_tie[*tie].0[side as usize] = true;
        }
    }

    /// The sides of those that are tied to it and already have one.
    fn touched(&self, image: usize) -> SideSet {
        let ties = self.ties_of[image].iter();
        ties.fold(SideSet::default(), |set, tie| set.with(self.sides_of_tie[*tie]))
    }

    /// Gives sides to new images that together touch several, one after the other from where they
    /// touch one; those that then touch two stay without.
    fn part(&mut self, mut waiting: Vec<usize>, keys: &[String]) {
        waiting.sort_by_key(|image| (&keys[*image], *image));
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|image| {
                let touched = self.touched(*image);
                if let (1, Some(side)) = (touched.len(), touched.first()) {
                    self.assign(*image, side);
                }
                touched.len() == 0
            });
            if waiting.len() == before {
                // Tied to images that were left out, and to nothing else: the first goes by its name.
                let image = waiting.remove(0);
                self.assign(image, side_of(&keys[image]));
            }
        }
    }
}

/// Takes the side from images until no tie holds two sides.
fn part_conflicts(ties: &[Vec<usize>], sides: &mut [Option<Side>]) {
    let mut conflicting: Vec<&Vec<usize>> = ties.iter().collect();
    loop {
        conflicting.retain(|tie| {
            tie.iter().filter_map(|image| sides[*image]).collect::<BTreeSet<_>>().len() > 1
        });
        let mut conflicts = BTreeMap::<usize, usize>::new();
        for tie in &conflicting {
            let sided = tie.iter().filter_map(|image| Some((*image, sides[*image]?)));
            let mut on_side = BTreeMap::<Side, usize>::new();
            sided.clone().for_each(|(_, side)| *on_side.entry(side).or_default() += 1);
            let all: usize = on_side.values().sum();
            for (image, side) in sided {
                *conflicts.entry(image).or_default() += all - on_side[&side];
            }
        }
        let worst = conflicts.into_iter().max_by_key(|(image, count)| {
            (*count, std::cmp::Reverse(sides[*image]), std::cmp::Reverse(*image))
        });
        let Some((image, _)) = worst else { return };
        sides[image] = None;
    }
}

/// Pairs of tied images of which one measures and the other trains, or helps to choose.
pub fn leaked_pairs(ties: &[Vec<usize>], sides: &[Option<Side>]) -> usize {
    ties.iter()
        .map(|tie| {
            let with = |is_test: bool| {
                let sides = tie.iter().filter_map(|image| sides[*image]);
                sides.filter(|side| (*side == Side::Test) == is_test).count()
            };
            with(true) * with(false)
        })
        .sum()
}

/// All images in sets of those that are tied together, over however many others.
pub fn tied_together(image_count: usize, ties: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut sets = UnionFind::new(image_count);
    for tie in ties {
        if let Some((first, others)) = tie.split_first() {
            others.iter().for_each(|other| sets.join(*first, *other));
        }
    }
    let mut members = BTreeMap::<usize, Vec<usize>>::new();
    for image in 0..image_count {
        members.entry(sets.lowest(image)).or_default().push(image);
    }
    members.into_values().collect()
}

fn first_key<'a>(keys: &'a [String], component: &[usize]) -> &'a str {
    component.iter().map(|image| keys[*image].as_str()).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    use Side::{Test, Training, Validation};

    // By their names: a.tif trains, w.tif validates, b.tif tests (see side_of's tests).
    fn split(keys: &[&str], ties: &[&[usize]], earlier: &[(usize, Side)]) -> Vec<Option<Side>> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let ties: Vec<Vec<usize>> = ties.iter().map(|tie| tie.to_vec()).collect();
        let mut before = vec![None; keys.len()];
        earlier.iter().for_each(|(image, side)| before[*image] = Some(*side));
        leak_free_split(&keys, &ties, &before)
    }

    #[test]
    fn without_ties_each_image_goes_by_its_name() {
        let sides = split(&["a.tif", "w.tif", "b.tif"], &[], &[]);
        assert_eq!(sides, [Some(Training), Some(Validation), Some(Test)]);
    }

    #[test]
    fn images_tied_over_others_are_on_the_side_of_the_first_name() {
        let sides = split(&["w.tif", "b.tif", "a.tif", "o.tif"], &[&[0, 1], &[1, 2]], &[]);
        assert_eq!(sides, [Some(Training); 4]);
    }

    #[test]
    fn an_image_that_once_measured_never_trains_and_draws_along_what_is_like_it() {
        let sides = split(&["a.tif", "o.tif"], &[&[0, 1]], &[(1, Test)]);
        assert_eq!(sides, [Some(Test), Some(Test)]);
    }

    #[test]
    fn a_new_image_between_two_sides_is_left_out_and_moves_neither() {
        let earlier = [(0, Training), (2, Test)];
        let sides = split(&["a.tif", "n.tif", "b.tif"], &[&[0, 1], &[1, 2]], &earlier);
        assert_eq!(sides, [Some(Training), None, Some(Test)]);
    }

    #[test]
    fn of_a_chain_between_two_sides_only_the_link_is_left_out() {
        // 0 trained, 4 tested; 1, 2, 3 are new and lie between them.
        let keys = ["a.tif", "x1.tif", "x2.tif", "x3.tif", "b.tif"];
        let ties: [&[usize]; 4] = [&[0, 1], &[1, 2], &[2, 3], &[3, 4]];
        let sides = split(&keys, &ties, &[(0, Training), (4, Test)]);
        assert_eq!(sides.iter().filter(|side| side.is_none()).count(), 1);
        for tie in ties {
            let of_tie: BTreeSet<Side> = tie.iter().filter_map(|image| sides[*image]).collect();
            assert!(of_tie.len() < 2, "{sides:?}");
        }
    }

    #[test]
    fn of_earlier_images_that_turn_out_alike_the_one_that_trained_is_left_out() {
        let sides = split(&["a.tif", "b.tif"], &[&[0, 1]], &[(0, Training), (1, Test)]);
        assert_eq!(sides, [None, Some(Test)]);
    }

    #[test]
    fn one_image_against_a_whole_group_is_the_one_left_out() {
        let earlier = [(0, Training), (1, Training), (2, Training), (3, Test)];
        let sides = split(&["a", "b", "c", "d"], &[&[0, 1, 2, 3]], &earlier);
        assert_eq!(sides, [Some(Training), Some(Training), Some(Training), None]);
    }

    #[test]
    fn leaked_pairs_are_those_with_a_test_image_and_another() {
        let ties = [vec![0, 1, 2], vec![2, 3], vec![4]];
        let sides = [Some(Training), Some(Validation), Some(Test), Some(Test), None];
        assert_eq!(leaked_pairs(&ties, &sides), 2);
    }

    #[test]
    fn random_ties_and_histories_never_leave_a_leak() {
        // A small generator of our own: the cases are the same in every run.
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        for _ in 0..300 {
            let count = 2 + draw(12);
            let keys: Vec<String> = (0..count).map(|_| format!("{}.tif", draw(1000))).collect();
            let ties: Vec<Vec<usize>> =
                (0..draw(8)).map(|_| (0..2 + draw(3)).map(|_| draw(count)).collect()).collect();
            let earlier: Vec<Option<Side>> = (0..count)
                .map(|_| [None, None, Some(Training), Some(Validation), Some(Test)][draw(5)])
                .collect();
            let sides = leak_free_split(&keys, &ties, &earlier);
            for tie in &ties {
                let of_tie: BTreeSet<Side> = tie.iter().filter_map(|i| sides[*i]).collect();
                assert!(of_tie.len() < 2, "{ties:?} {earlier:?} {sides:?}");
            }
            for (side, before) in sides.iter().zip(&earlier) {
                assert!(side.is_none() || before.is_none() || side == before);
            }
        }
    }
}
