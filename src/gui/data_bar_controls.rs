//! The data bar of the current image: what it is, who says so, and how to correct it.

use egui::{Button, DragValue, Grid, Id, Key, RichText, Ui};

use super::text::heading;
use super::tokens::{GAP, Tokens};
use crate::catalog::{ImageId, ImageRow};
use crate::micrograph::{DataBar, DataBarSource};
use crate::session::{Command, Session};

pub(super) fn data_bar_ui(
    ui: &mut Ui,
    session: &Session,
    row: &ImageRow,
    commands: &mut Vec<Command>,
) {
    let tokens = Tokens::of(ui);
    let choice = session.read_choice(row.id);
    let (Some((bar, source)), Some(height_px)) = (row.data_bar, row.height_px) else {
        // An image that cannot be read as it was chosen can be read otherwise again.
        if let Some(DataBar { top, bottom }) = choice.data_bar {
            heading(ui, "Data bar");
            let chosen = format!("Set by hand: {top} px at the top, {bottom} px at the bottom");
            ui.label(RichText::new(chosen).color(tokens.text_weak));
            if ui.button("Automatic").clicked() {
                commands.push(Command::SetDataBar(None));
            }
        }
        return;
    };
    heading(ui, "Data bar");
    let of_folder = source == DataBarSource::Person && choice.data_bar.is_none();
    let who = match source {
        DataBarSource::Header => "As the file's header says",
        DataBarSource::Pixels if bar.is_none() => "None was found in the pixels",
        DataBarSource::Pixels => "Found in the pixels",
        DataBarSource::Person if of_folder => "Set for the folder",
        DataBarSource::Person => "Set by hand",
    };
    ui.label(RichText::new(who).color(tokens.text_weak));
    let most = height_px.saturating_sub(1);
    let edited = edited_bar(ui, row.id, bar, most);
    if let Some(bar) = edited {
        commands.push(Command::SetDataBar(Some(bar)));
    }
    ui.add_space(GAP / 2.0);
    ui.horizontal_wrapped(|ui| {
        let whole_folder = ui.button("Use in the folder");
        let hint = "The same rows for all images of this size in this folder and those below it";
        if whole_folder.on_hover_text(hint).clicked() {
            commands.push(Command::SetFolderDataBar(Some(edited.unwrap_or(bar))));
        }
        let name = if of_folder { "Automatic in the folder" } else { "Automatic" };
        let automatic = ui.add_enabled(source == DataBarSource::Person, Button::new(name));
        if automatic.on_hover_text("What the header says or the pixels show").clicked() {
            commands.push(if of_folder {
                Command::SetFolderDataBar(None)
            } else {
                Command::SetDataBar(None)
            });
        }
    });
}

/// A bar that is being edited, in the fields or on the image.
#[derive(Clone, Copy)]
struct Pending {
    image: ImageId,
    bar: DataBar,
    /// The frame in which its edge was last dragged on the image, where it was.
    dragged_in: Option<u64>,
}

/// The bar as it is being edited, which is kept once the person is done.
pub(super) fn pending_bar(ui: &Ui, image: ImageId) -> Option<DataBar> {
    pending(ui, image).map(|pending| pending.bar)
}

/// Its edge is being dragged on the image: the bar would be this one.
pub(super) fn drag_bar(ui: &Ui, image: ImageId, bar: DataBar) {
    keep_pending(ui, Pending { image, bar, dragged_in: Some(ui.ctx().cumulative_frame_nr()) });
}

/// Its edge is not dragged any more; gives the bar that it would have become.
pub(super) fn end_drag(ui: &Ui, image: ImageId) -> Option<DataBar> {
    let dragged = pending(ui, image).filter(|pending| pending.dragged_in.is_some())?;
    ui.data_mut(|data| data.remove::<Pending>(pending_id()));
    Some(dragged.bar)
}

fn pending(ui: &Ui, image: ImageId) -> Option<Pending> {
    let pending: Option<Pending> = ui.data(|data| data.get_temp(pending_id()));
    // What nobody has dragged since was given up: the image changed, or is measured.
    let since = ui.ctx().cumulative_frame_nr().saturating_sub(1);
    let is_held = |pending: &Pending| pending.dragged_in.is_none_or(|frame| frame >= since);
    pending.filter(|pending| pending.image == image && is_held(pending))
}

fn keep_pending(ui: &Ui, pending: Pending) {
    ui.data_mut(|data| data.insert_temp(pending_id(), pending));
}

fn pending_id() -> Id {
    Id::unique("edited data bar")
}

/// Two fields; gives the bar once the person is done with them, not at every step of a drag, since
/// each change reads the image again.
fn edited_bar(ui: &mut Ui, image: ImageId, bar: DataBar, most: u32) -> Option<DataBar> {
    let pending = pending(ui, image);
    let mut edited = pending.map_or(bar, |pending| pending.bar);
    let mut is_editing = false;
    Grid::new("data bar").num_columns(2).spacing([GAP, 3.0]).min_col_width(104.0).show(ui, |ui| {
        // The two together leave a row of the picture.
        let mut field = |ui: &mut Ui, name: &str, rows: &mut u32, most: u32| {
            let color = Tokens::of(ui).text_weak;
            let label = ui.label(RichText::new(name).color(color));
            let value = DragValue::new(rows).range(0..=most).suffix(" px").speed(0.5);
            let response = ui.add(value).labelled_by(label.id);
            is_editing |= response.dragged() || response.has_focus();
            ui.end_row();
        };
        field(ui, "At the top", &mut edited.top, most.saturating_sub(edited.bottom));
        field(ui, "At the bottom", &mut edited.bottom, most.saturating_sub(edited.top));
    });
    if pending.is_some_and(|pending| pending.dragged_in.is_some()) {
        return None; // whoever drags it says when that ends
    }
    if is_editing {
        keep_pending(ui, Pending { image, bar: edited, dragged_in: None });
        return None;
    }
    ui.data_mut(|data| data.remove::<Pending>(pending_id()));
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        return None;
    }
    (edited != bar && pending.is_some()).then_some(edited)
}
