//! Which images are in one cluster so far.

/// Disjoint sets of indices, each named by its lowest member.
pub struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// `count` indices, each in a set of its own.
    pub fn new(count: usize) -> Self {
        Self { parent: (0..count as u32).collect() }
    }

    /// The lowest member of the set that `index` is in. Halves the paths it walks.
    pub fn lowest(&mut self, index: usize) -> usize {
        let mut at = index;
        while self.parent[at] as usize != at {
            let above = self.parent[at] as usize;
            self.parent[at] = self.parent[above];
            at = self.parent[at] as usize;
        }
        at
    }

    /// Joins the sets that `a` and `b` are in.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.lowest(a), self.lowest(b));
        self.parent[a.max(b)] = a.min(b) as u32;
    }

    /// The sets of two and more, members ascending, in the order of their lowest.
    pub fn into_sets(mut self) -> Vec<Vec<usize>> {
        let count = self.parent.len();
        let mut sets: Vec<Vec<usize>> = vec![Vec::new(); count];
        for index in 0..count {
            let lowest = self.lowest(index);
            sets[lowest].push(index);
        }
        sets.retain(|members| members.len() > 1);
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_sets_are_named_by_their_lowest_member() {
        let mut sets = UnionFind::new(6);
        sets.join(5, 4);
        sets.join(2, 3);
        sets.join(5, 2);
        assert_eq!(sets.lowest(4), 2);
        assert_eq!(sets.lowest(1), 1);
    }

    #[test]
    fn sets_are_sorted_and_single_indices_left_out() {
        let mut sets = UnionFind::new(6);
        for (a, b) in [(5, 4), (3, 0), (4, 5)] {
            sets.join(a, b);
        }
        assert_eq!(sets.into_sets(), [vec![0, 3], vec![4, 5]]);
    }
}
