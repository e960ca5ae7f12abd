//! What is written about one image.

use crate::classifier::CategoryScore;
use crate::micrograph::Micrograph;

/// A micrograph with what a model said of it and what was decided.
#[derive(Debug, Clone, Copy)]
pub struct AnnotatedMicrograph<'a> {
    /// Pixels, instrument record and raw headers.
    pub micrograph: &'a Micrograph,
    /// The file that the micrograph was read from.
    pub source: SourceInfo<'a>,
    /// What a model said.
    pub classification: Option<Classification<'a>>,
    /// What was decided.
    pub label: Option<GivenLabel<'a>>,
}

/// The file that a micrograph was read from.
#[derive(Debug, Clone, Copy)]
pub struct SourceInfo<'a> {
    /// Its name without the folder.
    pub file_name: &'a str,
    /// SHA-256 of its content, lower-case hexadecimal.
    pub sha256: &'a str,
}

/// A model's scores for an image, with what is needed to obtain them again.
#[derive(Debug, Clone, Copy)]
pub struct Classification<'a> {
    /// Version of the program that classified, where it is known.
    pub program_version: Option<&'a str>,
    /// The model's name.
    pub model_name: &'a str,
    /// The model's checksum, lower-case hexadecimal.
    pub model_sha256: &'a str,
    /// The model's categories, in the order of its outputs.
    pub categories: &'a [String],
    /// Logits were divided by this before the softmax, where it is still known.
    pub temperature: Option<f32>,
    /// Every category's score, descending.
    pub scores: &'a [CategoryScore],
    /// When, RFC 3339.
    pub at: &'a str,
}

/// A decision on an image.
#[derive(Debug, Clone, Copy)]
pub struct GivenLabel<'a> {
    /// Whether no person has looked at the image to decide it.
    pub is_automatic: bool,
    /// How it came about, as the journal calls it: `person`, `accepted_prediction`,
    /// `accepted_automatically`, `import`, `merge`.
    pub source: &'a str,
    /// `category`, `none_of_these` or `unusable`.
    pub answer: &'a str,
    /// The category, where it is one.
    pub category: Option<&'a str>,
    /// A second category that fits too.
    pub second_category: Option<&'a str>,
    /// A finer category below the first.
    pub subcategory: Option<&'a str>,
    /// What else was said.
    pub note: Option<&'a str>,
    /// Who decided, or asked for deciding automatically.
    pub user: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}
