//! Keys, the overlay of all keys and the settings of the window.

use std::path::Path;

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use semblance::catalog::{Answer, ImageRow};
use semblance::gui::App;
use semblance::session::{Command, LogIn};
use semblance::settings::{AfterLabel, Settings, SettingsFile, ThemeChoice};

use super::{Window, labels_on_disk, sample, sample_window};

/// A window whose settings are kept in a folder.
fn open_with(settings: &Path, images: &Path) -> Window {
    let (file, images) = (SettingsFile::in_folder(settings), images.to_owned());
    let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| {
        let Some(app) = app else {
            let log_in = LogIn::kept_in("test person".to_owned(), None);
            *app = Some(App::with_settings(ui.ctx(), Some(&images), log_in, file.clone()));
            return;
        };
        app.update_state(ui.ctx());
        app.draw(ui);
    };
    let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0));
    let mut window = Window(builder.build_ui_state(draw, None));
    window.settle();
    window.until_idle();
    window.until("the images", |w| w.0.query_by_label_contains("Image 1 of 20").is_some());
    window
}

pub(super) fn row(window: &mut Window, position: usize) -> ImageRow {
    let session = window.app().session();
    session.row(session.image_ids()[position]).unwrap()
}

pub(super) fn cursor(window: &mut Window) -> usize {
    window.app().session().selection().unwrap().cursor()
}

pub(super) fn selected(window: &mut Window) -> usize {
    window.app().session().selection().unwrap().len()
}

pub(super) fn category_of(window: &mut Window, position: usize) -> Option<String> {
    let label = row(window, position).label?;
    let session = window.app().session();
    session.category(label.value.category()?).map(|category| category.name.clone())
}

pub(super) fn write(window: &mut Window, text: &str) {
    window.0.event(Event::Text(text.to_owned()));
    window.settle();
}

#[test]
fn a_label_is_written_before_the_frame_of_its_key_is_on_screen() {
    let (_folder, _images, mut window) = sample_window();
    let modifiers = Modifiers::NONE;
    let key = Key::Num1;
    let pressed = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    window.0.input_mut().events.push(pressed);
    window.0.step();
    assert!(window.app().session().is_saving());
}

#[test]
fn every_key_that_decides_does_so_and_is_taken_back() {
    let (_folder, _images, mut window) = sample_window();
    type Check = fn(&ImageRow) -> bool;
    fn says(row: &ImageRow, answer: Answer) -> bool {
        row.label.as_ref().is_some_and(|label| label.value.answer == answer)
    }
    let cases: [(Key, Check); 4] = [
        (Key::X, |row| says(row, Answer::Unusable)),
        (Key::Minus, |row| says(row, Answer::NoneOfThese)),
        (Key::F3, |row| row.mark.is_annotated),
        (Key::F4, |row| row.mark.is_excluded),
    ];
    for (key, is_done) in cases {
        window.press(Key::Home);
        window.press(key);
        window.until(&format!("what {key:?} does"), |w| is_done(&row(w, 0)));
        window.press_with(Modifiers::COMMAND, Key::Z);
        window.until(&format!("{key:?} taken back"), |w| !is_done(&row(w, 0)));
        window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        window.until(&format!("{key:?} once more"), |w| is_done(&row(w, 0)));
        window.press_with(Modifiers::COMMAND, Key::Z);
        window.until(&format!("{key:?} taken back again"), |w| !is_done(&row(w, 0)));
    }
    window.press(Key::Home);
    window.press(Key::Num1);
    window.until("a label", |w| row(w, 0).label.is_some());
    window.press(Key::Home);
    window.press(Key::Backspace);
    window.until("no label", |w| row(w, 0).label.is_none());
}

#[test]
fn every_key_that_moves_does_so_and_selects_with_shift() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::ArrowDown);
    let columns = cursor(&mut window);
    assert!((2..10).contains(&columns), "{columns} columns");
    let page = (4 * columns).min(19);
    for (key, from, to) in [
        (Key::ArrowRight, Key::Home, 1),
        (Key::ArrowLeft, Key::End, 18),
        (Key::ArrowDown, Key::Home, columns),
        (Key::ArrowUp, Key::End, 19 - columns),
        (Key::PageDown, Key::Home, page),
        (Key::PageUp, Key::End, 19 - page),
        (Key::End, Key::Home, 19),
        (Key::Home, Key::End, 0),
    ] {
        window.press(from);
        let start = cursor(&mut window);
        window.press(key);
        assert_eq!((cursor(&mut window), selected(&mut window)), (to, 1), "{key:?}");
        window.press(from);
        window.press_with(Modifiers::SHIFT, key);
        assert_eq!(selected(&mut window), start.abs_diff(to) + 1, "Shift and {key:?}");
    }
    window.press_with(Modifiers::COMMAND, Key::A);
    assert_eq!(selected(&mut window), 20);
    window.press_with(Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(selected(&mut window), 20, "no key of ours");
}

#[test]
fn a_key_held_down_decides_once_and_moves_on() {
    let (_folder, images, mut window) = sample_window();
    let held = |window: &mut Window, key| {
        for _ in 0..3 {
            window.0.key_down(key);
            window.settle();
        }
        window.0.key_up(key);
        window.settle();
    };
    held(&mut window, Key::X);
    window.until("a label", |w| row(w, 0).label.is_some());
    assert_eq!(labels_on_disk(&images).len(), 1);
    window.press(Key::Home);
    held(&mut window, Key::ArrowRight);
    assert_eq!(cursor(&mut window), 3);
}

#[test]
fn a_digits_place_counts_and_a_category_goes_before_an_action() {
    let (_folder, _images, mut window) = sample_window();
    // The sixth key of a French keyboard writes a minus, which else is "none of these".
    window.0.event(Event::Key {
        key: Key::Minus,
        physical_key: Some(Key::Num6),
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    window.settle();
    window.until("a category", |w| category_of(w, 0).as_deref() == Some("Particles"));
}

#[test]
fn the_overlay_lists_all_keys_and_is_put_away() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.press_with(Modifiers::SHIFT, Key::Questionmark);
    for line in [
        "Accept the prediction: Space",
        "None of these: -",
        "Unusable: X",
        "Category by name…: C",
        "Second category by name…: Shift+C",
        "Subcategory by name…: V",
        "Remove the label: Delete, Backspace",
        "Note…: F2",
        "Mark as drawn into: F3",
        "Exclude from training: F4",
        "Undo: Ctrl+Z",
        "Redo: Ctrl+Y, Ctrl+Shift+Z",
        "Previous image: ←",
        "Next image: →",
        "A row up: ↑",
        "A row down: ↓",
        "Four rows up: Page up",
        "Four rows down: Page down",
        "First image: Home",
        "Last image: End",
        "Select all: Ctrl+A",
        "One image large, or the grid: Enter",
        "Back to the grid: Esc",
        "Compare side by side: Ctrl+Enter",
        "Fit the image into the view: Ctrl+0",
        "Image pixels as screen pixels: Ctrl+1",
        "Measure a distance: Ctrl+M",
        "Copy the view: Ctrl+C",
        "Save the view…: Ctrl+S",
        "Search: Ctrl+F",
        "Show all images: no key",
        "Open a folder…: Ctrl+O",
        "Look for new files: F5",
        "All commands…: Ctrl+P",
        "All keys: ?, F1",
        "Settings…: Ctrl+,",
        "Everything larger: Ctrl++, Ctrl+=",
        "Everything smaller: Ctrl+-",
        "Biological: 1",
        "Nanowires: 5",
    ] {
        assert!(window.shows(line), "{line}");
    }
    window.press(Key::Questionmark);
    assert!(!window.shows("Undo: Ctrl+Z"));
    window.press(Key::F1);
    assert!(window.shows("Undo: Ctrl+Z"));
    window.press(Key::Escape);
    assert!(!window.shows("Undo: Ctrl+Z"));
    assert!(window.app().session().is_single(), "Escape closed the overlay alone");
    window.click("All keys");
    window.click("Undo: Ctrl+Z");
    assert!(!window.shows("Undo: Ctrl+Z"), "a click anywhere closes it");
}

#[test]
fn a_key_that_was_chosen_works_and_is_kept() {
    let folder = sample();
    let (images, settings) = (folder.path().join("sample"), folder.path().join("settings"));
    let mut window = open_with(&settings, &images);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.click("Keys");
    window.click("Change the key of Unusable");
    assert!(window.shows("Press the new key for “Unusable”, or Esc"));
    window.press(Key::Q);
    assert!(window.shows("Unusable: Q"));
    window.press(Key::Escape);
    window.press(Key::X);
    window.press(Key::Q);
    let is_unusable = |w: &mut Window, at| {
        row(w, at).label.is_some_and(|label| label.value.answer == Answer::Unusable)
    };
    window.until("a label", |w| is_unusable(w, 0));
    assert_eq!(labels_on_disk(&images).len(), 1, "the old key does nothing");
    drop(window);

    let mut window = open_with(&settings, &images);
    window.press(Key::End);
    window.press(Key::Q);
    window.until("a label", |w| is_unusable(w, 19));
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.click("Keys");
    window.click("Default key of Unusable");
    assert!(window.shows("Unusable: X"));
}

#[test]
fn a_key_that_does_something_else_is_named_taken_over_and_given_back() {
    let (_folder, _images, mut window) = sample_window();
    let keys = |window: &mut Window| window.app().session().settings().keys.clone();
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.click("Keys");
    for answer in ["Keep it there", "Use it here"] {
        assert!(keys(&mut window).is_empty());
        window.click("Change the key of Unusable");
        window.press_with(Modifiers::COMMAND, Key::Y);
        assert!(window.shows("Ctrl+Y is “Redo” already"));
        window.click(answer);
    }
    assert!(window.shows("Unusable: Ctrl+Y"));
    assert!(window.shows("Redo: Ctrl+Shift+Z"), "the other one is left its other key");
    window.click("Take back");
    assert!(keys(&mut window).is_empty());
    window.click("Change the key of Unusable");
    window.press(Key::Escape);
    assert!(window.shows("Unusable: X"), "Escape leaves it");
    window.press(Key::Escape);
    assert!(!window.shows("Unusable: X"), "and then closes the settings");
}

#[test]
fn a_default_key_that_does_something_else_by_now_is_asked_about_too() {
    let (_folder, _images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::Comma);
    window.click("Keys");
    for (action, key) in [("Unusable", Key::Q), ("Redo", Key::X)] {
        window.click(&format!("Change the key of {action}"));
        window.press(key);
    }
    assert!(window.shows("Unusable: Q") && window.shows("Redo: X"));
    window.click("Default key of Unusable");
    assert!(window.shows("X is “Redo” already"));
    window.click("Keep it there");
    assert!(window.shows("Unusable: Q") && window.shows("Redo: X"));
    window.click("Default key of Unusable");
    window.click("Use it here");
    assert!(window.shows("Unusable: X") && window.shows("Redo: no key"));
}

#[test]
fn the_window_is_made_larger_and_smaller_within_limits() {
    let (_folder, _images, mut window) = sample_window();
    let percent = |window: &mut Window| window.app().session().settings().scale_percent;
    window.press_with(Modifiers::COMMAND, Key::Plus);
    assert_eq!(percent(&mut window), 110);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Equals);
    assert_eq!(percent(&mut window), 120);
    for _ in 0..4 {
        window.press_with(Modifiers::COMMAND, Key::Minus);
    }
    assert_eq!(percent(&mut window), 100);
}

#[test]
fn settings_are_changed_in_one_place_and_kept() {
    let folder = sample();
    let (images, settings) = (folder.path().join("sample"), folder.path().join("settings"));
    let mut window = open_with(&settings, &images);
    window.click("Settings…");
    window.click("Light");
    window.click("Labelling");
    window.click("Stay");
    window.press(Key::Escape);
    window.press(Key::Num1);
    window.until("a label", |w| row(w, 0).label.is_some());
    assert_eq!(cursor(&mut window), 0, "it stays");
    drop(window);
    let (kept, problems) = SettingsFile::in_folder(&settings).read();
    assert!(problems.is_empty());
    let expected = Settings {
        theme: ThemeChoice::Light,
        after_label: AfterLabel::Stay,
        recent_folders: vec![images],
        ..Settings::default()
    };
    assert_eq!(kept, expected);
}

#[test]
fn keys_that_write_nothing_work_while_typing() {
    let (_folder, _images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::F);
    let field = window.0.get_by_role_and_label(Role::TextInput, "Search");
    assert!(field.is_focused());
    window.press_with(Modifiers::SHIFT, Key::Questionmark);
    assert!(!window.shows("Undo: Ctrl+Z"), "that would be written");
    window.press_with(Modifiers::COMMAND, Key::P);
    assert!(window.shows("Find a command"));
}

#[test]
fn a_key_that_edits_only_edits_while_typing_whatever_else_it_does() {
    let (_folder, _images, mut window) = sample_window();
    let mut settings = window.app().session().settings().clone();
    settings.keys.insert("palette".to_owned(), vec!["Backspace".parse().unwrap()]);
    window.app().send(Command::ChangeSettings(settings));
    window.press_with(Modifiers::COMMAND, Key::F);
    write(&mut window, "ab");
    window.press(Key::Backspace);
    assert!(!window.shows("Find a command"));
    let field = window.0.get_by_role_and_label(Role::TextInput, "Search");
    assert_eq!(field.value().as_deref(), Some("a"));
    window.press(Key::Escape);
    window.press(Key::Backspace);
    assert!(window.shows("Find a command"));
}

#[test]
fn an_open_menu_has_the_keys_to_itself() {
    let (_folder, images, mut window) = sample_window();
    window.press(Key::Enter);
    window.click("What can be searched for");
    assert!(window.shows("How to search"));
    window.press(Key::X);
    assert!(labels_on_disk(&images).is_empty(), "a key is for what is open");
    window.press(Key::Escape);
    assert!(!window.shows("How to search"));
    assert!(window.app().session().is_single(), "Escape closed the menu alone");
    window.press(Key::Escape);
    assert!(!window.app().session().is_single());
}

#[test]
fn the_welcome_page_has_keys_too() {
    let mut window = Window::open(None);
    window.press(Key::F1);
    assert!(window.shows("Open a folder…: Ctrl+O"));
    window.press(Key::Escape);
    window.press_with(Modifiers::COMMAND, Key::P);
    write(&mut window, "select all");
    assert!(window.shows("Select all, Ctrl+A, no folder is open"));
}
