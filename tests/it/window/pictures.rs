//! A few pictures of the window, beside those that were looked at and found good.
//!
//! `UPDATE_SNAPSHOTS=1` takes them anew, to be looked at before they are committed. They are drawn by
//! Vulkan; where there is none the tests are skipped, saying so, unless `CI=true` promises it.

use std::io::Write as _;
use std::path::Path;

use egui::{Key, Modifiers};
use egui_kittest::{Harness, SnapshotOptions};
use semblance::session::{Command, LogIn};
use semblance::settings::{Settings, ThemeChoice};
use tempfile::TempDir;

use super::{Window, sample};

/// Pixels that may differ: drivers round edges and letters otherwise.
const MOST_OTHER_PIXELS: usize = 2_000;
const WHERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/snapshots");

fn has_vulkan() -> bool {
    let drivers = Path::new("/usr/share/vulkan/icd.d").read_dir();
    let has_drivers = drivers.is_ok_and(|mut drivers| drivers.next().is_some());
    if !has_drivers {
        let promised = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!promised, "no Vulkan driver: run packaging/setup --test");
        let _ = writeln!(std::io::stderr(), "skipped: there is no Vulkan driver");
    }
    has_drivers
}

/// A window whose pictures can be taken, with everything loaded.
fn drawn(folder: Option<&Path>, theme: ThemeChoice) -> Window {
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).wgpu();
    let log_in = LogIn::kept_in("test person".to_owned(), None);
    let mut window = Window::build(builder, log_in, folder);
    let settings = Settings { theme, ..Settings::default() };
    window.app().send(Command::ChangeSettings(settings));
    window.settle();
    window.until_loaded();
    window
}

impl Window {
    fn until_loaded(&mut self) {
        self.until_idle();
        self.until("all pictures", |window| !window.app().session().is_loading());
    }

    fn matches(&mut self, name: &str) {
        // Nothing is pointed at, and no cursor blinks.
        self.0.run_steps(4);
        let options =
            SnapshotOptions::new().output_path(WHERE).max_failed_pixels(MOST_OTHER_PIXELS);
        self.0.snapshot_options(name, &options);
    }
}

#[test]
fn the_welcome_page_looks_as_it_was_approved() {
    if has_vulkan() {
        drawn(None, ThemeChoice::Dark).matches("welcome");
    }
}

/// The window with the sample images, and the folder that they are in; nothing where it cannot be
/// drawn.
fn drawn_sample(theme: ThemeChoice) -> Option<(TempDir, Window)> {
    has_vulkan().then(|| {
        let folder = sample();
        let window = drawn(Some(&folder.path().join("sample")), theme);
        (folder, window)
    })
}

fn the_grid_matches(theme: ThemeChoice, name: &str) {
    let Some((_folder, mut window)) = drawn_sample(theme) else { return };
    window.press(Key::ArrowRight);
    window.press_with(Modifiers::SHIFT, Key::ArrowDown);
    window.until_loaded();
    window.matches(name);
}

#[test]
fn the_dark_grid_looks_as_it_was_approved() {
    the_grid_matches(ThemeChoice::Dark, "grid-dark");
}

#[test]
fn the_light_grid_looks_as_it_was_approved() {
    the_grid_matches(ThemeChoice::Light, "grid-light");
}

#[test]
fn one_image_looks_as_it_was_approved() {
    let Some((_folder, mut window)) = drawn_sample(ThemeChoice::Dark) else { return };
    window.press(Key::Enter);
    window.until_loaded();
    window.matches("single");
    window.press_with(Modifiers::COMMAND, Key::P);
    window.matches("palette");
}

#[test]
fn the_view_of_an_image_is_copied_as_a_picture() {
    let Some((_folder, mut window)) = drawn_sample(ThemeChoice::Dark) else { return };
    window.press(Key::Enter);
    window.until_loaded();
    window.0.event(egui::Event::Copy);
    window.until("the copy", |window| {
        let notices = window.app().session().notices();
        notices.iter().any(|notice| notice.text == "The view is copied")
    });
}
