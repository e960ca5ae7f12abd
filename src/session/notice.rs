//! Messages for the user.

/// How serious a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Done, but not all of it.
    Warning,
    /// Not done.
    Error,
}

/// A message, shown until it is dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How serious it is.
    pub level: NoticeLevel,
    /// What happened, and what can be done about it.
    pub text: String,
}
