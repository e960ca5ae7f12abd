//! The star beside the search field: saves what is written there under a name.

use egui::{
    Frame, Key, Margin, Popup, PopupCloseBehavior, RichText, Role, TextEdit, Ui, WidgetInfo,
};

use super::tokens::{GAP, Tokens, small, strong};
use crate::catalog::SavedSearch;
use crate::query::Query;
use crate::session::{Command, Session};

const WIDTH: f32 = 240.0;

/// The name that is being written.
#[derive(Default)]
pub(super) struct SaveSearch {
    name: String,
}

impl SaveSearch {
    /// Draws the star, for a query that could be saved.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        written: Option<(&str, &Query)>,
        commands: &mut Vec<Command>,
    ) {
        let is_same = |saved: &&SavedSearch| {
            written.is_some_and(|(_, query)| saved.query().is_ok_and(|known| known == *query))
        };
        let saved = session.saved_searches().iter().find(is_same);
        let can_save = written.is_some() && !session.is_read_only();
        let (sign, hint) = match saved {
            Some(saved) => ("★", format!("Saved as “{}”", saved.name)),
            None if can_save => ("☆", "Save this filter under a name".to_owned()),
            None => ("☆", "Write what to find; here it can be saved under a name".to_owned()),
        };
        let star = ui.add_enabled(can_save, egui::Button::new(sign));
        star.widget_info(|| WidgetInfo::labeled(Role::Button, can_save, "Save this filter"));
        let star = star.on_hover_text(&hint).on_disabled_hover_text(&hint);
        let Some((text, _)) = written else { return };
        let is_opened =
            star.clicked() && !Popup::is_id_open(ui.ctx(), Popup::default_response_id(&star));
        Popup::from_toggle_button_response(&star)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .frame(Frame::popup(ui.style()).inner_margin(Margin::same(12)))
            .show(|ui| self.form_ui(ui, session, text, is_opened, commands));
    }

    fn form_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        text: &str,
        is_opened: bool,
        commands: &mut Vec<Command>,
    ) {
        let tokens = Tokens::of(ui);
        ui.set_width(WIDTH);
        ui.label(RichText::new("Name this filter").font(strong()));
        ui.label(RichText::new(text).font(small()).color(tokens.text_weak));
        ui.add_space(GAP / 2.0);
        let field = ui.add(
            TextEdit::singleline(&mut self.name)
                .hint_text("A name, then Enter")
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the filter"));
        if is_opened {
            field.request_focus();
        }
        let name = self.name.trim();
        let is_taken =
            session.saved_searches().iter().any(|saved| saved.name.eq_ignore_ascii_case(name));
        let hint = if is_taken {
            "Takes the place of the one of this name"
        } else {
            "It will be at the left, under Saved filters"
        };
        ui.label(RichText::new(hint).font(small()).color(tokens.text_weak));
        ui.add_space(GAP / 2.0);
        let save = ui.add_enabled(!name.is_empty(), egui::Button::new("Save"));
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !name.is_empty() && (is_entered || save.clicked()) {
            let saved = SavedSearch { name: name.to_owned(), text: text.to_owned() };
            commands.push(Command::SaveSearch(saved));
            self.name.clear();
            ui.close();
        }
    }
}
