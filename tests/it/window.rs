//! The window, driven through its accessible names as a screen reader would drive it.

mod accessible;
mod grid;
mod keys;
mod likeness;
mod pictures;
mod popups;
mod review;
mod searching;
mod single;
mod who_labels;

use std::path::{Path, PathBuf};
use std::time::Instant;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use semblance::catalog::{LabelSource, LabelValue, Library, LibraryPlace};
use semblance::gui::App;
use semblance::micrograph::{DataBar, DataBarSource};
use semblance::ops::create_sample_library;
use semblance::session::{Command, LogIn};
use semblance::synthetic::SampleOptions;

use crate::h5py;
use crate::patience::{PATIENCE, leave_the_processor};

/// A window as the tests see it.
struct Window(Harness<'static, Option<App>>);

impl Window {
    fn open(folder: Option<&Path>) -> Self {
        Self::open_under(LogIn::kept_in("test person".to_owned(), None), folder)
    }

    fn open_under(log_in: LogIn, folder: Option<&Path>) -> Self {
        Self::build(Harness::builder().with_size(egui::vec2(1280.0, 800.0)), log_in, folder)
    }

    fn build(builder: HarnessBuilder<Option<App>>, log_in: LogIn, folder: Option<&Path>) -> Self {
        let folder = folder.map(Path::to_owned);
        let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| {
            // The first frame installs the fonts that later frames draw with.
            let Some(app) = app else {
                let log_in = log_in.clone();
                *app = Some(App::with_log_in(ui.ctx(), folder.as_deref(), log_in));
                return;
            };
            app.update_state(ui.ctx());
            app.draw(ui);
        };
        let mut window = Self(builder.build_ui_state(draw, None));
        window.settle();
        window
    }

    fn app(&mut self) -> &mut App {
        self.0.state_mut().as_mut().unwrap()
    }

    /// Lets commands of this frame act, waits until they are written and listed, and draws.
    fn settle(&mut self) {
        // Twice: what is asked for may ask for more.
        for _ in 0..2 {
            self.0.run_steps(3);
            let started = Instant::now();
            while !self.app().session().is_settled() {
                assert!(started.elapsed() < PATIENCE, "the session never settles");
                leave_the_processor();
                self.0.step();
            }
        }
        self.0.run_steps(2);
    }

    fn until(&mut self, what: &str, is_there: impl Fn(&mut Self) -> bool) {
        let started = Instant::now();
        while !is_there(self) {
            assert!(started.elapsed() < PATIENCE, "never happened: {what}");
            leave_the_processor();
            self.0.step();
        }
        self.settle();
    }

    fn until_idle(&mut self) {
        self.until("the background work's end", |window| {
            window.app().session().tasks().next().is_none()
        });
    }

    fn shows(&self, label: &str) -> bool {
        self.0.query_by_label(label).is_some()
    }

    fn click(&mut self, label: &str) {
        self.0.get_by_label(label).scroll_to_me();
        self.0.run_steps(3);
        self.0.get_by_label(label).click();
        self.settle();
    }

    /// Clicks what has this role, so that it gets the keyboard.
    fn click_on(&mut self, role: Role, label: &str) {
        self.0.get_by_role_and_label(role, label).scroll_to_me();
        self.0.run_steps(3);
        self.0.get_by_role_and_label(role, label).click();
        self.settle();
    }

    fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.0.key_press_modifiers(modifiers, key);
        self.settle();
    }
}

/// Twenty synthetic images, two of each category.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = SampleOptions { per_category: 2, seed: 7 };
    create_sample_library(&folder.path().join("sample"), &options, &mut |_, _| true).unwrap();
    folder
}

/// A window on a fresh sample, its images on screen.
fn sample_window() -> (tempfile::TempDir, PathBuf, Window) {
    let folder = sample();
    let images = folder.path().join("sample");
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.until("the images", |w| w.shows("Image 1 of 20, unlabelled"));
    (folder, images, window)
}

fn labels_on_disk(folder: &Path) -> Vec<(String, String, String)> {
    let library = Library::open(&LibraryPlace::for_folder(folder).unwrap()).unwrap();
    let labels = library.named_labels().unwrap().into_iter();
    labels
        .map(|named| {
            let name = named.name.map_or_else(String::new, |name| name.category);
            (named.relative_path.display().to_string(), name, named.label.by)
        })
        .collect()
}

#[test]
fn a_sample_is_opened_classified_labelled_reopened_and_exported() {
    let (folder, images, mut window) = sample_window();

    window.click("Classify 20");
    window.until_idle();
    let first = window.app().session().image_ids()[0];
    let scores = window.app().session().prediction(first).expect("a prediction").scores;
    let (best, score) = &scores[0];
    let name = format!("Prediction {best} {:.1} %", score * 100.0);
    assert!(window.shows(&name), "the inspector shows {name}");

    window.press(Key::Num5);
    assert!(window.shows("Image 1 of 20, Nanowires"));
    let expected = ("Biological/Biological_0000.tif", "Nanowires", "test person");
    let on_disk = labels_on_disk(&images);
    let [(path, category, by)] = on_disk.as_slice() else { panic!("{on_disk:?}") };
    assert_eq!((path.as_str(), category.as_str(), by.as_str()), expected);

    drop(window);
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.until("the label", |w| w.shows("Image 1 of 20, Nanowires"));
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("Image 1 of 20, unlabelled"), "an earlier session's decision");
    let told = &window.app().session().notices().last().expect("a notice").text;
    assert!(told.starts_with("Taken back: what test person decided about Biological"), "{told}");
    window.press_with(Modifiers::COMMAND, Key::Y);
    assert!(window.shows("Image 1 of 20, Nanowires"));

    let out = folder.path().join("exported");
    window.click("Export HDF5…");
    window.0.get_by_role_and_label(Role::TextInput, "Folder").focus();
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::A);
    let field = window.0.get_by_role_and_label(Role::TextInput, "Folder");
    field.type_text(&out.display().to_string());
    window.settle();
    window.click("Export");
    window.until_idle();
    let exported = out.join("Biological/Biological_0000.h5");
    assert!(exported.is_file());
    if !h5py::is_available().unwrap() {
        return;
    }
    let seen = h5py::read(&exported).unwrap();
    assert_eq!(seen.value("/entry1/human_label/label"), "Nanowires");
    assert_eq!(seen.value("/entry1/classification/top5/label")[0], best.as_str());
}

#[test]
fn the_folder_that_is_open_can_be_opened_again_and_written() {
    let (_folder, images, mut window) = sample_window();
    window.press(Key::Num1);
    for _ in 0..3 {
        window.app().send(Command::OpenFolder(images.clone()));
        window.settle();
        assert!(!window.app().session().is_read_only());
    }
    window.until("the label", |w| w.shows("Image 1 of 20, Biological"));
}

#[test]
fn keys_label_go_on_take_back_and_make_again() {
    let (_folder, images, mut window) = sample_window();

    window.press(Key::Num1);
    window.press(Key::Num2); // the cursor went on by itself
    assert!(window.shows("Image 1 of 20, Biological"));
    assert!(window.shows("Image 2 of 20, Fibres"));

    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("Image 2 of 20, unlabelled"));
    assert_eq!(labels_on_disk(&images).len(), 1);
    window.press_with(Modifiers::COMMAND, Key::Y);
    assert!(window.shows("Image 2 of 20, Fibres"));

    window.press(Key::Home);
    window.press_with(Modifiers::SHIFT, Key::Num6);
    let first = window.app().session().image_ids()[0];
    let label = window.app().session().row(first).and_then(|row| row.label).unwrap();
    let second = label.value.second_category.unwrap();
    assert_eq!(window.app().session().category(second).unwrap().name, "Particles");

    window.press(Key::Delete);
    assert!(window.shows("Image 1 of 20, unlabelled"));
}

#[test]
fn all_selected_images_get_a_category_in_one_decision() {
    let (_folder, images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Num9);
    assert_eq!(labels_on_disk(&images).len(), 20);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(labels_on_disk(&images).len(), 0);
}

#[test]
fn typing_in_a_field_labels_nothing() {
    let (_folder, images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::F);
    window.press(Key::Num1);
    assert!(labels_on_disk(&images).is_empty());
}

#[test]
fn filters_show_their_images_and_an_empty_one_says_what_to_do() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Num1);
    window.click("Labelled, 1 images");
    assert_eq!(window.app().session().image_ids().len(), 1);
    window.click("Unreadable files, 0 images");
    assert!(window.shows("No file has a problem"));
    window.click("Show all images");
    assert_eq!(window.app().session().image_ids().len(), 20);
}

#[test]
fn enter_shows_one_image_and_escape_the_grid() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    assert!(window.shows("Micrograph"));
    window.press(Key::Num3); // the same keys work here, and go on
    assert!(window.shows("2 of 20"));
    window.press(Key::Escape);
    assert!(window.shows("Image 1 of 20, Films_Coated_Surface"));
}

#[test]
fn a_bad_file_is_a_row_with_an_error_and_the_others_are_classified() {
    let folder = sample();
    let images = folder.path().join("sample");
    std::fs::write(images.join("broken.tif"), b"II*\0 cut short").unwrap();
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.app().send(Command::Classify);
    window.settle();
    window.until_idle();
    let counts = window.app().session().counts().unwrap().clone();
    let unclassified = window.app().session().unclassified_count();
    assert_eq!((unclassified, counts.unreadable), (0, 1));
    window.click("Unreadable files, 1 images");
    let broken = window.app().session().current_image().unwrap();
    let row = window.app().session().row(broken).unwrap();
    assert!(row.read_error.is_some_and(|error| error.contains("TIFF")));
}

#[test]
fn the_welcome_page_offers_a_folder_and_the_sample() {
    let window = Window::open(None);
    assert!(window.shows("Open a folder of micrographs…"));
    assert!(window.shows("Try the sample library"));
    let heading = window.0.get_by_label("Look at, classify and label electron micrographs");
    assert!(!heading.accesskit_node().is_hidden());
}

#[test]
fn a_corrected_data_bar_is_shown_classified_again_and_taken_back() {
    let (_folder, _images, mut window) = sample_window();
    window.click("Classify 20");
    window.until_idle();
    window.press(Key::Enter);
    let bar = |window: &mut Window| {
        let session = window.app().session();
        session.current_image().and_then(|image| session.row(image)).and_then(|row| row.data_bar)
    };
    window.until("the image", |window| bar(window).is_some());
    let found = bar(&mut window);
    let chosen = DataBar { top: 2, bottom: 99 };
    window.app().send(Command::SetDataBar(Some(chosen)));
    window.until("the new bar", |window| bar(window) == Some((chosen, DataBarSource::Person)));
    assert!(window.shows("Set by hand"));
    window.until_idle();
    assert_eq!(window.app().session().unclassified_count(), 0, "classified again by itself");
    window.click("Use in the folder");
    window.until("the folder's bar", |window| window.shows("Set for the folder"));
    window.until_idle();
    assert_eq!(window.app().session().unclassified_count(), 0);
    for _ in 0..2 {
        window.press_with(Modifiers::COMMAND, Key::Z);
    }
    window.until("the old bar", |window| bar(window) == found);
    window.until_idle();
    assert_eq!(window.app().session().unclassified_count(), 0);
    // While one is classified, the next is chosen.
    for rows in 50..54 {
        window.app().send(Command::SetDataBar(Some(DataBar::at_bottom(rows))));
        window.settle();
    }
    window.until("every prediction", |window| window.app().session().unclassified_count() == 0);
    for _ in 50..54 {
        window.press_with(Modifiers::COMMAND, Key::Z);
    }
    window.until("the old bar again", |window| bar(window) == found);
    window.until("every prediction", |window| window.app().session().unclassified_count() == 0);
    window.press_with(Modifiers::COMMAND, Key::Y);
    window.until("a bar again", |window| bar(window).is_some_and(|(bar, _)| bar.bottom == 50));
}

#[test]
fn contrast_is_set_and_reset_without_touching_the_image() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("Contrast"));
    window.click("Contrast");
    window.until("the histogram", |window| window.shows("Histogram"));
    window.click("Invert");
    assert!(window.shows("Contrast, changed"));
    window.click("Reset");
    assert!(!window.shows("Contrast, changed"));
    window.click("Auto");
    assert!(window.shows("Contrast, changed"));
    window.click_on(Role::SpinButton, "Black");
    window.0.event(egui::Event::Text("255".to_owned()));
    window.press(Key::Enter);
    window.settle();
    assert!(window.shows("Histogram"), "black as high as it goes");
    window.press(Key::ArrowRight);
    assert!(!window.shows("Contrast, changed"), "the next image has its own");
    assert!(!window.app().session().can_undo());
}

#[test]
fn the_return_that_ends_a_fields_editing_does_not_leave_the_image() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("Contrast"));
    window.click("Contrast");
    window.until("the histogram", |window| window.shows("Histogram"));
    window.click_on(Role::SpinButton, "Black");
    window.0.event(egui::Event::Text("20".to_owned()));
    window.settle();
    window.press(Key::Enter);
    assert!(window.app().session().is_single());
    assert!(window.shows("Contrast, changed"));
    assert!(labels_on_disk(window.app().session().root().unwrap()).is_empty());
    window.press(Key::Enter);
    assert!(!window.app().session().is_single(), "now it is the window's");
}

#[test]
fn escape_in_a_field_gives_up_the_edit_and_nothing_else() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("At the bottom"));
    window.click_on(Role::SpinButton, "At the bottom");
    window.0.event(egui::Event::Text("33".to_owned()));
    window.settle();
    window.press(Key::Escape);
    assert!(window.app().session().is_single());
    assert!(!window.app().session().can_undo());
    window.press(Key::Escape);
    assert!(!window.app().session().is_single(), "now it is the window's");
}

#[test]
fn a_key_in_the_single_view_labels_the_image_that_is_seen() {
    let (_folder, images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Enter);
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Num1);
    assert_eq!(labels_on_disk(&images).len(), 1);
}

#[test]
fn the_key_of_the_category_that_was_accepted_automatically_makes_the_label_a_persons() {
    let folder = sample();
    let images = folder.path().join("sample");
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    let tips = library.add_category("Tips", None, "Ada").unwrap(); // its key is 1
    let image = library.find_image("Biological/Biological_0000.tif".as_ref()).unwrap().unwrap();
    let label = [(image, Some(LabelValue::of(tips)))];
    library.set_labels(&label, "Ada", LabelSource::AcceptedAutomatically).unwrap();
    drop(library);
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.until("the label", |w| w.shows("Image 1 of 20, Tips"));
    window.press(Key::Num1);
    drop(window);
    let [(_, category, by)] = &labels_on_disk(&images)[..] else { panic!("one label is there") };
    assert_eq!((category.as_str(), by.as_str()), ("Tips", "test person"));
}

#[test]
fn the_handle_that_is_nearer_is_the_one_that_moves() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("Contrast"));
    window.click("Contrast");
    window.until("the histogram", |window| window.shows("Histogram"));
    let rect = window.0.get_by_label("Histogram").rect();
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let from = rect.right_center() - egui::vec2(2.0, 0.0);
    let to = rect.center() + egui::vec2(20.0, 0.0);
    for event in [
        egui::Event::PointerMoved(from),
        button(from, true),
        egui::Event::PointerMoved(rect.center() + egui::vec2(60.0, 0.0)),
        egui::Event::PointerMoved(to),
        button(to, false),
    ] {
        window.0.event(event);
        window.0.step();
    }
    window.settle();
    let value = |window: &Window, name| {
        let field = window.0.get_by_role_and_label(Role::SpinButton, name);
        field.accesskit_node().numeric_value().unwrap()
    };
    assert_eq!(value(&window, "Black"), 0.0);
    assert!((120.0..200.0).contains(&value(&window, "White")));
}
