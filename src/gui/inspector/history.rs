//! Who decided what about the image, and when.

use egui::{Label as Text, RichText, Ui};
use jiff::tz::TimeZone;

use super::label::how;
use crate::catalog::HistoryItem;
use crate::gui::text::heading;
use crate::gui::tokens::{GROUP_GAP, Tokens};

/// Decisions listed; an image has a handful, and a scrolled list of hundreds helps nobody.
const MOST_ITEMS: usize = 20;

/// All decisions, the newest first.
pub(super) fn history_ui(ui: &mut Ui, history: &[HistoryItem]) {
    if history.is_empty() {
        return;
    }
    ui.add_space(GROUP_GAP);
    heading(ui, "History");
    let tokens = Tokens::of(ui);
    for item in history.iter().rev().take(MOST_ITEMS) {
        ui.add(Text::new(item.said.as_deref().unwrap_or("No label")).wrap());
        if let Some(categories) = &item.categories {
            ui.add(Text::new(RichText::new(categories).small()).wrap());
        }
        let at = item.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let elsewhere = if item.is_elsewhere { ", in another library" } else { "" };
        let text = format!("by {}, {at}{}{elsewhere}", item.by, how(item.source));
        ui.label(RichText::new(text).small().color(tokens.text_weak));
    }
    if let Some(more) = history.len().checked_sub(MOST_ITEMS).filter(|more| *more > 0) {
        let text = format!("and {more} before: semblance labels history");
        ui.label(RichText::new(text).small().color(tokens.text_weak));
    }
}
