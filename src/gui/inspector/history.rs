//! Who decided what about the image, and when.

use egui::{Label as Text, RichText, Ui};
use jiff::tz::TimeZone;

use super::label::how;
use crate::catalog::{HistoryItem, Label};
use crate::gui::category_chip::LabelWords;
use crate::gui::text::heading;
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
        let said = |label: &Label| LabelWords::of(session, &label.value).to_string();
        let what = after.map_or_else(|| "No label".to_owned(), said);
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
