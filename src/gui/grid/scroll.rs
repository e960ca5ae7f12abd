//! Scrolling with an offset in 64 bits, and its bar.
//!
//! A scroll area of egui places its content at minus its offset in 32 bits: from some 16 million
//! points on, which a million images reach, cells would move by whole points and leave gaps. Here the
//! offset is taken away in 64 bits, and only what is on screen becomes 32.

use egui::{CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::tokens::{RADIUS, Tokens};

/// Width that the bar takes from the cells.
pub(super) const BAR_WIDTH: f32 = 12.0;
const LEAST_HANDLE: f32 = 28.0;

/// How far the grid is scrolled; in points.
#[derive(Debug, Default)]
pub(super) struct Scroll {
    offset: f64,
    content: f64,
    view: f64,
    /// Where the bar's handle was taken hold of, below its upper end.
    grip: Option<f32>,
}

impl Scroll {
    /// The grid's upper edge on screen is so far below its beginning.
    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// Height of what is on screen.
    pub(super) fn view(&self) -> f64 {
        self.view
    }

    /// Takes note of the heights; the offset stays within them.
    pub(super) fn set_heights(&mut self, content: f64, view: f64) {
        (self.content, self.view) = (content, view);
        self.scroll_to(self.offset);
    }

    /// Puts this height of the grid at its upper edge, as far as there is enough below.
    pub(super) fn scroll_to(&mut self, offset: f64) {
        self.offset = offset.clamp(0.0, self.most());
    }

    /// Scrolls just as far as brings these heights into view.
    pub(super) fn reveal(&mut self, top: f64, bottom: f64) {
        if top < self.offset {
            self.scroll_to(top);
        } else if bottom > self.offset + self.view {
            self.scroll_to((bottom - self.view).min(top));
        }
    }

    /// Scrolls by the wheel or two fingers, where the pointer is over the grid.
    pub(super) fn read_wheel(&mut self, ui: &Ui) {
        let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
        self.scroll_to(self.offset - f64::from(delta));
    }

    /// The bar in `rect`; nothing where all is on screen.
    pub(super) fn bar_ui(&mut self, ui: &Ui, rect: Rect) {
        if self.most() <= 0.0 || !rect.is_positive() {
            self.grip = None;
            return;
        }
        let id = ui.scope_id().with("scroll bar");
        // The cells are what Tab reaches; the bar follows them.
        let response = ui.interact(rect, id, Sense::CLICK | Sense::DRAG);
        let share = (self.offset / self.most()) as f32;
        response.widget_info(|| WidgetInfo {
            value: Some(f64::from((share * 100.0).round())),
            ..WidgetInfo::labeled(Role::ScrollBar, true, "Place in the images, percent")
        });
        let height = rect.height();
        let handle = handle_height(height, self.view / self.content);
        let room = (height - handle).max(1.0);
        let top_of = |share: f32| rect.top() + room * share;
        match response.interact_pointer_pos().filter(|_| ui.input(|i| i.pointer.primary_down())) {
            Some(pointer) => {
                let top = top_of(share);
                let is_on_handle = (top..=top + handle).contains(&pointer.y);
                let middle = handle / 2.0;
                let grip = *self.grip.get_or_insert(match is_on_handle {
                    true => pointer.y - top,
                    false => middle,
                });
                let wanted = ((pointer.y - grip - rect.top()) / room).clamp(0.0, 1.0);
                if (wanted - share).abs() > f32::EPSILON {
                    self.scroll_to(f64::from(wanted) * self.most());
                }
            }
            None => self.grip = None,
        }
        let tokens = Tokens::of(ui);
        let is_active = response.hovered() || self.grip.is_some();
        let color = if is_active { tokens.text_weak } else { tokens.mark };
        let share = (self.offset / self.most()) as f32;
        let width = if is_active { 8.0 } else { 6.0 };
        let shown = Rect::from_min_size(
            pos2(rect.right() - width - 1.0, top_of(share)),
            vec2(width, handle),
        );
        ui.painter().rect_filled(shown, CornerRadius::same(RADIUS), color);
    }

    fn most(&self) -> f64 {
        (self.content - self.view).max(0.0)
    }
}

/// Height of the handle where this share of the content is on screen: high enough to be taken hold
/// of, unless the bar is lower than that.
fn handle_height(bar_height: f32, share: f64) -> f32 {
    (bar_height * share as f32).max(LEAST_HANDLE).min(bar_height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handle_is_no_higher_than_its_bar() {
        assert_eq!(handle_height(400.0, 0.5), 200.0);
        assert_eq!(handle_height(400.0, 1e-6), LEAST_HANDLE);
        assert_eq!(handle_height(10.0, 0.5), 10.0);
    }

    #[test]
    fn the_offset_stays_within_the_content_and_is_exact_far_down() {
        let mut scroll = Scroll::default();
        scroll.set_heights(5e8, 700.0);
        scroll.scroll_to(499_999_000.25);
        assert_eq!(scroll.offset(), 499_999_000.25);
        scroll.scroll_to(1e12);
        assert_eq!(scroll.offset(), 499_999_300.0);
        scroll.set_heights(300.0, 700.0);
        assert_eq!(scroll.offset(), 0.0);
    }

    #[test]
    fn revealing_moves_no_further_than_it_must() {
        let mut scroll = Scroll::default();
        scroll.set_heights(10_000.0, 700.0);
        scroll.reveal(500.0, 650.0);
        assert_eq!(scroll.offset(), 0.0);
        scroll.reveal(700.0, 850.0);
        assert_eq!(scroll.offset(), 150.0);
        scroll.reveal(100.0, 250.0);
        assert_eq!(scroll.offset(), 100.0);
        // What is higher than the view is shown from its beginning.
        scroll.reveal(2000.0, 3000.0);
        assert_eq!(scroll.offset(), 2000.0);
    }
}
