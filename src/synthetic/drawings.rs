//! What people draw into their pictures: measurements, outlines.

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::{FONT_9X15_BOLD, FONT_10X20};
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::prelude::{Drawable, Point, Primitive, Size};
use embedded_graphics::primitives::{Ellipse, Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};

use super::dice::Dice;
use super::grey_plane::GreyPlane;
use super::number_text;

/// Draws one to three measurements or outlines into the picture.
pub fn burn_in(picture: &mut GreyPlane, nm_per_px: f64, dice: &mut Dice) {
    let mean = picture.grey.iter().sum::<f32>() / picture.grey.len() as f32;
    // Black would not be seen on most micrographs.
    let ink = if mean > 0.45 && dice.chance(0.6) { Gray8::BLACK } else { Gray8::WHITE };
    let stroke_px = dice.count(1, 3) as u32;
    let style = PrimitiveStyle::with_stroke(ink, stroke_px);
    let kind = dice.count(0, 3);
    for _ in 0..dice.count(1, 3) {
        let middle = Point::new(
            (picture.width_px as f32 * dice.range(0.25, 0.75)) as i32,
            (picture.height_px as f32 * dice.range(0.25, 0.75)) as i32,
        );
        let size = Size::new(dice.count(50, 200) as u32, dice.count(40, 140) as u32);
        let corner = middle - Point::new(size.width as i32 / 2, size.height as i32 / 2);
        let Ok(()) = match kind {
            0 => Ellipse::new(corner, size).into_styled(style).draw(picture),
            1 => Rectangle::new(corner, size).into_styled(style).draw(picture),
            _ => measurement(picture, middle, nm_per_px, style, dice),
        };
    }
}

/// A line with an arrow head at both ends and its true length beside it.
fn measurement(
    picture: &mut GreyPlane,
    middle: Point,
    nm_per_px: f64,
    style: PrimitiveStyle<Gray8>,
    dice: &mut Dice,
) -> Result<(), std::convert::Infallible> {
    let half_length_px = dice.range(25.0, 110.0);
    let angle = dice.angle();
    let toward = |angle: f32, distance: f32| {
        Point::new((distance * angle.cos()).round() as i32, (distance * angle.sin()).round() as i32)
    };
    let (start, end) =
        (middle - toward(angle, half_length_px), middle + toward(angle, half_length_px));
    Line::new(start, end).into_styled(style).draw(picture)?;
    for (tip, outward) in [(end, angle), (start, angle + std::f32::consts::PI)] {
        for spread in [2.7, -2.7] {
            let barb = tip + toward(outward + spread, 10.0);
            Line::new(tip, barb).into_styled(style).draw(picture)?;
        }
    }
    let (dx, dy) = (f64::from(end.x - start.x), f64::from(end.y - start.y));
    let label = number_text::length(dx.hypot(dy) * nm_per_px);
    let font = if dice.chance(0.5) { &FONT_10X20 } else { &FONT_9X15_BOLD };
    let ink = style.stroke_color.unwrap_or(Gray8::WHITE);
    let position = middle + Point::new(8, 6);
    Text::with_baseline(&label, position, MonoTextStyle::new(font, ink), Baseline::Top)
        .draw(picture)?;
    Ok(())
}
