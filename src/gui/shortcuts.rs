//! Keys, the same in the grid and in the single image.

use egui::text_selection::LabelSelectionState;
use egui::{Event, Ui};

use super::actions::Action;
use super::dialogs::Dialogs;
use super::effect::{Effect, Situation};
use super::key_press::KeyPress;
use super::keymap::Keymap;
use crate::session::{Command, Session};
use crate::settings::Chord;
use crate::taxonomy::CategoryId;

/// Reads this frame's keys, unless the user is answering a question; not for a frame that began with
/// a menu open, which has the keys to itself. While the user is typing, or
/// was when the frame began, few of them count: the Return that ends a field's editing is the field's.
pub(super) fn read(
    ui: &Ui,
    was_typing: bool,
    situation: Situation<'_>,
    keymap: &Keymap,
    dialogs: &mut Dialogs,
    commands: &mut Vec<Command>,
) {
    let is_typing = was_typing || ui.ctx().text_edit_focused();
    // A control that has the keyboard is pressed or moved by these; they must do nothing else.
    let focused = ui.ctx().memory(|memory| memory.focused());
    let is_on_control = focused.is_some() && focused != situation.grid.focused();
    for event in events(ui) {
        if dialogs.is_modal() {
            return; // the other keys are for what a key has just opened
        }
        let Some(press) = KeyPress::of(&event) else { continue };
        if is_on_control && press.is_for_controls() {
            continue;
        }
        let effect = press.chords().find_map(|chord| {
            meaning(chord, is_typing, situation.session, keymap)
                .filter(|meaning| !press.is_repeated || meaning.does_repeat())
                .and_then(|meaning| meaning.effect(situation))
        });
        match effect {
            Some(Effect::Commands(more)) => commands.extend(more),
            // What is selected of a text is copied before what is seen of an image.
            Some(Effect::View(_)) if matches!(event, Event::Copy) && has_selected_text(ui) => {}
            Some(effect) => dialogs.perform(effect, ui.ctx(), situation.session),
            None => {}
        }
    }
}

/// Whether a key that opened something was pressed, which then closes it.
pub(super) fn is_pressed(ui: &Ui, keymap: &Keymap, action: Action) -> bool {
    events(ui).iter().filter_map(KeyPress::of).any(|press| {
        let is_action = |chord| keymap.action(chord) == Some((action, false));
        !press.is_repeated && press.chords().any(is_action)
    })
}

fn events(ui: &Ui) -> Vec<Event> {
    ui.input(|input| {
        input.filtered_events(&egui::EventFilter {
            tab: false,
            escape: true,
            horizontal_arrows: true,
            vertical_arrows: true,
        })
    })
}

fn has_selected_text(ui: &Ui) -> bool {
    let selection = ui.ctx().plugin_opt::<LabelSelectionState>();
    selection.is_some_and(|selection| selection.lock().has_selection())
}

/// What a key means.
enum Meaning {
    /// A category's own key.
    Category(CategoryId),
    /// The same with Shift.
    SecondCategory(CategoryId),
    /// The key of an action; with Shift, a movement selects.
    Action(Action, bool),
}

impl Meaning {
    /// A key held down moves on, but decides once: nobody has seen the images that follow.
    fn does_repeat(&self) -> bool {
        matches!(self, Self::Action(action, _) if action.does_repeat())
    }

    fn effect(self, situation: Situation<'_>) -> Option<Effect> {
        match self {
            Self::Category(category) => Some(Command::SetCategory(category).into()),
            Self::SecondCategory(category) => Some(Command::SetSecondCategory(category).into()),
            Self::Action(action, extend) => action.effect(situation, extend),
        }
    }
}

fn meaning(chord: Chord, is_typing: bool, session: &Session, keymap: &Keymap) -> Option<Meaning> {
    let action = keymap.action(chord);
    if is_typing {
        let (action, _) = action.filter(|_| !chord.is_editing())?;
        return action.works_while_typing().then_some(Meaning::Action(action, false));
    }
    if let Some(category) = chord.category_key().and_then(|key| category_with_key(session, key)) {
        return Some(match chord.has_shift() {
            true => Meaning::SecondCategory(category),
            false => Meaning::Category(category),
        });
    }
    action.map(|(action, extend)| Meaning::Action(action, extend))
}

fn category_with_key(session: &Session, key: char) -> Option<CategoryId> {
    let with_key = |category: &&crate::taxonomy::Category| category.key == Some(key);
    session.categories().iter().find(with_key).map(|category| category.id)
}
