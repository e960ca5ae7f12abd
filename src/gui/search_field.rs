//! The search field: what is written is searched for as soon as it is a query.

use egui::text::LayoutJob;
use egui::{
    Grid, Key, KeyboardShortcut, Modifiers, RichText, Role, Stroke, TextEdit, TextFormat, Ui,
    WidgetInfo,
};

use super::tokens::{GAP, Tokens, small, strong};
use crate::query::{FIELDS, FORMS, Query, QueryError};
use crate::session::Command;

const WIDTH: f32 = 220.0;
/// Widest explanation.
const HELP_WIDTH: f32 = 460.0;

/// What is written in the search field.
#[derive(Default)]
pub(super) struct SearchField {
    text: String,
    /// Why it is no query (yet): the images shown are those of the last one that was.
    error: Option<QueryError>,
}

impl SearchField {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let tokens = Tokens::of(ui);
        let error = self.error.clone();
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _width: f32| {
            let job =
                marked(text.as_str(), error.as_ref(), ui.visuals().text_color(), tokens.error);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let field = ui.add(
            TextEdit::singleline(&mut self.text)
                .hint_text("Find: words, kv:5, score:<0.5 …")
                .desired_width(WIDTH)
                .layouter(&mut layouter),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search"));
        let find = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
        if ui.input_mut(|input| input.consume_shortcut(&find)) {
            field.request_focus();
        }
        if field.changed() {
            self.error = None;
            match Query::parse(&self.text) {
                Ok(query) => commands.push(Command::SetQuery(query)),
                Err(error) => self.error = Some(error),
            }
        }
        if let Some(error) = &self.error {
            field.show_tooltip_ui(|ui| {
                ui.label(RichText::new(error.problem.to_string()).color(tokens.error));
            });
        }
        ui.menu_button("?", help_ui).response.on_hover_text("What can be searched for");
    }
}

/// The text with the place of the mistake marked.
fn marked(
    text: &str,
    error: Option<&QueryError>,
    color: egui::Color32,
    error_color: egui::Color32,
) -> LayoutJob {
    let plain = TextFormat { color, font_id: body(), ..TextFormat::default() };
    let wrong = TextFormat { underline: Stroke::new(2.0, error_color), ..plain.clone() };
    let mut job = LayoutJob::default();
    let span = error.map(|error| error.span.clone()).unwrap_or(text.len()..text.len());
    for (range, format) in
        [(0..span.start, plain.clone()), (span.clone(), wrong), (span.end..text.len(), plain)]
    {
        // The error is about the text as it was: while it is being changed, it may not fit.
        if let Some(part) = text.get(range).filter(|part| !part.is_empty()) {
            job.append(part, 0.0, format);
        }
    }
    if job.text != text {
        let plain = TextFormat { color, font_id: body(), ..TextFormat::default() };
        job = LayoutJob::default();
        job.append(text, 0.0, plain);
    }
    job
}

fn body() -> egui::FontId {
    small()
}

fn help_ui(ui: &mut Ui) {
    let tokens = Tokens::of(ui);
    let lines = |ui: &mut Ui, id: &str, lines: &mut dyn Iterator<Item = (&str, &str)>| {
        Grid::new(id).num_columns(2).spacing([2.0 * GAP, 2.0]).show(ui, |ui| {
            for (example, meaning) in lines {
                ui.label(RichText::new(example).font(small()).color(tokens.accent));
                ui.label(RichText::new(meaning).font(small()));
                ui.end_row();
            }
        });
    };
    egui::ScrollArea::vertical().max_height(520.0).show(ui, |ui| {
        ui.set_width(HELP_WIDTH);
        ui.label(RichText::new("How to search").font(strong()));
        lines(ui, "forms", &mut FORMS.iter().map(|form| (form.example, form.meaning)));
        ui.add_space(GAP);
        ui.label(RichText::new("What has a name").font(strong()));
        lines(ui, "fields", &mut FIELDS.iter().map(|field| (field.example, field.meaning)));
    });
}
