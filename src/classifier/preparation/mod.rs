//! From a micrograph to the numbers a backbone takes.
//!
//! Fixed steps, recorded in every model under the name [`PREPARATION`]: 8-bit grey by the fixed
//! display mapping, data bar cut off, the central square of `crop_share` of the shorter side,
//! bicubic to the backbone's size; then `(value − mean) / std`, the same grey in every channel. What
//! a card says otherwise (see [`BackboneCard`]) is added to the name in the key of the features.

mod orientation;
mod prepared;

pub use orientation::Orientation;
pub use prepared::Prepared;

use std::ops::Range;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{BackboneCard, DataBarRule, Layout, ModelError, ResizeRule};
use crate::micrograph::{Micrograph, to_gray8};

/// The name of the steps; features made by other steps are not comparable.
pub const PREPARATION: &str = "gray8-nobar-center-bicubic-2";

/// The square that a backbone is shown of a micrograph, upright.
///
/// # Errors
/// [`ModelError::BlankPicture`] where all pixels of the picture are equal; else fails only where
/// the resizer refuses the image.
pub fn prepare(micrograph: &Micrograph, card: &BackboneCard) -> Result<Prepared, ModelError> {
    if micrograph.is_blank() {
        return Err(ModelError::BlankPicture);
    }
    let pixels = &micrograph.pixels;
    let gray = to_gray8(micrograph);
    let rows = match card.data_bar {
        DataBarRule::Masked => micrograph.picture_rows(),
        DataBarRule::Kept => 0..pixels.height_px(),
    };
    let [left_px, above_px, crop_width_px, crop_height_px] = crop(pixels.width_px(), rows, card);

    let failed = |reason: String| ModelError::Engine { engine: "resize", reason };
    let source = ImageRef::new(pixels.width_px(), pixels.height_px(), &gray, PixelType::U8)
        .map_err(|error| failed(error.to_string()))?;
    let side_px = card.input_size_px;
    let mut resized = Image::new(side_px, side_px, PixelType::U8);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(left_px, above_px, crop_width_px, crop_height_px);
    Resizer::new()
        .resize(&source, &mut resized, &options)
        .map_err(|error| failed(error.to_string()))?;
    Prepared::new(resized.into_vec(), side_px)
        .ok_or_else(|| failed(format!("no square of {side_px} px")))
}

/// What is scaled to the square, of a picture of `width_px` in these rows: left, top, width, height.
fn crop(width_px: u32, rows: Range<u32>, card: &BackboneCard) -> [f64; 4] {
    let [width, height] = [width_px, rows.len() as u32].map(f64::from);
    let top = f64::from(rows.start);
    match card.resize {
        ResizeRule::Squash => [0.0, top, width, height],
        ResizeRule::CenterCrop => {
            let side = (width.min(height) * card.crop_share).max(1.0).floor();
            let margin = |length: f64| ((length - side) / 2.0).round();
            [margin(width), top + margin(height), side, side]
        }
    }
}

/// Size of a pixel of the backbone's input in nanometres, where the instrument record tells that of
/// the image's pixels.
pub(super) fn nm_per_input_px(micrograph: &Micrograph, card: &BackboneCard) -> Option<f64> {
    let size = micrograph.instrument.pixel_size_nm?;
    let [_, _, width_px, height_px] =
        crop(micrograph.pixels.width_px(), micrograph.picture_rows(), card);
    let area_nm2 = size.x * width_px * size.y * height_px;
    Some(area_nm2.sqrt() / f64::from(card.input_size_px))
}

/// The network's input, of [`BackboneCard::input_shape`], row-major.
pub(super) fn network_input(prepared: &Prepared, card: &BackboneCard) -> Vec<f32> {
    // A card with another number of values is refused when it is read.
    let of_channels = |values: &super::PerChannel| values.values(card.channels).unwrap_or_default();
    let scales: Vec<(f32, f32)> =
        of_channels(&card.mean).into_iter().zip(of_channels(&card.std)).collect();
    let scaled = |pixel: u8, (mean, std): (f32, f32)| (f32::from(pixel) - mean) / std;
    let pixels = prepared.pixels();
    match card.layout {
        Layout::Nchw => scales
            .iter()
            .flat_map(|scale| pixels.iter().map(move |pixel| scaled(*pixel, *scale)))
            .collect(),
        Layout::Nhwc => pixels
            .iter()
            .flat_map(|pixel| scales.iter().map(move |scale| scaled(*pixel, *scale)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::{Backbone, DEFAULT_BACKBONE, PerChannel};

    fn card() -> BackboneCard {
        Backbone::built_in_card(DEFAULT_BACKBONE).unwrap()
    }

    #[test]
    fn the_central_square_is_a_share_of_the_shorter_side() {
        assert_eq!(crop(1024, 0..768, &card()), [176.0, 48.0, 672.0, 672.0]);
        assert_eq!(crop(100, 10..210, &card()), [7.0, 67.0, 87.0, 87.0]);
    }

    #[test]
    fn squashing_takes_the_whole_picture() {
        let squash = BackboneCard { resize: ResizeRule::Squash, ..card() };
        assert_eq!(crop(1024, 10..700, &squash), [0.0, 10.0, 1024.0, 690.0]);
    }

    #[test]
    fn channels_are_planes_or_neighbours_each_with_its_own_scale() {
        let prepared = Prepared::new(vec![0, 10, 20, 30], 2).unwrap();
        let planes = BackboneCard {
            mean: PerChannel::Each(vec![0.0, 10.0, 20.0]),
            std: PerChannel::Each(vec![1.0, 2.0, 10.0]),
            ..card()
        };
        assert_eq!(
            network_input(&prepared, &planes),
            [0.0, 10.0, 20.0, 30.0, -5.0, 0.0, 5.0, 10.0, -2.0, -1.0, 0.0, 1.0]
        );
        let neighbours = BackboneCard { layout: Layout::Nhwc, ..planes };
        assert_eq!(
            network_input(&prepared, &neighbours),
            [0.0, -5.0, -2.0, 10.0, 0.0, -1.0, 20.0, 5.0, 0.0, 30.0, 10.0, 1.0]
        );
    }

    #[test]
    fn one_channel_gets_the_grey_once() {
        let card = BackboneCard {
            channels: 1,
            mean: PerChannel::All(0.0),
            std: PerChannel::All(1.0),
            ..card()
        };
        let prepared = Prepared::new(vec![0, 10, 20, 30], 2).unwrap();
        assert_eq!(network_input(&prepared, &card), [0.0, 10.0, 20.0, 30.0]);
    }
}
