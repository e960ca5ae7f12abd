//! One page's pixels, in their own depth.

use super::super::decode::{Decoded, check_size};
use super::super::pixels::luma;
use super::super::{Pixels, ReadError, Samples};
use super::codec::{self, Room};
use super::directory::{ByteOrder, Directory};
use super::layout::{JPEG, Layout, Photometric, UNCOMPRESSED, unsupported};
use super::{damaged, tag};

/// Least share of grey in a palette of grey values: Zeiss keeps a tenth of it for the colours of
/// marks in the data bar.
const GRAY_SHARE: f64 = 0.75;

/// Decodes a page of the file.
pub(super) fn decode(
    bytes: &[u8],
    page: &Directory<'_>,
    limit_bytes: u64,
) -> Result<Decoded, ReadError> {
    let layout = Layout::of(page, bytes.len() as u64)?;
    let Layout { width_px, height_px, bits, .. } = layout;
    check_size(width_px, height_px, layout.peak_bytes(), limit_bytes)?;
    layout.check_claims(bytes.len() as u64)?;
    let channels = if layout.photometric == Photometric::Palette { 1 } else { layout.channels };
    let pixels = if bits == 16 {
        wide_pixels(&layout, read_planes(bytes, page, &layout, read_16)?)
    } else if bits > 8 {
        let values = read_planes(bytes, page, &layout, |row, out, _| unpack_bits(row, bits, out))?;
        wide_pixels(&layout, values)
    } else {
        let values = read_planes(bytes, page, &layout, |row, out: &mut [u8], _| match bits {
            8 => out.copy_from_slice(&row[..out.len()]),
            _ => unpack_bits(row, bits, out),
        })?;
        narrow_pixels(&layout, page, values)
    }?;
    Ok(Decoded::of_pixels(pixels, bits, channels as u8))
}

/// The page's values, one plane behind the other; `read_row` makes a row of values out of a row of
/// unpacked bytes.
fn read_planes<T: Copy + Default + Wrapping>(
    bytes: &[u8],
    page: &Directory<'_>,
    layout: &Layout,
    read_row: impl Fn(&[u8], &mut [T], ByteOrder),
) -> Result<Vec<T>, ReadError> {
    let channels = layout.channels_per_plane();
    let (width, height) = (layout.width_px as usize, layout.height_px as usize);
    let [chunk_width, chunk_height] = layout.chunk_px.map(|side| side as usize);
    let (across, down) = (layout.chunks_across() as usize, layout.chunks_down() as usize);
    let row_bytes = layout.chunk_row_bytes();
    let tables = page.bytes(tag::JPEG_TABLES);
    let order = page.byte_order();

    let plane_values = width * height * channels;
    let mut values = vec![T::default(); plane_values * layout.planes()];
    let is_packed = layout.compression != UNCOMPRESSED;
    let mut unpacked = vec![0; if is_packed { row_bytes * chunk_height } else { 0 }];
    for (index, (offset, count)) in layout.chunks.iter().enumerate() {
        let (plane, in_plane) = (index / (across * down), index % (across * down));
        if plane >= layout.planes() {
            break; // more chunks than the image has
        }
        let (left, top) = (in_plane % across * chunk_width, in_plane / across * chunk_height);
        let rows = chunk_height.min(height - top);
        let columns = chunk_width.min(width - left);
        let needed = row_bytes * (rows - 1) + bytes_of(columns * channels, layout.bits);
        let chunk = chunk_of(bytes, *offset, *count, needed, layout)?;
        let unpacked: &[u8] = if !is_packed {
            chunk
        } else {
            let room = Room { bytes: &mut unpacked, chunk_px: layout.chunk_px, channels };
            let written = codec::unpack(layout.compression, chunk, tables, room)?;
            &unpacked[..written]
        };
        if unpacked.len() < needed {
            return Err(damaged("the file ends too early"));
        }
        let plane = &mut values[plane * plane_values..(plane + 1) * plane_values];
        for row in 0..rows {
            let start = ((top + row) * width + left) * channels;
            let target = &mut plane[start..start + columns * channels];
            read_row(&unpacked[row * row_bytes..], target, order);
            if layout.has_predictor {
                undo_predictor(target, channels);
            }
        }
    }
    Ok(values)
}

/// A chunk's bytes. Some programs count them wrong: what an uncompressed chunk needs is taken
/// where the file has it.
fn chunk_of<'a>(
    bytes: &'a [u8],
    offset: u64,
    count: u64,
    needed: usize,
    layout: &Layout,
) -> Result<&'a [u8], ReadError> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let available = &bytes[start..];
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let count = if layout.compression == UNCOMPRESSED { count.max(needed) } else { count };
    Ok(&available[..count.min(available.len())])
}

fn bytes_of(values: usize, bits: u8) -> usize {
    (values * usize::from(bits)).div_ceil(8)
}

fn read_16(row: &[u8], out: &mut [u16], order: ByteOrder) {
    let pairs = row.as_chunks::<2>().0.iter();
    match order {
        ByteOrder::Little => out.iter_mut().zip(pairs).for_each(|(value, pair)| {
            *value = u16::from_le_bytes(*pair);
        }),
        ByteOrder::Big => out.iter_mut().zip(pairs).for_each(|(value, pair)| {
            *value = u16::from_be_bytes(*pair);
        }),
    }
}

/// Values of `bits` bits, the highest first, one behind the other.
fn unpack_bits<T: TryFrom<u32> + Copy>(row: &[u8], bits: u8, out: &mut [T]) {
    let (mut held, mut held_bits) = (0_u32, 0);
    let mut bytes = row.iter();
    for value in out {
        while held_bits < bits {
            held = (held << 8) | u32::from(bytes.next().copied().unwrap_or_default());
            held_bits += 8;
        }
        held_bits -= bits;
        let wanted = (held >> held_bits) & ((1 << bits) - 1);
        held &= (1 << held_bits) - 1;
        if let Ok(wanted) = T::try_from(wanted) {
            *value = wanted;
        }
    }
}

/// Values that add up without an end.
trait Wrapping {
    fn wrapping_sum(self, other: Self) -> Self;
}

impl Wrapping for u8 {
    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Wrapping for u16 {
    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

fn undo_predictor<T: Wrapping + Copy>(row: &mut [T], channels: usize) {
    for index in channels..row.len() {
        row[index] = row[index].wrapping_sum(row[index - channels]);
    }
}

/// Pixels of more than 8 bits.
fn wide_pixels(layout: &Layout, mut values: Vec<u16>) -> Result<Pixels, ReadError> {
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
fn first_channel<T: Copy>(values: Vec<T>, channels: usize) -> Vec<T> {
    if channels == 1 { values } else { values.into_iter().step_by(channels).collect() }
}

/// One pixel's values side by side, where the file has one plane behind the other.
fn interleaved<T: Copy>(layout: &Layout, values: Vec<T>) -> Vec<T> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_number_of_bits_are_unpacked() {
        let unpacked = |bits, row: &[u8]| {
            let mut out = [0_u16; 4];
            unpack_bits(row, bits, &mut out);
            out
        };
        assert_eq!(unpacked(1, &[0b1010_0000]), [1, 0, 1, 0]);
        assert_eq!(unpacked(4, &[0x12, 0xf0]), [1, 2, 15, 0]);
        assert_eq!(unpacked(12, &[0x12, 0x3a, 0xbc, 0x00, 0x1f, 0xff]), [0x123, 0xabc, 1, 0xfff]);
        assert_eq!(unpacked(12, &[0x12]), [0x120, 0, 0, 0], "a row that ends early");
    }

    #[test]
    fn differences_add_up_channel_by_channel() {
        let mut row = [1_u8, 10, 255, 1, 1, 1];
        undo_predictor(&mut row, 2);
        assert_eq!(row, [1, 10, 0, 11, 1, 12]);
    }
}
