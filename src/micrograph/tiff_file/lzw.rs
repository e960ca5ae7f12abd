//! TIFF's LZW (TIFF 6.0, section 13).
//!
//! Whatever a code stands for has been written before: a code is where, and how long, in what has
//! come out. This takes half the time of a table that chains bytes.

use super::damaged;
use crate::micrograph::ReadError;

/// Starts the table anew.
const CLEAR: usize = 256;
/// Ends the chunk.
const END: usize = 257;
/// The first code that stands for more than a byte.
const FIRST: usize = 258;
/// Codes of the most bits that there are.
const CODES: usize = 1 << MOST_BITS;
const LEAST_BITS: u32 = 9;
const MOST_BITS: u32 = 12;
/// Copied at once, whatever a code's length: most are shorter.
const BLOCK: usize = 16;

/// What a code stands for, in what has come out.
#[derive(Clone, Copy, Default)]
struct Text {
    start: usize,
    length: usize,
}

/// Unpacks `chunk` into `room` and gives the number of bytes that came out.
///
/// # Errors
/// [`ReadError::Damaged`] where a code stands for nothing yet.
pub(super) fn unpack(chunk: &[u8], room: &mut [u8]) -> Result<usize, ReadError> {
    let mut table = [Text::default(); CODES];
    let mut codes = Codes::of(chunk);
    let (mut next, mut written) = (FIRST, 0);
    let mut last: Option<Text> = None;
    while written < room.len() {
        // One code early, as every TIFF encoder does.
        let bits =
            LEAST_BITS + [511, 1023, 2047].iter().filter(|full| next >= **full).count() as u32;
        let Some(code) = codes.next(bits) else { break };
        match code {
            CLEAR => (next, last) = (FIRST, None),
            END => break,
            _ => {
                if let Some(Text { start, length }) = last.filter(|_| next < CODES) {
                    // Its last byte is the first of what comes now.
                    table[next] = Text { start, length: length + 1 };
                    next += 1;
                }
                let start = written;
                if code < CLEAR {
                    room[written] = code as u8;
                    written += 1;
                } else if code < next {
                    written += copy(room, table[code], written);
                } else {
                    return Err(damaged("its LZW data have a code that stands for nothing"));
                }
                last = Some(Text { start, length: written - start });
            }
        }
    }
    Ok(written)
}

/// Writes what came out at `text` once more at `to`, as far as there is room; gives its length.
fn copy(room: &mut [u8], Text { start, length }: Text, to: usize) -> usize {
    let length = length.min(room.len() - to);
    if length <= BLOCK && start + length <= to && to + BLOCK <= room.len() {
        // What comes too much is written over by what follows.
        room.copy_within(start..start + BLOCK, to);
    } else {
        // A text may reach into its own copy.
        for i in 0..length {
            room[to + i] = room[start + i];
        }
    }
    length
}

/// Codes, the highest bit first.
struct Codes<'a> {
    bytes: &'a [u8],
    held: u64,
    held_bits: u32,
}

impl<'a> Codes<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, held: 0, held_bits: 0 }
    }

    fn next(&mut self, bits: u32) -> Option<usize> {
        if self.held_bits < bits {
            if let Some((word, rest)) = self.bytes.split_first_chunk::<4>() {
                self.held = (self.held << 32) | u64::from(u32::from_be_bytes(*word));
                (self.held_bits, self.bytes) = (self.held_bits + 32, rest);
            } else {
                while let (true, Some((byte, rest))) =
                    (self.held_bits < bits, self.bytes.split_first())
                {
                    self.held = (self.held << 8) | u64::from(*byte);
                    (self.held_bits, self.bytes) = (self.held_bits + 8, rest);
                }
            }
        }
        self.held_bits = self.held_bits.checked_sub(bits)?;
        Some((self.held >> self.held_bits) as usize & ((1 << bits) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of the fewest bits, packed.
    fn packed(codes: &[u16]) -> Vec<u8> {
        let bits: Vec<bool> = codes
            .iter()
            .flat_map(|code| (0..LEAST_BITS).rev().map(move |bit| code >> bit & 1 == 1))
            .collect();
        bits.chunks(8)
            .map(|byte| {
                byte.iter().enumerate().fold(0, |sum, (i, bit)| sum | u8::from(*bit) << (7 - i))
            })
            .collect()
    }

    #[test]
    fn the_standards_own_example_is_unpacked() {
        let chunk = packed(&[256, 7, 258, 8, 8, 258, 6, 6, 257]);
        let mut room = [0; 12];
        assert_eq!(unpack(&chunk, &mut room).unwrap(), 9);
        assert_eq!(room[..9], [7, 7, 7, 8, 8, 7, 7, 6, 6]);
    }

    #[test]
    fn texts_that_reach_into_their_own_copies_stay_in_the_room_there_is() {
        // A byte, then two of it, then three …
        let codes: Vec<u16> = [256, 9].into_iter().chain(258..300).collect();
        let chunk = packed(&codes);
        for length in [0, 1, 2, 15, 16, 17, 100, 500] {
            let mut room = vec![0; length];
            assert_eq!(unpack(&chunk, &mut room).unwrap(), length);
            assert_eq!(room, vec![9; length]);
        }
    }

    #[test]
    fn a_chunk_that_ends_early_gives_what_it_has() {
        let chunk = packed(&[256, 1, 2, 3]);
        assert_eq!(unpack(&chunk[..4], &mut [0; 9]).unwrap(), 2);
        assert_eq!(unpack(&[], &mut [0; 9]).unwrap(), 0);
    }

    #[test]
    fn a_code_that_stands_for_nothing_is_damage() {
        for codes in [&[256, 258][..], &[256, 1, 259], &[256, 1, 2, 256, 258], &[400]] {
            assert!(unpack(&packed(codes), &mut [0; 9]).is_err(), "{codes:?}");
        }
    }
}
