//! What a file says about one image.

use std::path::PathBuf;

use jiff::Timestamp;

/// What was decided about an image, and what else is said of it. Texts are not blank; names have no
/// white space around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelRecord {
    /// The image, as a rule relative to the folder of all images.
    pub path: PathBuf,
    /// What was decided; absent where only a note or a flag is given.
    pub decision: Option<Decision>,
    /// A remark, which may have several lines.
    pub note: Option<String>,
    /// Whether something was drawn on the image, such as arrows or text.
    pub annotated: Option<bool>,
    /// Whether the image is to be left out of training.
    pub excluded: Option<bool>,
    /// Who decided.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// How the decision came about.
    pub source: Option<String>,
    /// SHA-256 of the image file's contents, 64 hexadecimal digits in lower case.
    pub sha256: Option<String>,
}

/// What was decided about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It belongs to a category.
    Category(CategoryChoice),
    /// It belongs to none of the categories there are.
    NoneOfThese,
    /// It is too bad to say.
    Unusable,
}

/// The category chosen for an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryChoice {
    /// The category's name.
    pub category: String,
    /// Another category that is right as well.
    pub second: Option<String>,
    /// A finer division of the first category.
    pub subcategory: Option<String>,
}

impl Decision {
    /// The chosen category, where one was.
    pub const fn choice(&self) -> Option<&CategoryChoice> {
        match self {
            Self::Category(choice) => Some(choice),
            Self::NoneOfThese | Self::Unusable => None,
        }
    }

    /// The name in files of a decision that is not a category.
    pub const fn answer(&self) -> Option<&'static str> {
        match self {
            Self::Category(_) => None,
            Self::NoneOfThese => Some("none_of_these"),
            Self::Unusable => Some("unusable"),
        }
    }
}

impl LabelRecord {
    /// The path as files have it: parts joined by `/`, characters that are not UTF-8 replaced.
    pub(super) fn path_text(&self) -> String {
        self.path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
    }
}
