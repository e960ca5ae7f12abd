//! Why a file could not be read, in words for the person who owns it.

use std::io;

/// Why a file is not a readable micrograph. The caller adds the path.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("Cannot open the file: {0}")]
    Io(#[from] io::Error),
    /// Not a file but a folder.
    #[error("This is a folder; give image files, or folders that hold some")]
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
    /// The file has fewer pages.
    #[error("There is no page {wanted} in this file: it has {}", pages_of(*.pages))]
    NoSuchPage {
        /// The page asked for, counted from 1.
        wanted: u32,
        /// Pages in the file.
        pages: u32,
    },
    /// The image data end early or are damaged.
    #[error("The {format} data are damaged or cut short: {reason}")]
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
