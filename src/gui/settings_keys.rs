//! The keys in the settings: the next key pressed is the action's, and a conflict is named.

use std::collections::BTreeMap;

use egui::{Button, CornerRadius, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::actions::{Action, ActionGroup};
use super::key_cap::{cap_text, caps_as_text, paint_caps};
use super::key_press::KeyPress;
use super::keymap::{Keymap, rebound, restored};
use super::tokens::{GAP, RADIUS, Tokens, caption};
use crate::session::Session;
use crate::settings::{Chord, ChordKey, Settings};
use crate::taxonomy::readable;

const ROW_HEIGHT: f32 = 28.0;
const BUTTON_WIDTH: f32 = 74.0;
const STATUS_HEIGHT: f32 = 30.0;

/// What is being changed.
#[derive(Default)]
pub(super) struct KeysPage {
    state: State,
    /// The keys before the last change.
    before: Option<BTreeMap<String, Vec<Chord>>>,
}

#[derive(Default)]
enum State {
    #[default]
    Resting,
    /// The next key is this action's.
    Recording(Action),
    /// What was chosen for the action has keys that do something else already.
    Conflict(Action, Choice, Vec<(Chord, Action)>),
}

/// What is chosen for an action.
#[derive(Clone, Copy)]
enum Choice {
    /// This key.
    Key(Chord),
    /// Its default keys.
    Default,
}

impl KeysPage {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        settings: &mut Settings,
    ) {
        if let State::Recording(action) = self.state
            && let Some(chord) = take_key(ui)
        {
            match chord == Chord::new(ChordKey::Escape) {
                true => self.state = State::Resting,
                false => self.choose(action, Choice::Key(chord), keymap, settings),
            }
        }
        self.status_ui(ui, session, keymap, settings);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for group in ActionGroup::ALL {
                let color = Tokens::of(ui).text_weak;
                ui.label(RichText::new(group.title()).font(caption()).color(color));
                for action in group.actions() {
                    self.row_ui(ui, action, keymap, settings);
                }
                ui.add_space(GAP);
            }
        });
    }

    /// Takes the choice, unless it is to be asked about other actions first.
    fn choose(&mut self, action: Action, choice: Choice, keymap: &Keymap, settings: &mut Settings) {
        let chords = match choice {
            Choice::Key(chord) => vec![chord],
            Choice::Default => action.default_chords(),
        };
        let taken = |chord| keymap.other_action(chord, action).map(|other| (chord, other));
        let taken: Vec<(Chord, Action)> = chords.into_iter().filter_map(taken).collect();
        if taken.is_empty() {
            self.change(action, choice, keymap, settings);
        } else {
            self.state = State::Conflict(action, choice, taken);
        }
    }

    fn change(&mut self, action: Action, choice: Choice, keymap: &Keymap, settings: &mut Settings) {
        let keys = match choice {
            Choice::Key(chord) => rebound(keymap, &settings.keys, action, chord),
            Choice::Default => restored(keymap, &settings.keys, action),
        };
        self.before = Some(std::mem::replace(&mut settings.keys, keys));
        self.state = State::Resting;
    }

    /// What is asked or was done; a line that is always there.
    fn status_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        keymap: &Keymap,
        settings: &mut Settings,
    ) {
        let tokens = Tokens::of(ui);
        let size = vec2(ui.available_width(), STATUS_HEIGHT);
        ui.allocate_ui(size, |ui| {
            ui.set_min_height(STATUS_HEIGHT);
            ui.horizontal_centered(|ui| match &self.state {
                State::Recording(action) => {
                    let text = format!("Press the new key for “{}”, or Esc", action.text());
                    ui.label(RichText::new(text).color(tokens.accent));
                }
                State::Conflict(action, choice, taken) => {
                    let (action, choice) = (*action, *choice);
                    let what = |(chord, other): &(Chord, Action)| {
                        format!("{} is “{}”", cap_text(*chord), other.text())
                    };
                    let text = taken.iter().map(what).collect::<Vec<String>>().join(", ");
                    let text = format!("{text} already");
                    ui.label(RichText::new(text).color(tokens.warning));
                    if ui.button("Use it here").clicked() {
                        self.change(action, choice, keymap, settings);
                    }
                    if ui.button("Keep it there").clicked() {
                        self.state = State::Resting;
                    }
                }
                State::Resting => {
                    let category = hidden_by_category(session, keymap);
                    let text = match (&category, &self.before) {
                        (Some(text), _) => text.as_str(),
                        (None, Some(_)) => "Changed",
                        (None, None) => "A category's own key goes before the keys below",
                    };
                    ui.label(RichText::new(text).color(tokens.text_weak));
                    if let Some(before) = self.before.clone()
                        && ui.button("Take back").clicked()
                    {
                        settings.keys = before;
                        self.before = None;
                    }
                }
            });
        });
    }

    fn row_ui(&mut self, ui: &mut Ui, action: Action, keymap: &Keymap, settings: &mut Settings) {
        let tokens = Tokens::of(ui);
        let chords = keymap.chords(action);
        let is_recording = matches!(self.state, State::Recording(recorded) if recorded == action);
        ui.horizontal(|ui| {
            let width = ui.available_width() - 2.0 * (BUTTON_WIDTH + GAP) - GAP;
            let (rect, row) = ui.allocate_exact_size(vec2(width, ROW_HEIGHT), Sense::hover());
            row.widget_info(|| {
                let keys = match chords {
                    [] => "no key".to_owned(),
                    chords => caps_as_text(chords),
                };
                WidgetInfo::labeled(Role::Label, true, format!("{}: {keys}", action.text()))
            });
            if is_recording {
                ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), tokens.selected);
            }
            let texts: Vec<String> = chords.iter().map(|chord| cap_text(*chord)).collect();
            let font = egui::TextStyle::Body.resolve(ui.style());
            let galley = ui.painter().layout_no_wrap(action.text().to_owned(), font, tokens.text);
            let top = rect.center().y - galley.size().y / 2.0;
            ui.painter().galley(pos2(rect.left() + GAP / 2.0, top), galley, tokens.text);
            paint_caps(ui.painter(), rect.right_center(), &texts, tokens);
            let size = vec2(BUTTON_WIDTH, ROW_HEIGHT - 4.0);
            let change = ui.add(Button::new("Change…").min_size(size));
            change.widget_info(|| named("Change the key of", action, true));
            if change.clicked() {
                self.state = State::Recording(action);
            }
            let name = action.facts().name;
            let is_chosen = settings.keys.contains_key(name);
            let default = ui.add_enabled(is_chosen, Button::new("Default").min_size(size));
            default.widget_info(|| named("Default key of", action, is_chosen));
            if default.clicked() {
                self.choose(action, Choice::Default, keymap, settings);
            }
        });
    }
}

fn named(what: &str, action: Action, is_enabled: bool) -> WidgetInfo {
    WidgetInfo::labeled(Role::Button, is_enabled, format!("{what} {}", action.text()))
}

/// The first key of this frame, which then is nobody else's.
fn take_key(ui: &Ui) -> Option<Chord> {
    ui.input_mut(|input| {
        let chord = input.events.iter().find_map(|event| {
            let press = KeyPress::of(event).filter(|press| !press.is_repeated)?;
            press.chords().next()
        });
        input.events.retain(|event| KeyPress::of(event).is_none());
        chord
    })
}

/// An action that was given a key which is a category's.
fn hidden_by_category(session: &Session, keymap: &Keymap) -> Option<String> {
    session.categories().iter().find_map(|category| {
        let key = category.key?;
        let chord = Chord::new(ChordKey::Character(key));
        let (action, _) = keymap.action(chord)?;
        let name = readable(&category.name);
        Some(format!("{} gives {name}, and not “{}”", cap_text(chord), action.text()))
    })
}
