//! How a file is to be read, in words on the command line.

use std::str::FromStr;

use clap::Args;

use crate::micrograph::{DataBar, ReadChoice};

/// The page and the data bar, for files that are in no library.
#[derive(Debug, Clone, Args)]
pub struct ReadChoiceArguments {
    /// Page of the file, counted from 1; or auto, the default: the first that is no reduced copy.
    #[arg(long, value_name = "N", value_parser = page_or_auto)]
    pub page: Option<OrAuto<u32>>,
    /// Rows of burnt-in text, as TOP,BOTTOM or BOTTOM; 0 for none; or auto, the default: what the
    /// header says or the pixels show.
    #[arg(long, value_name = "ROWS", value_parser = data_bar_or_auto, allow_hyphen_values = true)]
    pub data_bar: Option<OrAuto<DataBar>>,
}

impl ReadChoiceArguments {
    /// The choice in the library's terms.
    pub fn read_choice(&self) -> ReadChoice {
        ReadChoice {
            page: self.page.and_then(OrAuto::chosen),
            data_bar: self.data_bar.and_then(OrAuto::chosen),
            folder_data_bars: Vec::new(),
        }
    }

    /// Refuses a choice for one run where images of a library are meant: their labels and
    /// predictions would be of other pixels than the window shows.
    pub(super) fn require_no_library(&self, has_library_images: bool) -> anyhow::Result<()> {
        anyhow::ensure!(
            !has_library_images || self.read_choice() == ReadChoice::default(),
            "Images of a library are read in one way: choose it with `semblance choose`, \
             without --page and --data-bar here"
        );
        Ok(())
    }
}

/// A value, or the program's own choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrAuto<T> {
    /// What the program would do.
    Auto,
    /// What a person wants.
    Chosen(T),
}

impl<T: Copy> OrAuto<T> {
    pub(super) fn chosen(self) -> Option<T> {
        match self {
            Self::Auto => None,
            Self::Chosen(value) => Some(value),
        }
    }
}

/// `auto`, or a page counted from 1.
pub(super) fn page_or_auto(text: &str) -> Result<OrAuto<u32>, String> {
    match text {
        "auto" => Ok(OrAuto::Auto),
        _ => match u32::from_str(text) {
            Ok(page @ 1..) => Ok(OrAuto::Chosen(page)),
            _ => Err("give a page, counted from 1, or auto".to_owned()),
        },
    }
}

/// `auto`, or the rows of a data bar.
pub(super) fn data_bar_or_auto(text: &str) -> Result<OrAuto<DataBar>, String> {
    if text == "auto" { Ok(OrAuto::Auto) } else { data_bar(text).map(OrAuto::Chosen) }
}

/// `0,59` or `59`.
fn data_bar(text: &str) -> Result<DataBar, String> {
    let (top, bottom) = text.split_once(',').unwrap_or(("0", text));
    match (top.trim().parse(), bottom.trim().parse()) {
        (Ok(top), Ok(bottom)) => Ok(DataBar { top, bottom }),
        _ => Err("give rows at the top and at the bottom, such as 0,59, or 0 for none".to_owned()),
    }
}

/// `1024x943`
pub(super) fn size_px(text: &str) -> Result<[u32; 2], String> {
    let sides = text.split_once(['x', 'X', '×']);
    match sides.map(|(width, height)| (width.trim().parse(), height.trim().parse())) {
        Some((Ok(width), Ok(height))) => Ok([width, height]),
        _ => Err("give columns and rows, such as 1024x943".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_pages_and_sizes_are_read_as_people_write_them() {
        assert_eq!(data_bar("59"), Ok(DataBar::at_bottom(59)));
        assert_eq!(data_bar("12, 59"), Ok(DataBar { top: 12, bottom: 59 }));
        assert!(data_bar("much").is_err());
        assert_eq!(page_or_auto("2"), Ok(OrAuto::Chosen(2)));
        assert_eq!(page_or_auto("auto"), Ok(OrAuto::Auto));
        assert!(page_or_auto("0").is_err());
        assert_eq!(size_px("1024x943"), Ok([1024, 943]));
        assert!(size_px("1024").is_err());
    }
}
