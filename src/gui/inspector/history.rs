//! Who decided what about the image, and when.

use egui::{Label as Text, RichText, Ui};
use jiff::tz::TimeZone;

use super::heading;
use super::label::how;
use crate::catalog::{HistoryItem, Label};
use crate::gui::category_chip::answer_text;
use crate::gui::sidebar::readable;
use crate::gui::tokens::{GROUP_GAP, Tokens};
use crate::session::Session;

/// Decisions listed; an image has a handful, and a scrolled list of hundreds helps nobody.
const MOST_ITEMS: usize = 20;

/// All decisions, the newest first.
pub(super) fn history_ui(ui: &mut Ui, session: &Session, history: &[HistoryItem]) {
    if history.is_empty() {
        return;
    }
    ui.add_space(GROUP_GAP);
    heading(ui, "History");
    let tokens = Tokens::of(ui);
    for item in history.iter().rev().take(MOST_ITEMS) {
        let after = item.after.as_ref();
        let what = after.map_or_else(|| "No label".to_owned(), |label| said(session, label));
        ui.add(Text::new(what).wrap());
        let at = item.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let text = format!("by {}, {at}{}", item.by, how(item.source));
        ui.label(RichText::new(text).small().color(tokens.text_weak));
    }
    if let Some(more) = history.len().checked_sub(MOST_ITEMS).filter(|more| *more > 0) {
        let text = format!("and {more} before: semblance labels history");
        ui.label(RichText::new(text).small().color(tokens.text_weak));
    }
}

fn said(session: &Session, label: &Label) -> String {
    let mut text = readable(&answer_text(session, &label.value));
    if let Some(subcategory) = session.label_subcategory(&label.value) {
        text += &format!(", {subcategory}");
    }
    if let Some(second) = session.label_categories(&label.value).get(1) {
        text += &format!(" and {}", readable(&second.name));
    }
    text
}
