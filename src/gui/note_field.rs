//! A note on the selected images.

use egui::{Context, Key, Modifiers, RichText, Role, TextEdit, WidgetInfo};

use super::effect::Effect;
use super::popup_frame::{Outcome, PopupFrame};
use super::tokens::{TIGHT_GAP, Tokens, small, strong};
use crate::session::{Command, Selection, Session};

const WIDTH: f32 = 520.0;

/// The note as it is being written.
pub(super) struct NoteField {
    text: String,
    /// What was there before.
    before: String,
    image_count: usize,
    has_keyboard: bool,
}

impl NoteField {
    /// Begins with the image's note; empty for several images, whose notes may differ.
    pub(super) fn of_selected_images(session: &Session) -> Self {
        let image_count = match session.is_comparing() {
            true => 1, // a decision is about one of them
            false => session.selection().map_or(0, Selection::len),
        };
        let image = session.current_image().filter(|_| image_count <= 1);
        let row = image.and_then(|image| session.row(image));
        let before = row.and_then(|row| row.mark.note).unwrap_or_default();
        Self { text: before.clone(), before, image_count, has_keyboard: false }
    }

    pub(super) fn ui(&mut self, context: &Context) -> Outcome {
        let (title, hint, help) = match self.image_count {
            0 | 1 => (
                "Note".to_owned(),
                "Whatever there is to say".to_owned(),
                "Enter keeps it, an empty one removes it, Esc leaves it as it was",
            ),
            count => (
                format!("Note on {count} images"),
                format!("Note for {count} images"),
                "Enter writes it on all of them in place of their notes, Esc leaves them as they were",
            ),
        };
        let shown = PopupFrame::bottom("Note on images").unveiled().show(context, WIDTH, |ui| {
            ui.label(RichText::new(title).font(strong()));
            ui.add_space(TIGHT_GAP);
            let is_entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            // A click beside the field leaves it the keyboard.
            let is_free = ui.memory(|memory| memory.focused().is_none());
            let field = ui.add(
                TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(f32::INFINITY),
            );
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Text of the note"));
            if !std::mem::replace(&mut self.has_keyboard, true) || is_free {
                field.request_focus();
            }
            let color = Tokens::of(ui).text_weak;
            ui.label(RichText::new(help).font(small()).color(color));
            is_entered
        });
        let is_entered = shown.inner;
        let text = self.text.trim();
        let note = Some(text.to_owned()).filter(|note| !note.is_empty());
        let is_changed = text != self.before.trim();
        let effect = (is_entered && is_changed).then(|| Effect::from(Command::SetNote(note)));
        Outcome { effect, is_closed: shown.is_closed || is_entered }
    }
}
