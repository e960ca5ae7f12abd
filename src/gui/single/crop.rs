//! A part of what is on the screen, as pixels and as a PNG file.

use egui::{ColorImage, Rect};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

/// The part of `screen` at `rect`, in points; nothing where no pixel of it is on the screen.
pub(super) fn cropped(
    screen: &ColorImage,
    rect: Rect,
    pixels_per_point: f32,
) -> Option<ColorImage> {
    let [width, height] = screen.size;
    let px = |points: f32, most: usize| {
        ((points * pixels_per_point).round().max(0.0) as usize).min(most)
    };
    let (left, right) = (px(rect.left(), width), px(rect.right(), width));
    let (top, bottom) = (px(rect.top(), height), px(rect.bottom(), height));
    let is_empty = left >= right || top >= bottom;
    (!is_empty).then(|| screen.region_by_pixels([left, top], [right - left, bottom - top]))
}

/// As a PNG file in colour, or why it cannot be made.
pub(super) fn to_png(image: &ColorImage) -> Result<Vec<u8>, String> {
    let rgb: Vec<u8> = image.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    let mut png = Vec::new();
    let [width, height] = image.size.map(|side| side as u32);
    PngEncoder::new(&mut png)
        .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| error.to_string())?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use egui::{Color32, pos2, vec2};

    use super::*;

    #[test]
    fn a_part_in_points_is_cut_out_in_pixels_and_kept_as_png() {
        let gray = |x: usize, y: usize| Color32::from_gray((10 * y + x) as u8);
        let pixels = (0..6).flat_map(|y| (0..8).map(move |x| gray(x, y))).collect();
        let screen = ColorImage::new([8, 6], pixels);
        let rect = Rect::from_min_size(pos2(1.0, 1.0), vec2(2.0, 20.0));
        let part = cropped(&screen, rect, 2.0).expect("some of it is there");
        assert_eq!((part.size, part.pixels[0]), ([4, 4], gray(2, 2)));
        assert!(cropped(&screen, rect.translate(vec2(9.0, 0.0)), 2.0).is_none());
        let png = image::load_from_memory(&to_png(&part).expect("a file")).expect("a picture");
        assert_eq!(png.into_rgb8().get_pixel(3, 3).0, [55; 3]);
    }
}
