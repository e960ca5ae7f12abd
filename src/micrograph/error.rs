//! Why a file could not be read, in words for the person who owns it.

use std::io;

/// Why a file is not a readable micrograph. The caller adds the path.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("Cannot open the file: {0}")]
    Io(#[from] io::Error),
    /// Not a file but a folder, in which nothing is named like an image.
    #[error(
        "There is no image in this folder (.tif, .tiff, .png, .jpg, .jpeg, .bmp); an instrument's \
         text file is read with its image, or when it is given by itself"
    )]
    Folder,
    /// There is not a byte in it.
    #[error("The file is empty (0 bytes)")]
    Empty,
    /// The content is no image format that this program reads.
    #[error("Not a TIFF, PNG, JPEG or BMP image{}", hint(.looks_like.as_deref()))]
    NotAnImage {
        /// What the content looks like, where it is known.
        looks_like: Option<String>,
    },
    /// The file, or the image it claims to hold, is over the limit.
    #[error(
        "{what} needs {needs_mib} MiB, over the limit of {limit_mib} MiB; \
         raise it with --limit-mib, or crop or tile the image"
    )]
    TooLarge {
        /// What is too large, with its dimensions.
        what: String,
        /// The memory it would take.
        needs_mib: u64,
        /// The limit in force.
        limit_mib: u64,
    },
    /// The file was written to while parts of it were read.
    #[error("The file changed while it was read; try again once it is whole")]
    Changed,
    /// The file has fewer pages.
    #[error(
        "There is no page {wanted} in this file: it has {}; choose another, or auto",
        pages_of(*.pages)
    )]
    NoSuchPage {
        /// The page asked for, counted from 1.
        wanted: u32,
        /// Pages in the file.
        pages: u32,
    },
    /// A data bar was chosen that covers the whole image.
    #[error(
        "A data bar of {rows} rows leaves nothing of an image of {height_px}: choose another, \
         or auto"
    )]
    NoPicture {
        /// Rows of the bar, at the top and at the bottom together.
        rows: u64,
        /// Rows of the image.
        height_px: u32,
    },
    /// The image data end early or are damaged.
    #[error("The {format} data are damaged or cut short: {reason}; copy or export the file again")]
    Damaged {
        /// The format, such as `TIFF`.
        format: &'static str,
        /// The decoder's reason.
        reason: String,
    },
    /// A valid file of a kind that this program does not read.
    #[error("This kind of {format} is not supported: {reason}")]
    Unsupported {
        /// The format, such as `TIFF`.
        format: &'static str,
        /// The decoder's reason.
        reason: String,
    },
    /// The decoder failed in a way it should not; the run goes on.
    #[error("The decoder gave up on this file (please report it): {0}")]
    DecoderPanicked(String),
}

fn hint(looks_like: Option<&str>) -> String {
    looks_like.map_or_else(String::new, |kind| format!(" (it looks like {kind})"))
}

fn pages_of(pages: u32) -> String {
    if pages == 1 { "one page".to_owned() } else { format!("{pages} pages") }
}
