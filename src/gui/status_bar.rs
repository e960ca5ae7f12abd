//! The bar at the bottom: what is running, or what is selected, and who labels.

use std::time::Duration;

use egui::{Label, ProgressBar, RichText, Role, Sides, Ui, WidgetInfo};

use super::actions::Action;
use super::keymap::Keymap;
use super::tokens::Tokens;
use super::who_labels::WhoLabels;
use crate::jobs::Progress;
use crate::session::{BackgroundTask, Command, Session, TaskKind};

/// Tasks shown at once; there is hardly room for more.
const MOST_TASKS: usize = 2;

pub(super) fn status_bar_ui(
    ui: &mut Ui,
    session: &Session,
    keymap: &Keymap,
    who_labels: &mut WhoLabels,
    commands: &mut Vec<Command>,
) {
    // In a narrow window the hint is cut rather than what is counted.
    Sides::new().height(26.0).shrink_left().show(
        ui,
        |ui| {
            let tasks: Vec<BackgroundTask<'_>> = session.tasks().take(MOST_TASKS).collect();
            if let Some(folder) = session.opening() {
                ui.label(format!("Opening {}…", folder.display()));
            } else if tasks.is_empty() {
                hint_ui(ui, session, keymap);
            }
            for task in &tasks {
                progress_ui(ui, task, tasks.len() > 1, commands);
            }
        },
        |ui| {
            who_labels.name_ui(ui, session);
            summary_ui(ui, session);
        },
    );
}

fn progress_ui(
    ui: &mut Ui,
    task: &BackgroundTask<'_>,
    is_short: bool,
    commands: &mut Vec<Command>,
) {
    let progress = task.progress;
    let tokens = Tokens::of(ui);
    if task.is_cancelled {
        ui.label(format!("{}: stopping…", task.name));
        return;
    }
    ui.label(task.name);
    if progress.total == 0 {
        if progress.done > 0 {
            ui.label(RichText::new(format!("{} found", progress.done)).color(tokens.text_weak));
        }
    } else {
        let share = progress.done as f32 / progress.total as f32;
        let width = if is_short { 90.0 } else { 180.0 };
        ui.add(
            ProgressBar::new(share).desired_width(width).desired_height(8.0).fill(tokens.accent),
        );
        let text = if task.is_paused {
            let state = if task.is_resting { "paused" } else { "pausing…" };
            format!("{} of {}, {state}", progress.done, progress.total)
        } else {
            progress_text(&progress, is_short)
        };
        ui.label(RichText::new(text).color(tokens.text_weak));
    }
    if task.kind == TaskKind::Classify {
        let text = if task.is_paused { "Go on" } else { "Pause" };
        if ui.button(text).clicked() {
            commands.push(Command::SetPaused(!task.is_paused));
        }
    }
    let cancel = ui.button("Cancel");
    cancel
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Cancel: {}", task.name)));
    if cancel.clicked() {
        commands.push(Command::Cancel(task.kind));
    }
}

fn progress_text(progress: &Progress, is_short: bool) -> String {
    let mut text = format!("{} of {}", progress.done, progress.total);
    if progress.done > 0 && !is_short {
        text += &format!(", {:.1} a second", progress.rate_per_second());
    }
    if let Some(left) = progress.time_left().filter(|left| *left >= Duration::from_secs(1)) {
        text += &format!(", {} left", minutes(left));
    }
    text
}

fn hint_ui(ui: &mut Ui, session: &Session, keymap: &Keymap) {
    let text = hint_text(session.is_single(), keymap);
    ui.add(Label::new(RichText::new(text).color(Tokens::of(ui).text_weak)).truncate());
}

/// The keys that are used most; what has none is left out.
fn hint_text(is_single: bool, keymap: &Keymap) -> String {
    let of = |action, what: &str| keymap.first_key(action).map(|key| format!("{key}: {what}"));
    let fixed = |text: &str| Some(text.to_owned());
    let parts = if is_single {
        [
            fixed("Category key: label and go on"),
            fixed("Shift: second"),
            of(Action::AcceptPrediction, "accept"),
            fixed("Wheel: zoom"),
            of(Action::ShowGrid, "grid"),
        ]
    } else {
        [
            fixed("Category key: label"),
            fixed("Shift: second"),
            of(Action::AcceptPrediction, "accept the prediction"),
            of(Action::ToggleSingle, "large"),
            of(Action::Undo, "undo"),
        ]
    };
    parts.into_iter().flatten().collect::<Vec<String>>().join(" · ")
}

fn summary_ui(ui: &mut Ui, session: &Session) {
    let (Some(counts), Some(selection)) = (session.counts(), session.selection()) else { return };
    let shown = session.image_ids().len();
    let mut text = String::new();
    match (session.labelled_today(), session.labels_per_minute()) {
        (0, _) => {}
        (today, None) => text += &format!("{today} today · "),
        (today, Some(rate)) => text += &format!("{today} today, {rate:.0} a minute · "),
    }
    let left = counts.images.saturating_sub(counts.labelled);
    text += &format!("{} labelled, {left} left · {shown} shown", counts.labelled);
    if selection.len() > 1 {
        text += &format!(" · {} selected", selection.len());
    }
    if session.is_saving_slowly() {
        text += " · saving…";
    }
    ui.label(RichText::new(text).color(Tokens::of(ui).text_weak));
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_hint_names_the_keys_as_they_are_now() {
        let mut settings = Settings::default();
        let keys = [("undo", vec!["Ctrl+U".parse().unwrap()]), ("toggle_single", Vec::new())];
        settings.keys = keys.map(|(name, chords)| (name.to_owned(), chords)).into();
        let text = hint_text(false, &Keymap::of(&settings));
        let expected = "Category key: label · Shift: second · Space: accept the prediction · \
                        Ctrl+U: undo";
        assert_eq!(text.replace("Cmd+", "Ctrl+"), expected);
    }

    #[test]
    fn times_are_told_in_two_units_at_most() {
        assert_eq!(minutes(Duration::from_secs(59)), "59 s");
        assert_eq!(minutes(Duration::from_secs(125)), "2 min 5 s");
        assert_eq!(minutes(Duration::from_secs(7_260)), "2 h 1 min");
    }
}
