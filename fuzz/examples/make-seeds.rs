//! Writes the inputs that fuzzing begins with: `cargo run --example make-seeds [FOLDER]`, into a
//! folder for each target below `corpus` or the folder named.
//!
//! Nothing here comes from an instrument: the texts in `seeds/` have the keys of each vendor's
//! headers with values made up for this, and the images are gradients.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, io};

use image::{DynamicImage, GrayImage, ImageFormat};
use ruzstd::encoding::CompressionLevel;
use semblance_fuzz::tiff_file::{
    Field, HEADER_TAGS, Layout, SMALL_PX, STRUCTURE_TAGS, UNDEFINED, small, small_page,
    small_pixels, small_with,
};
use tiff::encoder::{Compression, TiffEncoder, colortype};

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| here().join("corpus"), PathBuf::from);
    let texts = texts()?;
    for target in ["text_header", "sidecar_beside"] {
        for (name, text) in &texts {
            write(&folder.join(target), name, text.as_bytes())?;
            for (encoding, bytes) in encodings(text) {
                write(&folder.join(target), &format!("{name}-{encoding}"), &bytes)?;
            }
        }
    }
    for (name, tag, value) in headers(&texts) {
        let choice = HEADER_TAGS.iter().position(|known| *known == tag).unwrap_or(0) as u8;
        write(&folder.join("tiff_tags"), &name, &[&[choice], &value[..]].concat())?;
        write(&folder.join("image_file"), &format!("{name}.tif"), &small_with(tag, &value))?;
    }
    for (name, bytes) in images(&texts) {
        write(&folder.join("image_file"), name, &bytes)?;
    }
    for (name, bytes) in structures() {
        write(&folder.join("tiff_structure"), name, &bytes)?;
    }
    Ok(())
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("seed-{name}")), bytes)
}

/// The texts in `seeds/`, by their names.
fn texts() -> io::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(here().join("seeds"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        texts.push((name, fs::read_to_string(&path)?));
    }
    Ok(texts)
}

/// A text as instruments write it: Windows' line ends, and every encoding that is understood.
fn encodings(text: &str) -> [(&'static str, Vec<u8>); 5] {
    let text = text.replace('\n', "\r\n");
    let latin1 = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let little = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xfe, 0xff], &big[..]].concat();
    let japanese = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    [
        ("crlf", text.clone().into()),
        ("latin1", latin1),
        ("shift-jis", japanese),
        ("utf16le", little),
        ("utf16be", marked),
    ]
}

/// Headers with the tags that they stand in.
fn headers(texts: &[(String, String)]) -> Vec<(String, u16, Vec<u8>)> {
    let mut headers = Vec::new();
    for (name, text) in texts {
        let crlf = text.replace('\n', "\r\n").into_bytes();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let in_tags = match name.split('-').next().unwrap_or_default() {
            "zeiss" => vec![(34118, crlf), (34119, utf16)],
            "fibics" => vec![(51023, crlf)],
            "fei" => vec![(34682, crlf.clone()), (34680, crlf)],
            "thermo" | "phenom" => vec![(34683, crlf)],
            "tescan" => vec![(50431, tescan_tag(text))],
            "jeol" => vec![(37500, [b"UNICODE\0", &utf16[..]].concat())],
            _ => vec![(270, crlf)],
        };
        let named = |(tag, value)| (format!("{name}-{tag}"), tag, value);
        headers.extend(in_tags.into_iter().map(named));
    }
    headers.push(("olympus-33560".to_owned(), 33560, olympus_block()));
    headers
}

/// A block whose one entry leads to the file's beginning.
fn olympus_block() -> Vec<u8> {
    let mut block = vec![0; 68];
    block[..4].copy_from_slice(b"SIS0");
    for (at, number) in [(10, 5_u8), (12, 14), (14, 31), (16, 2), (18, 115), (58, 1), (60, 1)] {
        block[at] = number;
    }
    block
}

/// An `.hdr` file's text as the chain of blocks that tag 50431 is.
fn tescan_tag(text: &str) -> Vec<u8> {
    let (main, sem) = text.split_once("[SEM]\n").unwrap_or((text, ""));
    let block = |kind: u16, content: &str| {
        let size = content.len() as u32 + 3;
        [&size.to_le_bytes()[..], &kind.to_le_bytes(), content.as_bytes(), &[0]].concat()
    };
    [block(1, "thumbnail"), block(2, main.trim_start_matches("[MAIN]\n")), block(3, sem)].concat()
}

/// A file of every format, depth and compression.
fn images(texts: &[(String, String)]) -> Vec<(&'static str, Vec<u8>)> {
    let [width, height] = SMALL_PX.map(u32::from);
    let gray = GrayImage::from_raw(width, height, small_pixels()).expect("a value a pixel");
    let gray = DynamicImage::ImageLuma8(gray);
    let rgb = gray.to_rgb8();
    let mut images = vec![
        ("gray.png", encoded(&gray, ImageFormat::Png)),
        ("gray-alpha.png", encoded(&gray.to_luma_alpha8().into(), ImageFormat::Png)),
        ("gray16.png", encoded(&gray.to_luma16().into(), ImageFormat::Png)),
        ("rgb.png", encoded(&rgb.clone().into(), ImageFormat::Png)),
        ("rgba16.png", encoded(&gray.to_rgba16().into(), ImageFormat::Png)),
        ("gray.jpg", encoded(&gray, ImageFormat::Jpeg)),
        ("rgb.jpg", encoded(&rgb.clone().into(), ImageFormat::Jpeg)),
        ("gray.bmp", encoded(&gray, ImageFormat::Bmp)),
        ("rgb.bmp", encoded(&rgb.into(), ImageFormat::Bmp)),
        ("plain.tif", small()),
        ("lzw.tif", compressed(Compression::Lzw)),
        ("deflate.tif", compressed(Compression::Deflate(Default::default()))),
        ("packbits.tif", compressed(Compression::Packbits)),
    ];
    let mut phenom = encoded(&gray, ImageFormat::Jpeg);
    for (_, text) in texts.iter().filter(|(name, _)| name == "phenom") {
        phenom.extend(text.as_bytes());
    }
    images.push(("phenom.jpg", phenom));
    let swapped = Layout { is_big_endian: true, is_big_tiff: false };
    let big = Layout { is_big_endian: false, is_big_tiff: true };
    images.push(("big-endian.tif", swapped.file(&[small_page(swapped)], &small_pixels())));
    images.push(("bigtiff.tif", big.file(&[small_page(big)], &small_pixels())));
    let jpeg = encoded(&gray, ImageFormat::Jpeg);
    images.push(("jpeg.tif", jpeg_in_tiff(&jpeg, 1, None)));
    let (tables, stream) = tables_apart(&jpeg);
    images.push(("jpeg-tables.tif", jpeg_in_tiff(&stream, 1, Some(tables))));
    let color = encoded(&gray.to_rgb8().into(), ImageFormat::Jpeg);
    images.push(("ycbcr.tif", jpeg_in_tiff(&color, 3, None)));
    images.push(("predictor.tif", predicted()));
    let zstd = ruzstd::encoding::compress_to_vec(&small_pixels()[..], CompressionLevel::Fastest);
    images.push(("zstd.tif", packed(50_000, &zstd)));
    images.push(("turned.tif", turned()));
    images.push(("palette.tif", palette()));
    images
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).expect("the format holds the image");
    file.into_inner()
}

fn compressed(compression: Compression) -> Vec<u8> {
    let [width, height] = SMALL_PX.map(u32::from);
    let mut file = Cursor::new(Vec::new());
    TiffEncoder::new(&mut file)
        .map(|encoder| encoder.with_compression(compression))
        .and_then(|mut encoder| {
            encoder.write_image::<colortype::Gray8>(width, height, &small_pixels())
        })
        .expect("the format holds the image");
    file.into_inner()
}

fn jpeg_in_tiff(jpeg: &[u8], channels: u16, tables: Option<Vec<u8>>) -> Vec<u8> {
    let layout = Layout::default();
    let photometric = if channels == 3 { 6 } else { 1 };
    let numbers = [(259, 7), (262, photometric), (277, channels), (279, jpeg.len() as u16)];
    let mut page = changed(layout, &numbers);
    page.extend(tables.map(|value| Field {
        tag: 347,
        field_type: UNDEFINED,
        count: value.len() as u64,
        value,
    }));
    layout.file(&[page], jpeg)
}

/// A JPEG stream as a TIFF file may have it: what all strips share, and the rest.
fn tables_apart(jpeg: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut tables, mut rest) = (vec![0xff, 0xd8], vec![0xff, 0xd8]);
    let mut behind = &jpeg[2..];
    while let [0xff, marker, high, low, ..] = *behind
        && marker != 0xda
    {
        let (segment, after) = behind.split_at(2 + usize::from(u16::from_be_bytes([high, low])));
        let is_table = matches!(marker, 0xc4 | 0xdb); // Huffman's, quantisation
        if is_table { &mut tables } else { &mut rest }.extend(segment);
        behind = after;
    }
    tables.extend([0xff, 0xd9]);
    rest.extend(behind);
    (tables, rest)
}

/// Differences from pixel to pixel, compressed.
fn predicted() -> Vec<u8> {
    let layout = Layout::default();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&small_pixels()).expect("there is room in memory");
    let data = encoder.finish().expect("there is room in memory");
    let mut page = changed(layout, &[(259, 8), (279, data.len() as u16)]);
    page.push(layout.shorts(317, &[2]));
    layout.file(&[page], &data)
}

fn packed(compression: u16, data: &[u8]) -> Vec<u8> {
    let layout = Layout::default();
    let page = changed(layout, &[(259, compression), (279, data.len() as u16)]);
    layout.file(&[page], data)
}

fn turned() -> Vec<u8> {
    let layout = Layout::default();
    let mut page = small_page(layout);
    page.push(layout.shorts(274, &[6]));
    layout.file(&[page], &small_pixels())
}

/// A page of indices, and one that is a reduced copy of it before it.
fn palette() -> Vec<u8> {
    let layout = Layout::default();
    let mut page = changed(layout, &[(262, 3)]);
    let ramp: Vec<u16> = (0..3).flat_map(|_| (0..256).map(|value| value * 257)).collect();
    page.push(layout.shorts(320, &ramp));
    let mut reduced = page.clone();
    reduced.insert(0, layout.longs(254, &[1]));
    layout.file(&[reduced, page], &small_pixels())
}

/// The page of a small image with other numbers in some tags.
fn changed(layout: Layout, numbers: &[(u16, u16)]) -> Vec<Field> {
    let mut page = small_page(layout);
    for field in &mut page {
        if let Some((tag, number)) = numbers.iter().find(|(tag, _)| *tag == field.tag) {
            *field = layout.shorts(*tag, &[*number]);
        }
    }
    page
}

/// Inputs of `tiff_structure`, whose form its first lines describe.
fn structures() -> Vec<(&'static str, Vec<u8>)> {
    const SIZE: Numbers<'_> = &[(256, &[8]), (257, &[6])];
    const GRAY: Numbers<'_> = &[(262, &[1]), (258, &[8])];
    const STRIP: Numbers<'_> = &[(273, &[8]), (279, &[48]), (278, &[6])];
    let two: Numbers<'_> = &[(273, &[8, 32]), (279, &[24, 24]), (278, &[3])];
    let tile: Numbers<'_> = &[(322, &[16]), (323, &[16]), (324, &[8]), (325, &[256])];
    let rgb: Numbers<'_> = &[(262, &[2]), (258, &[8, 8, 8]), (277, &[3])];
    let planes: Numbers<'_> =
        &[(284, &[2]), (273, &[8, 56, 104]), (279, &[48, 48, 48]), (278, &[6])];
    let one_bit: Numbers<'_> = &[(262, &[0]), (258, &[1])];
    let twelve_bits: Numbers<'_> = &[(262, &[1]), (258, &[12]), (273, &[8]), (279, &[72])];
    let wide: Numbers<'_> = &[(262, &[1]), (258, &[16]), (273, &[8]), (279, &[96])];
    let palette: Numbers<'_> =
        &[(262, &[3]), (258, &[2]), (320, &[0, 1, 2, 3, 9, 8, 7, 6, 5, 4, 3, 2])];
    let reduced: Numbers<'_> = &[(254, &[1])];
    let packed: Numbers<'_> = &[(259, &[32773]), (273, &[8]), (279, &[64])];
    let (tables, jpeg) = tables_apart(&encoded(&GrayImage::new(8, 6).into(), ImageFormat::Jpeg));
    let jpeg_bytes = [jpeg.len() as u16];
    let jpeg_strip: Numbers<'_> = &[(259, &[7]), (273, &[8]), (279, &jpeg_bytes)];
    let tables = Field { tag: 347, field_type: UNDEFINED, count: 0, value: tables };

    let ramp: Vec<u8> = (0..=255).collect();
    let plain = |options, parts: &[Numbers<'_>]| structure(options, &[parts], &[], &ramp);
    vec![
        ("strip", plain(0, &[SIZE, GRAY, STRIP])),
        ("strips-big-endian", plain(1, &[SIZE, GRAY, two])),
        ("tile-bigtiff", plain(2, &[SIZE, GRAY, tile])),
        ("planes", plain(0, &[SIZE, rgb, planes])),
        ("one-bit", plain(0, &[SIZE, one_bit, STRIP])),
        ("twelve-bits", plain(0, &[SIZE, twelve_bits])),
        ("sixteen-bits", plain(0, &[SIZE, wide])),
        ("palette", plain(0, &[SIZE, palette, STRIP])),
        ("packbits", plain(0, &[SIZE, GRAY, packed])),
        ("jpeg", structure(0, &[&[SIZE, GRAY, jpeg_strip]], &[tables], &jpeg)),
        ("pages", structure(0, &[&[reduced, SIZE, GRAY, STRIP], &[SIZE, GRAY, STRIP]], &[], &ramp)),
    ]
}

/// Tags with their numbers.
type Numbers<'a> = &'a [(u16, &'a [u16])];

/// `more` belongs to the last page.
fn structure(options: u8, pages: &[&[Numbers<'_>]], more: &[Field], pixels: &[u8]) -> Vec<u8> {
    let layout = Layout { is_big_endian: options & 1 != 0, is_big_tiff: options & 2 != 0 };
    let mut input = vec![options];
    let push = |input: &mut Vec<u8>, Field { tag, field_type, value, .. }: &Field, size| {
        let place = STRUCTURE_TAGS.iter().position(|known| known == tag).unwrap_or(0);
        input.extend([place as u8, *field_type as u8]);
        input.extend(((value.len() / size) as u16).to_le_bytes());
        input.extend(value);
    };
    for (index, page) in pages.iter().enumerate() {
        if index > 0 {
            input.push(0xfe);
        }
        for (tag, numbers) in page.iter().copied().flatten() {
            let is_offset = matches!(tag, 273 | 324);
            // Offsets are given for a short header.
            let moved = if is_offset { layout.data_offset() as u16 - 8 } else { 0 };
            let numbers: Vec<u16> = numbers.iter().map(|number| number + moved).collect();
            push(&mut input, &layout.shorts(*tag, &numbers), 2);
        }
    }
    for field in more {
        push(&mut input, field, 1);
    }
    input.push(0xff);
    input.extend(pixels);
    input
}
