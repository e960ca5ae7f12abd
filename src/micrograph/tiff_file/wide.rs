//! Pixels whose values 16 bits do not hold.

use half::f16;

use super::super::Pixels;
use super::super::content::Content;
use super::super::exact::{ExactValues, map_values};
use super::damaged;
use super::directory::Directory;
use super::layout::{Layout, Photometric, ValueKind, unsupported};
use super::page::{first_channel, interleaved};
use super::values::read_planes;
use crate::micrograph::ReadError;

/// The page's pixels. Colour is brought to 8 bits, as with 16-bit values.
pub(super) fn pixels(
    content: &Content,
    page: &Directory<'_>,
    layout: &Layout,
) -> Result<Pixels, ReadError> {
    let Layout { width_px, height_px, bits, channels, photometric, .. } = *layout;
    if matches!(photometric, Photometric::Palette | Photometric::YCbCr) {
        return Err(unsupported(&format!("colours of {bits} bits by number")));
    }
    let values = exact_values(content, page, layout)?;
    let values = map_values!(values, values => interleaved(layout, values));
    if photometric == Photometric::Rgb {
        let in_16_bits = values.in_16_bits(values.ends());
        let colored = Pixels::from_rgb16(width_px, height_px, &in_16_bits, channels);
        if let Some(colored) = colored.filter(Pixels::has_color) {
            return Ok(colored);
        }
    }
    let values = map_values!(values, values => first_channel(values, channels));
    let is_white_low = photometric == Photometric::WhiteIsZero;
    Pixels::of_exact(width_px, height_px, values, is_white_low)
        .ok_or_else(|| damaged("the pixels do not fill the image"))
}

fn exact_values(
    content: &Content,
    page: &Directory<'_>,
    layout: &Layout,
) -> Result<ExactValues, ReadError> {
    use ValueKind::{Float, Signed, Unsigned};
    Ok(match (layout.kind, layout.bits) {
        (Signed, 8) => ExactValues::I32(each(read_planes(content, page, layout)?, |bits: u8| {
            i32::from(bits.cast_signed())
        })),
        (Signed, 16) => ExactValues::I32(each(read_planes(content, page, layout)?, |bits: u16| {
            i32::from(bits.cast_signed())
        })),
        (Float, 16) => ExactValues::F32(each(read_planes(content, page, layout)?, |bits: u16| {
            f16::from_bits(bits).to_f32()
        })),
        (Unsigned, 64) => ExactValues::U64(read_planes(content, page, layout)?),
        (Signed, 64) => {
            ExactValues::I64(each(read_planes(content, page, layout)?, u64::cast_signed))
        }
        (Float, 64) => ExactValues::F64(each(read_planes(content, page, layout)?, f64::from_bits)),
        (Unsigned, _) => ExactValues::U32(read_planes(content, page, layout)?),
        (Signed, _) => {
            ExactValues::I32(each(read_planes(content, page, layout)?, u32::cast_signed))
        }
        (Float, _) => ExactValues::F32(each(read_planes(content, page, layout)?, f32::from_bits)),
    })
}

/// In the same memory, where the values are as large as their bits.
fn each<A, B>(bits: Vec<A>, value: impl Fn(A) -> B) -> Vec<B> {
    bits.into_iter().map(value).collect()
}
