//! The frame of whatever is put over the window: one look, one way to close.

use egui::{Align2, Color32, Context, Frame, Id, Margin, Modal, Ui, Vec2, vec2};

use super::effect::Effect;
use super::tokens::{GAP, GROUP_GAP, VEIL};

/// How far from the window's edge, in points.
const FROM_EDGE: f32 = 64.0;

/// A frame over the window; keys and clicks are for what is in it until it is closed.
pub(super) struct PopupFrame {
    /// For screen readers.
    name: &'static str,
    place: Align2,
    offset: Vec2,
    veil: Color32,
}

/// What came of what is in such a frame.
pub(super) struct Outcome {
    pub(super) effect: Option<Effect>,
    /// Whether it is over.
    pub(super) is_closed: bool,
}

/// What became of the frame itself.
pub(super) struct Shown<R> {
    pub(super) inner: R,
    /// Whether it was closed with Escape or a click beside it.
    pub(super) is_closed: bool,
}

impl PopupFrame {
    /// In the middle of the window.
    pub(super) fn middle(name: &'static str) -> Self {
        Self { name, place: Align2::CENTER_CENTER, offset: Vec2::ZERO, veil: VEIL }
    }

    /// At the top of the window, so that a list in it may grow.
    pub(super) fn top(name: &'static str) -> Self {
        let offset = vec2(0.0, FROM_EDGE);
        Self { name, place: Align2::CENTER_TOP, offset, veil: VEIL }
    }

    /// At the bottom of the window.
    pub(super) fn bottom(name: &'static str) -> Self {
        let offset = vec2(0.0, -FROM_EDGE);
        Self { name, place: Align2::CENTER_BOTTOM, offset, veil: VEIL }
    }

    /// The same, with the images behind it as clear as before: it is about them.
    pub(super) fn unveiled(self) -> Self {
        Self { veil: Color32::TRANSPARENT, ..self }
    }

    /// Draws it, as wide as given, or as the window allows.
    pub(super) fn show<R>(
        self,
        context: &Context,
        width: f32,
        content: impl FnOnce(&mut Ui) -> R,
    ) -> Shown<R> {
        let style = context.global_style();
        let frame = Frame::popup(&style).inner_margin(Margin::same(GROUP_GAP as i8));
        let id = Id::unique(self.name);
        let area =
            Modal::default_area(id).anchor(self.place, self.offset).accessible_name(self.name);
        let modal = Modal::new(id).area(area).frame(frame).backdrop_color(self.veil);
        let room = context.content_rect().width() - 2.0 * (GROUP_GAP + GAP);
        let modal = modal.show(context, |ui| {
            ui.set_width(width.min(room));
            content(ui)
        });
        let is_closed = modal.should_close();
        Shown { inner: modal.inner, is_closed }
    }
}
