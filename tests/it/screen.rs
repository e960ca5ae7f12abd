//! The program itself in a real window, on a screen of its own (Xvfb), with real key presses.
//!
//! Shows what the other window tests cannot: that a renderer starts and that keys arrive.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use semblance::catalog::{Library, LibraryPlace};

use crate::patience::{PATIENCE, leave_the_processor};
use crate::program::Program;

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

    /// The program's window, as xdotool knows it. That of a renderer which cannot start is never shown.
    fn window(&self) -> Option<String> {
        let ids = self.xdotool(&["search", "--onlyvisible", "--name", "Semblance"])?;
        ids.lines().last().map(ToOwned::to_owned)
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
        leave_the_processor();
    }
}

fn first_label(images: &Path) -> Option<String> {
    let library = Library::open(&LibraryPlace::for_folder(images).unwrap()).unwrap();
    library.named_labels().unwrap().pop().and_then(|named| named.name).map(|name| name.category)
}

/// The program with its window on a screen of its own.
struct RealWindow {
    process: Running,
    screen: Screen,
}

impl RealWindow {
    /// A window on a folder; `None` where there can be no screen.
    fn open(program: &Program, images: &Path) -> Option<Self> {
        let screen = Screen::start()?;
        let runtime = program.folder().join("runtime");
        fs::create_dir(&runtime).unwrap();
        let log = program.folder().join("log");
        let child = program
            .command()
            .arg(images)
            .env("DISPLAY", &screen.display)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn();
        let mut process = Running(child.unwrap());
        until("the window", || {
            let ended = process.0.try_wait().unwrap();
            assert_eq!(ended, None, "{}", fs::read_to_string(&log).unwrap_or_default());
            screen.window()
        });
        let window = Self { process, screen };
        // Whoever asks before the window has the library would have it in its place.
        until("the window's claim", || window.has_library(images).then_some(()));
        Some(window)
    }

    /// Whether this window is who writes the library.
    fn has_library(&self, images: &Path) -> bool {
        let holder = fs::read_to_string(images.join(".semblance/library.holder"));
        holder.is_ok_and(|text| text.contains(&format!("\"process\":{},", self.process.0.id())))
    }

    /// Presses keys, one after the other.
    fn press(&self, keys: &[&str]) -> Option<()> {
        // No window manager gives the window the focus.
        self.screen.xdotool(&["windowfocus", &self.screen.window()?])?;
        self.screen.xdotool(&[&["key", "--delay", "25"], keys].concat()).map(|_| ())
    }
}

#[test]
fn a_key_pressed_in_the_real_window_labels_the_image_on_disk() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "images/a.tif");
    let images = program.folder().join("images");
    let Some(window) = RealWindow::open(&program, &images) else { return };
    // The first keys may come before the first image is there: pressed again, the key asks for the
    // same label.
    let category = until("the label", || {
        window.press(&["2"])?;
        first_label(&images)
    });
    assert_eq!(category, "Fibres");
}

/// Keys of the categories as the program gives them out.
const KEYS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

#[test]
fn two_hundred_images_are_labelled_with_real_keys_and_the_journal_says_so() {
    let program = Program::new();
    let images = program.folder().join("sample");
    let out = images.display().to_string();
    program.run(["sample", "--out", &out, "--per-category", "20", "--seed", "5"]).fine();
    let Some(mut window) = RealWindow::open(&program, &images) else { return };
    let read = || Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    // Until all images are found, Home would not always lead to the same one.
    until("the images", || (read().counts().unwrap().images == 200).then_some(()));
    until("the first label", || {
        window.press(&["Home", KEYS[0]])?;
        first_label(&images)
    });
    let wanted: Vec<usize> = (0..200).map(|at| at * 7 % 10).collect();
    // As a person does: in bursts, with a slip that is taken back.
    for (burst, at) in wanted[1..].chunks(40).zip((1..).step_by(40)) {
        let slip = ["x", "ctrl+z"]; // which leads back
        let keys: Vec<&str> = slip.into_iter().chain(burst.iter().map(|at| KEYS[*at])).collect();
        window.press(&keys).unwrap();
        let labelled = at + burst.len();
        until("the labels", || (read().named_labels().unwrap().len() == labelled).then_some(()));
    }

    let library = read();
    let labels = library.named_labels().unwrap();
    let names: Vec<String> =
        library.category_tree().unwrap().offered().map(|category| category.name.clone()).collect();
    for (label, category) in labels.iter().zip(&wanted) {
        let given = label.name.as_ref().map(|name| name.category.as_str());
        assert_eq!(given, Some(names[*category].as_str()), "{}", label.relative_path.display());
        let history = library.history(label.image).unwrap();
        let last = history.last().unwrap();
        assert_eq!(last.after.as_ref(), Some(&label.label), "the journal says what the label is");
    }
    // Five slips and their taking back, beside a decision for each image.
    let decisions: usize =
        labels.iter().map(|label| library.history(label.image).unwrap().len()).sum();
    let extra = decisions - labels.len();
    assert!(extra >= 10, "{extra} decisions beside those that hold");
    assert_eq!(window.process.0.try_wait().unwrap(), None, "the window is still there");
}
