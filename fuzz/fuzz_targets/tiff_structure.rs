//! A TIFF file whose structure holds, with pages, tags, types and counts out of the data: gets past
//! the checks of structure, where changed bytes of a whole file seldom do.
//!
//! The data: a byte of options, then tags, each a place in the list of tags, a type, a count of two
//! bytes and the value's bytes; `NEXT_PAGE` or `PIXELS` in place of a tag ends a page, and what follows
//! `PIXELS` is put right behind the file's header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use semblance_fuzz::read_image;
use semblance_fuzz::tiff_file::{Field, Layout, STRUCTURE_TAGS};

const NEXT_PAGE: u8 = 0xfe;
const PIXELS: u8 = 0xff;

/// Set in a type: the tag claims more values than it has.
const MANY: u8 = 0x80;

/// Low, so that a few hundred bytes can claim more than it.
const LIMIT_BYTES: u64 = 4 << 10;

fuzz_target!(|data: &[u8]| {
    let file = file_of(data).unwrap_or_default();
    let _ = read_image(file, Vec::new(), LIMIT_BYTES); // most are no image
});

fn file_of(data: &[u8]) -> Option<Vec<u8>> {
    let (options, mut rest) = data.split_first()?;
    let layout = Layout { is_big_endian: options & 1 != 0, is_big_tiff: options & 2 != 0 };
    let mut pages = vec![Vec::new()];
    while let Some((choice, behind)) = rest.split_first() {
        rest = behind;
        match *choice {
            PIXELS => break,
            NEXT_PAGE => pages.push(Vec::new()),
            _ => {
                let [field_type, low, high, behind @ ..] = rest else { break };
                let count = u16::from_le_bytes([*low, *high]);
                let size = usize::from(count) * type_size(field_type & !MANY);
                let (value, behind) = behind.split_at(size.min(behind.len()));
                let claims = if field_type & MANY == 0 { 1 } else { 1 << 12 };
                pages.last_mut()?.push(Field {
                    tag: STRUCTURE_TAGS[usize::from(*choice) % STRUCTURE_TAGS.len()],
                    field_type: u16::from(field_type & !MANY),
                    count: u64::from(count) * claims,
                    value: value.to_vec(),
                });
                rest = behind;
            }
        }
    }
    Some(layout.file(&pages, rest))
}

fn type_size(field_type: u8) -> usize {
    match field_type {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        _ => 8,
    }
}
