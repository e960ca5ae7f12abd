//! The window's own code without a screen, and what its frames take.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, Pos2, RawInput, Rect, TextureId, pos2, vec2};
use rustix::time::{ClockId, clock_gettime};
use semblance::gui::App;
use semblance::session::{Command, LogIn};
use semblance::settings::Settings;

const FRAME: Duration = Duration::from_micros(16_667);
const SIZE: egui::Vec2 = vec2(1600.0, 1000.0);

/// The window, with a clock and a screen that nobody sees.
pub struct Window {
    context: egui::Context,
    pub app: App,
    pub started: Instant,
    /// What a graphics card would hold.
    pub textures: HashMap<TextureId, Vec<u8>>,
    /// The longest side of what came onto it in the last frame, in pixels.
    pub longest_new_px: usize,
}

/// What frames took, in ms.
#[derive(Default)]
pub struct Times {
    pub cpu_ms: Vec<f64>,
    pub wall_ms: Vec<f64>,
}

impl Window {
    pub fn open(folder: &Path) -> (Self, f64) {
        let started = Instant::now();
        let context = egui::Context::default();
        let log_in = LogIn::kept_in("benchmark".to_owned(), None);
        let mut app = App::with_log_in(&context, None, log_in);
        // No files stand behind the records: they would all be found to be gone.
        let settings = Settings { looks_for_files: false, ..Settings::default() };
        app.send(Command::ChangeSettings(settings));
        app.send(Command::OpenFolder(folder.to_owned()));
        let textures = HashMap::new();
        let mut window = Self { context, app, started, textures, longest_new_px: 0 };
        window.frame(Vec::new(), &mut Times::default());
        let first_frame_ms = window.started.elapsed().as_secs_f64() * 1e3;
        (window, first_frame_ms)
    }

    /// Draws a frame with this input, and waits until the next one is due.
    pub fn frame(&mut self, events: Vec<Event>, times: &mut Times) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.started.elapsed().as_secs_f64()),
            events,
            ..RawInput::default()
        };
        let (began, cpu_began) = (Instant::now(), cpu_time());
        let app = &mut self.app;
        let mut output = self.context.run_ui(input, |ui| {
            app.update_state(ui.ctx());
            app.draw(ui);
        });
        let shapes = self.context.tessellate(output.shapes, output.pixels_per_point);
        times.cpu_ms.push((cpu_time() - cpu_began).as_secs_f64() * 1e3);
        times.wall_ms.push(began.elapsed().as_secs_f64() * 1e3);
        drop(shapes);
        self.longest_new_px = 0;
        for (&id, deltas) in &output.textures_delta.set {
            let is_font = id == TextureId::default();
            for delta in deltas {
                let egui::ImageData::Color(image) = &delta.image;
                let bytes: &[u8] = bytemuck::cast_slice(&image.pixels);
                if !is_font {
                    self.longest_new_px = self.longest_new_px.max(image.size[0].max(image.size[1]));
                }
                // A part of a texture takes no room of its own.
                if delta.pos.is_none() {
                    self.textures.insert(id, bytes.to_vec());
                }
            }
        }
        for id in &output.textures_delta.free {
            self.textures.remove(id);
        }
        output.textures_delta.clear(); // all of it was taken
        std::thread::sleep(FRAME.saturating_sub(began.elapsed()));
    }

    pub fn frames(&mut self, count: usize, times: &mut Times) {
        (0..count).for_each(|_| self.frame(Vec::new(), times));
    }

    pub fn until(&mut self, is_there: impl Fn(&App) -> bool) {
        while !is_there(&self.app) {
            self.frame(Vec::new(), &mut Times::default());
        }
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Key, times: &mut Times) {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.frame(vec![event(true), event(false)], times);
    }

    pub fn scroll(&mut self, points: f32, times: &mut Times) {
        let middle = pos2(SIZE.x / 2.0, SIZE.y / 2.0);
        let wheel = Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, -points),
            source: egui::MouseWheelSource::Unknown,
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![Event::PointerMoved(middle), wheel], times);
    }

    /// Types this, with so many frames between the letters.
    pub fn write(&mut self, text: &str, frames_between: usize, times: &mut Times) {
        for letter in text.chars() {
            self.frame(vec![Event::Text(letter.to_string())], times);
            self.frames(frames_between, times);
        }
        self.frames(60, times);
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

pub fn quantile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)]
}

/// Prints the head of what [`report`] prints.
pub fn report_head() {
    println!(
        "{:<32} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "ms", "frames", "cpu p50", "cpu p99", "cpu max", "wall p99", "wall max"
    );
}

pub fn report(name: &str, times: &Times) {
    let [cpu, wall] = [&times.cpu_ms, &times.wall_ms];
    println!(
        "{name:<32} {:>6} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {:>8.2}",
        cpu.len(),
        quantile(cpu, 0.5),
        quantile(cpu, 0.99),
        quantile(cpu, 1.0),
        quantile(wall, 0.99),
        quantile(wall, 1.0),
    );
}
