//! The view as a picture, with its scale bar: copied, or saved as a file.
//!
//! What is on the screen is taken, once it is sharp and without the marks that are for working. The
//! question where to save it, and writing it, are for a thread of their own.

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{ColorImage, Context, Rect};

use super::crop::{cropped, to_png};
use crate::catalog::ImageId;
use crate::export::write_file;
use crate::gui::file_dialog::{self, Chosen};
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
    /// The view of these images is drawn without marks until nothing is missing.
    Asked(Purpose, Vec<ImageId>),
    /// The screen was asked for while these were drawn.
    Taking(Instant, Vec<ImageId>),
}

enum Outcome {
    Taken(Taken),
    Told(NoticeLevel, String),
}

/// A picture of the screen.
struct Taken {
    /// Which of all that were asked for.
    number: u64,
    purpose: Purpose,
    picture: Option<ColorImage>,
    name: String,
}

/// Takes the view as a picture.
pub(super) struct Capture {
    stage: Stage,
    /// How many pictures were asked for.
    count: u64,
    sender: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
}

impl Default for Capture {
    fn default() -> Self {
        let (sender, outcomes) = unbounded();
        Self { stage: Stage::Idle, count: 0, sender, outcomes }
    }
}

impl Capture {
    /// Begins to take the view of the images that are drawn, unless that is going on.
    pub(super) fn ask(&mut self, purpose: Purpose, images: Vec<ImageId>) {
        if matches!(self.stage, Stage::Idle) {
            self.stage = Stage::Asked(purpose, images);
        }
    }

    /// Takes nothing, since what was asked for is seen no more. A picture that comes nevertheless
    /// shows something else.
    pub(super) fn give_up(&mut self, reason: &str) {
        if self.is_on() {
            self.stage = Stage::Idle;
            // The receiver is ours.
            let _ = self.sender.send(failed(reason));
        }
    }

    /// Whether the view is to be drawn without marks.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }

    /// Goes on after the view of `drawn` was drawn, which fills `rect`; `name` is that of a file of it.
    pub(super) fn go_on(
        &mut self,
        context: &Context,
        drawn: &[ImageId],
        rect: Rect,
        is_complete: bool,
        name: &str,
    ) {
        let (Stage::Asked(_, images) | Stage::Taking(_, images)) = &self.stage else { return };
        if images.as_slice() != drawn {
            self.give_up("other images came");
        }
        match self.stage {
            Stage::Asked(purpose, _) if is_complete => {
                self.take(context, purpose, rect, name.to_owned());
                self.stage = Stage::Taking(Instant::now(), drawn.to_vec());
            }
            // Whatever is missing has the window drawn again when it comes.
            Stage::Asked(..) => return,
            Stage::Taking(since, _) if since.elapsed() > PATIENCE => {
                self.give_up("the window gave no picture");
            }
            Stage::Taking(..) | Stage::Idle => {}
        }
        context.request_repaint();
    }

    fn take(&mut self, context: &Context, purpose: Purpose, rect: Rect, name: String) {
        self.count += 1;
        let number = self.count;
        let (sender, waker) = (self.sender.clone(), context.clone());
        let pixels_per_point = context.pixels_per_point();
        context.request_screenshot(move |screen| {
            let picture = cropped(&screen, rect, pixels_per_point);
            let taken = Taken { number, purpose, picture, name };
            // The receiver lives as long as the window.
            let _ = sender.send(Outcome::Taken(taken));
            waker.request_repaint();
        });
    }

    /// Whether it is the picture that is being waited for.
    fn is_awaited(&self, taken: &Taken) -> bool {
        matches!(self.stage, Stage::Taking(..)) && taken.number == self.count
    }

    /// What is to be told since the last call.
    pub(super) fn take_commands(&mut self, context: &Context) -> Vec<Command> {
        let mut commands = Vec::new();
        for outcome in self.outcomes.try_iter().collect::<Vec<_>>() {
            let outcome = match outcome {
                Outcome::Taken(taken) if !self.is_awaited(&taken) => continue,
                Outcome::Taken(Taken { purpose, picture, name, .. }) => {
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
        let dialog = || {
            let dialog = rfd::FileDialog::new().set_title("Save the view").set_file_name(name);
            dialog.add_filter("PNG", &["png"]).save_file()
        };
        let mut path = match file_dialog::ask(dialog) {
            Chosen::Path(path) => path,
            Chosen::Dismissed => return,
            Chosen::Unavailable => {
                let reason = "this computer shows no dialog for files; copying the view works";
                let _ = sender.send(failed(reason));
                return context.request_repaint();
            }
        };
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
