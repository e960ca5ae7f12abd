//! Features as the caller has them.

use super::SimilarityError;

/// Features of several images, row-major, one row an image: all of them, or one block of many.
#[derive(Debug, Clone, Copy)]
pub struct FeatureRows<'a> {
    values: &'a [f32],
    feature_count: usize,
}

impl<'a> FeatureRows<'a> {
    /// Rows of `feature_count` values.
    ///
    /// # Errors
    /// [`SimilarityError::FeatureShape`] where `values` are no whole number of rows, or
    /// `feature_count` is 0.
    pub fn new(values: &'a [f32], feature_count: usize) -> Result<Self, SimilarityError> {
        if feature_count == 0 || !values.len().is_multiple_of(feature_count) {
            return Err(SimilarityError::FeatureShape { values: values.len(), feature_count });
        }
        Ok(Self { values, feature_count })
    }

    /// Images.
    pub fn image_count(&self) -> usize {
        self.values.len() / self.feature_count
    }

    /// Values an image.
    pub fn feature_count(&self) -> usize {
        self.feature_count
    }

    /// The rows, first image first.
    pub fn iter(&self) -> std::slice::ChunksExact<'a, f32> {
        self.values.chunks_exact(self.feature_count)
    }

    /// The features of image `index`, which must be below [`image_count`](Self::image_count).
    pub(super) fn row(&self, index: usize) -> &'a [f32] {
        &self.values[index * self.feature_count..(index + 1) * self.feature_count]
    }

    /// Refuses rows of another length.
    pub(super) fn check_feature_count(&self, expected: usize) -> Result<(), SimilarityError> {
        if self.feature_count == expected {
            return Ok(());
        }
        Err(SimilarityError::FeatureCount { expected, found: self.feature_count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_no_whole_rows_are_refused() {
        let refused =
            |values, feature_count| SimilarityError::FeatureShape { values, feature_count };
        assert_eq!(FeatureRows::new(&[0.0; 5], 2).err(), Some(refused(5, 2)));
        assert_eq!(FeatureRows::new(&[0.0; 4], 0).err(), Some(refused(4, 0)));
        assert_eq!(FeatureRows::new(&[], 3).map(|rows| rows.image_count()), Ok(0));
    }

    #[test]
    fn a_row_is_one_image() {
        let rows = FeatureRows::new(&[1.0, 2.0, 3.0, 4.0], 2).unwrap();
        assert_eq!(rows.row(1), [3.0, 4.0]);
        assert_eq!(rows.iter().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
    }
}
