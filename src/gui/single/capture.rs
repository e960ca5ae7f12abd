//! The view as a picture, with its scale bar: copied, or saved as a file.
//!
//! What is on the screen is taken, once it is sharp and without the marks that are for working. The
//! question where to save it, and writing it, are for a thread of their own.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{ColorImage, Context, Rect};

use super::crop::{cropped, to_png};
use crate::export::write_file;
use crate::session::{Command, NoticeLevel};

/// A window that is not drawn gives no picture.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The clipboard.
    Copy,
    /// A file.
    Save,
}

enum Stage {
    Idle,
    /// The view is drawn without marks until nothing is missing.
    Asked(Purpose),
    /// The screen was asked for.
    Taking(Instant),
}

enum Outcome {
    Taken(Purpose, Option<ColorImage>, String),
    Told(NoticeLevel, String),
}

/// Takes the view as a picture.
pub(super) struct Capture {
    stage: Stage,
    sender: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
}

impl Default for Capture {
    fn default() -> Self {
        let (sender, outcomes) = unbounded();
        Self { stage: Stage::Idle, sender, outcomes }
    }
}

impl Capture {
    /// Begins to take the view, unless that is going on.
    pub(super) fn ask(&mut self, purpose: Purpose) {
        if matches!(self.stage, Stage::Idle) {
            self.stage = Stage::Asked(purpose);
        }
    }

    /// Whether the view is to be drawn without marks.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }

    /// Goes on after the view was drawn, which fills `rect`; `name` is that of a file of it.
    pub(super) fn go_on(&mut self, context: &Context, rect: Rect, is_complete: bool, name: &str) {
        match self.stage {
            Stage::Idle => return,
            Stage::Asked(purpose) if is_complete => {
                let (sender, waker) = (self.sender.clone(), context.clone());
                let (name, pixels_per_point) = (name.to_owned(), context.pixels_per_point());
                context.request_screenshot(move |screen| {
                    let picture = cropped(&screen, rect, pixels_per_point);
                    // The receiver lives as long as the window.
                    let _ = sender.send(Outcome::Taken(purpose, picture, name));
                    waker.request_repaint();
                });
                self.stage = Stage::Taking(Instant::now());
            }
            Stage::Asked(_) => {}
            Stage::Taking(since) => {
                if since.elapsed() > PATIENCE {
                    self.stage = Stage::Idle;
                    let _ = self.sender.send(failed("the window gave no picture"));
                }
            }
        }
        context.request_repaint();
    }

    /// What is to be told since the last call.
    pub(super) fn take_commands(&mut self, context: &Context) -> Vec<Command> {
        let mut commands = Vec::new();
        for outcome in self.outcomes.try_iter().collect::<Vec<_>>() {
            let outcome = match outcome {
                Outcome::Taken(purpose, picture, name) => {
                    self.stage = Stage::Idle;
                    match (picture, purpose) {
                        (None, _) => failed("it is not on the screen"),
                        (Some(picture), Purpose::Copy) => {
                            context.copy_image(picture);
                            Outcome::Told(NoticeLevel::Info, "The view is copied".to_owned())
                        }
                        (Some(picture), Purpose::Save) => {
                            save(picture, name, self.sender.clone(), context.clone());
                            continue;
                        }
                    }
                }
                told @ Outcome::Told(..) => told,
            };
            if let Outcome::Told(level, text) = outcome {
                commands.push(Command::Tell(level, text));
            }
        }
        commands
    }
}

fn failed(reason: &str) -> Outcome {
    Outcome::Told(NoticeLevel::Warning, format!("The view could not be taken: {reason}"))
}

/// Asks where to, and writes the file, whole or not at all.
fn save(picture: ColorImage, name: String, sender: Sender<Outcome>, context: Context) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title("Save the view")
            .add_filter("PNG", &["png"])
            .set_file_name(name);
        let Some(mut path) = dialog.save_file() else { return };
        if path.extension().is_none() {
            path.set_extension("png");
        }
        let written = to_png(&picture)
            .and_then(|png| write_file(&path, &png).map_err(|error| error.to_string()));
        let outcome = match written {
            Ok(()) => Outcome::Told(NoticeLevel::Info, format!("View saved: {}", path.display())),
            Err(reason) => {
                Outcome::Told(NoticeLevel::Error, format!("The view could not be saved: {reason}"))
            }
        };
        // The receiver lives as long as the window.
        let _ = sender.send(outcome);
        context.request_repaint();
    });
}
