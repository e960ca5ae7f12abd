//! Who decided what about the image, and when.

use egui::{Label as Text, RichText, Ui};
use jiff::tz::TimeZone;

use super::label::how;
use crate::catalog::{Answer, HistoryItem};
use crate::gui::category_chip::{NONE_OF_THESE, UNUSABLE};
use crate::gui::text::heading;
use crate::gui::tokens::{GROUP_GAP, Tokens};
use crate::taxonomy::readable;

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
        ui.add(Text::new(said(item)).wrap());
        if let Some(categories) = &item.categories {
            ui.add(Text::new(RichText::new(readable(categories)).small()).wrap());
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

/// What the image was labelled, in the names of then.
fn said(item: &HistoryItem) -> String {
    match item.after.as_ref().map(|label| label.value.answer) {
        None => "No label".to_owned(),
        Some(Answer::NoneOfThese) => NONE_OF_THESE.to_owned(),
        Some(Answer::Unusable) => UNUSABLE.to_owned(),
        Some(Answer::Category(_)) => readable(item.said.as_deref().unwrap_or_default()),
    }
}
