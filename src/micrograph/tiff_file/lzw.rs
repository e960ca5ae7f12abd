//! TIFF's LZW (TIFF 6.0, section 13).
//!
//! Whatever a code stands for has been written before: a code is where, and how long, in what has
//! come out, and not a chain of bytes in a table, which takes longer to follow.

use super::damaged;
use super::layout::unsupported;
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
    // The first code is CLEAR, here with its lowest bit first.
    if let [0, second, ..] = chunk
        && second & 1 == 1
    {
        return Err(unsupported("LZW of the kind before TIFF 6.0"));
    }
    let mut table = [Text::default(); CODES];
    let mut codes = Codes::of(chunk);
    let (mut next, mut written) = (FIRST, 0);
    let mut last: Option<Text> = None;
    while written < room.len() {
        // One code earlier than the table is full, as TIFF has it.
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
    use std::collections::HashMap;

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

    /// Packs with a table of texts; starts it anew where it is full, or else goes on with it.
    fn packed_texts(bytes: &[u8], with_clear: bool) -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        let (mut codes, mut width) = (HashMap::new(), LEAST_BITS);
        let put = |bits: &mut Vec<bool>, code: usize, width: u32| {
            bits.extend((0..width).rev().map(|bit| code >> bit & 1 == 1));
        };
        let code_of = |codes: &HashMap<Vec<u8>, usize>, text: &[u8]| match text {
            [byte] => usize::from(*byte),
            _ => codes[text],
        };
        put(&mut bits, CLEAR, width);
        let mut text: Vec<u8> = Vec::new();
        for byte in bytes {
            text.push(*byte);
            if text.len() == 1 || codes.contains_key(&text) {
                continue;
            }
            put(&mut bits, code_of(&codes, &text[..text.len() - 1]), width);
            if FIRST + codes.len() < CODES {
                codes.insert(text, FIRST + codes.len());
            }
            // The reader is one text behind.
            let next = FIRST + codes.len() - 1;
            width =
                LEAST_BITS + [511, 1023, 2047].iter().filter(|full| next >= **full).count() as u32;
            if with_clear && FIRST + codes.len() == CODES - 1 {
                put(&mut bits, CLEAR, width);
                (codes, width) = (HashMap::new(), LEAST_BITS);
            }
            text = vec![*byte];
        }
        if !text.is_empty() {
            put(&mut bits, code_of(&codes, &text), width);
        }
        let byte = |bits: &[bool]| {
            bits.iter().enumerate().fold(0, |sum, (i, bit)| sum | u8::from(*bit) << (7 - i))
        };
        bits.chunks(8).map(byte).collect()
    }

    #[test]
    fn codes_of_every_width_are_unpacked_with_and_without_a_new_table() {
        // A picture's gradients with some noise: texts of many lengths.
        let mut state = 1_u32;
        let bytes: Vec<u8> = (0..60_000_u32)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (i / 40 % 50) as u8 + (state >> 30) as u8
            })
            .collect();
        for with_clear in [true, false] {
            let chunk = packed_texts(&bytes, with_clear);
            for length in [bytes.len(), 20_000, 20_001, 20_015, 20_017] {
                let mut room = vec![0; length];
                assert_eq!(unpack(&chunk, &mut room).unwrap(), length);
                assert!(room == bytes[..length], "{length} bytes, new table: {with_clear}");
            }
        }
    }

    #[test]
    fn the_older_kind_is_told_from_damage() {
        let error = unpack(&[0, 1, 2, 3], &mut [0; 9]).unwrap_err();
        assert!(matches!(error, ReadError::Unsupported { .. }));
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
