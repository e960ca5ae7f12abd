//! What happens after an image was labelled.

/// What happens after an image was labelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AfterLabel {
    /// The next image is looked at.
    #[default]
    GoOn,
    /// The image stays, so that more can be said of it.
    Stay,
}

impl AfterLabel {
    /// All choices.
    pub const ALL: [Self; 2] = [Self::GoOn, Self::Stay];

    /// The name in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoOn => "go_on",
            Self::Stay => "stay",
        }
    }
}
