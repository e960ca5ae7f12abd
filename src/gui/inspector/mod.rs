//! The right panel: the image at the cursor, its label, prediction, instrument record and history.

mod history;
mod label;
mod record;

use egui::{Button, RichText, ScrollArea, Ui};

use history::history_ui;
use label::label_ui;
use record::{facts_ui, record_ui};

use super::actions::Action;
use super::data_bar_controls::data_bar_ui;
use super::keymap::Keymap;
use super::review::queue_name;
use super::score_bars::{ROW_HEIGHT, score_bars_ui};
use super::text::heading;
use super::tokens::{GAP, GROUP_GAP, Tokens, strong};
use crate::catalog::{ImageId, ImageRow, ReviewQueue};
use crate::ops::Fact;
use crate::query::Query;
use crate::session::{Command, Session, TaskKind};

const TOP_COUNT: usize = 5;

pub(super) fn inspector_ui(
    ui: &mut Ui,
    session: &Session,
    keymap: &Keymap,
    commands: &mut Vec<Command>,
) {
    let tokens = Tokens::of(ui);
    let Some(image) = session.current_image() else {
        ui.label(RichText::new("No image is selected").color(tokens.text_weak));
        return;
    };
    let Some(row) = session.row(image) else { return };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - GAP); // room for the scroll bar
        let name = row.relative_path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = RichText::new(name.unwrap_or_default()).font(strong());
        ui.add(egui::Label::new(name).truncate());
        // What is looked at for every image comes first, always at the same height.
        ui.add_space(GROUP_GAP);
        prediction_ui(ui, session, image, keymap, commands);
        if let Some(error) = &row.read_error {
            ui.add_space(GAP);
            ui.colored_label(tokens.error, error);
        }
        ui.add_space(GROUP_GAP);
        label_ui(ui, session, &row, keymap, commands);
        reasons_ui(ui, session, image);
        ui.add_space(GROUP_GAP);
        likeness_ui(ui, session, &row, commands);
        ui.add_space(GROUP_GAP);
        data_bar_ui(ui, session, &row, commands);
        ui.add_space(GROUP_GAP);
        heading(ui, "Image");
        image_ui(ui, &row);
        let details = session.details(image);
        if let Some(record) = &details.instrument {
            record_ui(ui, record);
        }
        history_ui(ui, &details.history);
    });
}

fn prediction_ui(
    ui: &mut Ui,
    session: &Session,
    image: ImageId,
    keymap: &Keymap,
    commands: &mut Vec<Command>,
) {
    let tokens = Tokens::of(ui);
    heading(ui, "Prediction");
    let Some(prediction) = session.prediction(image) else {
        ui.label(RichText::new("Not classified yet").color(tokens.text_weak));
        // What comes below stays where it is when the prediction comes: bars, and a button.
        let spacing = ui.spacing();
        let bars = TOP_COUNT as f32 * (ROW_HEIGHT + spacing.item_spacing.y);
        ui.add_space(bars + spacing.interact_size.y - ui.text_style_height(&egui::TextStyle::Body));
        return;
    };
    score_bars_ui(ui, session, &prediction.scores, TOP_COUNT);
    ui.horizontal(|ui| {
        let accept = Button::new("Accept the best");
        let hint = keymap.hint(Action::AcceptPrediction);
        if ui.add(accept).on_hover_text(hint).clicked() {
            commands.push(Command::AcceptPrediction);
        }
        let model = format!("Model: {}", prediction.model.name);
        ui.label(RichText::new(model).small().color(tokens.text_weak));
    });
}

/// Why the image waits in queues of review.
fn reasons_ui(ui: &mut Ui, session: &Session, image: ImageId) {
    let mut reasons = session.queue_reasons(image);
    reasons.retain(|(queue, _)| *queue != ReviewQueue::Unreadable); // it is told above
    if reasons.is_empty() {
        return;
    }
    ui.add_space(GROUP_GAP);
    heading(ui, "Why it is to be reviewed");
    for (queue, reason) in reasons {
        let is_shown = session.queue() == Some(queue);
        let color = if is_shown { Tokens::of(ui).text } else { Tokens::of(ui).text_weak };
        let text = egui::Label::new(RichText::new(reason).color(color)).wrap();
        ui.add(text).on_hover_text(queue_name(queue));
    }
}

/// What shows the same, and what looks alike.
fn likeness_ui(ui: &mut Ui, session: &Session, row: &ImageRow, commands: &mut Vec<Command>) {
    heading(ui, "Images alike");
    ui.horizontal_wrapped(|ui| {
        let is_idle = !session.is_running(TaskKind::Search);
        let similar = ui.add_enabled(is_idle && row.top.is_some(), Button::new("More like this"));
        let similar = similar.on_hover_text("Show the images that look most like this one");
        let why_not = match is_idle {
            true => "Classify the image first",
            false => "Another search is not finished",
        };
        if similar.on_disabled_hover_text(why_not).clicked() {
            commands.push(Command::SetQuery(Query::default())); // it is about all images
            commands.push(Command::ShowSimilar);
        }
        let count = session.near_duplicate_count(row.id);
        if count == 0 {
            return;
        }
        let many = if count == 1 { "near-duplicate" } else { "near-duplicates" };
        let show = ui.button(format!("{count} {many}"));
        if show.on_hover_text("Show the images that are nearly the same").clicked() {
            commands.push(Command::SetQuery(Query::default()));
            commands.push(Command::ShowNearDuplicates);
        }
    });
}

fn image_ui(ui: &mut Ui, row: &ImageRow) {
    let mut facts = Vec::new();
    let mut add = |name, value| facts.push(Fact { name, value, raw_key: String::new() });
    if let (Some(width_px), Some(height_px)) = (row.width_px, row.height_px) {
        add("Size", format!("{width_px} × {height_px} px"));
    }
    if let Some((page, pages @ 2..)) = row.page {
        add("Page", format!("{page} of {pages}"));
    }
    add("File", file_size(row.size_bytes));
    if let Some(folder) = row.relative_path.parent().filter(|p| !p.as_os_str().is_empty()) {
        add("Folder", folder.display().to_string());
    }
    facts_ui(ui, "image facts", &facts);
}

fn file_size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
