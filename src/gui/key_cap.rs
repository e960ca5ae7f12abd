//! Keys as they look on a keyboard.

use egui::{Align2, CornerRadius, Painter, Pos2, Rect, StrokeKind, pos2, vec2};

use super::tokens::{RADIUS, TIGHT_GAP, Tokens, caption};
use crate::settings::{Chord, ChordKey};

const HEIGHT: f32 = 18.0;
const PADDING: f32 = 5.0;

/// A chord as it is shown, such as `Ctrl+Z` or `←`.
pub(super) fn cap_text(chord: Chord) -> String {
    let text = chord.to_string();
    let (name, shown) = match chord.key() {
        ChordKey::Left => ("Left", "←"),
        ChordKey::Right => ("Right", "→"),
        ChordKey::Up => ("Up", "↑"),
        ChordKey::Down => ("Down", "↓"),
        ChordKey::PageUp => ("PageUp", "Page up"),
        ChordKey::PageDown => ("PageDown", "Page down"),
        _ => ("", ""),
    };
    let text = text.strip_suffix(name).map(|held| format!("{held}{shown}")).unwrap_or(text.clone());
    if cfg!(target_os = "macos") { text.replace("Ctrl+", "Cmd+") } else { text }
}

/// Several chords as one text for a screen reader.
pub(super) fn caps_as_text(chords: &[Chord]) -> String {
    let texts: Vec<String> = chords.iter().map(|chord| cap_text(*chord)).collect();
    texts.join(", ")
}

/// Paints caps one beside the other, the last one ending at `right`; gives where they begin.
pub(super) fn paint_caps(painter: &Painter, right: Pos2, texts: &[String], tokens: &Tokens) -> f32 {
    let mut end = right.x;
    for text in texts.iter().rev() {
        let galley = painter.layout_no_wrap(text.clone(), caption(), tokens.text);
        let size = vec2((galley.size().x + 2.0 * PADDING).max(HEIGHT), HEIGHT);
        let rect = Rect::from_min_size(pos2(end - size.x, right.y - HEIGHT / 2.0), size);
        painter.rect(
            rect,
            CornerRadius::same(RADIUS),
            tokens.control,
            egui::Stroke::new(1.0, tokens.mark),
            StrokeKind::Inside,
        );
        painter.galley(
            Align2::CENTER_CENTER.align_size_within_rect(galley.size(), rect).min,
            galley,
            tokens.text,
        );
        end = rect.left() - TIGHT_GAP;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_show_signs_where_there_are_some() {
        let shown = |text: &str| cap_text(text.parse().unwrap());
        assert_eq!(shown("Shift+Left"), "Shift+←");
        assert_eq!(shown("PageUp"), "Page up");
        assert_eq!(shown("F5"), "F5");
        assert_eq!(shown("?"), "?");
    }
}
