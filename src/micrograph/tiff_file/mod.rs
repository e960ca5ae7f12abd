//! TIFF, as microscopes and the programs behind them write it.
//!
//! Read by ourselves, down to the codecs, which are libraries: the `tiff` crate refuses palettes
//! (all of Zeiss), reads one plane of planar images, fails on tiles with LZW that other readers
//! read, and takes memory for what a JPEG stream claims.

mod codec;
mod directory;
mod layout;
mod lzw;
mod page;
mod values;
mod wide;

use directory::Directory;

use super::content::Content;
use super::decode::Decoded;
use super::vendor::{self, HeaderTag, PrintScale};
use super::{Orientation, RawHeader, ReadError, ReadOptions};

/// TIFF 6.0's number for a tag.
mod tag {
    pub(super) const NEW_SUBFILE_TYPE: u16 = 254;
    pub(super) const SUBFILE_TYPE: u16 = 255;
    pub(super) const IMAGE_WIDTH: u16 = 256;
    pub(super) const IMAGE_LENGTH: u16 = 257;
    pub(super) const BITS_PER_SAMPLE: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const IMAGE_DESCRIPTION: u16 = 270;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(super) const X_RESOLUTION: u16 = 282;
    pub(super) const Y_RESOLUTION: u16 = 283;
    pub(super) const PLANAR_CONFIGURATION: u16 = 284;
    pub(super) const PREDICTOR: u16 = 317;
    pub(super) const COLOR_MAP: u16 = 320;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_LENGTH: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_BYTE_COUNTS: u16 = 325;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
    pub(super) const JPEG_TABLES: u16 = 347;
}

/// Pages looked at for the first that is no reduced copy.
const PAGES_LOOKED_AT: usize = 16;

/// Whether a file that begins so is a TIFF file.
pub(super) fn is_tiff(start: &[u8]) -> bool {
    matches!(start, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
}

/// Decodes a page and finds every vendor header of a TIFF file.
pub(super) fn decode(content: &Content, options: &ReadOptions) -> Result<Decoded, ReadError> {
    let pages = directory::pages(content);
    let index = chosen_page(&pages, options.choice.page)?;
    let page = &pages[index];
    Ok(Decoded {
        page: index as u32 + 1,
        pages: pages.len() as u32,
        raw_headers: raw_headers(content, page, &pages),
        scale: print_scale(page, &pages[0]),
        ..page::decode(content, page, options.limit_bytes)?
    })
}

/// The page asked for, counted from 1, or else the first that is no reduced copy of another.
fn chosen_page(pages: &[Directory<'_>], wanted: Option<u32>) -> Result<usize, ReadError> {
    if pages.is_empty() {
        return Err(damaged("the file ends too early, before its first page"));
    }
    let Some(wanted) = wanted else {
        let full = pages.iter().take(PAGES_LOOKED_AT).position(|page| !is_aside(page));
        return Ok(full.unwrap_or(0));
    };
    let index = wanted.checked_sub(1).map(|index| index as usize);
    index
        .filter(|index| *index < pages.len())
        .ok_or(ReadError::NoSuchPage { wanted, pages: pages.len() as u32 })
}

/// Whether a page is a reduced copy of another, or a mask for one, by TIFF 6.0's tag or the older
/// one.
fn is_aside(page: &Directory<'_>) -> bool {
    const REDUCED: u64 = 1;
    const MASK: u64 = 4;
    const OLD_REDUCED: u64 = 2;
    page.number(tag::NEW_SUBFILE_TYPE).is_some_and(|bits| bits & (REDUCED | MASK) != 0)
        || page.number(tag::SUBFILE_TYPE) == Some(OLD_REDUCED)
}

/// How Exif data, which are built as a TIFF file is, want an image to be shown.
pub(super) fn exif_orientation(exif: &[u8]) -> Orientation {
    let content = Content::Held(exif.to_vec());
    let pages = directory::pages(&content);
    Orientation::of_tag(pages.first().and_then(|page| page.number(tag::ORIENTATION)))
}

/// The vendor headers of `page`, verbatim; where it lacks some, those of the first page, or of the
/// only page of its size that has them, as a preview and its data are.
fn raw_headers(content: &Content, page: &Directory<'_>, pages: &[Directory<'_>]) -> Vec<RawHeader> {
    let first = &pages[0];
    let read_at = |offset: u64, count: usize| content.up_to(offset, count).into_owned();
    let only_alike = |tag: u16| {
        let has_it = |other: &&Directory<'_>| other.bytes(tag).is_some() && are_alike(page, other);
        let mut found = pages.iter().take(PAGES_LOOKED_AT).filter(has_it);
        found.next().filter(|_| found.next().is_none())
    };
    let of_tags = vendor::TIFF_TAGS.iter().filter_map(|tag| {
        let has_it = |page: &&Directory<'_>| page.bytes(*tag).is_some();
        let own_or_first = [page, first].into_iter().find(has_it);
        let of_page = own_or_first.or_else(|| only_alike(*tag))?;
        let bytes = of_page.bytes(*tag)?;
        let header = HeaderTag { tag: *tag, bytes: &bytes, number: of_page.number(*tag) };
        vendor::header_of_tag(&read_at, header)
    });
    let description = page
        .bytes(tag::IMAGE_DESCRIPTION)
        .or_else(|| first.bytes(tag::IMAGE_DESCRIPTION).filter(|_| are_alike(page, first)))
        .and_then(|bytes| vendor::header_of_text("TIFF tag 270", &bytes));
    of_tags.chain(description).collect()
}

/// Whether two pages are of one size, as those of a stack are: ImageJ and OME describe all of them
/// in the first.
fn are_alike(page: &Directory<'_>, first: &Directory<'_>) -> bool {
    let size =
        |page: &Directory<'_>| [tag::IMAGE_WIDTH, tag::IMAGE_LENGTH].map(|tag| page.number(tag));
    size(page) == size(first)
}

fn print_scale(page: &Directory<'_>, first: &Directory<'_>) -> PrintScale {
    let has_scale = page.rational(tag::X_RESOLUTION).is_some() || !are_alike(page, first);
    let page = if has_scale { page } else { first };
    PrintScale {
        x_px_per_unit: page.rational(tag::X_RESOLUTION),
        y_px_per_unit: page.rational(tag::Y_RESOLUTION),
    }
}

fn damaged(reason: &str) -> ReadError {
    // Some decoders' reasons have several lines.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    ReadError::Damaged { format: "TIFF", reason }
}
