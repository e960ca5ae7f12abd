//! A page's stored values, unpacked and undone of what was done to pack them better.

use std::borrow::Cow;

use super::super::content::Content;
use super::codec::{self, Room};
use super::damaged;
use super::directory::{ByteOrder, Directory};
use super::layout::{JPEG, Layout, Predictor, UNCOMPRESSED};
use super::tag;
use crate::micrograph::ReadError;

/// A value's bits, whatever they mean.
pub(super) trait Stored: Copy + Default {
    /// Makes a row of values out of a row of unpacked bytes.
    fn read_row(row: &[u8], bits: u8, order: ByteOrder, out: &mut [Self]);

    fn wrapping_sum(self, other: Self) -> Self;
}

impl Stored for u8 {
    fn read_row(row: &[u8], bits: u8, _: ByteOrder, out: &mut [Self]) {
        match bits {
            8 => out.copy_from_slice(&row[..out.len()]),
            _ => unpack_bits(row, bits, out),
        }
    }

    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Stored for u16 {
    fn read_row(row: &[u8], bits: u8, order: ByteOrder, out: &mut [Self]) {
        match (bits, order) {
            (16, ByteOrder::Little) => read_whole(row, out, Self::from_le_bytes),
            (16, ByteOrder::Big) => read_whole(row, out, Self::from_be_bytes),
            _ => unpack_bits(row, bits, out),
        }
    }

    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Stored for u32 {
    fn read_row(row: &[u8], bits: u8, order: ByteOrder, out: &mut [Self]) {
        match (bits, order) {
            (32, ByteOrder::Little) => read_whole(row, out, Self::from_le_bytes),
            (32, ByteOrder::Big) => read_whole(row, out, Self::from_be_bytes),
            // Whole bytes are a number in the file's order; other bits have the highest first.
            (24, ByteOrder::Little) => {
                read_whole(row, out, |[a, b, c]| Self::from_le_bytes([a, b, c, 0]));
            }
            _ => unpack_bits(row, bits, out),
        }
    }

    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Stored for u64 {
    fn read_row(row: &[u8], _: u8, order: ByteOrder, out: &mut [Self]) {
        match order {
            ByteOrder::Little => read_whole(row, out, Self::from_le_bytes),
            ByteOrder::Big => read_whole(row, out, Self::from_be_bytes),
        }
    }

    fn wrapping_sum(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

fn read_whole<const BYTES: usize, T>(row: &[u8], out: &mut [T], value: impl Fn([u8; BYTES]) -> T) {
    let stored = row.as_chunks::<BYTES>().0.iter();
    out.iter_mut().zip(stored).for_each(|(out, bytes)| *out = value(*bytes));
}

/// Values of `bits` bits, 32 at most, the highest first, one behind the other.
fn unpack_bits<T: TryFrom<u32> + Copy>(row: &[u8], bits: u8, out: &mut [T]) {
    let (mut held, mut held_bits) = (0_u64, 0);
    let mut bytes = row.iter();
    for value in out {
        while held_bits < bits {
            held = (held << 8) | u64::from(bytes.next().copied().unwrap_or_default());
            held_bits += 8;
        }
        held_bits -= bits;
        let wanted = ((held >> held_bits) & ((1 << bits) - 1)) as u32;
        held &= (1 << held_bits) - 1;
        if let Ok(wanted) = T::try_from(wanted) {
            *value = wanted;
        }
    }
}

/// The page's values, one plane behind the other.
pub(super) fn read_planes<T: Stored>(
    content: &Content,
    page: &Directory<'_>,
    layout: &Layout,
) -> Result<Vec<T>, ReadError> {
    let channels = layout.channels_per_plane();
    let (width, height) = (layout.width_px as usize, layout.height_px as usize);
    let [chunk_width, chunk_height] = layout.chunk_px.map(|side| side as usize);
    let (across, down) = (layout.chunks_across() as usize, layout.chunks_down() as usize);
    let row_bytes = layout.chunk_row_bytes();
    let tables = page.bytes(tag::JPEG_TABLES);
    let (bits, order) = (layout.bits, page.byte_order());

    let plane_values = width * height * channels;
    let mut values = vec![T::default(); plane_values * layout.planes()];
    let is_packed = layout.compression != UNCOMPRESSED;
    let mut unpacked = vec![0; if is_packed { row_bytes * chunk_height } else { 0 }];
    let mut joined = vec![0; if layout.predictor == Predictor::Float { row_bytes } else { 0 }];
    for (index, place) in layout.chunks.iter().enumerate() {
        let (plane, in_plane) = (index / (across * down), index % (across * down));
        if plane >= layout.planes() {
            break; // more chunks than the image has
        }
        let Some(place) = place else { continue }; // a hole stays black
        let (left, top) = (in_plane % across * chunk_width, in_plane / across * chunk_height);
        let rows = chunk_height.min(height - top);
        let columns = chunk_width.min(width - left);
        let last_row = match layout.predictor {
            Predictor::Float => row_bytes,
            _ => (columns * channels * usize::from(bits)).div_ceil(8),
        };
        let needed = row_bytes * (rows - 1) + last_row;
        let stored = stored_chunk(content, *place, needed, layout);
        let unpacked: &[u8] = if !is_packed {
            &stored
        } else {
            let room = Room { bytes: &mut unpacked, chunk_px: layout.chunk_px, channels };
            let written = codec::unpack(layout.compression, &stored, tables.as_deref(), room)?;
            &unpacked[..written]
        };
        if unpacked.len() < needed {
            return Err(damaged("the file ends too early"));
        }
        let plane = &mut values[plane * plane_values..(plane + 1) * plane_values];
        for row in 0..rows {
            let start = ((top + row) * width + left) * channels;
            let target = &mut plane[start..start + columns * channels];
            let row = &unpacked[row * row_bytes..];
            match layout.predictor {
                Predictor::None => T::read_row(row, bits, order, target),
                Predictor::Horizontal => {
                    T::read_row(row, bits, order, target);
                    undo_differences(target, channels);
                }
                Predictor::Float => {
                    join_bytes(&row[..row_bytes], channels, size_of::<T>(), &mut joined);
                    T::read_row(&joined, bits, ByteOrder::Big, target);
                }
            }
        }
    }
    Ok(values)
}

/// A chunk's bytes as they are in the file, the highest bit of each first. Some programs count them
/// wrong: what an uncompressed chunk needs is taken where the file has it.
fn stored_chunk<'a>(
    content: &'a Content,
    (offset, count): (u64, u64),
    needed: usize,
    layout: &Layout,
) -> Cow<'a, [u8]> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let count = match layout.compression {
        UNCOMPRESSED => needed,
        _ => count.min(layout.most_stored_bytes()),
    };
    let mut stored = content.up_to(offset, count);
    // A JPEG stream has an order of its own.
    if layout.has_reversed_bits && layout.compression != JPEG {
        stored.to_mut().iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    stored
}

fn undo_differences<T: Stored>(row: &mut [T], channels: usize) {
    for index in channels..row.len() {
        row[index] = row[index].wrapping_sum(row[index - channels]);
    }
}

/// A row of values of `size` bytes, the highest first, out of one that has the highest bytes of all
/// its values first, each as the difference from the byte before (Adobe's technical note 3).
fn join_bytes(row: &[u8], channels: usize, size: usize, joined: &mut [u8]) {
    let mut bytes = row.to_vec();
    undo_differences(&mut bytes, channels);
    let count = bytes.len() / size;
    for (index, value) in joined.chunks_exact_mut(size).enumerate() {
        for (place, byte) in value.iter_mut().enumerate() {
            *byte = bytes[place * count + index];
        }
    }
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
        undo_differences(&mut row, 2);
        assert_eq!(row, [1, 10, 0, 11, 1, 12]);
    }

    #[test]
    fn bytes_that_were_set_apart_are_joined() {
        // Two values of two bytes, 0x0102 and 0x0304: the highest bytes 1 and 3, then 2 and 4.
        let mut joined = [0; 4];
        join_bytes(&[1, 2, 255, 2], 1, 2, &mut joined);
        assert_eq!(joined, [1, 2, 3, 4]);
    }
}
