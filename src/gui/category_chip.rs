//! What a label says, each word on its colour.

use std::fmt;

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Ui, vec2};

use super::text::one_line;
use super::tokens::{RADIUS, Tokens, caption, category_color, text_on};
use crate::catalog::{Answer, ImageRow, LabelValue};
use crate::session::Session;
use crate::taxonomy::Category;
use crate::taxonomy::readable;

/// An answer that is no category.
pub(super) const NONE_OF_THESE: &str = "None of these";
/// An answer that is no category.
pub(super) const UNUSABLE: &str = "Unusable";
const PADDING: egui::Vec2 = vec2(6.0, 2.0);

/// What a label says, a text and a colour for each of its chips.
pub(super) fn label_chips(
    ui: &Ui,
    session: &Session,
    label: &LabelValue,
) -> Vec<(String, Color32)> {
    let categories = session.label_categories(label);
    if categories.is_empty() {
        return vec![(answer_text(session, label), Tokens::of(ui).text_weak)];
    }
    let chip = |category: &Category| (readable(&category.name), category_color(category.color));
    let mut chips: Vec<(String, Color32)> = categories.into_iter().map(chip).collect();
    if let (Some((text, _)), Some(subcategory)) =
        (chips.first_mut(), session.label_subcategory(label))
    {
        *text += &format!(": {}", readable(&subcategory));
    }
    chips
}

/// What a label says first, such as `Nanowires` or `None of these`.
pub(super) fn answer_text(session: &Session, label: &LabelValue) -> String {
    match label.answer {
        Answer::NoneOfThese => NONE_OF_THESE.to_owned(),
        Answer::Unusable => UNUSABLE.to_owned(),
        Answer::Category(id) => {
            session.category(id).map_or_else(String::new, |category| category.name.clone())
        }
    }
}

/// All that a label says, in words.
pub(super) struct LabelWords {
    /// The category, or the answer that is none.
    pub(super) first: String,
    pub(super) subcategory: Option<String>,
    /// The second category.
    pub(super) second: Option<String>,
}

impl LabelWords {
    pub(super) fn of(session: &Session, label: &LabelValue) -> Self {
        let second = session.label_categories(label).get(1).map(|second| readable(&second.name));
        Self {
            first: readable(&answer_text(session, label)),
            subcategory: session.label_subcategory(label),
            second,
        }
    }
}

/// Such as `Nanowires, in bundles and Tips`.
impl fmt::Display for LabelWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        if let Some(subcategory) = &self.subcategory {
            write!(f, ", {subcategory}")?;
        }
        if let Some(second) = &self.second {
            write!(f, " and {second}")?;
        }
        Ok(())
    }
}

/// What an image is labelled with, in words.
pub(super) fn label_words(session: &Session, row: &ImageRow) -> String {
    let label = row.label.as_ref().map(|label| LabelWords::of(session, &label.value).to_string());
    label.unwrap_or_else(|| "unlabelled".to_owned())
}

/// Paints a chip whose left top corner is `at`, no wider than `max_width`; gives its rectangle.
pub(super) fn paint_chip(
    painter: &Painter,
    at: Pos2,
    text: &str,
    color: Color32,
    max_width: f32,
) -> Rect {
    let ink = text_on(color);
    let galley = one_line(painter, text.to_owned(), caption(), ink, max_width - 2.0 * PADDING.x);
    let rect = Rect::from_min_size(at, galley.size() + 2.0 * PADDING);
    painter.rect_filled(rect, CornerRadius::same(RADIUS), color);
    painter.galley(at + PADDING, galley, ink);
    rect
}
