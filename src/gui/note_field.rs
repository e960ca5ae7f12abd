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
    has_keyboard: bool,
}

impl NoteField {
    /// Begins with the current image's note.
    pub(super) fn of_current_image(session: &Session) -> Self {
        let row = session.current_image().and_then(|image| session.row(image));
        let text = row.and_then(|row| row.mark.note).unwrap_or_default();
        Self { text, has_keyboard: false }
    }

    pub(super) fn ui(&mut self, context: &Context, session: &Session) -> Outcome {
        let count = session.selection().map_or(0, Selection::len);
        let title = match count {
            0 | 1 => "Note".to_owned(),
            count => format!("Note on {count} images"),
        };
        let shown = PopupFrame::bottom("Note on images").unveiled().show(context, WIDTH, |ui| {
            ui.label(RichText::new(title).font(strong()));
            ui.add_space(TIGHT_GAP);
            let is_entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let field = ui.add(
                TextEdit::singleline(&mut self.text)
                    .hint_text("Whatever there is to say")
                    .desired_width(f32::INFINITY),
            );
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Text of the note"));
            if !std::mem::replace(&mut self.has_keyboard, true) {
                field.request_focus();
            }
            let color = Tokens::of(ui).text_weak;
            let help = "Enter keeps it, an empty one removes it, Esc leaves it as it was";
            ui.label(RichText::new(help).font(small()).color(color));
            is_entered
        });
        let is_entered = shown.inner;
        let note = Some(self.text.trim().to_owned()).filter(|note| !note.is_empty());
        let effect = is_entered.then(|| Effect::from(Command::SetNote(note)));
        Outcome { effect, is_closed: shown.is_closed || is_entered }
    }
}
