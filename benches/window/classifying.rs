//! Classifying in the window, beside the command line, and labelling meanwhile.
//!
//! The same 240 generated JPEG files on both sides, with as many threads, each time in a new library.
//! The window is drawn on a screen, this computer's or one that Xvfb makes up, by OpenGL.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use egui::{Event, Key, Modifiers};
use image::codecs::jpeg::JpegEncoder;
use semblance::session::{Command as Do, TaskKind};

use super::headless::{Times, Window, quantile, report, report_head};
use super::target_folder;
use super::watch::Watch;

pub const IMAGES: usize = 240;
const SIZE_PX: [u32; 2] = [1280, 960];
/// Runs of which the median is told.
const RUNS: usize = 5;
/// Labels whose way to the disk is timed.
const LABELS: usize = 500;
/// From one label to the next: as fast as people get.
pub const LABEL_EVERY: Duration = Duration::from_millis(100);

/// Alone, and with a busy process for each core beside.
pub fn measure() {
    let folder = images();
    let screen = Screen::find();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for busy in [0, cores] {
        let _busy: Vec<Running> = (0..busy).map(|_| Running::again(&["--busy"])).collect();
        println!("\nclassifying {IMAGES} files, {busy} busy processes beside");
        let (mut by_command, mut by_window) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            by_command.push(seconds_of_command_line(&folder));
            by_window.extend(screen.as_ref().map(|screen| screen.run(&folder, false).seconds));
        }
        let command = quantile(&by_command, 0.5);
        println!("command line {command:.2} s {by_command:.2?}");
        if let Some(screen) = &screen {
            let (window, rate) = (quantile(&by_window, 0.5), command / quantile(&by_window, 0.5));
            println!("window {window:.2} s {by_window:.2?}: {rate:.2} of the command line's rate");
            let mut all = screen.run(&folder, true);
            while all.label_ms.len() < LABELS {
                all.add(screen.run(&folder, true));
            }
            report_labels("on a screen", &all.label_ms);
            let [p50, p99, worst] = [0.5, 0.99, 1.0].map(|share| quantile(&all.frame_ms, share));
            let count = all.frame_ms.len();
            println!(
                "{count} frames on a screen, wall ms: {p50:.1}, p99 {p99:.1}, worst {worst:.1}"
            );
        }
        without_screen(&folder);
    }
}

/// Labels at sixty frames a second for as long as it classifies, again and again.
fn without_screen(folder: &Path) {
    let (mut times, mut label_ms) = (Times::default(), Vec::new());
    while label_ms.len() < LABELS {
        forget_library(folder);
        let (mut window, _) = Window::open(folder);
        window.until(|app| app.session().root().is_some());
        window.app.send(Do::Rescan);
        window.until(|app| is_listed(app.session()));
        let mut watch = Watch::of(folder);
        window.app.send(Do::Classify);
        window.frame(Vec::new(), &mut times);
        while window.app.session().is_running(TaskKind::Classify) {
            let events = if watch.is_due(LABEL_EVERY) { watch.label() } else { Vec::new() };
            window.frame(events, &mut times);
        }
        window.until(|app| !app.session().is_saving());
        label_ms.extend(watch.label_ms());
    }
    report_labels("without a screen", &label_ms);
    report_head();
    report("classifying and labelling", &times);
}

pub fn is_listed(session: &semblance::session::Session) -> bool {
    session.image_ids().len() == IMAGES
        && session.is_settled()
        && !session.is_running(TaskKind::Files)
}

/// What presses and releases this key.
pub fn press(key: Key) -> [Event; 2] {
    let modifiers = Modifiers::NONE;
    [true, false].map(|pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    })
}

fn report_labels(name: &str, label_ms: &[f64]) {
    let [p50, p99, worst] = [0.5, 0.99, 1.0].map(|share| quantile(label_ms, share));
    let count = label_ms.len();
    println!(
        "{count} labels {name}, ms from the key to the disk: {p50:.1}, p99 {p99:.1}, worst {worst:.1}"
    );
}

/// What the command line says that it took, without its start and without loading the model.
fn seconds_of_command_line(folder: &Path) -> f64 {
    forget_library(folder);
    let output = Command::new(env!("CARGO_BIN_EXE_semblance"))
        .args(["classify", "--json", "--library"])
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let seconds = told.rsplit(" failed in ").next().and_then(|end| end.split(' ').next());
    seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or_else(|| panic!("{told}"))
}

pub fn forget_library(folder: &Path) {
    let library = folder.join(".semblance");
    if library.is_dir() {
        fs::remove_dir_all(library).unwrap();
    }
}

/// A window on a screen, of which the other process tells this.
#[derive(Default)]
struct OnScreen {
    /// From the command to the end of classifying.
    seconds: f64,
    label_ms: Vec<f64>,
    frame_ms: Vec<f64>,
}

impl OnScreen {
    fn add(&mut self, other: Self) {
        self.label_ms.extend(other.label_ms);
        self.frame_ms.extend(other.frame_ms);
    }
}

/// Where windows are seen.
struct Screen {
    /// Nothing where it is this computer's.
    display: Option<String>,
    _server: Option<Running>,
}

impl Screen {
    fn find() -> Option<Self> {
        if ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some()) {
            return Some(Self { display: None, _server: None });
        }
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut child) = child else {
            println!("skipped: a window on a screen, since there is neither a screen nor Xvfb");
            return None;
        };
        let mut number = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = Some(format!(":{}", number.trim()));
        Some(Self { display, _server: Some(Running(child)) })
    }

    /// Opens a window in a process of its own, classifies, labels meanwhile where that is wanted, and
    /// closes it.
    fn run(&self, folder: &Path, is_labelling: bool) -> OnScreen {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--on-screen").arg(folder).arg(is_labelling.to_string());
        command.envs(self.display.as_ref().map(|display| ("DISPLAY", display)));
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        let mut told = OnScreen::default();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            match line.split_once(' ').map(|(name, value)| (name, value.parse().unwrap())) {
                Some(("seconds", seconds)) => told.seconds = seconds,
                Some(("label", ms)) => told.label_ms.push(ms),
                Some(("frame", ms)) => told.frame_ms.push(ms),
                _ => println!("{line}"),
            }
        }
        assert!(told.seconds > 0.0, "the window did not end well");
        told
    }
}

/// Another process, which ends with this.
struct Running(Child);

impl Running {
    fn again(arguments: &[&str]) -> Self {
        Self(Command::new(std::env::current_exe().unwrap()).args(arguments).spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Keeps a core busy until it is killed.
pub fn be_busy() -> ! {
    loop {
        std::hint::black_box((0..1_000_000_u64).fold(0, |a, b| std::hint::black_box(a ^ b)));
    }
}

/// A folder of as many files, made once.
fn images() -> PathBuf {
    let folder = target_folder().join(format!("bench-classifying-{IMAGES}"));
    if folder.is_dir() {
        return folder;
    }
    let part = folder.with_extension("part");
    fs::create_dir_all(&part).unwrap();
    for number in 0..IMAGES {
        let file = fs::File::create(part.join(format!("{number:04}.jpg"))).unwrap();
        let picture = picture(number as u32);
        JpegEncoder::new_with_quality(std::io::BufWriter::new(file), 85)
            .encode_image(&picture)
            .unwrap();
    }
    fs::rename(&part, &folder).unwrap();
    folder
}

/// Bright discs on a dark ground, with noise.
fn picture(number: u32) -> image::GrayImage {
    let [width, height] = SIZE_PX;
    let random = |at: u32| {
        let mixed = (at ^ number.wrapping_mul(0x9e37_79b9)).wrapping_mul(2_654_435_761);
        (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b) >> 16
    };
    let discs: Vec<[u32; 4]> = (0..60)
        .map(|disc| {
            let of = |what: u32| random(disc * 4 + what);
            [of(0) % width, of(1) % height, 10 + of(2) % 60, 80 + of(3) % 120]
        })
        .collect();
    image::GrayImage::from_fn(width, height, |x, y| {
        let is_in = |[at_x, at_y, radius, _]: &&[u32; 4]| {
            x.abs_diff(*at_x).pow(2) + y.abs_diff(*at_y).pow(2) < radius.pow(2)
        };
        let grey = discs.iter().find(is_in).map_or(40, |disc| disc[3]);
        image::Luma([(grey + random(1000 + y * width + x) % 24) as u8])
    })
}
