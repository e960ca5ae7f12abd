//! Chunks of a page, unpacked: no more bytes come out than there is room for.

use std::io::{ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::layout::{
    DEFLATE, JPEG, LZMA, LZW, OLD_DEFLATE, PACK_BITS, UNCOMPRESSED, ZSTD, unsupported,
};
use super::{damaged, lzw};
use crate::micrograph::ReadError;

/// JPEG's unit of coding, where colour has a quarter of brightness's resolution, the least there is.
const JPEG_BLOCK_PX: usize = 32;
/// How far back Zstandard and LZMA may reach, in KiB: as far as LZMA does at its best.
const MOST_HISTORY_KIB: u32 = 65 << 10;

/// What a chunk unpacks to.
pub(super) struct Room<'a> {
    /// Filled from the front.
    pub(super) bytes: &'a mut [u8],
    /// Columns and rows of the chunk, and values a pixel: what a JPEG stream in it may be.
    pub(super) chunk_px: [u32; 2],
    pub(super) channels: usize,
}

/// Unpacks `chunk` into `room` and gives the number of bytes that came out.
pub(super) fn unpack(
    compression: u64,
    chunk: &[u8],
    jpeg_tables: Option<&[u8]>,
    room: Room<'_>,
) -> Result<usize, ReadError> {
    match compression {
        UNCOMPRESSED => {
            let count = chunk.len().min(room.bytes.len());
            room.bytes[..count].copy_from_slice(&chunk[..count]);
            Ok(count)
        }
        LZW => lzw::unpack(chunk, room.bytes),
        DEFLATE | OLD_DEFLATE => deflate(chunk, room.bytes),
        LZMA => {
            let mut stream = XzReader::new_mem_limit(chunk, false, MOST_HISTORY_KIB);
            fill(&mut stream, room.bytes)
        }
        ZSTD => zstd(chunk, room.bytes),
        PACK_BITS => Ok(pack_bits(chunk, room.bytes)),
        JPEG => jpeg(chunk, jpeg_tables, room),
        other => Err(unsupported(&format!("compression {}", compression_name(other)))),
    }
}

/// What a compression that is not read is called.
fn compression_name(number: u64) -> String {
    let name = match number {
        2..=4 => "CCITT fax",
        6 => "JPEG of the old kind",
        34_712 => "JPEG 2000",
        34_887 => "LERC",
        34_933 => "PNG",
        34_934 | 22_610 => "JPEG XR",
        50_001 => "WebP",
        50_002 | 52_546 => "JPEG XL",
        _ => return number.to_string(),
    };
    format!("{name} ({number})")
}

fn deflate(chunk: &[u8], room: &mut [u8]) -> Result<usize, ReadError> {
    let mut decoder = Decompress::new(true);
    let status = decoder
        .decompress(chunk, room, FlushDecompress::Finish)
        .map_err(|error| damaged(&error.to_string()))?;
    match status {
        Status::Ok | Status::StreamEnd | Status::BufError => Ok(decoder.total_out() as usize),
    }
}

fn zstd(chunk: &[u8], room: &mut [u8]) -> Result<usize, ReadError> {
    let most_history = u64::from(MOST_HISTORY_KIB) << 10;
    let mut stream = StreamingDecoder::new_with_max_window_size(chunk, most_history)
        .map_err(|error| damaged(&error.to_string()))?;
    fill(&mut stream, room)
}

/// Reads until there is no more room, or no more to read; gives the number of bytes that came.
fn fill(stream: &mut impl Read, room: &mut [u8]) -> Result<usize, ReadError> {
    let mut written = 0;
    while written < room.len() {
        match stream.read(&mut room[written..]) {
            Ok(0) => break,
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(damaged(&error.to_string())),
        }
    }
    Ok(written)
}

/// Apple's run lengths (TIFF 6.0, section 9).
fn pack_bits(chunk: &[u8], room: &mut [u8]) -> usize {
    let (mut read, mut written) = (0, 0);
    while let Some(header) = chunk.get(read).filter(|_| written < room.len()) {
        read += 1;
        let free = room.len() - written;
        match header.cast_signed() {
            -128 => {}
            repeat @ ..0 => {
                let Some(value) = chunk.get(read) else { break };
                let count = (1 + usize::from(repeat.unsigned_abs())).min(free);
                room[written..written + count].fill(*value);
                (read, written) = (read + 1, written + count);
            }
            literal => {
                let count = (1 + usize::from(literal.cast_unsigned())).min(chunk.len() - read);
                let kept = count.min(free);
                room[written..written + kept].copy_from_slice(&chunk[read..read + kept]);
                (read, written) = (read + count, written + kept);
            }
        }
    }
    written
}

/// The stream's own values, without turning them into another colour space.
fn jpeg(chunk: &[u8], tables: Option<&[u8]>, room: Room<'_>) -> Result<usize, ReadError> {
    let [most_width, most_height] = room.chunk_px.map(|side| side as usize);
    let stream = match tables {
        // One stream out of two, without the end of the first and the beginning of the second.
        Some([tables @ .., 0xff, 0xd9]) => [tables, chunk.get(2..).unwrap_or_default()].concat(),
        _ => chunk.to_vec(),
    };
    let failed = |error: DecodeErrors| match error {
        DecodeErrors::LargeDimensions(_) => damaged("a JPEG stream in it is larger than its place"),
        other => damaged(&other.to_string()),
    };
    // The decoder's own reading counts: what looks like a small frame to others may be none to it.
    // Encoders round a chunk up to whole blocks.
    let options = DecoderOptions::default()
        .set_strict_mode(true) // else what is missing is made up
        .set_max_width(most_width.next_multiple_of(JPEG_BLOCK_PX))
        .set_max_height(most_height.next_multiple_of(JPEG_BLOCK_PX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    decoder.decode_headers().map_err(failed)?;
    let info = decoder.info().ok_or_else(|| damaged("a JPEG stream in it has no size"))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if usize::from(info.components) != room.channels {
        return Err(damaged("a JPEG stream in it has other channels than the page"));
    }
    if width < most_width {
        return Err(damaged("a JPEG stream in it is narrower than its place"));
    }
    if let Some(own) = decoder.input_colorspace() {
        decoder.set_options(options.jpeg_set_out_colorspace(own));
    }
    let values = decoder.decode().map_err(failed)?;
    // Row by row: the stream may be wider than its place.
    let (stream_row, row) = (width * room.channels, most_width * room.channels);
    if values.len() != stream_row * height {
        return Err(damaged("a JPEG stream in it does not fill its frame"));
    }
    for (target, source) in room.bytes.chunks_mut(row).zip(values.chunks(stream_row)) {
        target.copy_from_slice(&source[..target.len()]);
    }
    Ok((row * height).min(room.bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lengths_are_unpacked_and_stay_in_their_room() {
        // Apple's own example, in TIFF 6.0.
        let packed = [
            0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7,
            0xaa,
        ];
        let plain = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut room = [0; 24];
        assert_eq!(pack_bits(&packed, &mut room), 24);
        assert_eq!(room, plain);
        for length in 0..24 {
            let mut room = vec![0; length];
            assert_eq!(pack_bits(&packed, &mut room), length);
            assert_eq!(room, plain[..length]);
        }
        assert_eq!(pack_bits(&[0x05, 1, 2], &mut [0; 9]), 2);
        assert_eq!(pack_bits(&[0xfe], &mut [0; 9]), 0);
    }

    #[test]
    fn tables_that_a_page_keeps_for_all_its_chunks_complete_a_stream() {
        let pixels: Vec<u8> = (0..48 * 32).map(|i| (i % 48 * 5) as u8).collect();
        let mut whole = Vec::new();
        image::codecs::jpeg::JpegEncoder::new(&mut whole)
            .encode(&pixels, 48, 32, image::ExtendedColorType::L8)
            .unwrap();
        // Segment by segment up to the scan: quantisation (DB) and Huffman (C4) tables apart.
        let (mut tables, mut chunk) = (vec![0xff, 0xd8], vec![0xff, 0xd8]);
        let mut at = 2;
        while whole[at + 1] != 0xda {
            let end = at + 2 + usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
            let is_table = [0xdb, 0xc4].contains(&whole[at + 1]);
            if is_table { &mut tables } else { &mut chunk }.extend(&whole[at..end]);
            at = end;
        }
        chunk.extend(&whole[at..]);
        tables.extend([0xff, 0xd9]);

        let unpacked = |chunk: &[u8], tables: Option<&[u8]>| {
            let mut bytes = vec![0; 48 * 32];
            let room = Room { bytes: &mut bytes, chunk_px: [48, 32], channels: 1 };
            unpack(JPEG, chunk, tables, room).map(|count| (count, bytes))
        };
        let expected = unpacked(&whole, None).unwrap();
        assert_eq!(expected.0, 48 * 32);
        assert_eq!(unpacked(&chunk, Some(&tables)).unwrap(), expected);
        assert!(unpacked(&chunk, None).is_err(), "the stream alone is not complete");
    }
}
