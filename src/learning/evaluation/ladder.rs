//! Images from the highest score down.

/// All images whose score is at least `score`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rung {
    pub score: f64,
    pub images: usize,
    pub right: usize,
}

/// One rung for each different score, from the highest down. Images of equal score are never told
/// apart, because no threshold does.
pub(super) fn ladder(scored: &[(f64, bool)]) -> Vec<Rung> {
    let mut ordered = scored.to_vec();
    ordered.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut rungs: Vec<Rung> = Vec::new();
    let mut right = 0;
    for (position, (score, is_right)) in ordered.into_iter().enumerate() {
        right += usize::from(is_right);
        let rung = Rung { score, images: position + 1, right };
        match rungs.last_mut() {
            Some(last) if last.score == score => *last = rung,
            _ => rungs.push(rung),
        }
    }
    rungs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_rung() {
        let rungs = ladder(&[(0.5, true), (0.9, true), (0.5, false)]);
        let wanted =
            [Rung { score: 0.9, images: 1, right: 1 }, Rung { score: 0.5, images: 3, right: 2 }];
        assert_eq!(rungs, wanted);
    }
}
