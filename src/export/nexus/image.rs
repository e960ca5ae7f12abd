//! The image on its axes, and an 8-bit preview for viewers that know nothing of NeXus.

use hdf5::{Dataset, Group};
use ndarray::{ArrayView2, ArrayView3};

use super::super::AnnotatedMicrograph;
use super::node::{
    self, Failure, Written, ascii_attribute, attribute, group, link, list, text, text_attribute,
    texts_attribute,
};
use crate::micrograph::{ExactValues, Micrograph, Pixels, Samples, to_gray8};

const DATA: &str = "image_2d";
const SIGNAL: &str = "real";
const PREVIEW: &str = "preview";

/// The image as `image_2d`, an 8-bit `preview` of it, and `color` where it has colour.
///
/// Row 0 is the top of the picture everywhere; attributes say so, for a plotting program draws
/// row 0 wherever its axes begin.
pub(super) fn write(image1: &Group, annotated: &AnnotatedMicrograph<'_>) -> Written {
    let pixels = &annotated.micrograph.pixels;
    let data = group(image1, DATA, "NXdata")?;
    text_attribute(&data, "signal", SIGNAL)?;
    texts_attribute(&data, "axes", &["axis_j", "axis_i"])?;
    attribute(&data, "axis_j_indices", 0_u32)?;
    attribute(&data, "axis_i_indices", 1_u32)?;
    text_attribute(&data, "row_0", "top")?;
    text(&data, "title", annotated.source.file_name)?;

    write_signal(&data, annotated)?;
    write_axes(&data, annotated)?;
    write_preview(image1, annotated.micrograph)?;
    match pixels.samples() {
        Samples::Rgb8(rgb) => write_color(image1, pixels, rgb),
        _ => Ok(()),
    }
}

/// The pixels in their own depth, unchanged but for a turn that the file asks for; 16-bit floats,
/// which HDF5 has no type of its own for, in 32 bits, which hold each of them; colour, which NXem
/// has no place for, as luma.
fn write_signal(data: &Group, annotated: &AnnotatedMicrograph<'_>) -> Written {
    let micrograph = annotated.micrograph;
    let pixels = &micrograph.pixels;
    let real = match (pixels.exact(), pixels.samples()) {
        (Some((values, _)), _) => write_exact(data, pixels, values),
        (None, Samples::Gray8(values)) => node::image(data, SIGNAL, rows(pixels, values)?),
        (None, Samples::Gray16(values)) => node::image(data, SIGNAL, rows(pixels, values)?),
        (None, Samples::Rgb8(_)) => node::image(data, SIGNAL, rows(pixels, &to_gray8(micrograph))?),
    }?;
    let long_name = match &micrograph.instrument.detector {
        Some(detector) => format!("{detector} intensity"),
        None => "intensity".to_owned(),
    };
    text_attribute(&real, "long_name", &long_name)?;
    text_attribute(&real, "interpretation", "image")?;
    text_attribute(&real, "row_0", "top")?;
    attribute(&real, "source_bit_depth", micrograph.bit_depth)?;
    attribute(&real, "data_bar_top_px", micrograph.data_bar.top)?;
    attribute(&real, "data_bar_bottom_px", micrograph.data_bar.bottom)?;
    text_attribute(&real, "data_bar_source", micrograph.data_bar_source.name())?;
    attribute(&real, "source_page", micrograph.page)?;
    attribute(&real, "source_pages", micrograph.pages)?;
    if let Some(turn) = micrograph.orientation.description() {
        attribute(&real, "source_orientation", micrograph.orientation.number())?;
        text_attribute(&real, "turned_from_source", turn)?;
    }
    if pixels.has_color() {
        let note = "8-bit luma (ITU-R BT.709 weights) of a colour image; see ../color";
        text_attribute(&real, "converted_from_color", note)?;
    }
    Ok(())
}

fn write_exact(data: &Group, pixels: &Pixels, values: &ExactValues) -> Written<Dataset> {
    match values {
        ExactValues::I32(values) => node::image(data, SIGNAL, rows(pixels, values)?),
        ExactValues::U32(values) => node::image(data, SIGNAL, rows(pixels, values)?),
        ExactValues::I64(values) => node::image(data, SIGNAL, rows(pixels, values)?),
        ExactValues::U64(values) => node::image(data, SIGNAL, rows(pixels, values)?),
        ExactValues::F32(values) => node::image(data, SIGNAL, rows(pixels, values)?),
        ExactValues::F64(values) => node::image(data, SIGNAL, rows(pixels, values)?),
    }
}

/// Pixel centres in metres, from 0 at the first. Where the size of a pixel is unknown, the axes
/// are the pixels' indices: no unit, and a name that says so.
fn write_axes(data: &Group, annotated: &AnnotatedMicrograph<'_>) -> Written {
    let micrograph = annotated.micrograph;
    let is_length = |nm: f64| nm.is_finite() && nm > 0.0;
    let size_nm =
        micrograph.instrument.pixel_size_nm.filter(|nm| is_length(nm.x) && is_length(nm.y));
    let axes = [
        ("axis_j", "y", micrograph.pixels.height_px(), size_nm.map(|nm| nm.y)),
        ("axis_i", "x", micrograph.pixels.width_px(), size_nm.map(|nm| nm.x)),
    ];
    for (name, letter, length, pixel_nm) in axes {
        let step = pixel_nm.map_or(1.0, |nm| nm * 1e-9);
        let centres: Vec<f64> = (0..length).map(|index| f64::from(index) * step).collect();
        let axis = list(data, name, &centres)?;
        let (units, long_name) = match pixel_nm {
            Some(_) => ("m", format!("{letter} (m)")),
            None => ("", format!("{letter}, pixel index")),
        };
        text_attribute(&axis, "units", units)?;
        text_attribute(&axis, "long_name", &long_name)?;
    }
    Ok(())
}

/// Eight bits for HDFView and its like: a second name for `real` where that has no more.
fn write_preview(image1: &Group, micrograph: &Micrograph) -> Written {
    let pixels = &micrograph.pixels;
    let preview = match pixels.samples() {
        Samples::Gray16(_) => node::image(image1, PREVIEW, rows(pixels, &to_gray8(micrograph))?)?,
        _ => {
            let real = format!("{}/{DATA}/{SIGNAL}", image1.name());
            link(image1, &real, PREVIEW)?;
            image1.dataset(PREVIEW).map_err(|err| Failure::new(PREVIEW, &err))?
        }
    };
    image_attributes(&preview, "IMAGE_GRAYSCALE")
}

/// The colours, which `real` has lost.
fn write_color(image1: &Group, pixels: &Pixels, rgb: &[u8]) -> Written {
    let shape = (pixels.height_px() as usize, pixels.width_px() as usize, 3);
    let view = ArrayView3::from_shape(shape, rgb).map_err(|err| Failure::new("color", &err))?;
    let color = node::image(image1, "color", view)?;
    image_attributes(&color, "IMAGE_TRUECOLOR")?;
    ascii_attribute(&color, "INTERLACE_MODE", "INTERLACE_PIXEL")
}

/// HDF5's image specification, version 1.2; UL: row 0 is the top.
fn image_attributes(dataset: &Dataset, subclass: &str) -> Written {
    ascii_attribute(dataset, "CLASS", "IMAGE")?;
    ascii_attribute(dataset, "IMAGE_SUBCLASS", subclass)?;
    ascii_attribute(dataset, "IMAGE_VERSION", "1.2")?;
    ascii_attribute(dataset, "DISPLAY_ORIGIN", "UL")?;
    attribute(dataset, "IMAGE_WHITE_IS_ZERO", 0_u8)
}

fn rows<'a, T>(pixels: &Pixels, values: &'a [T]) -> Written<ArrayView2<'a, T>> {
    let shape = (pixels.height_px() as usize, pixels.width_px() as usize);
    ArrayView2::from_shape(shape, values).map_err(|err| Failure::new("the image", &err))
}
