//! One page's pixels, in their own depth.

use super::super::content::Content;
use super::super::decode::{Decoded, check_size};
use super::super::pixels::luma;
use super::super::{Pixels, ReadError, Samples};
use super::directory::Directory;
use super::layout::{JPEG, Layout, Photometric, unsupported};
use super::values::read_planes;
use super::{damaged, tag, wide};

/// Least share of grey in a palette of grey values: Zeiss keeps a tenth of it for the colours of
/// marks in the data bar.
const GRAY_SHARE: f64 = 0.75;

/// Decodes a page of the file.
pub(super) fn decode(
    content: &Content,
    page: &Directory<'_>,
    limit_bytes: u64,
) -> Result<Decoded, ReadError> {
    let layout = Layout::of(page, content.size_bytes(), limit_bytes)?;
    let Layout { width_px, height_px, bits, .. } = layout;
    let is_on_disk = matches!(content, Content::OnDisk(_));
    let needs_bytes = layout.peak_bytes(is_on_disk).saturating_add(content.held_bytes());
    check_size(width_px, height_px, needs_bytes, limit_bytes)?;
    layout.check_claims(content.size_bytes())?;
    let channels = if layout.photometric == Photometric::Palette { 1 } else { layout.channels };
    let pixels = if layout.is_exact() {
        wide::pixels(content, page, &layout)
    } else if bits > 8 {
        deep_pixels(&layout, read_planes(content, page, &layout)?)
    } else {
        narrow_pixels(&layout, page, read_planes(content, page, &layout)?)
    }?;
    let orientation = layout.orientation;
    Ok(Decoded { orientation, ..Decoded::of_pixels(pixels, bits, channels as u8) })
}

/// Pixels of 9 to 16 bits.
fn deep_pixels(layout: &Layout, mut values: Vec<u16>) -> Result<Pixels, ReadError> {
    let Layout { width_px, height_px, bits, channels, photometric, .. } = *layout;
    let brightest = ((1_u32 << bits) - 1) as u16;
    if photometric == Photometric::WhiteIsZero {
        values.iter_mut().for_each(|value| *value = brightest - *value);
    }
    let values = interleaved(layout, values);
    let pixels = match photometric {
        Photometric::BlackIsZero | Photometric::WhiteIsZero => {
            Pixels::new(width_px, height_px, Samples::Gray16(first_channel(values, channels)))
        }
        Photometric::Rgb => Pixels::from_rgb16(width_px, height_px, &values, channels),
        Photometric::Palette | Photometric::YCbCr => {
            return Err(unsupported(&format!("colours of {bits} bits by number")));
        }
    };
    pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
}

/// Pixels of up to 8 bits; those of fewer are spread over 8.
fn narrow_pixels(
    layout: &Layout,
    page: &Directory<'_>,
    values: Vec<u8>,
) -> Result<Pixels, ReadError> {
    let Layout { width_px, height_px, bits, channels, photometric, .. } = *layout;
    let is_lossy = layout.compression == JPEG;
    let mut values = interleaved(layout, values);
    if photometric == Photometric::Palette {
        let palette = palette(page);
        if palette.is_empty() {
            return Err(damaged("its palette is missing"));
        }
        return pixels_of_indices(layout, &first_channel(values, channels), &palette);
    }
    let brightest = (1_u16 << bits) - 1;
    if bits < 8 {
        let spread = |value: &mut u8| *value = (u16::from(*value) * 255 / brightest) as u8;
        values.iter_mut().for_each(spread);
    }
    if photometric == Photometric::WhiteIsZero {
        values.iter_mut().for_each(|value| *value = 255 - *value);
    }
    let pixels = match photometric {
        Photometric::Rgb => Pixels::from_rgb8(width_px, height_px, &values, channels, is_lossy),
        // Only a JPEG stream comes whole; elsewhere colour has fewer values than brightness.
        Photometric::YCbCr if is_lossy => {
            for pixel in values.as_chunks_mut::<3>().0 {
                *pixel = rgb_of_ycbcr(*pixel);
            }
            Pixels::from_rgb8(width_px, height_px, &values, channels, true)
        }
        Photometric::YCbCr => return Err(unsupported("brightness and colour without JPEG")),
        _ => Pixels::new(width_px, height_px, Samples::Gray8(first_channel(values, channels))),
    };
    pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
}

/// The page's colour map as 8-bit RGB entries.
fn palette(page: &Directory<'_>) -> Vec<[u8; 3]> {
    let map = page.numbers(tag::COLOR_MAP, 3 * 256);
    let entries = map.len() / 3;
    // Some programs fill the 16 bits of an entry only to 8.
    let shift = if map.iter().any(|value| *value > 0xff) { 8 } else { 0 };
    let color = |i: usize| [map[i], map[entries + i], map[2 * entries + i]];
    (0..entries).map(|i| color(i).map(|value| (value >> shift) as u8)).collect()
}

/// A palette of grey is how Zeiss instruments store grey values.
fn pixels_of_indices(
    layout: &Layout,
    indices: &[u8],
    palette: &[[u8; 3]],
) -> Result<Pixels, ReadError> {
    let Layout { width_px, height_px, .. } = *layout;
    let color_of = |index: &u8| palette.get(usize::from(*index)).copied().unwrap_or_default();
    let grays = palette.iter().filter(|[r, g, b]| r == g && g == b).count();
    let pixels = if grays as f64 >= GRAY_SHARE * palette.len() as f64 {
        let tones: Vec<u8> = (0..=u8::MAX).map(|index| luma(&color_of(&index))).collect();
        let gray = indices.iter().map(|index| tones[usize::from(*index)]).collect();
        Pixels::new(width_px, height_px, Samples::Gray8(gray))
    } else {
        let rgb: Vec<u8> = indices.iter().flat_map(color_of).collect();
        Pixels::from_rgb8(width_px, height_px, &rgb, 3, false)
    };
    pixels.ok_or_else(|| damaged("the pixels do not fill the image"))
}

/// Grey, without the transparency or other values behind it.
pub(super) fn first_channel<T: Copy>(values: Vec<T>, channels: usize) -> Vec<T> {
    if channels == 1 { values } else { values.into_iter().step_by(channels).collect() }
}

/// One pixel's values side by side, where the file has one plane behind the other.
pub(super) fn interleaved<T: Copy>(layout: &Layout, values: Vec<T>) -> Vec<T> {
    if !layout.is_planar {
        return values;
    }
    let (channels, pixels) = (layout.channels, values.len() / layout.channels);
    (0..values.len()).map(|i| values[(i % channels) * pixels + i / channels]).collect()
}

/// Full-range BT.601, as JFIF has it.
fn rgb_of_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb]
        .map(|value| value.round().clamp(0.0, 255.0) as u8)
}
