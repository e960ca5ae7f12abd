//! What cannot be compared.

/// Why numbers do not fit one another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimilarityError {
    /// A picture's values do not fill its rows.
    #[error(
        "{values} grey values are no picture of {width_px} columns with rows {top} to {bottom}"
    )]
    PictureShape {
        /// Values given.
        values: usize,
        /// Columns claimed.
        width_px: usize,
        /// First row claimed.
        top: usize,
        /// The row after the last claimed.
        bottom: usize,
    },
    /// Features do not come out as whole rows.
    #[error("{values} values cannot be rows of {feature_count} features")]
    FeatureShape {
        /// Values given.
        values: usize,
        /// Features a row.
        feature_count: usize,
    },
    /// Features of different models were brought together.
    #[error("Features cannot be compared: {expected} an image here, {found} there")]
    FeatureCount {
        /// Features of the first.
        expected: usize,
        /// Features of the other.
        found: usize,
    },
    /// It is not said of each image which group it is of.
    #[error("{groups} groups were given for {images} images")]
    GroupCount {
        /// Images.
        images: usize,
        /// Groups given.
        groups: usize,
    },
    /// No row has a direction, so that there is nothing to compare with.
    #[error("No image has usable features: all are zero or not finite")]
    NoDirection,
}
