//! How wide the panels beside the images are: on a small screen, or where everything is large, the
//! images come first.

use super::tokens::{
    INSPECTOR_WIDTH, LEAST_MIDDLE_WIDTH, NARROW_INSPECTOR_WIDTH, NARROW_SIDEBAR_WIDTH,
    SIDEBAR_WIDTH,
};

/// Widths in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SideWidths {
    pub(super) sidebar: f32,
    /// Nothing where there is no room for it.
    pub(super) inspector: Option<f32>,
}

impl SideWidths {
    /// What fits into a window of this width.
    pub(super) fn within(width: f32) -> Self {
        let fits = |sides: f32| width - sides >= LEAST_MIDDLE_WIDTH;
        if fits(SIDEBAR_WIDTH + INSPECTOR_WIDTH) {
            return Self { sidebar: SIDEBAR_WIDTH, inspector: Some(INSPECTOR_WIDTH) };
        }
        let has_inspector = fits(NARROW_SIDEBAR_WIDTH + NARROW_INSPECTOR_WIDTH);
        Self {
            sidebar: NARROW_SIDEBAR_WIDTH,
            inspector: has_inspector.then_some(NARROW_INSPECTOR_WIDTH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_room_on_the_smallest_window_at_the_largest_scale() {
        // 860 pixels are 430 points at 200 %.
        for width in [430.0, 640.0, 860.0, 1280.0, 3840.0] {
            let SideWidths { sidebar, inspector } = SideWidths::within(width);
            let middle = width - sidebar - inspector.unwrap_or(0.0);
            assert!(middle >= LEAST_MIDDLE_WIDTH.min(width / 2.0), "{middle} of {width}");
        }
        assert_eq!(SideWidths::within(430.0).inspector, None);
        assert_eq!(SideWidths::within(640.0).inspector, None, "the images come first");
        assert_eq!(SideWidths::within(800.0).inspector, Some(NARROW_INSPECTOR_WIDTH));
        assert_eq!(SideWidths::within(1280.0).sidebar, SIDEBAR_WIDTH);
    }
}
