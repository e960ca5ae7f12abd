//! What a JPEG stream within a TIFF file says of its own size, before anybody believes it.

/// Columns and rows in the stream's frame header (ISO/IEC 10918-1, B.2.2), where it has one.
pub(super) fn size_px(jpeg: &[u8]) -> Option<[u32; 2]> {
    let mut at = 2; // behind the start of the image
    loop {
        let [0xff, marker] = *jpeg.get(at..at + 2)?.first_chunk::<2>()? else {
            at += 1; // filler
            continue;
        };
        at += 2;
        match marker {
            0xff => at -= 1,
            // Markers without a segment.
            0x01 | 0xd0..=0xd8 => {}
            // Frames, but for the tables C4, C8 and CC that share their numbers.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let size = jpeg.get(at + 3..at + 7)?.as_chunks::<2>().0;
                let [height, width] =
                    [size[0], size[1]].map(|side| u32::from(u16::from_be_bytes(side)));
                return Some([width, height]);
            }
            // The picture's data begin, or it ends: no frame came before.
            0xda | 0xd9 => return None,
            _ => at += usize::from(u16::from_be_bytes(*jpeg.get(at..)?.first_chunk()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frames_size_is_found_behind_other_segments() {
        let mut jpeg = vec![];
        let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
        let pixels = vec![7; 30 * 20];
        encoder.encode(&pixels, 30, 20, image::ExtendedColorType::L8).unwrap();
        assert_eq!(size_px(&jpeg), Some([30, 20]));
    }

    #[test]
    fn what_is_no_jpeg_has_no_size() {
        for bytes in [&[][..], &[0xff; 9], &[0; 9], &[0xff, 0xd8, 0xff, 0xda], b"II*\0"] {
            assert_eq!(size_px(bytes), None);
        }
    }
}
