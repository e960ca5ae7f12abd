//! How long the window takes for a frame in a library of a million images:
//! `cargo bench --bench window`.
//!
//! Drives the window's own code without a screen, sixty frames a second: scrolls, selects 10,000
//! images, selects all, labels, types in the search field. Prints of each the processor time of the
//! window's thread, and what a clock on the wall says, which counts whatever else the computer does.
//! Textures are kept in memory as a computer without a graphics card keeps them, and count; taking
//! them there is not in the times. First, in a process of its own, it measures how soon a single image
//! is on screen, beginning with the file in the system's cache, and how classifying goes on in the window
//! (`classifying.rs`; that alone: `cargo bench --bench window -- --classifying`).
//!
//! The records are synthetic. `SEMBLANCE_BENCH_IMAGES` asks for another number of images. The library
//! is made in the target folder, once.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a benchmark that cannot work stops")]
#![allow(clippy::print_stdout, reason = "figures go to stdout")]
#![allow(clippy::iter_over_hash_type, reason = "what textures are kept has no order")]

mod classifying;
mod headless;
mod on_screen;
mod single;
mod watch;

use std::path::{Path, PathBuf};

use egui::{Key, Modifiers};
use semblance::cache::Cache;
use semblance::catalog::{Library, LibraryPlace, View};
use semblance::ops::{Thumbnail, fill_library};

use headless::{Times, Window, report, report_head};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Images that have a thumbnail: as many as are scrolled past.
const WITH_THUMBNAIL: usize = 20_000;

/// Memory of this process in MB by this name of `/proc/self/status`.
fn memory_mb(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

fn library(images: usize) -> PathBuf {
    let folder = target_folder().join(format!("bench-window-{images}"));
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
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        [_, "--fill", folder, images] => {
            fill_library(Path::new(folder), images.parse().unwrap(), &mut |_| ()).unwrap();
            return;
        }
        [_, "--thumbnails", folder] => return add_thumbnails(Path::new(folder)),
        [_, "--busy"] => classifying::be_busy(),
        [_, "--on-screen", folder, is_labelling] => {
            return on_screen::run(Path::new(folder), *is_labelling == "true");
        }
        [_, "--single"] => return single::measure(),
        // Alone, where asked for: `cargo bench --bench window -- --classifying`.
        [_, "--classifying", ..] => return classifying::measure(),
        _ => {}
    }
    run_again(&["--single"]);
    run_again(&["--classifying"]);
    let images = std::env::var("SEMBLANCE_BENCH_IMAGES").map_or(1_000_000, |n| n.parse().unwrap());
    let folder = library(images);

    let (mut window, first_frame_ms) = Window::open(&folder);
    window.until(|app| app.session().image_ids().len() == images);
    let shown_ms = window.started.elapsed().as_secs_f64() * 1e3;
    println!("first frame {first_frame_ms:.0} ms, with the images {shown_ms:.0} ms");
    report_head();

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
