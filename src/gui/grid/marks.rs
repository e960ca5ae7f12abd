//! Small marks on a picture: what a person said of it beside the label.

use egui::{CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

use crate::catalog::{ImageRow, Label};
use crate::gui::tokens::{IMAGE_PLATE, ON_IMAGE};

/// Something to be seen at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// There is a note.
    Note,
    /// Something is drawn into the image.
    Annotated,
    /// It never trains.
    Excluded,
    /// No person has looked at its label.
    Automatic,
    /// The file has changed since it was labelled.
    Outdated,
}

impl Flag {
    /// Those of an image.
    pub(super) fn of(row: &ImageRow) -> impl Iterator<Item = Self> {
        let mark = &row.mark;
        [
            (mark.note.is_some(), Self::Note),
            (mark.is_annotated, Self::Annotated),
            (mark.is_excluded, Self::Excluded),
            (row.label.as_ref().is_some_and(Label::is_automatic), Self::Automatic),
            (row.is_label_outdated, Self::Outdated),
        ]
        .into_iter()
        .filter_map(|(is_set, flag)| is_set.then_some(flag))
    }

    /// What it means.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Note => "Has a note",
            Self::Annotated => "Something is drawn into it",
            Self::Excluded => "Never trains",
            Self::Automatic => "Labelled by a model alone",
            Self::Outdated => "Changed since it was labelled",
        }
    }

    /// Paints the mark into a square.
    fn paint(self, painter: &Painter, square: Rect) {
        painter.rect_filled(square, CornerRadius::same(2), IMAGE_PLATE);
        let inner = square.shrink(square.width() * 0.22);
        let line = Stroke::new((square.width() / 11.0).max(1.0), ON_IMAGE);
        match self {
            Self::Note => {
                for share in [0.1, 0.5, 0.9] {
                    let y = inner.top() + inner.height() * share;
                    let end = if share > 0.8 { inner.center().x } else { inner.right() };
                    painter.line_segment([pos2(inner.left(), y), pos2(end, y)], line);
                }
            }
            Self::Annotated => {
                let tip = inner.left_bottom();
                painter.line_segment([inner.right_top(), tip], line);
                let barb = inner.width() * 0.55;
                painter.line_segment([tip, tip + vec2(0.0, -barb)], line);
                painter.line_segment([tip, tip + vec2(barb, 0.0)], line);
            }
            Self::Excluded => {
                let radius = inner.width() / 2.0;
                painter.circle_stroke(inner.center(), radius, line);
                let slant = vec2(radius, -radius) * 0.7;
                painter.line_segment([inner.center() - slant, inner.center() + slant], line);
            }
            Self::Outdated => {
                // An exclamation mark.
                let (top, bottom) = (inner.center_top(), inner.center_bottom());
                let foot = top + (bottom - top) * 0.6;
                let line = Stroke::new(line.width * 1.6, line.color);
                painter.line_segment([top, foot], line);
                painter.circle_filled(bottom, line.width * 0.7, line.color);
            }
            Self::Automatic => {
                // A chip of a computer: a square with feet.
                let chip = inner.shrink(inner.width() * 0.15);
                painter.rect_stroke(chip, CornerRadius::ZERO, line, StrokeKind::Middle);
                for share in [0.25, 0.75] {
                    let y = chip.top() + chip.height() * share;
                    painter.line_segment([pos2(inner.left(), y), pos2(chip.left(), y)], line);
                    painter.line_segment([pos2(chip.right(), y), pos2(inner.right(), y)], line);
                }
            }
        }
    }
}

/// Paints an image's marks from `right_top` to the left, each a square of this side; gives where
/// they end.
pub(super) fn paint_marks(painter: &Painter, right_top: Pos2, side: f32, row: &ImageRow) -> f32 {
    let mut right = right_top.x;
    for flag in Flag::of(row) {
        let square = Rect::from_min_size(pos2(right - side, right_top.y), vec2(side, side));
        flag.paint(painter, square);
        right = square.left() - 2.0;
    }
    right
}
