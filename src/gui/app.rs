//! The application: commands in, session forward, everything drawn once a frame.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, Frame, Margin, Panel, Popup, Ui, ViewportCommand};

use super::dialogs::{Dialogs, Request};
use super::effect::Situation;
use super::grid::Grid;
use super::inspector::inspector_ui;
use super::keymap::Keymap;
use super::notices::notices_ui;
use super::review::QueueBar;
use super::shortcuts;
use super::side_widths::SideWidths;
use super::sidebar::Sidebar;
use super::single::SingleView;
use super::status_bar::status_bar_ui;
use super::thumbnail_textures::ThumbnailTextures;
use super::tokens::{self, GAP, Tokens};
use super::toolbar::Toolbar;
use super::welcome::welcome_ui;
use super::who_labels::WhoLabels;
use crate::session::{Command, LogIn, Session};
use crate::settings::{Settings, SettingsFile};

/// How often progress and results are drawn while something runs: each frame is time in which it does
/// not.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(333);

/// How often it is looked whether a dialog of the system's own was answered.
const DIALOG_INTERVAL: Duration = Duration::from_millis(100);

/// How often it is looked whether a message has been shown for long enough.
const NOTICE_INTERVAL: Duration = Duration::from_secs(1);

/// The window's content.
pub struct App {
    session: Session,
    commands: Vec<Command>,
    thumbnails: ThumbnailTextures,
    grid: Grid,
    single: SingleView,
    queue_bar: QueueBar,
    sidebar: Sidebar,
    toolbar: Toolbar,
    who_labels: WhoLabels,
    dialogs: Dialogs,
    keymap: Keymap,
    /// The window is to be closed; how many errors had been told then.
    errors_before_closing: Option<u64>,
    /// Whether a field was being edited when the last frame ended.
    is_typing: bool,
}

impl App {
    /// A window on `folder`, or on the welcome page.
    pub fn new(context: &Context, folder: Option<&Path>) -> Self {
        let settings = SettingsFile::of_this_computer();
        Self::with_settings(context, folder, LogIn::of_this_computer(), settings)
    }

    /// The same, under another log-in, and with settings that are not kept.
    pub fn with_log_in(context: &Context, folder: Option<&Path>, log_in: LogIn) -> Self {
        Self::with_settings(context, folder, log_in, SettingsFile::nowhere())
    }

    /// The same, with the settings in `file`.
    pub fn with_settings(
        context: &Context,
        folder: Option<&Path>,
        log_in: LogIn,
        file: SettingsFile,
    ) -> Self {
        tokens::install(context);
        let repaint = context.clone();
        let wake: crate::session::Wake =
            Arc::new(move |within| repaint.request_repaint_after(within));
        let session = Session::new(log_in, wake).with_settings(file);
        let mut app = Self {
            keymap: Keymap::of(session.settings()),
            session,
            commands: Vec::new(),
            thumbnails: ThumbnailTextures::default(),
            grid: Grid::default(),
            single: SingleView::default(),
            queue_bar: QueueBar::default(),
            sidebar: Sidebar::default(),
            toolbar: Toolbar::default(),
            who_labels: WhoLabels::default(),
            dialogs: Dialogs::default(),
            errors_before_closing: None,
            is_typing: false,
        };
        if let Some(folder) = folder {
            app.commands.push(Command::OpenFolder(folder.to_owned()));
        }
        app.grid.set_cell_width(app.session.settings().thumbnail_width_points.into());
        app.follow_settings(context);
        app
    }

    /// Looks and listens as the settings say.
    fn follow_settings(&mut self, context: &Context) {
        let settings = self.session.settings();
        self.keymap.follow(settings);
        tokens::follow(context, settings);
        self.thumbnails.set_budget_mb(settings.thumbnail_budget_mb.into());
    }

    /// What was chosen in the grid is chosen for the next start too, once it is let go.
    fn keep_cell_width(&mut self, ui: &Ui) {
        let settings = self.session.settings();
        let width = self.grid.cell_width().round() as u16;
        let is_held = ui.input(|input| input.pointer.any_down());
        if width != settings.thumbnail_width_points && !is_held {
            let settings = Settings { thumbnail_width_points: width, ..settings.clone() };
            self.commands.push(Command::ChangeSettings(settings));
        }
    }

    /// The window is closed once everything that was decided is on the disk; where something is not,
    /// it stays, so that this can be read.
    fn keep_open_while_saving(&mut self, context: &Context) {
        if context.input(|input| input.viewport().close_requested()) && self.session.is_saving() {
            context.send_viewport_cmd(ViewportCommand::CancelClose);
            self.errors_before_closing = Some(self.session.error_count());
        }
        if self.errors_before_closing.is_none() || self.session.is_saving() {
            return;
        }
        if self.errors_before_closing.take() == Some(self.session.error_count()) {
            context.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Does what was asked of parts that own it.
    fn answer_requests(&mut self) {
        for request in self.dialogs.take_requests() {
            match request {
                Request::View(action) => self.single.act(action),
                Request::Search => self.toolbar.search(),
                Request::WhoLabels => self.who_labels.ask(),
                Request::Image => self.grid.return_focus(),
            }
        }
    }

    /// What is shown, for tests.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Does what a user could ask for, for tests.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Does what the user asked for, which is about what was drawn last.
    fn apply_commands(&mut self, context: &Context) {
        for command in std::mem::take(&mut self.commands) {
            self.grid.follow(&command, &self.session);
            self.toolbar.follow(&command, &self.session);
            self.who_labels.follow(&command, &self.session);
            self.session.apply(command);
        }
        self.answer_requests();
        self.follow_settings(context);
    }

    /// State changes: the user's commands that were not done yet, then results of background work.
    pub fn update_state(&mut self, context: &Context) {
        let root_before = self.session.root().map(Path::to_owned);
        self.commands.extend(self.dialogs.take_commands());
        self.commands.extend(self.single.take_commands(context));
        self.apply_commands(context);
        self.session.receive();
        if self.session.root() != root_before.as_deref() {
            self.thumbnails.clear();
            self.grid.clear();
            self.single.clear();
            self.toolbar.clear();
            self.dialogs.forget_images();
        }
        let stale = self.session.take_stale_images();
        self.thumbnails.forget(&stale);
        stale.iter().for_each(|image| self.single.forget(*image));
        for (key, loaded) in self.session.take_thumbnails() {
            self.thumbnails.insert(key, loaded);
        }
        for (image, loaded) in self.session.take_images() {
            self.single.insert(image, loaded);
        }
        self.keep_open_while_saving(context);
        if self.dialogs.is_open() {
            context.request_repaint_after(DIALOG_INTERVAL);
        }
        if self.session.tasks().next().is_some()
            || self.session.opening().is_some()
            || self.session.is_saving()
        {
            context.request_repaint_after(PROGRESS_INTERVAL);
        } else if !self.session.notices().is_empty() {
            context.request_repaint_after(NOTICE_INTERVAL);
        }
    }

    /// Draws everything; what the user does is done at the end.
    pub fn draw(&mut self, ui: &mut Ui) {
        self.thumbnails.next_frame(ui.ctx());
        // Escape ends a field's editing before anything is drawn, Return while it is.
        let was_typing = self.is_typing || ui.ctx().text_edit_focused();
        // A menu closes itself while it is drawn, with a key that is then its own.
        let had_menu = Popup::is_any_open(ui.ctx());
        let tokens = Tokens::of(ui);
        let (session, commands) = (&self.session, &mut self.commands);
        let bar = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 8));
        let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));

        Panel::top("toolbar").frame(bar).show(ui, |ui| {
            self.toolbar.ui(ui, session, &self.keymap, &mut self.dialogs, commands);
        });
        let middle = if session.root().is_none() {
            egui::CentralPanel::default().show(ui, |ui| {
                welcome_ui(ui, session, &mut self.dialogs, commands);
            })
        } else {
            Panel::bottom("status").frame(bar).show(ui, |ui| {
                status_bar_ui(ui, session, &self.keymap, &mut self.who_labels, commands);
            });
            self.who_labels.panel_ui(ui, session, commands);
            let widths = SideWidths::within(ui.available_width());
            Panel::left("sidebar").frame(side).exact_size(widths.sidebar).show(ui, |ui| {
                self.sidebar.ui(ui, session, &self.keymap, commands);
            });
            if let Some(width) = widths.inspector {
                Panel::right("inspector").frame(side).exact_size(width).show(ui, |ui| {
                    inspector_ui(ui, session, &self.keymap, commands);
                });
            }
            let middle = Frame::new().fill(tokens.background).inner_margin(Margin::same(GAP as i8));
            egui::CentralPanel::default().frame(middle).show(ui, |ui| {
                self.queue_bar.ui(ui, session, &self.keymap, commands);
                if session.is_single() || session.is_comparing() {
                    let thumbnails = &mut self.thumbnails;
                    self.single.ui(ui, session, &self.keymap, thumbnails, commands);
                } else {
                    self.single.leave(ui.ctx());
                    self.grid.ui(ui, session, &mut self.thumbnails, commands);
                }
            })
        };
        notices_ui(ui.ctx(), middle.response.rect, session, commands);
        let situation = Situation { session, grid: &self.grid, is_dark: ui.visuals().dark_mode };
        let (keymap, dialogs) = (&self.keymap, &mut self.dialogs);
        if !had_menu {
            shortcuts::read(ui, was_typing, situation, keymap, dialogs, commands);
        }
        dialogs.ui(ui, situation, keymap);
        self.is_typing = ui.ctx().text_edit_focused();
        self.keep_cell_width(ui);
        if !self.commands.is_empty() {
            // At once: a decision does not wait until this frame is on screen.
            self.apply_commands(ui.ctx());
            ui.ctx().request_repaint();
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
