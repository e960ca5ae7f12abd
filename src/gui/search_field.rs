//! The search field: what is written is searched for as soon as it is a query that finds something.

use std::time::Duration;

use egui::text::LayoutJob;
use egui::{Grid, Key, Response, RichText, Role, Stroke, TextEdit, TextFormat, Ui, WidgetInfo};

use super::save_search::SaveSearch;
use super::tokens::{GAP, Tokens, small, strong};
use crate::catalog::ReviewQueue;
use crate::query::{FIELDS, FORMS, Query, QueryError};
use crate::session::{Command, Session};

const WIDTH: f32 = 220.0;
/// Name of the explanation.
const HELP: &str = "What can be searched for";
/// Widest explanation.
const HELP_WIDTH: f32 = 460.0;
/// How long nothing is written before it is searched for, in seconds: a view of a million images
/// takes a tenth of one, which would be felt at every key.
const PAUSE: f64 = 0.15;

/// What is written in the search field.
#[derive(Default)]
pub(super) struct SearchField {
    text: String,
    /// The last text that was a query.
    query: Query,
    /// Why the text is no query (yet): the images shown are those of the last one that was.
    error: Option<QueryError>,
    /// When the text was changed, by the window's clock, until it is searched for.
    changed_at: Option<f64>,
    /// Whether it is to have the keyboard at the next drawing.
    wants_keyboard: bool,
    save: SaveSearch,
}

impl SearchField {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the keyboard at the next drawing.
    pub(super) fn take_keyboard(&mut self) {
        self.wants_keyboard = true;
    }

    /// Takes note of a command that searches for something else.
    pub(super) fn follow(&mut self, command: &Command, session: &Session) {
        match command {
            Command::SetQuery(query) => self.show(query),
            Command::ShowSaved(name) => {
                let saved = session.saved_searches().iter().find(|saved| saved.name == *name);
                if let Some(saved) = saved {
                    self.write(saved.text.clone());
                }
            }
            Command::ShowQueue(queue) => self.show(&session.queue_query(*queue)),
            Command::SetFilter(_) if session.is_query_of_its_own() => self.show(&Query::default()),
            Command::ChangeSettings(settings) => {
                let query = |queue: ReviewQueue| queue.query(settings.decide_below() as f32);
                if let Some(Ok(query)) = session.queue().map(|queue| Query::parse(&query(queue))) {
                    self.show(&query);
                }
            }
            _ => {}
        }
    }

    fn show(&mut self, query: &Query) {
        if *query != self.query || self.error.is_some() {
            self.write(query.to_string());
        }
    }

    fn write(&mut self, text: String) {
        self.text = text;
        self.changed_at = None;
        self.read();
    }

    fn read(&mut self) {
        match Query::parse(&self.text) {
            Ok(query) => (self.query, self.error) = (query, None),
            Err(error) => self.error = Some(error),
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        let tokens = Tokens::of(ui);
        let error = self.error.clone();
        let font = egui::TextStyle::Body.resolve(ui.style());
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _width: f32| {
            let job = marked(text.as_str(), error.as_ref(), font.clone(), tokens);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let field = ui.add(
            TextEdit::singleline(&mut self.text)
                .hint_text("Find: words, kv:5, score:<0.5 …")
                .desired_width(WIDTH)
                .layouter(&mut layouter),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search"));
        if std::mem::take(&mut self.wants_keyboard) {
            field.request_focus();
        }
        if field.changed() {
            self.read();
            self.changed_at = Some(ui.input(|input| input.time));
        }
        self.search(ui, &field, session, commands);
        self.note_ui(&field, session, tokens);
        let is_query = self.error.is_none() && !self.query.terms().is_empty();
        let written = is_query.then_some((self.text.trim(), &self.query));
        self.save.ui(ui, session, written, commands);
        let help = ui.menu_button("?", help_ui).response;
        help.widget_info(|| WidgetInfo::labeled(Role::Button, true, HELP));
        help.on_hover_text(HELP);
    }

    /// Searches for a query after a pause in writing it; for good, also where it finds nothing, once
    /// the writing is done.
    fn search(
        &mut self,
        ui: &Ui,
        field: &Response,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        if self.error.is_some() {
            self.changed_at = None;
            return;
        }
        let is_unsettled = self.changed_at.is_some() || self.is_fruitless(session);
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if is_entered || field.lost_focus() && is_unsettled {
            self.changed_at = None;
            commands.push(Command::SetQuery(self.query.clone()));
        }
        let Some(changed_at) = self.changed_at else { return };
        let left = changed_at + PAUSE - ui.input(|input| input.time);
        if left <= 0.0 {
            self.changed_at = None;
            commands.push(Command::TryQuery(self.query.clone()));
        } else {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
    }

    fn is_fruitless(&self, session: &Session) -> bool {
        session.fruitless_query() == Some(&self.query)
    }

    /// Why the images shown are not what is written.
    fn note_ui(&self, field: &Response, session: &Session, tokens: &Tokens) {
        let mut notes = Vec::new();
        if let Some(error) = &self.error {
            notes.push((error.problem.to_string(), tokens.error));
        } else if self.changed_at.is_none() {
            // What is still being written is no mistake yet.
            let problem = session.category_problem(&self.query);
            notes.extend(problem.map(|problem| (problem, tokens.warning)));
        }
        if self.error.is_none() && self.is_fruitless(session) {
            let text = "Finds nothing yet: the images are those of before (Enter shows none)";
            notes.push((text.to_owned(), tokens.text));
        }
        if notes.is_empty() {
            return;
        }
        field.show_tooltip_ui(|ui| {
            for (text, color) in notes {
                ui.label(RichText::new(text).color(color));
            }
        });
    }
}

/// The text with the place of the mistake marked.
fn marked(
    text: &str,
    error: Option<&QueryError>,
    font_id: egui::FontId,
    tokens: &Tokens,
) -> LayoutJob {
    let plain = TextFormat { color: tokens.text, font_id, ..TextFormat::default() };
    let wrong = TextFormat { underline: Stroke::new(2.0, tokens.error), ..plain.clone() };
    let mut job = LayoutJob::default();
    let span = error.map(|error| error.span.clone()).unwrap_or(text.len()..text.len());
    for (range, format) in
        [(0..span.start, &plain), (span.clone(), &wrong), (span.end..text.len(), &plain)]
    {
        // The error is about the text as it was: while it is being changed, it may not fit.
        if let Some(part) = text.get(range).filter(|part| !part.is_empty()) {
            job.append(part, 0.0, format.clone());
        }
    }
    if job.text != text {
        job = LayoutJob::default();
        job.append(text, 0.0, plain);
    }
    job
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
