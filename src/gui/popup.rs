//! What is put over the window, one thing at a time.

use egui::Ui;

use super::category_picker::{CategoryPicker, PickFor};
use super::effect::Situation;
use super::export_question::ExportQuestion;
use super::folder_question::FolderQuestion;
use super::key_help::KeyHelp;
use super::keymap::Keymap;
use super::note_field::NoteField;
use super::palette::Palette;
use super::popup_frame::Outcome;
use super::settings_window::SettingsWindow;
use crate::session::{Command, Session};

/// What can be put over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PopupKind {
    Palette,
    Keys,
    Settings,
    Pick(PickFor),
    Note,
    Export,
}

/// What is over the window.
pub(super) enum Popup {
    Palette(Palette),
    Keys(KeyHelp),
    Settings(SettingsWindow),
    Pick(CategoryPicker),
    Note(NoteField),
    Export(ExportQuestion),
    Folder(FolderQuestion),
}

impl Popup {
    pub(super) fn new(kind: PopupKind, session: &Session) -> Self {
        match kind {
            PopupKind::Palette => Self::Palette(Palette::default()),
            PopupKind::Keys => Self::Keys(KeyHelp::default()),
            PopupKind::Settings => Self::Settings(SettingsWindow::default()),
            PopupKind::Pick(pick_for) => Self::Pick(CategoryPicker::new(pick_for)),
            PopupKind::Note => Self::Note(NoteField::of_selected_images(session)),
            PopupKind::Export => Self::Export(ExportQuestion::new(session)),
        }
    }

    /// Draws it; gives what is to be done, and whether it is over.
    pub(super) fn ui(&mut self, ui: &Ui, situation: Situation<'_>, keymap: &Keymap) -> Outcome {
        let (context, session) = (ui.ctx(), situation.session);
        match self {
            Self::Palette(palette) => palette.ui(context, situation, keymap),
            Self::Keys(help) => Outcome { effect: None, is_closed: !help.ui(ui, session, keymap) },
            Self::Settings(window) => {
                let changed = window.ui(context, session, keymap);
                let effect =
                    changed.settings.map(|settings| Command::ChangeSettings(settings).into());
                Outcome { effect, is_closed: changed.is_closed }
            }
            Self::Pick(picker) => picker.ui(context, session),
            Self::Note(field) => field.ui(context),
            Self::Export(question) => question.ui(context, session),
            Self::Folder(question) => question.ui(context),
        }
    }
}
