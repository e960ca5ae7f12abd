//! The application: commands in, session forward, everything drawn once a frame.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, Frame, Margin, Panel, Ui};

use super::dialogs::Dialogs;
use super::grid::Grid;
use super::inspector::inspector_ui;
use super::notices::notices_ui;
use super::shortcuts;
use super::sidebar::Sidebar;
use super::single::SingleView;
use super::status_bar::status_bar_ui;
use super::thumbnail_textures::ThumbnailTextures;
use super::tokens::{self, GAP, INSPECTOR_WIDTH, SIDEBAR_WIDTH, Tokens};
use super::toolbar::Toolbar;
use super::welcome::welcome_ui;
use super::who_labels::WhoLabels;
use crate::session::{Command, LogIn, Session};

/// How often progress is drawn while something runs.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// How often it is looked whether a message has been shown for long enough.
const NOTICE_INTERVAL: Duration = Duration::from_secs(1);

/// The window's content.
pub struct App {
    session: Session,
    commands: Vec<Command>,
    thumbnails: ThumbnailTextures,
    grid: Grid,
    single: SingleView,
    sidebar: Sidebar,
    toolbar: Toolbar,
    who_labels: WhoLabels,
    dialogs: Dialogs,
    /// Whether a field was being edited when the last frame ended.
    is_typing: bool,
}

impl App {
    /// A window on `folder`, or on the welcome page.
    pub fn new(context: &Context, folder: Option<&Path>) -> Self {
        Self::with_log_in(context, folder, LogIn::of_this_computer())
    }

    /// The same, under another log-in.
    pub fn with_log_in(context: &Context, folder: Option<&Path>, log_in: LogIn) -> Self {
        tokens::install(context);
        let repaint = context.clone();
        let wake: crate::session::Wake = Arc::new(move || repaint.request_repaint());
        let mut app = Self {
            session: Session::new(log_in, wake),
            commands: Vec::new(),
            thumbnails: ThumbnailTextures::default(),
            grid: Grid::default(),
            single: SingleView::default(),
            sidebar: Sidebar::default(),
            toolbar: Toolbar::default(),
            who_labels: WhoLabels::default(),
            dialogs: Dialogs::default(),
            is_typing: false,
        };
        if let Some(folder) = folder {
            app.commands.push(Command::OpenFolder(folder.to_owned()));
        }
        app
    }

    /// What is shown, for tests.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Does what a user could ask for, for tests.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// State changes: the user's commands, which are about what was drawn last, then results of
    /// background work.
    pub fn update_state(&mut self, context: &Context) {
        let root_before = self.session.root().map(Path::to_owned);
        self.commands.extend(self.dialogs.take_commands());
        self.commands.extend(self.single.take_commands(context));
        for command in std::mem::take(&mut self.commands) {
            self.grid.follow(&command);
            self.toolbar.follow(&command, &self.session);
            self.who_labels.follow(&command, &self.session);
            self.session.apply(command);
        }
        self.session.receive();
        if self.session.root() != root_before.as_deref() {
            self.thumbnails.clear();
            self.single.clear();
            self.toolbar.clear();
        }
        for image in self.session.take_stale_images() {
            self.thumbnails.forget(image);
            self.single.forget(image);
        }
        for (key, loaded) in self.session.take_thumbnails() {
            self.thumbnails.insert(key, loaded);
        }
        for (image, loaded) in self.session.take_images() {
            self.single.insert(image, loaded);
        }
        if self.session.tasks().next().is_some()
            || self.session.opening().is_some()
            || self.dialogs.is_open()
        {
            context.request_repaint_after(PROGRESS_INTERVAL);
        } else if !self.session.notices().is_empty() {
            context.request_repaint_after(NOTICE_INTERVAL);
        }
    }

    /// Draws everything; what the user does goes into the commands of the next frame.
    pub fn draw(&mut self, ui: &mut Ui) {
        self.thumbnails.next_frame(ui.ctx());
        // Escape ends a field's editing before anything is drawn, Return while it is.
        let was_typing = self.is_typing || ui.ctx().text_edit_focused();
        let tokens = Tokens::of(ui);
        let (session, commands) = (&self.session, &mut self.commands);
        let bar = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 8));
        let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));

        Panel::top("toolbar").frame(bar).show(ui, |ui| {
            self.toolbar.ui(ui, session, &mut self.dialogs, commands);
        });
        if session.root().is_none() {
            egui::CentralPanel::default().show(ui, |ui| {
                notices_ui(ui, session, commands);
                welcome_ui(ui, session, &mut self.dialogs, commands);
            });
        } else {
            Panel::bottom("status").frame(bar).show(ui, |ui| {
                status_bar_ui(ui, session, &mut self.who_labels, commands);
            });
            self.who_labels.panel_ui(ui, session, commands);
            Panel::left("sidebar").frame(side).exact_size(SIDEBAR_WIDTH).show(ui, |ui| {
                self.sidebar.ui(ui, session, commands);
            });
            Panel::right("inspector").frame(side).exact_size(INSPECTOR_WIDTH).show(ui, |ui| {
                inspector_ui(ui, session, commands);
            });
            let middle = Frame::new().fill(tokens.background).inner_margin(Margin::same(GAP as i8));
            egui::CentralPanel::default().frame(middle).show(ui, |ui| {
                notices_ui(ui, session, commands);
                if session.is_single() || session.is_comparing() {
                    self.single.ui(ui, session, &mut self.thumbnails, commands);
                } else {
                    self.grid.ui(ui, session, &mut self.thumbnails, commands);
                }
            });
            shortcuts::read(ui, was_typing, session, &self.grid, &mut self.dialogs, commands);
        }
        self.is_typing = ui.ctx().text_edit_focused();
        self.dialogs.ui(ui, session);
        if !self.commands.is_empty() {
            ui.ctx().request_repaint(); // `update_state` runs before the next drawing
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        self.update_state(context);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }
}
