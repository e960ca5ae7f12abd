//! What a category may be called.

use thiserror::Error;

/// The longest category name, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// Why a category cannot have this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("A category needs a name")]
    Empty,
    /// Longer than [`MAX_NAME_CHARS`].
    #[error("A category name has at most {MAX_NAME_CHARS} characters; this one has {chars}")]
    TooLong {
        /// Characters in the trimmed name.
        chars: usize,
    },
    /// A path separator or control character: training folders are named after categories.
    #[error("A category name cannot contain {0:?}")]
    ForbiddenCharacter(char),
    /// `.` or `..`, which as a folder name mean another folder.
    #[error("A category name cannot be only dots")]
    OnlyDots,
}

/// The name as it will be kept: without white space around it.
///
/// # Errors
/// When the trimmed name is empty, too long, only dots, or has a character that no folder name may
/// have.
pub fn validate_name(name: &str) -> Result<String, NameError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    let chars = name.chars().count();
    if chars > MAX_NAME_CHARS {
        return Err(NameError::TooLong { chars });
    }
    if let Some(bad) = name.chars().find(|&c| matches!(c, '/' | '\\') || c.is_control()) {
        return Err(NameError::ForbiddenCharacter(bad));
    }
    if name.chars().all(|c| c == '.') {
        return Err(NameError::OnlyDots);
    }
    Ok(name.to_owned())
}

/// The name as people read it: names out of folders use underscores for spaces.
pub fn readable(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_otherwise_kept() {
        for name in ["Nanowires", "Films & coatings", "Größe 2.5 µm", "!?"] {
            assert_eq!(validate_name(&format!("  {name}\t")).as_deref(), Ok(name));
        }
    }

    #[test]
    fn names_that_cannot_be_folders_are_refused() {
        assert_eq!(validate_name(" \n "), Err(NameError::Empty));
        assert_eq!(validate_name("a/b"), Err(NameError::ForbiddenCharacter('/')));
        assert_eq!(validate_name("a\\b"), Err(NameError::ForbiddenCharacter('\\')));
        assert_eq!(validate_name("a\u{7}b"), Err(NameError::ForbiddenCharacter('\u{7}')));
        assert_eq!(validate_name(".."), Err(NameError::OnlyDots));
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(validate_name(&"µ".repeat(80)).is_ok());
        assert_eq!(validate_name(&"µ".repeat(81)), Err(NameError::TooLong { chars: 81 }));
    }
}
