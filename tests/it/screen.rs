//! The program itself in a real window, on a screen of its own (Xvfb), with real key presses.
//!
//! Shows what the other window tests cannot: that a renderer starts and that keys arrive.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use semblance::catalog::{Library, LibraryPlace};

use crate::program::Program;

/// Stops a test whose event never comes; no claim on how long anything takes.
const PATIENCE: Duration = Duration::from_secs(180);

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen without a display.
struct Screen {
    _server: Running,
    display: String,
}

impl Screen {
    /// `None` where Xvfb or xdotool is missing: the test is then skipped, saying so, unless
    /// `CI=true` promises them.
    fn start() -> Option<Self> {
        // A server that is reset when its last client leaves refuses whoever comes at that moment.
        let server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let has_xdotool = Command::new("xdotool").arg("version").output().is_ok();
        let Some(mut server) = server.ok().filter(|_| has_xdotool).map(Running) else {
            let promised = std::env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!promised, "Xvfb or xdotool is missing: run packaging/setup --test");
            let _ = writeln!(std::io::stderr(), "skipped: Xvfb or xdotool is missing");
            return None;
        };
        let mut number = String::new();
        let stdout = server.0.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut number).unwrap();
        Some(Self { _server: server, display: format!(":{}", number.trim()) })
    }

    /// What xdotool prints, or `None` where it fails.
    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output =
            Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn until<T>(what: &str, mut event: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(result) = event() {
            return result;
        }
        assert!(started.elapsed() < PATIENCE, "never happened: {what}");
        std::thread::yield_now();
    }
}

fn first_label(images: &Path) -> Option<String> {
    let library = Library::open(&LibraryPlace::for_folder(images).unwrap()).unwrap();
    library.named_labels().unwrap().pop().and_then(|named| named.name).map(|name| name.category)
}

#[test]
fn a_key_pressed_in_the_real_window_labels_the_image_on_disk() {
    let Some(screen) = Screen::start() else { return };
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "images/a.tif");
    let images = program.folder().join("images");
    let runtime = program.folder().join("runtime");
    fs::create_dir(&runtime).unwrap();
    let log = program.folder().join("log");
    let child = program
        .command()
        .arg(&images)
        .env("DISPLAY", &screen.display)
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap())
        .spawn();
    let mut window = Running(child.unwrap());

    let id = until("the window", || {
        let ended = window.0.try_wait().unwrap();
        assert_eq!(ended, None, "{}", fs::read_to_string(&log).unwrap_or_default());
        screen.xdotool(&["search", "--name", "Semblance"])
    });
    let id = id.lines().next().unwrap().to_owned();
    // No window manager gives the window the focus, and the first keys may come before the first
    // image is there: pressed again, the key asks for the same label.
    let category = until("the label", || {
        screen.xdotool(&["windowfocus", &id])?;
        screen.xdotool(&["key", "2"])?;
        first_label(&images)
    });
    assert_eq!(category, "Fibres");
}
