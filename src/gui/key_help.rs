//! All keys at a glance, over the window.

use egui::{CornerRadius, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::actions::{Action, ActionGroup};
use super::key_cap::{cap_text, paint_caps};
use super::keymap::Keymap;
use super::popup_frame::PopupFrame;
use super::shortcuts;
use super::text::one_line;
use super::tokens::{GAP, GROUP_GAP, Tokens, category_color, small, strong};
use crate::session::Session;
use crate::taxonomy::readable;

const WIDTH: f32 = 1120.0;
const ROW_HEIGHT: f32 = 21.0;
const COLUMNS: f32 = 3.0;
/// Height of a thing that leaves room for the window's edge.
const HEIGHT_SHARE: f32 = 0.86;
const DOT: f32 = 8.0;

/// One line: what a key does.
struct Line {
    text: String,
    keys: Vec<String>,
    color: Option<egui::Color32>,
}

/// The overlay of all keys.
#[derive(Default)]
pub(super) struct KeyHelp {
    was_drawn: bool,
}

impl KeyHelp {
    /// Draws the keys; false once they were put away.
    pub(super) fn ui(&mut self, ui: &Ui, session: &Session, keymap: &Keymap) -> bool {
        // In the frame that opens it, the key that does so is pressed.
        let was_drawn = std::mem::replace(&mut self.was_drawn, true);
        let is_pressed = was_drawn && shortcuts::is_pressed(ui, keymap, Action::Keys);
        let context = ui.ctx();
        let height = context.content_rect().height() * HEIGHT_SHARE;
        let shown = PopupFrame::middle("All keys at a glance").show(context, WIDTH, |ui| {
            let tokens = Tokens::of(ui);
            ui.horizontal(|ui| {
            ui.label(RichText::new("Keys").font(strong()));
            let hint = "Shift and a movement selects; Shift and a category's key gives a second \
                        category. Esc closes this; keys are changed in the settings";
            ui.label(RichText::new(hint).font(small()).color(tokens.text_weak));
        });
            ui.add_space(GAP);
            ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing = vec2(2.0 * GROUP_GAP, 0.0);
                    let width =
                        (ui.available_width() - GAP - (COLUMNS - 1.0) * 2.0 * GROUP_GAP) / COLUMNS;
                    ui.horizontal_top(|ui| {
                        for groups in [
                            &[ActionGroup::Decide, ActionGroup::Move][..],
                            &[ActionGroup::Look, ActionGroup::Program],
                        ] {
                            ui.vertical(|ui| {
                                ui.set_width(width);
                                for group in groups {
                                    group_ui(ui, *group, keymap);
                                }
                            });
                        }
                        ui.vertical(|ui| {
                            ui.set_width(width);
                            group_ui(ui, ActionGroup::Show, keymap);
                            categories_ui(ui, session);
                        });
                    });
                });
            let rect = ui.min_rect();
            let all = ui.interact(rect, ui.scope_id().with("put away"), Sense::click());
            all.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Put the keys away"));
            all.clicked()
        });
        !(shown.is_closed || shown.inner || is_pressed)
    }
}

fn group_ui(ui: &mut Ui, group: ActionGroup, keymap: &Keymap) {
    title_ui(ui, group.title());
    for action in group.actions() {
        let keys = keymap.chords(action).iter().map(|chord| cap_text(*chord)).collect();
        line_ui(ui, &Line { text: action.text().to_owned(), keys, color: None });
    }
    ui.add_space(GAP);
}

fn categories_ui(ui: &mut Ui, session: &Session) {
    if session.categories().is_empty() {
        return;
    }
    title_ui(ui, "Categories");
    for category in session.categories() {
        line_ui(
            ui,
            &Line {
                text: readable(&category.name),
                keys: category.key.iter().map(|key| key.to_uppercase().to_string()).collect(),
                color: Some(category_color(category.color)),
            },
        );
    }
}

fn title_ui(ui: &mut Ui, title: &str) {
    let color = Tokens::of(ui).text_weak;
    ui.label(RichText::new(title).font(super::tokens::caption()).color(color));
}

fn line_ui(ui: &mut Ui, line: &Line) {
    let tokens = Tokens::of(ui);
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let keys = if line.keys.is_empty() { "no key".to_owned() } else { line.keys.join(", ") };
        WidgetInfo::labeled(Role::Label, true, format!("{}: {keys}", line.text))
    });
    let painter = ui.painter();
    let mut left = rect.left();
    if let Some(color) = line.color {
        let center = pos2(left + DOT / 2.0, rect.center().y);
        let dot = Rect::from_center_size(center, vec2(DOT, DOT));
        painter.rect_filled(dot, CornerRadius::same(2), color);
        left += DOT + GAP;
    }
    let end = paint_caps(painter, rect.right_center(), &line.keys, tokens);
    let font = egui::TextStyle::Body.resolve(ui.style());
    let ink = if line.keys.is_empty() { tokens.text_weak } else { tokens.text };
    let galley = one_line(painter, line.text.clone(), font, ink, end - GAP - left);
    painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, ink);
}
