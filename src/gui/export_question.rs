//! Where the images that are shown are exported to.

use std::path::PathBuf;

use egui::{Button, Context, Key, RichText, TextEdit};

use super::effect::Effect;
use super::file_dialog::Chosen;
use super::popup_frame::{Outcome, PopupFrame};
use super::tokens::{GAP, GROUP_GAP, Tokens};
use crate::session::{Command, Session, default_export_folder};

const WIDTH: f32 = 520.0;
const BROWSE_WIDTH: f32 = 90.0;

/// The folder as it is being chosen.
pub(super) struct ExportQuestion {
    folder: String,
    has_keyboard: bool,
    /// Whether the system shows a dialog to choose a folder in, as far as is known.
    has_dialog: bool,
}

impl ExportQuestion {
    /// About the images that are shown; begins with a folder beside theirs.
    pub(super) fn new(session: &Session) -> Self {
        let folder = session.root().map(default_export_folder).unwrap_or_default();
        Self { folder: folder.display().to_string(), has_keyboard: false, has_dialog: true }
    }

    /// What came of the system's dialog.
    pub(super) fn take(&mut self, chosen: Chosen) {
        match chosen {
            Chosen::Path(folder) => self.folder = folder.display().to_string(),
            Chosen::Dismissed => {}
            Chosen::Unavailable => self.has_dialog = false,
        }
    }

    pub(super) fn ui(&mut self, context: &Context, session: &Session) -> Outcome {
        let (mut effect, mut is_confirmed, mut is_cancelled) = (None, false, false);
        let shown = PopupFrame::middle("Where to export to").show(context, WIDTH, |ui| {
            ui.heading("Export HDF5");
            ui.add_space(GAP);
            let files = match session.image_ids().len() {
                1 => "One file, for the image".to_owned(),
                count => format!("{count} files, one for each image"),
            };
            ui.label(format!(
                "{files} shown: pixels, instrument record, raw header, five best categories, and \
                 the label where there is one."
            ));
            ui.add_space(GAP);
            let field = ui.horizontal(|ui| {
                let label = ui.label("Folder");
                let width = ui.available_width() - BROWSE_WIDTH;
                let field = TextEdit::singleline(&mut self.folder).desired_width(width);
                let field = ui.add(field).labelled_by(label.id);
                let browse = ui.add_enabled(self.has_dialog, Button::new("Browse…"));
                let browse = browse
                    .on_disabled_hover_text("This computer shows no dialog: write the folder");
                if browse.clicked() {
                    effect = Some(Effect::AskExportFolder);
                }
                field
            });
            ui.add_space(GROUP_GAP);
            let is_possible = !self.folder.trim().is_empty();
            ui.horizontal(|ui| {
                let tokens = Tokens::of(ui);
                let text = RichText::new("Export").color(tokens.on_accent);
                let export = ui.add_enabled(is_possible, Button::new(text).fill(tokens.accent));
                if !std::mem::replace(&mut self.has_keyboard, true) {
                    export.request_focus();
                }
                is_confirmed = export.clicked();
                is_cancelled = ui.button("Cancel").clicked();
            });
            let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
            is_confirmed |= is_possible && is_entered && field.inner.lost_focus();
        });
        if is_confirmed {
            effect = Some(Command::ExportHdf5(PathBuf::from(self.folder.trim())).into());
        }
        Outcome { effect, is_closed: shown.is_closed || is_confirmed || is_cancelled }
    }
}
