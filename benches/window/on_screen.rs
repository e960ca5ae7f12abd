//! The window on a screen, in a process of its own: classifies a folder and tells what that took.

use std::path::Path;
use std::time::Instant;

use crossbeam_channel::{Receiver, unbounded};
use eframe::{NativeOptions, Renderer};
use egui::{Context, RawInput, Ui, ViewportBuilder, ViewportCommand, vec2};
use semblance::gui::App;
use semblance::session::{Command, LogIn, TaskKind};

use super::classifying::{LABEL_EVERY, forget_library, is_listed};
use super::watch::Watch;

/// What is shown, and what was measured.
struct OnScreen<'a> {
    app: App,
    folder: &'a Path,
    /// When label keys are pressed; none are where no label is wanted.
    keys: Option<Receiver<Instant>>,
    stage: Stage,
    watch: &'a mut Option<Watch>,
}

enum Stage {
    Opening,
    /// Since then.
    Classifying(Instant),
    Ended,
}

pub fn run(folder: &Path, is_labelling: bool) {
    forget_library(folder);
    let viewport = ViewportBuilder::default().with_inner_size(vec2(1280.0, 800.0));
    let options = NativeOptions { renderer: Renderer::Glow, viewport, ..NativeOptions::default() };
    let mut watch = None;
    let shown = &mut watch;
    eframe::run_native(
        "semblance",
        options,
        Box::new(move |creation| {
            let context = creation.egui_ctx.clone();
            let log_in = LogIn::kept_in("benchmark".to_owned(), None);
            let app = App::with_log_in(&context, Some(folder), log_in);
            let keys = is_labelling.then(|| press_keys(context));
            Ok(Box::new(OnScreen { app, folder, keys, stage: Stage::Opening, watch: shown }))
        }),
    )
    .unwrap();
    // The window is closed once all that was decided is on the disk.
    let label_ms = watch.map_or_else(Vec::new, Watch::label_ms);
    label_ms.iter().for_each(|ms| println!("label {ms}"));
}

/// As a person does: whatever is being drawn.
fn press_keys(context: Context) -> Receiver<Instant> {
    let (sender, keys) = unbounded();
    std::thread::spawn(move || {
        while sender.send(Instant::now()).is_ok() {
            context.request_repaint();
            std::thread::sleep(LABEL_EVERY);
        }
    });
    keys
}

impl eframe::App for OnScreen<'_> {
    fn raw_input_hook(&mut self, _context: &Context, input: &mut RawInput) {
        for pressed in self.keys.iter().flat_map(Receiver::try_iter) {
            if let (Stage::Classifying(_), Some(watch)) = (&self.stage, self.watch.as_mut()) {
                input.events.extend(watch.label_at(pressed));
            }
        }
    }

    fn logic(&mut self, context: &Context, frame: &mut eframe::Frame) {
        self.app.update_state(context);
        let session = self.app.session();
        match self.stage {
            Stage::Opening if is_listed(session) => {
                *self.watch = Some(Watch::of(self.folder));
                self.app.send(Command::Classify);
                self.stage = Stage::Classifying(Instant::now());
                context.request_repaint();
            }
            Stage::Classifying(since) => {
                if let Some(seconds) = frame.info().cpu_usage {
                    println!("frame {}", seconds * 1e3);
                }
                // In the frame after the command it has begun.
                if since.elapsed().as_millis() > 0 && !session.is_running(TaskKind::Classify) {
                    println!("seconds {}", since.elapsed().as_secs_f64());
                    self.stage = Stage::Ended;
                    context.send_viewport_cmd(ViewportCommand::Close);
                }
            }
            Stage::Opening | Stage::Ended => {}
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.app.draw(ui);
    }
}
