//! What a worker tells the test that started it, one line of JSON each.

use std::path::PathBuf;

use semblance::catalog::{ImageId, LabelValue, Mark};
use semblance::taxonomy::CategoryId;
use serde::{Deserialize, Serialize};

/// Tells a worker's lines from those of the test harness.
const SIGN: char = '@';

/// What a worker tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Line {
    /// The library is about to be opened.
    Opening,
    /// It is open.
    Open,
    /// The call for this step begins.
    Begin(Step),
    /// The call has returned: the step is acknowledged.
    Done(Answer),
    /// The call has failed: nothing of the step may be there.
    Failed(Refusal),
}

/// What is about to be done to the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Labels are given or taken away.
    Label(Vec<(ImageId, Option<LabelValue>)>),
    /// Notes and flags are set.
    Mark(Vec<(ImageId, Mark)>),
    /// A category gets another name.
    Rename(CategoryId, String),
    /// A category is given no longer, or again.
    Offer(CategoryId, bool),
    /// Images get a new category of this name.
    Split(CategoryId, String, Vec<ImageId>),
    /// This entry is taken back.
    Undo(String),
    /// Reading a file gave this content hash.
    Read(ImageId, String),
    /// A model gave these scores.
    Predict(Vec<(ImageId, Vec<f32>)>),
    /// These files are found.
    Scan(Vec<PathBuf>),
    /// Another library is merged, of which this entry is new that gave these labels.
    Merge(String, Vec<(ImageId, LabelValue)>),
    /// The saved filter of this name gets this query, or is removed.
    SaveFilter(String, Option<String>),
    /// The library file is written anew.
    Compact,
    /// The library file is copied.
    BackUp,
}

/// What a call gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The entry in the journal, where the step has one.
    pub entry: Option<String>,
    /// The file that was made.
    pub file: Option<PathBuf>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Whether it is `CatalogError::DiskFull`.
    pub is_disk_full: bool,
    /// As a person reads it, with its causes.
    pub message: String,
}

impl Line {
    /// The line as it is sent, with its end.
    pub fn to_text(&self) -> String {
        format!("{SIGN}{}\n", serde_json::to_string(self).unwrap())
    }

    /// The line that was sent so; none where it is the harness's, or was cut off.
    pub fn from_text(text: &str) -> Option<Self> {
        let json = text.strip_prefix(SIGN)?.strip_suffix('\n')?;
        Some(serde_json::from_str(json).unwrap())
    }
}

impl Step {
    /// The kind of step, which tells roughly how long it takes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Label(_) => "label",
            Self::Mark(_) => "mark",
            Self::Rename(..) | Self::Offer(..) | Self::Split(..) => "category",
            Self::Undo(_) => "undo",
            Self::Read(..) => "read",
            Self::Predict(_) => "predict",
            Self::Scan(_) => "scan",
            Self::Merge(..) => "merge",
            Self::SaveFilter(..) => "save filter",
            Self::Compact => "compact",
            Self::BackUp => "back up",
        }
    }

    /// Whether it makes an entry in the journal.
    pub fn has_entry(&self) -> bool {
        matches!(self.kind(), "label" | "mark" | "category" | "undo" | "merge")
    }
}

#[test]
fn a_line_that_was_cut_off_is_none() {
    let line = Line::Begin(Step::Label(vec![(ImageId(3), None)]));
    let text = line.to_text();
    assert_eq!(Line::from_text(&text), Some(line));
    assert_eq!(Line::from_text(&text[..text.len() - 1]), None);
    assert_eq!(Line::from_text("running 1 test\n"), None);
}
