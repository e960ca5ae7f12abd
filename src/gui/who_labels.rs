//! Who labels: asked on a shared log-in before anything is decided, and changed at any time.

use egui::{
    Button, Checkbox, Frame, Key, Margin, Panel, RichText, Role, Stroke, TextEdit, Ui, WidgetInfo,
};

use super::tokens::{GAP, Tokens, strong};
use crate::session::{ASK_USER_VARIABLE, Command, Session, is_name};

/// Most names to choose from.
const MOST_NAMES: usize = 12;
const FIELD_WIDTH: f32 = 150.0;

/// The answer as it is being given.
#[derive(Default)]
pub(super) struct WhoLabels {
    name: String,
    /// As it was ticked; as it is so far where it was not touched.
    ask_at_start: Option<bool>,
    /// Whether somebody wants to change who labels.
    is_changing: bool,
    /// Whether the field is to have the keyboard at the next drawing.
    wants_keyboard: bool,
}

impl WhoLabels {
    /// What would be decided under nobody's name leads to the question.
    pub(super) fn follow(&mut self, command: &Command, session: &Session) {
        self.wants_keyboard |= command.is_signed() && session.must_say_who();
    }

    /// Somebody else wants to label.
    pub(super) fn ask(&mut self) {
        self.is_changing = true;
        self.wants_keyboard = true;
    }

    /// Who labels, for the bar at the bottom; a click changes it.
    pub(super) fn name_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.is_read_only() {
            return;
        }
        let Some(person) = session.person() else { return };
        let button = ui.button(format!("Labels by {person}"));
        if button.on_hover_text("Change who labels").clicked() {
            self.is_changing = !self.is_changing;
            self.wants_keyboard = self.is_changing;
        }
    }

    /// The question, in a panel of its own above that bar.
    pub(super) fn panel_ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        if !session.must_say_who() && (!self.is_changing || session.is_read_only()) {
            return;
        }
        let tokens = Tokens::of(ui);
        let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 8));
        let panel = Panel::bottom("who labels").frame(frame).show_separator_line(false);
        let panel = panel.show(ui, |ui| {
            ui.horizontal_wrapped(|ui| self.question_ui(ui, session, commands));
        });
        let rect = panel.response.rect;
        ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(2.0, tokens.accent));
    }

    fn question_ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        let tokens = Tokens::of(ui);
        let log_in = session.log_in();
        let mut ask_at_start = self.ask_at_start.unwrap_or(log_in.is_shared());
        let mut answer = None;
        ui.label(RichText::new("Who labels?").font(strong()));
        let own = log_in.name();
        let others = session.people().into_iter().filter(|name| *name != own);
        // A shared log-in's own name is nobody's.
        let own = (!ask_at_start).then_some(own);
        for name in own.into_iter().chain(others).take(MOST_NAMES) {
            let is_current = session.person() == Some(name);
            if ui.add(Button::new(name).selected(is_current)).clicked() {
                answer = Some(name.to_owned());
            }
        }
        let field = ui.add(
            TextEdit::singleline(&mut self.name)
                .hint_text("Name, then Enter")
                .desired_width(FIELD_WIDTH),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of who labels"));
        if std::mem::take(&mut self.wants_keyboard) {
            field.request_focus();
        }
        let has_name = is_name(&self.name);
        let text = RichText::new("OK").color(tokens.on_accent);
        let is_confirmed =
            ui.add_enabled(has_name, Button::new(text).fill(tokens.accent)).clicked();
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if has_name && (is_confirmed || is_entered) {
            answer = Some(self.name.clone());
        }
        let can_cancel = !session.must_say_who();
        let is_cancelled = can_cancel && ui.button("Cancel").clicked();
        ui.add_space(GAP);
        let ask = Checkbox::new(&mut ask_at_start, "Ask at every start (shared log-in)");
        let ask = ui.add_enabled(!log_in.is_declared_shared(), ask);
        if ask.on_disabled_hover_text(format!("{ASK_USER_VARIABLE} says so")).changed() {
            self.ask_at_start = Some(ask_at_start);
        }
        if let Some(name) = answer {
            commands.push(Command::SetPerson { name, ask_at_start });
            *self = Self::default();
        } else if is_cancelled {
            *self = Self::default();
        }
    }
}
