//! The strip of text below the picture, in two styles.

use embedded_graphics::mono_font::iso_8859_1::{FONT_6X10, FONT_7X13, FONT_8X13};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::prelude::{Drawable, Point, Primitive};
use embedded_graphics::primitives::{Line, PrimitiveStyle};
use embedded_graphics::text::{Baseline, Text};

use super::acquisition::{Acquisition, Vendor};
use super::grey_plane::GreyPlane;
use super::number_text;
use super::zeiss_header;

/// Draws the bar; `light` asks for black text on a light ground.
pub fn draw(acquisition: &Acquisition, light: bool) -> GreyPlane {
    let (ground, ink) = if light { (0.92, Gray8::BLACK) } else { (0.0, Gray8::WHITE) };
    let mut bar = GreyPlane::filled(acquisition.width_px, acquisition.data_bar_height_px, ground);
    let columns = match acquisition.vendor {
        Vendor::Zeiss => zeiss_columns(acquisition),
        Vendor::Fei => fei_columns(acquisition),
    };
    let scale_width = acquisition.width_px / 5 + 16;
    let text_width = acquisition.width_px - scale_width;
    let longest: usize = columns
        .iter()
        .map(|column| column[0].chars().count().max(column[1].chars().count()) + 2)
        .sum();
    let font = font_for(acquisition.data_bar_height_px, text_width, longest);
    let style = MonoTextStyle::new(font, ink);
    let (char_width, char_height) =
        (font.character_size.width as usize, font.character_size.height as usize);
    let spare = acquisition.data_bar_height_px.saturating_sub(2 * char_height);
    let (upper_y, lower_y) = (spare / 3, spare / 3 + char_height + spare / 3);

    // Zeiss puts the scale on the left, FEI on the right.
    let (scale_x, mut x) = match acquisition.vendor {
        Vendor::Zeiss => (8, scale_width),
        Vendor::Fei => (text_width, 6),
    };
    for column in &columns {
        let num_chars = column[0].chars().count().max(column[1].chars().count());
        write(&mut bar, style, x, upper_y, &column[0]);
        write(&mut bar, style, x, lower_y, &column[1]);
        x += (num_chars + 1) * char_width + char_width / 2;
        if acquisition.vendor == Vendor::Fei {
            let line_x = x as i32 - char_width as i32 / 2 - 2;
            line(&mut bar, ink, (line_x, 2), (line_x, acquisition.data_bar_height_px as i32 - 3));
        }
    }
    draw_scale(&mut bar, acquisition, style, scale_x, upper_y, (lower_y + char_height / 2) as i32);
    bar
}

fn zeiss_columns(acquisition: &Acquisition) -> Vec<[String; 2]> {
    let moment = &acquisition.taken;
    vec![
        [
            format!("Mag = {}", zeiss_header::magnification_text(acquisition.magnification).trim()),
            format!("WD = {:.1} mm", acquisition.working_distance_mm),
        ],
        [
            format!("EHT = {:.2} kV", acquisition.accelerating_voltage_kv),
            format!("Signal A = {}", acquisition.detector),
        ],
        [format!("Date :{}", zeiss_header::date_text(moment)), "SYNTHETIC".to_owned()],
    ]
}

fn fei_columns(acquisition: &Acquisition) -> Vec<[String; 2]> {
    let column = |name: &str, value: String| [name.to_owned(), value];
    vec![
        column("HV", format!("{:.2} kV", acquisition.accelerating_voltage_kv)),
        column("mag", format!("{} x", acquisition.magnification)),
        column("HFW", number_text::length(acquisition.field_width_nm())),
        column("WD", format!("{:.1} mm", acquisition.working_distance_mm)),
        column("det", acquisition.detector.to_owned()),
        column("image", "SYNTHETIC".to_owned()),
    ]
}

/// A bar of a round length with its value above.
fn draw_scale(
    bar: &mut GreyPlane,
    acquisition: &Acquisition,
    style: MonoTextStyle<'_, Gray8>,
    x: usize,
    text_y: usize,
    line_y: i32,
) {
    let ink = style.text_color.unwrap_or(Gray8::WHITE);
    let length_nm = scale_length_nm(acquisition.nm_per_px * acquisition.width_px as f64 / 5.0);
    let length_px = (length_nm / acquisition.nm_per_px).round() as i32;
    let label = number_text::round_length(length_nm);
    let (left, right) = (x as i32, x as i32 + length_px);
    let label_width = label.chars().count() as i32 * style.font.character_size.width as i32;
    let label_x = (left + right - label_width) / 2;
    write(bar, style, label_x.max(left.min(4)) as usize, text_y, &label);
    for dy in [0, 1] {
        line(bar, ink, (left, line_y + dy), (right, line_y + dy));
    }
    for end in [left, right] {
        line(bar, ink, (end, line_y - 3), (end, line_y + 4));
    }
}

/// The longest of 1, 2, 5 times a power of ten that is not above `most_nm`.
fn scale_length_nm(most_nm: f64) -> f64 {
    let decade = 10_f64.powf(most_nm.log10().floor());
    let step = [5.0, 2.0].into_iter().find(|step| step * decade <= most_nm).unwrap_or(1.0);
    // Powers are not always exact; the label must be.
    number_text::to_digits(step * decade, 1)
}

/// The largest font that fits two lines and all columns.
fn font_for(height_px: usize, width_px: usize, num_chars: usize) -> &'static MonoFont<'static> {
    [&FONT_8X13, &FONT_7X13]
        .into_iter()
        .find(|font| {
            2 * font.character_size.height as usize <= height_px
                && num_chars * font.character_size.width as usize <= width_px
        })
        .unwrap_or(&FONT_6X10)
}

fn write(bar: &mut GreyPlane, style: MonoTextStyle<'_, Gray8>, x: usize, y: usize, text: &str) {
    let position = Point::new(x as i32, y as i32);
    // Drawing on a plane cannot fail: its error type has no value.
    let Ok(_) = Text::with_baseline(text, position, style, Baseline::Top).draw(bar);
}

fn line(bar: &mut GreyPlane, ink: Gray8, from: (i32, i32), to: (i32, i32)) {
    let line = Line::new(Point::new(from.0, from.1), Point::new(to.0, to.1));
    let Ok(()) = line.into_styled(PrimitiveStyle::with_stroke(ink, 1)).draw(bar);
}
