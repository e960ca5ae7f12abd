//! Under whose name the window labels.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use semblance::catalog::{Library, LibraryPlace};
use semblance::session::LogIn;

use super::{Window, labels_on_disk, sample};

#[test]
fn on_a_shared_log_in_nothing_is_labelled_before_somebody_says_who_labels() {
    let folder = sample();
    let images = folder.path().join("sample");
    let file = folder.path().join("log-in.json");
    std::fs::write(&file, r#"{"is_shared":true,"people":["Ada"]}"#).unwrap();
    let open = || {
        let log_in = LogIn::kept_in("sem".to_owned(), Some(file.clone()));
        let mut window = Window::open_under(log_in, Some(&images));
        window.until_idle();
        window.until("the images", |w| w.0.query_by_label_contains("Image 1 of 20").is_some());
        window
    };
    const FIELD: &str = "Name of who labels";
    let is_asked =
        |window: &Window| window.0.query_by_role_and_label(Role::TextInput, FIELD).is_some();
    let mut window = open();
    assert!(is_asked(&window));
    window.press(Key::ArrowRight); // looking is free
    window.press(Key::Num1);
    let field = window.0.get_by_role_and_label(Role::TextInput, FIELD);
    assert!(field.accesskit_node().is_focused(), "the key leads to the question");
    window.press(Key::Num2);
    window.0.get_by_role_and_label(Role::TextInput, FIELD).type_text("2");
    window.settle();
    window.press(Key::Enter);
    assert!(is_asked(&window), "a category's key is nobody's name");
    assert!(labels_on_disk(&images).is_empty());
    window.click("Ada");
    assert!(!is_asked(&window));
    window.press(Key::Num1);
    assert_eq!(labels_on_disk(&images)[0].2, "Ada");
    drop(window);

    let mut window = open();
    assert!(is_asked(&window) && window.shows("Ada"));
    window.press(Key::Delete);
    window.0.get_by_role_and_label(Role::TextInput, FIELD).type_text(" Bob ");
    window.settle();
    window.press(Key::Enter);
    assert!(window.shows("Labels by Bob"));
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Num2);
    assert!(labels_on_disk(&images).iter().all(|(.., by)| by == "Bob"));
}

#[test]
fn a_library_that_can_only_be_read_asks_nobody_who_labels_and_says_why_nothing_is_labelled() {
    let folder = sample();
    let images = folder.path().join("sample");
    let file = folder.path().join("log-in.json");
    std::fs::write(&file, r#"{"is_shared":true}"#).unwrap();
    let holder = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    holder.scan(&["tif"], &mut |_| true).unwrap();
    let log_in = LogIn::kept_in("sem".to_owned(), Some(file));
    let mut window = Window::open_under(log_in, Some(&images));
    window.until("the images", |w| w.0.query_by_label_contains("Image 1 of 20").is_some());
    assert!(!window.shows("Who labels?"));
    let told = window.app().session().notices().len();
    window.press(Key::Delete);
    let notices = window.app().session().notices();
    assert_eq!(notices.len(), told + 1);
    assert!(notices[told].text.contains("open in another Semblance"), "{}", notices[told].text);
    drop(holder);
}

#[test]
fn who_labels_is_shown_changed_and_asked_from_then_on() {
    let folder = sample();
    let images = folder.path().join("sample");
    let file = Some(folder.path().join("log-in.json"));
    let mut window =
        Window::open_under(LogIn::kept_in("sem".to_owned(), file.clone()), Some(&images));
    window.until_idle();
    window.until("the images", |w| w.shows("Image 1 of 20, unlabelled"));
    window.click("Labels by sem");
    window.click("Ask at every start (shared log-in)");
    assert!(!window.shows("sem"), "a shared log-in's own name is no choice");
    window.0.get_by_role_and_label(Role::TextInput, "Name of who labels").focus();
    window.settle();
    window.0.get_by_role_and_label(Role::TextInput, "Name of who labels").type_text("Ada");
    window.settle();
    window.click("OK");
    assert!(window.shows("Labels by Ada"));
    window.press(Key::Num3);
    assert_eq!(labels_on_disk(&images)[0].2, "Ada");
    drop(window);
    let next = LogIn::kept_in("sem".to_owned(), file);
    assert!(next.is_shared());
    assert_eq!(next.people(), ["Ada"]);
}
