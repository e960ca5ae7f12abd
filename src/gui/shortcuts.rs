//! Keys, the same in the grid and in the single image.

use egui::{Event, Key, Modifiers, Ui};

use super::category_keys::category_character;
use super::dialogs::Dialogs;
use super::grid::Grid;
use crate::session::{Command, Direction, MoveBy, Session};
use crate::taxonomy::CategoryId;

/// Reads this frame's keys, unless the user is answering a question or typing, or was when the frame
/// began: the Return that ends a field's editing is the field's.
pub(super) fn read(
    ui: &Ui,
    was_typing: bool,
    session: &Session,
    grid: &Grid,
    dialogs: &mut Dialogs,
    commands: &mut Vec<Command>,
) {
    if was_typing || ui.ctx().text_edit_focused() || dialogs.is_modal() {
        return;
    }
    // A control that was reached by Tab is pressed by these; they must not decide something as well.
    let focused = ui.ctx().memory(|memory| memory.focused());
    let is_on_control = focused.is_some() && focused != grid.focused();
    let events = ui.input(|input| {
        input.filtered_events(&egui::EventFilter {
            tab: false,
            escape: true,
            horizontal_arrows: true,
            vertical_arrows: true,
        })
    });
    for event in events {
        let Event::Key { key, physical_key, pressed: true, repeat, modifiers } = event else {
            continue;
        };
        if is_on_control && matches!(key, Key::Space | Key::Enter) {
            continue;
        }
        if modifiers.command && key == Key::O {
            dialogs.open_folder(ui.ctx());
        } else if let Some(command) = command_of(key, physical_key, modifiers, session, grid)
            // A key held down moves on, but decides once: nobody has seen the images that follow.
            && (!repeat || matches!(command, Command::Move { .. }))
        {
            commands.push(command);
        }
    }
}

fn command_of(
    key: Key,
    physical_key: Option<Key>,
    modifiers: Modifiers,
    session: &Session,
    grid: &Grid,
) -> Option<Command> {
    if modifiers.command {
        return match key {
            Key::Z if modifiers.shift => Some(Command::Redo),
            Key::Z => Some(Command::Undo),
            Key::Y => Some(Command::Redo),
            Key::A => Some(Command::SelectAll),
            _ => None,
        };
    }
    if modifiers.alt {
        return None;
    }
    // In the single image, up and down go to the neighbours too.
    let cursor = session.selection().map_or(0, |selection| selection.cursor());
    let rows = |rows: isize| match session.is_single() {
        true => MoveBy::Images(rows.unsigned_abs()),
        false => MoveBy::Images(grid.rows_away(cursor, rows).abs_diff(cursor)),
    };
    let go = |direction, by| Some(Command::Move { direction, by, extend: modifiers.shift });
    match key {
        Key::ArrowLeft => go(Direction::Backward, MoveBy::Images(1)),
        Key::ArrowRight => go(Direction::Forward, MoveBy::Images(1)),
        Key::ArrowUp => go(Direction::Backward, rows(-1)),
        Key::ArrowDown => go(Direction::Forward, rows(1)),
        Key::PageUp => go(Direction::Backward, rows(-4)),
        Key::PageDown => go(Direction::Forward, rows(4)),
        Key::Home => go(Direction::Backward, MoveBy::End),
        Key::End => go(Direction::Forward, MoveBy::End),
        Key::Enter if session.is_single() => Some(Command::ShowGrid),
        Key::Enter => Some(Command::ShowSingle),
        Key::Escape => Some(Command::ShowGrid),
        Key::Space => Some(Command::AcceptPrediction),
        Key::Delete | Key::Backspace => Some(Command::ClearLabel),
        _ => {
            let category = category_with_key(session, category_character(key, physical_key)?)?;
            Some(if modifiers.shift {
                Command::SetSecondCategory(category)
            } else {
                Command::SetCategory(category)
            })
        }
    }
}

fn category_with_key(session: &Session, key: char) -> Option<CategoryId> {
    let with_key = |category: &&crate::taxonomy::Category| category.key == Some(key);
    session.categories().iter().find(with_key).map(|category| category.id)
}
