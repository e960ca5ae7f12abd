//! A field and a list that it narrows down: commands, categories.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, Id, Key, Modifiers, Rect, Role, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};

use super::fuzzy::fuzzy_match;
use super::key_cap::paint_caps;
use super::tokens::{GAP, RADIUS, TIGHT_GAP, Tokens, small};

const ROW_HEIGHT: f32 = 28.0;
/// Rows shown at once.
const MOST_SHOWN: usize = 12;
const DOT: f32 = 10.0;
/// Share of a row that its name may take.
const NAME_SHARE: f32 = 0.72;

/// What is written, and which row is meant.
#[derive(Default)]
pub(super) struct PickList {
    text: String,
    cursor: usize,
    /// The field, once it was drawn.
    field: Option<Id>,
    is_entered: bool,
    /// The cursor was moved: bring it into view.
    reveal_cursor: bool,
    /// How far the list was scrolled when last drawn, in points.
    offset: f32,
}

/// One line of the list.
#[derive(Default)]
pub(super) struct PickRow {
    pub(super) text: String,
    /// At the right: a count, or why it cannot be picked.
    pub(super) detail: String,
    pub(super) keys: Vec<String>,
    pub(super) color: Option<Color32>,
    /// Why nothing happens when it is picked, if so.
    pub(super) why_not: Option<&'static str>,
    /// Whether it is there whatever is written.
    pub(super) is_always_there: bool,
}

/// A row that is left, and which characters of it were written.
struct Found {
    index: usize,
    positions: Vec<usize>,
}

impl PickList {
    /// What is written.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Draws the field, and reads the keys that are the list's.
    pub(super) fn field_ui(&mut self, ui: &mut Ui, name: &str, hint: &str) {
        // A click beside the field leaves it the keyboard.
        let focused = ui.memory(egui::Memory::focused);
        let takes_keyboard = self.field.is_none() || focused.is_none();
        self.read_keys(ui, takes_keyboard || focused == self.field);
        let field = ui
            .add(TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(f32::INFINITY));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
        if takes_keyboard {
            field.request_focus();
        }
        if field.changed() {
            self.cursor = 0;
            self.reveal_cursor = true;
        }
        self.field = Some(field.id);
    }

    fn read_keys(&mut self, ui: &Ui, has_keyboard: bool) {
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        self.is_entered = pressed(Key::Enter) > 0;
        if !has_keyboard {
            return; // arrows go from row to row by themselves
        }
        let before = self.cursor;
        let on = pressed(Key::ArrowDown) + MOST_SHOWN * pressed(Key::PageDown);
        let back = pressed(Key::ArrowUp) + MOST_SHOWN * pressed(Key::PageUp);
        self.cursor = (self.cursor + on).saturating_sub(back);
        self.reveal_cursor |= self.cursor != before;
    }

    /// Draws the rows that fit what is written, the best first; gives the one that was picked.
    pub(super) fn rows_ui(
        &mut self,
        ui: &mut Ui,
        rows: &[PickRow],
        nothing: &str,
    ) -> Option<usize> {
        let found = self.found(rows);
        self.cursor = self.cursor.min(found.len().saturating_sub(1));
        ui.add_space(TIGHT_GAP);
        if found.is_empty() {
            let color = Tokens::of(ui).text_weak;
            ui.add_sized(
                vec2(ui.available_width(), ROW_HEIGHT),
                egui::Label::new(egui::RichText::new(nothing).color(color)),
            );
            return None;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ROW_HEIGHT * MOST_SHOWN as f32;
        let mut scroll = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
        if std::mem::take(&mut self.reveal_cursor) {
            let top = self.cursor as f32 * ROW_HEIGHT;
            let offset = self.offset.min(top).max(top + ROW_HEIGHT - height);
            scroll = scroll.vertical_scroll_offset(offset);
        }
        let mut picked = self.is_entered.then(|| found[self.cursor].index);
        let output = scroll.show_rows(ui, ROW_HEIGHT, found.len(), |ui, shown| {
            for at in shown {
                let row = &rows[found[at].index];
                let response = row_ui(ui, row, &found[at].positions, at == self.cursor);
                if response.gained_focus() {
                    self.cursor = at;
                }
                if response.clicked() {
                    picked = Some(found[at].index);
                }
            }
        });
        self.offset = output.state.clamped_offset().y;
        picked.filter(|index| rows[*index].why_not.is_none())
    }

    fn found(&self, rows: &[PickRow]) -> Vec<Found> {
        let matched = rows.iter().enumerate().filter_map(|(index, row)| {
            let found = fuzzy_match(&self.text, &row.text);
            let (score, positions) = match found {
                Some(found) if !row.is_always_there => (found.score, found.positions),
                _ if row.is_always_there => (i32::MIN, Vec::new()),
                _ => return None,
            };
            Some((score, Found { index, positions }))
        });
        let mut matched: Vec<(i32, Found)> = matched.collect();
        // What can be picked comes first among equals, then the order in which it was given.
        matched.sort_by_key(|(score, found)| {
            let row = &rows[found.index];
            (std::cmp::Reverse(*score), row.why_not.is_some() && !self.text.is_empty())
        });
        matched.into_iter().map(|(_, found)| found).collect()
    }
}

fn row_ui(ui: &mut Ui, row: &PickRow, positions: &[usize], is_meant: bool) -> egui::Response {
    let tokens = Tokens::of(ui);
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let is_enabled = row.why_not.is_none();
    response.widget_info(|| {
        let parts = [&row.text, &row.keys.join(", "), &row.detail];
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).chain(row.why_not).collect();
        let filled: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        WidgetInfo::selected(Role::Button, is_enabled, is_meant, filled.join(", "))
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    let fill = match (is_meant, response.hovered() || response.has_focus()) {
        (true, _) => tokens.selected,
        (false, true) => tokens.control,
        (false, false) => Color32::TRANSPARENT,
    };
    painter.rect_filled(rect, CornerRadius::same(RADIUS), fill);
    let mut left = rect.left() + GAP;
    if let Some(color) = row.color {
        let center = pos2(left + DOT / 2.0, rect.center().y);
        let dot = Rect::from_center_size(center, vec2(DOT, DOT));
        painter.rect_filled(dot, CornerRadius::same(3), color);
        left += DOT + GAP;
    }
    let right = pos2(rect.right() - GAP, rect.center().y);
    let mut end = paint_caps(painter, right, &row.keys, tokens);
    let detail = row.why_not.unwrap_or(&row.detail);
    if !detail.is_empty() {
        let at = pos2(end - TIGHT_GAP, right.y);
        let color = if is_meant { tokens.text } else { tokens.text_weak };
        end = painter.text(at, Align2::RIGHT_CENTER, detail, small(), color).left();
    }
    let room = (end - GAP - left).max(rect.width() * (1.0 - NAME_SHARE));
    let job = name_job(ui, row, positions, room.min(end - left));
    let name = ui.painter().layout_job(job);
    let top = rect.center().y - name.size().y / 2.0;
    ui.painter().galley(pos2(left, top), name, tokens.text);
    response
}

/// The name with the characters that were written in the accent.
fn name_job(ui: &Ui, row: &PickRow, positions: &[usize], width: f32) -> LayoutJob {
    let tokens = Tokens::of(ui);
    let font_id = egui::TextStyle::Body.resolve(ui.style());
    let color = if row.why_not.is_none() { tokens.text } else { tokens.text_weak };
    let plain = TextFormat { font_id, color, ..TextFormat::default() };
    let marked = TextFormat { color: tokens.accent, ..plain.clone() };
    let mut job = LayoutJob::default();
    for (at, character) in row.text.chars().enumerate() {
        let is_marked = row.why_not.is_none() && positions.binary_search(&at).is_ok();
        let format = if is_marked { &marked } else { &plain };
        job.append(character.encode_utf8(&mut [0; 4]), 0.0, format.clone());
    }
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(written: &str, rows: &[PickRow]) -> Vec<usize> {
        let list = PickList { text: written.to_owned(), ..PickList::default() };
        list.found(rows).iter().map(|found| found.index).collect()
    }

    fn row(text: &str) -> PickRow {
        PickRow { text: text.to_owned(), ..PickRow::default() }
    }

    #[test]
    fn nothing_written_leaves_all_in_their_order() {
        assert_eq!(found("", &[row("b"), row("a")]), [0, 1]);
    }

    #[test]
    fn the_best_comes_first_and_what_is_always_there_last() {
        let always = PickRow { is_always_there: true, ..row("Add category “tip”") };
        let rows = [always, row("Stipes"), row("Tips"), row("Wires")];
        assert_eq!(found("tip", &rows), [2, 1, 0]);
        assert_eq!(found("zzz", &rows), [0]);
    }

    #[test]
    fn what_can_be_picked_comes_before_its_equal_that_cannot() {
        let not = PickRow { why_not: Some("nothing to take back"), ..row("Undo") };
        assert_eq!(found("undo", &[not, row("Undo")]), [1, 0]);
    }
}
