//! The eight ways to lay a square down: four turns, each as it is or mirrored.
//!
//! A micrograph has no right way up, so that all eight show the same; what a classifier says of
//! them can be averaged, or learned from.

/// How a square picture is laid down: mirrored or not, then turned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Orientation {
    /// As it is.
    #[default]
    Upright,
    /// A quarter turn clockwise.
    Turned90,
    /// Half a turn.
    Turned180,
    /// A quarter turn counter-clockwise.
    Turned270,
    /// Left and right exchanged.
    Mirrored,
    /// Left and right exchanged, then a quarter turn clockwise.
    MirroredTurned90,
    /// Left and right exchanged, then half a turn.
    MirroredTurned180,
    /// Left and right exchanged, then a quarter turn counter-clockwise.
    MirroredTurned270,
}

impl Orientation {
    /// All of them, the upright one first.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::Turned90,
        Self::Turned180,
        Self::Turned270,
        Self::Mirrored,
        Self::MirroredTurned90,
        Self::MirroredTurned180,
        Self::MirroredTurned270,
    ];

    /// Where in the upright square the value at this row and column comes from.
    fn source(self, row: usize, column: usize, side: usize) -> [usize; 2] {
        let last = side - 1;
        match self {
            Self::Upright => [row, column],
            Self::Turned90 => [last - column, row],
            Self::Turned180 => [last - row, last - column],
            Self::Turned270 => [column, last - row],
            Self::Mirrored => [row, last - column],
            Self::MirroredTurned90 => [last - column, last - row],
            Self::MirroredTurned180 => [last - row, column],
            Self::MirroredTurned270 => [column, row],
        }
    }

    /// `square`, row-major with `side` rows and columns, laid down in this way.
    pub(super) fn apply(self, square: &[u8], side: usize) -> Vec<u8> {
        let mut turned = Vec::with_capacity(square.len());
        for row in 0..side {
            turned.extend((0..side).map(|column| {
                let [row, column] = self.source(row, column, side);
                square[row * side + column]
            }));
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SIDE: usize = 3;
    #[rustfmt::skip]
    const SQUARE: [u8; SIDE * SIDE] = [
        1, 2, 3,
        4, 5, 6,
        7, 8, 9,
    ];

    fn twice(first: Orientation, then: Orientation) -> Vec<u8> {
        then.apply(&first.apply(&SQUARE, SIDE), SIDE)
    }

    #[test]
    fn a_quarter_turn_clockwise_brings_the_left_column_to_the_top() {
        let turned = Orientation::Turned90.apply(&SQUARE, SIDE);
        assert_eq!(turned, [7, 4, 1, 8, 5, 2, 9, 6, 3]);
        let mirrored = Orientation::Mirrored.apply(&SQUARE, SIDE);
        assert_eq!(mirrored, [3, 2, 1, 6, 5, 4, 9, 8, 7]);
    }

    #[test]
    fn they_are_what_their_names_say_of_mirror_and_quarter_turns() {
        let [_, turned, half, three, mirror, mirror_turned, mirror_half, mirror_three] =
            Orientation::ALL;
        for (whole, first, then) in [
            (half, turned, turned),
            (three, half, turned),
            (Orientation::Upright, three, turned),
            (Orientation::Upright, mirror, mirror),
            (mirror_turned, mirror, turned),
            (mirror_half, mirror, half),
            (mirror_three, mirror, three),
        ] {
            assert_eq!(whole.apply(&SQUARE, SIDE), twice(first, then), "{whole:?}");
        }
    }

    #[test]
    fn all_eight_differ() {
        let pictures: BTreeSet<_> = Orientation::ALL.map(|o| o.apply(&SQUARE, SIDE)).into();
        assert_eq!(pictures.len(), 8);
    }
}
