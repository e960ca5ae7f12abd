//! Puts a picture and its header into TIFF form.

use std::borrow::Cow;
use std::io::Cursor;

use tiff::TiffResult;
use tiff::encoder::{TiffEncoder, TiffValue, colortype};
use tiff::tags::{Tag, Type};

use super::grey_plane::GreyPlane;

/// A vendor's header, ready to be stored.
pub struct Header {
    pub tag: u16,
    pub bytes: Vec<u8>,
}

/// Bytes that a TIFF calls ASCII although instruments write Latin-1 there.
struct AsciiBytes<'a>(&'a [u8]);

impl TiffValue for AsciiBytes<'_> {
    const BYTE_LEN: u8 = 1;
    const FIELD_TYPE: Type = Type::ASCII;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.0)
    }
}

/// The whole file, uncompressed as instruments write it.
pub fn encode(picture: &GreyPlane, bit_depth: u8, header: &Header) -> TiffResult<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    let (width, height) = (picture.width_px as u32, picture.height_px as u32);
    let (tag, text) = (Tag::from_u16_exhaustive(header.tag), AsciiBytes(&header.bytes));
    if bit_depth == 16 {
        let mut image = encoder.new_image::<colortype::Gray16>(width, height)?;
        image.encoder().write_tag(tag, text)?;
        image.write_data(&to_16_bit(&picture.grey))?;
    } else {
        let mut image = encoder.new_image::<colortype::Gray8>(width, height)?;
        image.encoder().write_tag(tag, text)?;
        image.write_data(&to_8_bit(&picture.grey))?;
    }
    Ok(file.into_inner())
}

fn to_8_bit(grey: &[f32]) -> Vec<u8> {
    grey.iter().map(|value| (value * 255.0).round() as u8).collect()
}

/// The sum of four readings of a 12-bit converter, shifted up to fill 16 bits.
fn to_16_bit(grey: &[f32]) -> Vec<u16> {
    grey.iter().map(|value| (value * 4.0 * 4095.0).round() as u16 * 4).collect()
}
