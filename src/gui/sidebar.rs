//! The left panel: what to show, what to review, categories with counts and keys, saved filters,
//! folders.

use std::borrow::Cow;

use egui::{
    Align2, Button, CornerRadius, Rect, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use super::actions::Action;
use super::category_chip::{NONE_OF_THESE, UNUSABLE};
use super::key_cap::{cap_text, paint_caps};
use super::keymap::Keymap;
use super::review::queue_name;
use super::saved_filters::saved_filters_ui;
use super::text::{heading, one_line};
use super::tokens::{GAP, GROUP_GAP, RADIUS, Tokens, category_color, small};
use crate::catalog::{Filter, ReviewQueue, View};
use crate::query::Query;
use crate::session::{Command, Session, TaskKind};
use crate::taxonomy::readable;

/// Height of a line of the panel.
pub(super) const ROW_HEIGHT: f32 = 26.0;
const DOT: f32 = 10.0;
/// Folders listed before the list is cut.
pub(super) const MOST_FOLDERS: usize = 500;

/// What else is worth a second look, and the query that finds it.
pub(super) const REVIEWED: [(&str, &str); 1] = [("Near-duplicates", "is:duplicate")];

/// The answers that are no category, the query that finds each, and what gives it.
const ANSWERS: [(&str, &str, Action); 2] = [
    (NONE_OF_THESE, "is:none-of-these", Action::SetNoneOfThese),
    (UNUSABLE, "is:unusable", Action::SetUnusable),
];

/// The field for a new category.
#[derive(Default)]
pub(super) struct Sidebar {
    new_category: String,
}

/// One line of the panel.
struct Row<'a> {
    name: Cow<'a, str>,
    count: Option<u64>,
    filter: Filter,
    color: Option<egui::Color32>,
    /// The key that gives it, as it is shown.
    key: Option<String>,
    indent: f32,
}

impl<'a> Row<'a> {
    fn new(name: impl Into<Cow<'a, str>>, count: u64, filter: Filter) -> Self {
        Self { name: name.into(), count: Some(count), filter, color: None, key: None, indent: 0.0 }
    }
}

impl Sidebar {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        commands: &mut Vec<Command>,
    ) {
        let (Some(counts), Some(view)) = (session.counts(), session.view()) else { return };
        let is_elsewhere = session.is_query_of_its_own();
        let is_shown = |filter: &Filter| view.filter == *filter && !is_elsewhere;
        ui.spacing_mut().item_spacing.y = 1.0;
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let mut images_ui = |ui: &mut Ui, row: Row<'_>| {
                if row_ui(ui, &row, is_shown(&row.filter)) {
                    commands.push(Command::SetFilter(row.filter));
                }
            };
            heading(ui, "Images");
            images_ui(ui, Row::new("All", counts.images, Filter::All));
            let unlabelled = counts.images.saturating_sub(counts.labelled);
            images_ui(ui, Row::new("Unlabelled", unlabelled, Filter::Unlabelled));
            images_ui(ui, Row::new("Labelled", counts.labelled, Filter::Labelled));
            if let Some(listed) = session.listed() {
                let filter = Filter::Listed(listed.clone());
                images_ui(ui, Row::new(listed.title.as_str(), listed.images.len() as u64, filter));
            }
            if view.filter == Filter::Unlabelled {
                group_ui(ui, session, commands);
            }
            ui.add_space(GROUP_GAP);
            review_ui(ui, session, view, commands);

            ui.add_space(GROUP_GAP);
            heading(ui, "Categories");
            for category in session.categories() {
                let count = counts.per_category.iter().find(|(id, _)| *id == category.id);
                let mut row = Row::new(
                    readable(&category.name),
                    count.map_or(0, |(_, images)| *images),
                    Filter::Category(category.id),
                );
                row.color = Some(category_color(category.color));
                row.key = category.key.map(|key| key.to_uppercase().to_string());
                if row_ui(ui, &row, is_shown(&row.filter)) {
                    commands.push(Command::SetFilter(row.filter));
                }
            }
            answers_ui(ui, view, keymap, commands);
            self.add_category_ui(ui, session, commands);

            saved_filters_ui(ui, session, commands);

            if !counts.folders.is_empty() {
                ui.add_space(GROUP_GAP);
                heading(ui, "Folders");
                for (folder, images) in counts.folders.iter().take(MOST_FOLDERS) {
                    let name = folder.rsplit('/').next().unwrap_or(folder);
                    let mut row = Row::new(name, *images, Filter::Folder(folder.clone()));
                    row.indent = folder.matches('/').count().min(6) as f32 * 12.0;
                    if row_ui(ui, &row, is_shown(&row.filter)) {
                        commands.push(Command::SetFilter(row.filter));
                    }
                }
            }
        });
    }

    fn add_category_ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        ui.add_space(4.0);
        let field = TextEdit::singleline(&mut self.new_category)
            .hint_text("Add a category, then Enter")
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "New category"));
        let entered =
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if entered && !self.new_category.trim().is_empty() {
            commands.push(Command::AddCategory(self.new_category.clone()));
            // Refused until somebody has said who labels: what was written waits.
            if !session.must_say_who() {
                self.new_category.clear();
            }
        }
    }
}

/// Puts images without a label together that are alike.
fn group_ui(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.add_space(4.0);
    let button = Button::new(Action::GroupUnlabelled.text());
    let group = ui.add_enabled(!session.is_running(TaskKind::Search), button);
    let group = group.on_hover_text("Show the images without a label in groups that look alike");
    if group.clicked() {
        commands.push(Command::SetQuery(Query::default())); // it is about all of them
        commands.push(Command::GroupUnlabelled);
    }
}

/// What is worth a second look.
fn review_ui(ui: &mut Ui, session: &Session, view: &View, commands: &mut Vec<Command>) {
    heading(ui, "Review");
    let shown = session.queue();
    let counts = session.review_counts();
    for queue in ReviewQueue::ALL {
        let count = counts.known(queue);
        let row = Row { count, ..Row::new(queue_name(queue), 0, Filter::All) };
        if row_ui(ui, &row, shown == Some(queue)) {
            commands.push(Command::ShowQueue(queue));
        }
    }
    for (name, query) in REVIEWED {
        let Ok(query) = Query::parse(query) else { continue };
        let row = Row { count: None, ..Row::new(name, 0, Filter::All) };
        if row_ui(ui, &row, is_found(view, &query)) {
            commands.push(Command::SetFilter(Filter::All));
            commands.push(Command::SetQuery(query));
        }
    }
}

/// Whether the images shown are all that this finds.
fn is_found(view: &View, query: &Query) -> bool {
    view.filter == Filter::All && view.query == *query
}

/// The answers that are no category, with the keys that give them.
fn answers_ui(ui: &mut Ui, view: &View, keymap: &Keymap, commands: &mut Vec<Command>) {
    for (name, query, action) in ANSWERS {
        let Ok(query) = Query::parse(query) else { continue };
        let key = keymap.chords(action).first().map(|chord| cap_text(*chord));
        let color = Some(Tokens::of(ui).mark);
        let row = Row { count: None, key, color, ..Row::new(name, 0, Filter::All) };
        if row_ui(ui, &row, is_found(view, &query)) {
            commands.push(Command::SetFilter(Filter::All));
            commands.push(Command::SetQuery(query));
        }
    }
}

/// Draws a line; true when it was clicked.
fn row_ui(ui: &mut Ui, row: &Row<'_>, is_shown: bool) -> bool {
    let tokens = Tokens::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    response.widget_info(|| {
        let key = row.key.as_ref().map_or_else(String::new, |key| format!(", key {key}"));
        let count = row.count.map_or_else(String::new, |count| format!(", {count} images"));
        let label = format!("{}{count}{key}", row.name);
        WidgetInfo::selected(Role::Button, true, is_shown, label)
    });
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let painter = ui.painter();
    let fill = match (is_shown, response.hovered() || response.has_focus()) {
        (true, _) => Some(tokens.selected),
        (false, true) => Some(tokens.control),
        (false, false) => None,
    };
    if let Some(fill) = fill {
        painter.rect_filled(rect, CornerRadius::same(RADIUS), fill);
    }
    let mut left = rect.left() + GAP + row.indent;
    if let Some(color) = row.color {
        let dot = Rect::from_center_size(pos2(left + DOT / 2.0, rect.center().y), vec2(DOT, DOT));
        painter.rect_filled(dot, CornerRadius::same(3), color);
        left += DOT + GAP;
    }
    let mut right = rect.right() - GAP;
    if let Some(key) = &row.key {
        let at = pos2(right, rect.center().y);
        right = paint_caps(painter, at, std::slice::from_ref(key), tokens) - GAP;
    }
    let count = painter.text(
        pos2(right, rect.center().y),
        Align2::RIGHT_CENTER,
        row.count.map_or_else(String::new, |count| count.to_string()),
        small(),
        if is_shown { tokens.text } else { tokens.text_weak },
    );
    let font = egui::TextStyle::Body.resolve(ui.style());
    let room = count.left() - GAP - left;
    let name = one_line(painter, row.name.to_string(), font, tokens.text, room);
    let top = rect.center().y - name.size().y / 2.0;
    painter.galley(pos2(left, top), name, tokens.text);
    response.clicked()
}
