//! How long the window takes for a frame in a library of a million images:
//! `cargo bench --bench window`.
//!
//! Drives the window's own code without a screen, sixty frames a second: scrolls, selects 10,000
//! images, selects all, labels, types in the search field. Prints of each the processor time of the
//! window's thread, and what a clock on the wall says, which counts whatever else the computer does.
//! Textures are kept in memory as a computer without a graphics card keeps them, and count; taking
//! them there is not in the times. First, in a process of its own, it measures how soon a single image
//! is on screen, beginning with the file in the system's cache.
//!
//! The records are synthetic. `SEMBLANCE_BENCH_IMAGES` asks for another number of images. The library
//! is made in the target folder, once.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot work stops")]
#![allow(clippy::print_stdout, reason = "figures go to stdout")]
#![allow(clippy::iter_over_hash_type, reason = "what textures are kept has no order")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, Pos2, RawInput, Rect, TextureId, pos2, vec2};
use rustix::time::{ClockId, clock_gettime};
use semblance::cache::Cache;
use semblance::catalog::{Library, LibraryPlace, View};
use semblance::gui::App;
use semblance::ops::{Thumbnail, fill_library};
use semblance::session::{Command, LogIn};
use semblance::settings::Settings;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Images that have a thumbnail: as many as are scrolled past.
const WITH_THUMBNAIL: usize = 20_000;
const FRAME: Duration = Duration::from_micros(16_667);
const SIZE: egui::Vec2 = vec2(1600.0, 1000.0);

/// The window, with a clock and a screen that nobody sees.
struct Window {
    context: egui::Context,
    app: App,
    started: Instant,
    /// What a graphics card would hold.
    textures: HashMap<TextureId, Vec<u8>>,
    /// The longest side of what came onto it in the last frame, in pixels.
    longest_new_px: usize,
}

/// What frames took, in ms.
#[derive(Default)]
struct Times {
    cpu_ms: Vec<f64>,
    wall_ms: Vec<f64>,
}

impl Window {
    fn open(folder: &Path) -> (Self, f64) {
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
    fn frame(&mut self, events: Vec<Event>, times: &mut Times) {
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

    fn frames(&mut self, count: usize, times: &mut Times) {
        (0..count).for_each(|_| self.frame(Vec::new(), times));
    }

    fn until(&mut self, is_there: impl Fn(&App) -> bool) {
        while !is_there(&self.app) {
            self.frame(Vec::new(), &mut Times::default());
        }
    }

    fn press(&mut self, modifiers: Modifiers, key: Key, times: &mut Times) {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.frame(vec![event(true), event(false)], times);
    }

    fn scroll(&mut self, points: f32, times: &mut Times) {
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
    fn write(&mut self, text: &str, frames_between: usize, times: &mut Times) {
        for letter in text.chars() {
            self.frame(vec![Event::Text(letter.to_string())], times);
            self.frames(frames_between, times);
        }
        self.frames(60, times);
    }
}

/// Microscope images as large as they come, and usual ones, in turn.
const LARGE_PX: [u32; 2] = [6000, 4000];
const USUAL_PX: [u32; 2] = [1024, 768];
/// A thumbnail is no longer than this: what is longer is the image itself.
const LONGEST_THUMBNAIL_PX: usize = 320;

fn write_images(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..8_u32 {
        let [width, height] = if number % 2 == 0 { LARGE_PX } else { USUAL_PX };
        let values: Vec<u16> = (0..width * height)
            .map(|at| ((at % width) * 7 + (at / width) * 5 + number * 997) as u16)
            .collect();
        let file = std::fs::File::create(folder.join(format!("{number}.tif"))).unwrap();
        let mut encoder = tiff::encoder::TiffEncoder::new(std::io::BufWriter::new(file)).unwrap();
        encoder.write_image::<tiff::encoder::colortype::Gray16>(width, height, &values).unwrap();
    }
}

/// How long it takes from the key until the image itself is on screen.
fn measure_single() {
    let folder = std::env::temp_dir().join(format!("semblance-bench-{}", std::process::id()));
    write_images(&folder);
    let (mut window, _) = Window::open(&folder);
    window.until(|app| app.session().root().is_some());
    window.app.send(Command::Rescan);
    window.until(|app| app.session().image_ids().len() == 8 && app.session().is_settled());
    window.until(|app| !app.session().is_loading());
    println!("{:<46} {:>10} {:>8}", "an image of 16 bits, on screen after", "ms", "frames");
    let measure = |window: &mut Window, name: &str, key: Key| {
        let began = Instant::now();
        let mut frames = 0;
        window.press(Modifiers::NONE, key, &mut Times::default());
        while window.longest_new_px <= LONGEST_THUMBNAIL_PX {
            frames += 1;
            window.frame(Vec::new(), &mut Times::default());
        }
        let ms = began.elapsed().as_secs_f64() * 1e3;
        println!("{name:<46} {ms:>10.1} {frames:>8}");
        window.until(|app| !app.session().is_loading());
        window.frames(30, &mut Times::default());
    };
    measure(&mut window, "6000 × 4000, not read before", Key::Enter);
    measure(&mut window, "1024 × 768, the next one", Key::ArrowRight);
    measure(&mut window, "6000 × 4000, the next one", Key::ArrowRight);
    measure(&mut window, "1024 × 768, not read before", Key::End);
    window.press(Modifiers::NONE, Key::Home, &mut Times::default());
    window.until(|app| !app.session().is_loading());
    drop(window);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn quantile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)]
}

fn report(name: &str, times: &Times) {
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

/// Memory of this process in MB by this name of `/proc/self/status`.
fn memory_mb(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

fn library(images: usize) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let folder = target.join(format!("bench-window-{images}"));
    if !folder.join(".semblance").is_dir() {
        println!("making a library of {images} synthetic records in {}", folder.display());
        let part = folder.with_extension("part");
        let _ = std::fs::remove_dir_all(&part); // of an earlier attempt
        run_again(&["--fill", part.to_str().unwrap(), &images.to_string()]);
        std::fs::rename(&part, &folder).unwrap();
    }
    run_again(&["--thumbnails", folder.to_str().unwrap()]);
    folder
}

/// In another process: what it takes is not the window's.
fn run_again(arguments: &[&str]) {
    let program = std::env::current_exe().unwrap();
    let ended = std::process::Command::new(program).args(arguments).status();
    assert!(ended.unwrap().success(), "the library could not be made");
}

/// Keeps thumbnails of the images that are scrolled past, so that there is something to decode and to
/// show: all the same picture, of noise.
fn add_thumbnails(folder: &Path) {
    let library = Library::open(&LibraryPlace::for_folder(folder).unwrap()).unwrap();
    let cache = Cache::open(&library.cache_directory());
    let images = library.image_ids(&View::default()).unwrap();
    let rgb = (0..320 * 240_u32).flat_map(|at| [(at.wrapping_mul(2_654_435_761) >> 24) as u8; 3]);
    let picture = Thumbnail { width_px: 320, height_px: 240, rgb: rgb.collect() };
    let jpeg = picture.to_jpeg().unwrap();
    for images in images[..images.len().min(WITH_THUMBNAIL)].chunks(500) {
        for row in library.rows(images).unwrap() {
            let content = row.content_sha256.unwrap_or_default();
            if cache.thumbnail(&content).is_some() {
                return; // of an earlier run
            }
            cache.store_thumbnail(&content, &jpeg);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, fill, folder, images] = arguments.as_slice()
        && fill == "--fill"
    {
        fill_library(Path::new(folder), images.parse().unwrap(), &mut |_| ()).unwrap();
        return;
    }
    if let [_, thumbnails, folder] = arguments.as_slice()
        && thumbnails == "--thumbnails"
    {
        add_thumbnails(Path::new(folder));
        return;
    }
    if arguments.get(1).is_some_and(|argument| argument == "--single") {
        return measure_single();
    }
    run_again(&["--single"]);
    let images = std::env::var("SEMBLANCE_BENCH_IMAGES").map_or(1_000_000, |n| n.parse().unwrap());
    let folder = library(images);

    let (mut window, first_frame_ms) = Window::open(&folder);
    window.until(|app| app.session().image_ids().len() == images);
    let shown_ms = window.started.elapsed().as_secs_f64() * 1e3;
    println!("first frame {first_frame_ms:.0} ms, with the images {shown_ms:.0} ms");
    println!(
        "{:<32} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "ms", "frames", "cpu p50", "cpu p99", "cpu max", "wall p99", "wall max"
    );

    let mut all = Times::default();
    let mut measure = |name: &str, work: &mut dyn FnMut(&mut Window, &mut Times)| {
        let mut times = Times::default();
        work(&mut window, &mut times);
        report(name, &times);
        all.cpu_ms.extend(&times.cpu_ms);
        all.wall_ms.extend(&times.wall_ms);
    };
    measure("at rest", &mut |window, times| window.frames(60, times));
    measure("scrolling", &mut |window, times| {
        for frame in 0_u16..900 {
            window.scroll(f32::from(frame % 90) * 10.0, times);
        }
    });
    measure("jumping", &mut |window, times| {
        for _ in 0..60 {
            for key in [Key::End, Key::PageUp, Key::Home, Key::PageDown] {
                window.press(Modifiers::NONE, key, times);
            }
        }
    });
    measure("selecting 10,000", &mut |window, times| {
        window.press(Modifiers::NONE, Key::Home, times);
        let selected = |window: &Window| {
            window.app.session().selection().map_or(0, |selection| selection.len())
        };
        while selected(window) < 10_000.min(images) {
            window.press(Modifiers::SHIFT, Key::PageDown, times);
        }
        window.frames(30, times);
    });
    measure("selecting all, then one", &mut |window, times| {
        for _ in 0..20 {
            window.press(Modifiers::COMMAND, Key::A, times);
            window.press(Modifiers::NONE, Key::ArrowRight, times);
        }
    });
    measure("labelling, taking back", &mut |window, times| {
        for _ in 0..100 {
            window.press(Modifiers::NONE, Key::Num1, times);
            window.frames(3, times);
        }
        for _ in 0..100 {
            window.press(Modifiers::COMMAND, Key::Z, times);
            window.frames(3, times);
        }
    });
    // Somebody fast, whose words are searched for at their end, and somebody who looks for the letters,
    // each of which is searched for.
    for (name, frames_between) in [("typing fast in the search field", 6), ("typing slowly", 12)] {
        measure(name, &mut |window, times| {
            for text in ["kv:5 detector:InLens", "nanowires", "score:<0.5 is:unlabelled"] {
                window.press(Modifiers::COMMAND, Key::F, times);
                window.press(Modifiers::COMMAND, Key::A, times);
                window.write(text, frames_between, times);
            }
            window.press(Modifiers::COMMAND, Key::A, times);
            window.press(Modifiers::NONE, Key::Delete, times);
            window.press(Modifiers::NONE, Key::Enter, times);
            window.frames(60, times);
        });
    }
    report("all", &all);
    let of_memory =
        |name| memory_mb(name).map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.0}"));
    let textures: usize = window.textures.values().map(Vec::len).sum();
    println!(
        "memory {} MB, at most {} MB, of which textures {} MB",
        of_memory("VmRSS"),
        of_memory("VmHWM"),
        textures >> 20
    );
}
