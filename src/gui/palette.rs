//! All commands in one list: actions, labels, orders, filters, models.

use egui::Context;

use super::actions::{ACTIONS, Action};
use super::effect::{Effect, Situation};
use super::key_cap::cap_text;
use super::keymap::Keymap;
use super::pick_list::{PickList, PickRow};
use super::popup_frame::{Outcome, PopupFrame};
use super::review::queue_name;
use super::sidebar::{MOST_FOLDERS, REVIEWED};
use super::tokens::category_color;
use super::toolbar::SORTS;
use crate::catalog::{Filter, Grouping, ReviewQueue};
use crate::classifier::BUILT_IN_MODELS;
use crate::query::Query;
use crate::session::{Command, Session};
use crate::taxonomy::readable;

const WIDTH: f32 = 620.0;

/// What is written, and which command is meant.
#[derive(Default)]
pub(super) struct Palette {
    list: PickList,
}

impl Palette {
    pub(super) fn ui(
        &mut self,
        context: &Context,
        situation: Situation<'_>,
        keymap: &Keymap,
    ) -> Outcome {
        let shown = PopupFrame::top("Commands").show(context, WIDTH, |ui| {
            self.list.field_ui(ui, "Find a command", "What to do: a few letters of it");
            let (rows, effects) = entries(situation, keymap);
            let picked = self.list.rows_ui(ui, &rows, "No command is called so");
            picked.and_then(|index| effects.into_iter().nth(index).flatten())
        });
        let is_closed = shown.is_closed || shown.inner.is_some();
        Outcome { effect: shown.inner, is_closed }
    }
}

/// Everything that can be picked, and what it does.
fn entries(situation: Situation<'_>, keymap: &Keymap) -> (Vec<PickRow>, Vec<Option<Effect>>) {
    let session = situation.session;
    let actions = ACTIONS.iter().map(|facts| facts.action);
    // The list itself is no choice.
    let actions = actions.filter(|action| *action != Action::Palette).map(|action| {
        let keys = keymap.chords(action).iter().map(|chord| cap_text(*chord)).collect();
        let why_not = action.why_not(session);
        let row = PickRow { text: action.text().to_owned(), keys, why_not, ..PickRow::default() };
        (row, action.effect(situation, false))
    });
    let mut entries: Vec<(PickRow, Option<Effect>)> = actions.collect();
    add_recent_folders(session, &mut entries);
    if session.root().is_some() {
        add_categories(session, &mut entries);
        add_views(session, &mut entries);
        add_models(session, &mut entries);
    }
    entries.into_iter().unzip()
}

fn add_recent_folders(session: &Session, entries: &mut Vec<(PickRow, Option<Effect>)>) {
    let recent = session.settings().recent_folders.iter();
    for folder in recent.filter(|folder| session.root() != Some(folder.as_path())) {
        let row =
            PickRow { text: format!("Open again: {}", folder.display()), ..PickRow::default() };
        entries.push((row, Some(Command::OpenFolder(folder.clone()).into())));
    }
}

fn add_categories(session: &Session, entries: &mut Vec<(PickRow, Option<Effect>)>) {
    let why_not = Action::PickCategory.why_not(session);
    for category in session.categories() {
        let name = readable(&category.name);
        let key = category.key.map(|key| key.to_uppercase().to_string());
        let shown = Filter::Category(category.id);
        let second = key.as_ref().map(|key| format!("Shift+{key}"));
        for (verb, key, why_not, command) in [
            ("Label", key, why_not, Command::SetCategory(category.id)),
            ("Second category", second, why_not, Command::SetSecondCategory(category.id)),
            ("Show category", None, None, Command::SetFilter(shown)),
        ] {
            let row = PickRow {
                text: format!("{verb}: {name}"),
                keys: key.into_iter().collect(),
                color: Some(category_color(category.color)),
                why_not,
                ..PickRow::default()
            };
            entries.push((row, Some(command.into())));
        }
    }
}

fn add_views(session: &Session, entries: &mut Vec<(PickRow, Option<Effect>)>) {
    let mut add = |text: String, commands: Vec<Command>| {
        let row = PickRow { text, ..PickRow::default() };
        entries.push((row, Some(Effect::Commands(commands))));
    };
    for queue in ReviewQueue::ALL {
        add(format!("Review: {}", queue_name(queue)), vec![Command::ShowQueue(queue)]);
    }
    for (name, query) in REVIEWED {
        if let Ok(query) = Query::parse(query) {
            let commands = vec![Command::SetFilter(Filter::All), Command::SetQuery(query)];
            add(format!("Review: {name}"), commands);
        }
    }
    for saved in session.saved_searches() {
        let command = Command::ShowSaved(saved.name.clone());
        add(format!("Saved filter: {}", saved.name), vec![command]);
    }
    for (sort, name) in SORTS {
        add(format!("Order: {name}"), vec![Command::SetSort(sort)]);
    }
    for grouping in Grouping::ALL {
        let text = match grouping {
            Grouping::None => grouping.name().to_owned(),
            _ => format!("Group by: {}", grouping.name()),
        };
        add(text, vec![Command::SetGrouping(grouping)]);
    }
    let folders = session.counts().map_or(&[][..], |counts| &counts.folders);
    for (folder, _) in folders.iter().take(MOST_FOLDERS) {
        let command = Command::SetFilter(Filter::Folder(folder.clone()));
        add(format!("Folder: {folder}"), vec![command]);
    }
}

fn add_models(session: &Session, entries: &mut Vec<(PickRow, Option<Effect>)>) {
    for name in session.own_models().chain(BUILT_IN_MODELS) {
        let is_in_use = session.model_name() == Some(name);
        let row = PickRow {
            text: format!("Model: {name}"),
            why_not: is_in_use.then_some("in use"),
            ..PickRow::default()
        };
        entries.push((row, Some(Command::UseModel(name.to_owned()).into())));
    }
}
