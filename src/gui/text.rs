//! Texts: titles of groups of lines, and lines that are laid out by hand.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, RichText, Ui};

use super::tokens::{Tokens, caption};

/// Room in points that a text has at least, else nothing of it would be seen.
const LEAST_WIDTH: f32 = 8.0;

/// The title of a group of lines.
pub(super) fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(caption()).color(Tokens::of(ui).text_weak));
    ui.add_space(2.0);
}

/// One line, cut with an ellipsis where it is wider than `width` points.
pub(super) fn one_line(
    painter: &Painter,
    text: String,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text, font, color);
    job.wrap = TextWrapping::truncate_at_width(width.max(LEAST_WIDTH));
    painter.layout_job(job)
}

/// One line, cut in its middle where it is wider than `width` points: names of files differ at their
/// ends.
pub(super) fn one_line_cut_within(
    painter: &Painter,
    text: String,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let characters: Vec<char> = text.chars().collect();
    let (widths, dots): (Vec<f32>, f32) = painter.fonts_mut(|fonts| {
        let widths = characters.iter().map(|letter| fonts.glyph_width(&font, *letter)).collect();
        (widths, fonts.glyph_width(&font, '…'))
    });
    if widths.iter().sum::<f32>() <= width {
        return painter.layout_no_wrap(text, font, color);
    }
    // From both ends towards the middle, as far as there is room.
    let (mut head, mut tail, mut taken) = (0, characters.len(), dots);
    while head < tail {
        let at = if head <= characters.len() - tail { head } else { tail - 1 };
        taken += widths[at];
        if taken > width {
            break;
        }
        if at == head { head += 1 } else { tail -= 1 }
    }
    let end = characters[tail..].iter();
    let cut: String = characters[..head].iter().chain([&'…']).chain(end).collect();
    painter.layout_no_wrap(cut, font, color)
}

#[cfg(test)]
mod tests {
    use egui::{Context, LayerId, RawInput, Rect};

    use super::*;

    #[test]
    fn names_that_are_too_long_keep_their_beginning_and_their_end() {
        let context = Context::default();
        let output = context.run_ui(RawInput::default(), |ui| {
            let painter = Painter::new(ui.ctx().clone(), LayerId::background(), Rect::EVERYTHING);
            let cut = |text: &str, width| {
                let font = FontId::proportional(12.0);
                one_line_cut_within(&painter, text.to_owned(), font, Color32::WHITE, width)
            };
            assert_eq!(cut("short.tif", 200.0).text(), "short.tif");
            let long = cut("chemrxiv_micrographs_12948494_v1_fig_3.tif", 120.0);
            assert!(long.size().x <= 120.0, "{}", long.size().x);
            assert!(
                long.text().starts_with("chem") && long.text().ends_with("3.tif"),
                "{}",
                long.text()
            );
            assert!(long.text().contains('…'));
            assert!(cut("Größe µm.tif", 0.0).size().x < 20.0, "there is hardly any room");
        });
        output.drop_without_applying_deltas();
    }
}
