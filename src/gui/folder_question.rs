//! A folder as it is written, where the system shows no dialog to choose it in.

use std::path::PathBuf;

use egui::{Button, Context, Key, RichText, TextEdit};

use super::popup_frame::{Outcome, PopupFrame};
use super::tokens::{GAP, GROUP_GAP, Tokens};
use crate::session::Command;

const WIDTH: f32 = 520.0;

/// What the folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FolderFor {
    /// Its micrographs are opened.
    Images,
    /// It is a model, to classify with.
    Model,
}

/// The folder as it is being written.
pub(super) struct FolderQuestion {
    folder_for: FolderFor,
    folder: String,
    has_keyboard: bool,
}

impl FolderQuestion {
    pub(super) fn new(folder_for: FolderFor) -> Self {
        Self { folder_for, folder: String::new(), has_keyboard: false }
    }

    pub(super) fn ui(&mut self, context: &Context) -> Outcome {
        let title = match self.folder_for {
            FolderFor::Images => "Open a folder of micrographs",
            FolderFor::Model => "Use a model's folder",
        };
        let (mut is_confirmed, mut is_cancelled) = (false, false);
        let shown = PopupFrame::middle("Which folder").show(context, WIDTH, |ui| {
            ui.heading(title);
            ui.add_space(GAP);
            let text = "This computer shows no dialog for folders: write where it is.";
            ui.label(RichText::new(text).color(Tokens::of(ui).text_weak));
            ui.add_space(GAP);
            let field = ui.horizontal(|ui| {
                let label = ui.label("Folder");
                let field = TextEdit::singleline(&mut self.folder).desired_width(f32::INFINITY);
                ui.add(field).labelled_by(label.id)
            });
            if !std::mem::replace(&mut self.has_keyboard, true) {
                field.inner.request_focus();
            }
            ui.add_space(GROUP_GAP);
            let is_possible = !self.folder.trim().is_empty();
            ui.horizontal(|ui| {
                let tokens = Tokens::of(ui);
                let text = RichText::new("Open").color(tokens.on_accent);
                let open = ui.add_enabled(is_possible, Button::new(text).fill(tokens.accent));
                is_confirmed = open.clicked();
                is_cancelled = ui.button("Cancel").clicked();
            });
            let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
            is_confirmed |= is_possible && is_entered && field.inner.lost_focus();
        });
        let folder = self.folder.trim();
        let effect = is_confirmed.then(|| match self.folder_for {
            FolderFor::Images => Command::OpenFolder(PathBuf::from(folder)).into(),
            FolderFor::Model => Command::UseModel(folder.to_owned()).into(),
        });
        Outcome { effect, is_closed: shown.is_closed || is_confirmed || is_cancelled }
    }
}
