//! What a key can do to the view of one image.

/// What a key can do to the view of one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ViewAction {
    /// Fit the image into the view.
    Fit,
    /// Show one image pixel as one screen pixel.
    ActualSize,
    /// Measure a distance, or stop measuring.
    Measure,
    /// Copy what is seen, with its scale bar.
    Copy,
    /// Save what is seen, with its scale bar.
    Save,
}
