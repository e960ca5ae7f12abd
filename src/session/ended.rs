//! What is told of long work that has ended: done, done in part, or stopped.

use std::path::Path;

use super::NoticeLevel;
use crate::ops::{counted, image_count};

/// How far work on many images had come when it ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    /// Images there were to do.
    pub(super) total: u64,
    pub(super) done: u64,
    pub(super) failed: u64,
    /// Whether somebody stopped it before all was done.
    pub(super) is_stopped: bool,
}

impl Ended {
    /// What is told of classifying, which took so long.
    pub(super) fn told_of_classifying(self, seconds: f64) -> (NoticeLevel, String) {
        let Self { total, done, failed, is_stopped } = self;
        let mut text = match is_stopped {
            true => format!("Stopped: {done} of {total} images classified"),
            false if failed > 0 => format!("{} classified", image_count(done)),
            false => format!("{} classified in {seconds:.1} s", image_count(done)),
        };
        if failed == 0 {
            return (NoticeLevel::Info, text);
        }
        text += &format!("; {failed} could not be (see Unreadable files)");
        (NoticeLevel::Warning, text)
    }

    /// What is told of an export into `out`, with why the first of the failed ones did.
    pub(super) fn told_of_export(
        self,
        out: &Path,
        first_problem: Option<&str>,
    ) -> (NoticeLevel, String) {
        let Self { total, done, failed, is_stopped } = self;
        let written = match is_stopped {
            true => format!("Stopped: {done} of {total} HDF5 files written"),
            false => format!("{} written", counted(done, "HDF5 file", "HDF5 files")),
        };
        match first_problem {
            None => (NoticeLevel::Info, format!("{written}: {}", out.display())),
            Some(first) => {
                let text = format!("{written}, {failed} failed. The first: {first}");
                (NoticeLevel::Warning, text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stopped_is_told_with_how_far_it_came() {
        let ended = |failed, is_stopped| Ended { total: 371, done: 243, failed, is_stopped };
        let classifying = |ended: Ended| ended.told_of_classifying(29.0).1;
        assert_eq!(classifying(ended(0, true)), "Stopped: 243 of 371 images classified");
        assert_eq!(classifying(ended(0, false)), "243 images classified in 29.0 s");
        let expected =
            "Stopped: 243 of 371 images classified; 2 could not be (see Unreadable files)";
        assert_eq!(classifying(ended(2, true)), expected);
        let (level, text) = ended(1, true).told_of_export(Path::new("out"), Some("no room: a.tif"));
        let expected =
            "Stopped: 243 of 371 HDF5 files written, 1 failed. The first: no room: a.tif";
        assert_eq!((level, text.as_str()), (NoticeLevel::Warning, expected));
        let (_, text) = ended(0, false).told_of_export(Path::new("out"), None);
        assert_eq!(text, "243 HDF5 files written: out");
    }
}
