//! From a micrograph to the numbers a backbone takes.
//!
//! Fixed steps, recorded in every model under the name [`PREPARATION`]: 8-bit grey by the fixed
//! display mapping, data bar cut off, the central square of `crop_share` of the shorter side,
//! bicubic to the backbone's size, `(value − mean) / std`, the same plane for red, green and blue.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{BackboneCard, ModelError};
use crate::micrograph::{Micrograph, to_gray8};

/// The name of the steps; features made by other steps are not comparable.
pub const PREPARATION: &str = "gray8-nobar-center-bicubic-2";

/// The backbone's input, `[1, 3, size, size]` row-major.
///
/// # Errors
/// [`ModelError::BlankPicture`] where all pixels of the picture are equal; else fails only where
/// the resizer refuses the image.
pub fn prepare(micrograph: &Micrograph, card: &BackboneCard) -> Result<Vec<f32>, ModelError> {
    let pixels = &micrograph.pixels;
    let gray = to_gray8(micrograph);
    let (width_px, height_px) = (pixels.width_px(), pixels.height_px());
    let rows = micrograph.picture_rows();
    let (top_px, picture_px) = (rows.start, rows.len() as u32);
    if micrograph.is_blank() {
        return Err(ModelError::BlankPicture);
    }

    let shorter_px = f64::from(width_px.min(picture_px));
    let side_px = (shorter_px * card.crop_share).max(1.0).floor();
    let left_px = ((f64::from(width_px) - side_px) / 2.0).round();
    let above_px = f64::from(top_px) + ((f64::from(picture_px) - side_px) / 2.0).round();

    let failed = |reason: String| ModelError::Engine { engine: "resize", reason };
    let source = ImageRef::new(width_px, height_px, &gray, PixelType::U8)
        .map_err(|error| failed(error.to_string()))?;
    let size_px = card.input_size_px;
    let mut resized = Image::new(size_px, size_px, PixelType::U8);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(left_px, above_px, side_px, side_px);
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(|error| failed(error.to_string()))?;

    let plane: Vec<f32> =
        resized.buffer().iter().map(|v| (f32::from(*v) - card.mean) / card.std).collect();
    Ok([plane.as_slice(); 3].concat())
}
