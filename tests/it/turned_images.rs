//! Images that ask to be turned: pixels, headers and data bars are those of the picture as it is seen.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageEncoder, RgbImage};
use semblance::export::write_hdf5;
use semblance::micrograph::{
    DataBar, DataBarSource, Micrograph, ReadOptions, Samples, SourceFile, read,
};

use crate::h5py;
use crate::micrographs::undecided;
use crate::vendor_files::{ASCII, SHORT, fei_header, tiff, tiff_of, tiff_with_fei_header};

/// Exif data with nothing but the orientation, in either order of bytes.
fn exif(number: u16, is_big_endian: bool) -> Vec<u8> {
    let short = |value: u16| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mark = if is_big_endian { b"MM" } else { b"II" };
    let entry = [&short(274)[..], &short(SHORT), &long(1), &short(number), &short(0)].concat();
    [&mark[..], &short(42), &long(8), &short(1), &entry, &long(0)].concat()
}

fn png(image: &DynamicImage, exif: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).unwrap();
    image.write_with_encoder(encoder).unwrap();
    bytes
}

fn jpeg(image: &DynamicImage, exif: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif).unwrap();
    image.write_with_encoder(encoder).unwrap();
    bytes
}

fn read_bytes(bytes: Vec<u8>) -> Micrograph {
    let source = SourceFile::in_memory(Path::new("image"), bytes, Vec::new());
    read(&source, &ReadOptions::default()).unwrap()
}

fn values(micrograph: &Micrograph) -> Vec<u8> {
    match micrograph.pixels.samples() {
        Samples::Gray8(values) | Samples::Rgb8(values) => values.clone(),
        Samples::Gray16(values) => values.iter().flat_map(|value| value.to_ne_bytes()).collect(),
    }
}

#[test]
fn every_orientation_of_exif_is_obeyed_in_png_and_jpeg() {
    let gray = GrayImage::from_fn(40, 24, |x, y| image::Luma([(x * 5 + y * 2) as u8]));
    let deep = image::ImageBuffer::from_fn(7, 4, |x, y| image::Luma([(x * 5000 + y * 3) as u16]));
    let colored = RgbImage::from_fn(7, 4, |x, y| image::Rgb([x as u8 * 30, y as u8 * 60, 200]));
    let images: [DynamicImage; 3] =
        [gray.clone().into(), DynamicImage::ImageLuma16(deep), colored.into()];
    for number in 0..=9_u8 {
        // Numbers that mean nothing turn nothing.
        let turn = Orientation::from_exif(number).unwrap_or(Orientation::NoTransforms);
        let is_big_endian = number % 2 == 0;
        for image in &images {
            let mut expected = image.clone();
            expected.apply_orientation(turn);
            let found = read_bytes(png(image, exif(number.into(), is_big_endian)));
            assert_eq!(found.pixels.width_px(), expected.width(), "{number}");
            assert!(values(&found) == expected.as_bytes(), "{number}");
        }
        let image = DynamicImage::from(gray.clone());
        let stored = read_bytes(jpeg(&image, exif(1, false)));
        let stored = GrayImage::from_raw(40, 24, values(&stored)).unwrap();
        let mut expected = DynamicImage::from(stored);
        expected.apply_orientation(turn);
        let found = read_bytes(jpeg(&image, exif(number.into(), is_big_endian)));
        assert_eq!(found.pixels.width_px(), expected.width(), "{number}");
        assert!(values(&found) == expected.as_bytes(), "{number}");
    }
}

#[test]
fn exif_data_that_are_damaged_turn_nothing() {
    let image = DynamicImage::from(GrayImage::from_fn(7, 4, |x, y| image::Luma([(x * y) as u8])));
    let whole = exif(6, false);
    for length in 1..whole.len() - 4 {
        let found = read_bytes(png(&image, whole[..length].to_vec()));
        let is_readable = length >= 22; // the entry is whole
        assert_eq!(found.pixels.width_px(), if is_readable { 4 } else { 7 }, "{length}");
    }
}

/// The picture of [`tiff`] has a data bar of 12 rows at the bottom of the stored pixels.
fn turned(number: u8) -> Micrograph {
    read_bytes(tiff_with_fei_header(&[(274, SHORT, &[number, 0])]))
}

#[test]
fn the_bar_of_a_header_is_where_the_turn_puts_it() {
    let bar = |number| (turned(number).data_bar, turned(number).data_bar_source);
    let at_top = DataBar { top: 12, bottom: 0 };
    assert_eq!(bar(1), (DataBar::at_bottom(12), DataBarSource::Header));
    assert_eq!(bar(2), (DataBar::at_bottom(12), DataBarSource::Header));
    assert_eq!(bar(3), (at_top, DataBarSource::Header));
    assert_eq!(bar(4), (at_top, DataBarSource::Header));
    assert_eq!(bar(6), (DataBar::NONE, DataBarSource::Pixels), "it is at a side");
}

#[test]
fn the_bar_of_a_header_that_was_turned_with_its_picture_is_where_it_is_seen() {
    // Rows stored the lowest first, under a header about the picture.
    let upright = read_bytes(tiff(&[]));
    let Samples::Gray8(values) = upright.pixels.samples() else { panic!("8 bits") };
    let stored: Vec<u8> = values.chunks(64).rev().flatten().copied().collect();
    let fei = fei_header();
    let tags = [(274, SHORT, &[4, 0][..]), (34682, ASCII, fei.as_bytes())];
    let micrograph = read_bytes(tiff_of(&stored, &tags));
    assert_eq!(micrograph.data_bar, DataBar::at_bottom(12));
    assert_eq!(micrograph.pixels.samples(), upright.pixels.samples());
}

#[test]
fn the_pixel_size_turns_with_the_picture() {
    let size = |number| turned(number).instrument.pixel_size_nm.unwrap();
    assert_eq!((size(1).x, size(1).y), (580.0, 290.0));
    assert_eq!((size(3).x, size(3).y), (580.0, 290.0));
    assert_eq!((size(8).x, size(8).y), (290.0, 580.0));
    let micrograph = turned(8);
    assert_eq!(micrograph.pixels.width_px(), 100);
    assert_eq!(micrograph.instrument.field_of_view_um, Some(29.0), "100 pixels of 290 nm");
}

#[test]
fn an_export_has_the_picture_and_says_that_it_was_turned() -> Result<(), Box<dyn std::error::Error>>
{
    if !h5py::is_available()? {
        return Ok(());
    }
    let image = DynamicImage::from(GrayImage::from_raw(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap());
    let micrograph = read_bytes(png(&image, exif(6, false)));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.h5");
    write_hdf5(&path, &undecided(&micrograph, "a.png"))?;
    let seen = h5py::read(&path)?;
    let real = "/entry1/measurement/event1/image1/image_2d/real";
    assert_eq!(seen.value(real), &serde_json::json!([[4, 1], [5, 2], [6, 3]]));
    assert_eq!(seen.attribute(real, "source_orientation"), 6);
    assert_eq!(seen.attribute(real, "turned_from_source"), "turned by 90° clockwise");
    Ok(())
}
