//! Cosine similarity of features.

/// Sums that run side by side, so that the processor's vector units can be used. The order of
/// addition is fixed by it, and with it the last bit of the result.
const LANES: usize = 16;

/// The scalar product. Slices of unequal length are compared as far as both go; callers see to it
/// that they do not come.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (x, y) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f32>() + rest
}

/// What a row is multiplied by to have length 1, or `None` where it has no direction: all zero,
/// or not finite.
pub(super) fn inverse_norm(row: &[f32]) -> Option<f32> {
    let squared = dot(row, row);
    (squared.is_normal()).then(|| squared.sqrt().recip())
}

/// The row with length 1, or `None` where it has no direction.
pub(super) fn direction(row: &[f32]) -> Option<Vec<f32>> {
    let scale = inverse_norm(row)?;
    Some(row.iter().map(|value| value * scale).collect())
}

/// The cosine of the angle between two rows, −1 to 1, or `None` where one has no direction.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    Some((dot(a, b) * inverse_norm(a)? * inverse_norm(b)?).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_counts_every_value_once_whatever_the_length() {
        for length in [0_u16, 1, 15, 16, 17, 50] {
            let a: Vec<f32> = (0..length).map(f32::from).collect();
            let expected: f32 = a.iter().map(|value| value * 2.0).sum();
            assert_eq!(dot(&a, &vec![2.0; a.len()]), expected, "{length}");
        }
    }

    #[test]
    fn the_cosine_depends_on_direction_and_not_on_length() {
        assert_eq!(cosine(&[3.0, 0.0], &[0.5, 0.0]), Some(1.0));
        assert_eq!(cosine(&[3.0, 0.0], &[0.0, 7.0]), Some(0.0));
        assert_eq!(cosine(&[1.0, 0.0], &[-2.0, 0.0]), Some(-1.0));
        let half = cosine(&[1.0, 0.0], &[1.0, 3.0_f32.sqrt()]).unwrap();
        assert!((half - 0.5).abs() < 1e-6, "{half}");
    }

    #[test]
    fn nothing_is_like_a_row_without_direction() {
        for row in [[0.0, 0.0], [f32::NAN, 1.0], [f32::INFINITY, 1.0]] {
            assert_eq!(cosine(&row, &[1.0, 0.0]), None);
            assert_eq!(direction(&row), None);
        }
    }
}
