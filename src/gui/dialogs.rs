//! Questions to the user, and whatever else is put over the window, one thing at a time.
//!
//! The system's own dialogs run in threads of their own, so that the window goes on being drawn.

use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{Context, Id, Ui};

use super::effect::{Effect, Situation};
use super::file_dialog::{self, Chosen};
use super::folder_question::{FolderFor, FolderQuestion};
use super::keymap::Keymap;
use super::popup::Popup;
use super::view_action::ViewAction;
use crate::session::{Command, Session};

/// What a folder is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Folder(FolderFor),
    ExportFolder,
}

/// What is being asked.
pub(super) struct Dialogs {
    sender: Sender<(Asked, Chosen)>,
    answers: Receiver<(Asked, Chosen)>,
    open_system_dialogs: usize,
    popup: Option<Popup>,
    /// What had the keyboard before the popup was put over it.
    focused_before: Option<Id>,
    /// Whether that is an image of the grid.
    was_on_image: bool,
    commands: Vec<Command>,
    requests: Vec<Request>,
}

/// What is asked of other parts of the window.
pub(super) enum Request {
    /// To do something to the view of one image.
    View(ViewAction),
    /// To give the search field the keyboard.
    Search,
    /// To ask who labels.
    WhoLabels,
    /// To give the image at the cursor the keyboard.
    Image,
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, answers) = unbounded();
        Self {
            sender,
            answers,
            open_system_dialogs: 0,
            popup: None,
            focused_before: None,
            was_on_image: false,
            commands: Vec::new(),
            requests: Vec::new(),
        }
    }
}

impl Dialogs {
    /// Whether an answer is awaited.
    pub(super) fn is_open(&self) -> bool {
        self.open_system_dialogs > 0
    }

    /// Whether a question fills the window, so that keys are not for the images.
    pub(super) fn is_modal(&self) -> bool {
        self.popup.is_some()
    }

    /// Commands that answers have given.
    pub(super) fn take_commands(&mut self) -> Vec<Command> {
        for answer in self.answers.try_iter() {
            self.open_system_dialogs -= 1;
            match answer {
                (_, Chosen::Dismissed) => {}
                (Asked::Folder(FolderFor::Images), Chosen::Path(folder)) => {
                    self.commands.push(Command::OpenFolder(folder));
                }
                (Asked::Folder(FolderFor::Model), Chosen::Path(folder)) => {
                    self.commands.push(Command::UseModel(folder.display().to_string()));
                }
                (Asked::Folder(folder_for), Chosen::Unavailable) => {
                    self.popup = Some(Popup::Folder(FolderQuestion::new(folder_for)));
                }
                // The question may have been closed meanwhile.
                (Asked::ExportFolder, chosen) => {
                    if let Some(Popup::Export(question)) = &mut self.popup {
                        question.take(chosen);
                    }
                }
            }
        }
        std::mem::take(&mut self.commands)
    }

    /// What is asked of other parts of the window since the last call.
    pub(super) fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Does what a key or the palette asks for.
    pub(super) fn perform(&mut self, effect: Effect, context: &Context, session: &Session) {
        match effect {
            Effect::Commands(commands) => self.commands.extend(commands),
            Effect::View(action) => self.requests.push(Request::View(action)),
            Effect::Search => self.give_keyboard_to(Request::Search),
            Effect::AskWhoLabels => self.give_keyboard_to(Request::WhoLabels),
            Effect::Open(kind) => {
                // Out of another popup, it is what had it before that one.
                let focused = context.memory(egui::Memory::focused);
                self.focused_before = self.focused_before.or(focused);
                self.popup = Some(Popup::new(kind, session));
            }
            Effect::AskFolder => self.open_folder(context),
            Effect::AskModel => self.open_model(context),
            Effect::AskExportFolder => self.ask(context, "Export into", Asked::ExportFolder),
        }
        context.request_repaint();
    }

    fn give_keyboard_to(&mut self, field: Request) {
        self.focused_before = None;
        self.requests.push(field);
    }

    /// Another library was opened: what is asked about images was about others.
    pub(super) fn forget_images(&mut self) {
        if matches!(self.popup, Some(Popup::Pick(_) | Popup::Note(_) | Popup::Export(_))) {
            self.popup = None;
        }
    }

    /// Asks which folder to open.
    pub(super) fn open_folder(&mut self, context: &Context) {
        self.ask(context, "Open a folder of micrographs", Asked::Folder(FolderFor::Images));
    }

    /// Asks for a model's folder.
    pub(super) fn open_model(&mut self, context: &Context) {
        self.ask(context, "Choose a model's folder", Asked::Folder(FolderFor::Model));
    }

    fn ask(&mut self, context: &Context, title: &'static str, asked: Asked) {
        if self.open_system_dialogs > 0 {
            return;
        }
        self.open_system_dialogs += 1;
        let (sender, context) = (self.sender.clone(), context.clone());
        thread::spawn(move || {
            let dialog = || rfd::FileDialog::new().set_title(title).pick_folder();
            // The receiver lives as long as the window.
            let _ = sender.send((asked, file_dialog::ask(dialog)));
            context.request_repaint();
        });
    }

    /// Draws what is over the window, if anything is.
    pub(super) fn ui(&mut self, ui: &mut Ui, situation: Situation<'_>, keymap: &Keymap) {
        let Some(mut popup) = self.popup.take() else {
            // Not in the frame that closes it: egui keeps the keyboard from what was under it.
            if let Some(before) = self.focused_before.take() {
                match self.was_on_image {
                    // The cursor may have gone on to the next.
                    true => self.requests.push(Request::Image),
                    false => ui.ctx().memory_mut(|memory| memory.request_focus(before)),
                }
                ui.ctx().request_repaint();
            } else {
                self.was_on_image = situation.grid.focused().is_some();
            }
            return;
        };
        let outcome = popup.ui(ui, situation, keymap);
        if outcome.is_closed {
            // The field that is gone must not hold back the next key.
            ui.ctx().memory_mut(egui::Memory::stop_text_input);
            ui.ctx().request_repaint();
        } else {
            self.popup = Some(popup);
        }
        if let Some(effect) = outcome.effect {
            self.perform(effect, ui.ctx(), situation.session);
        }
    }
}
