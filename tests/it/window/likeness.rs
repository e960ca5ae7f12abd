//! Near-duplicates, images alike, and groups of them.

use std::fs;

use egui::{Event, Key, Modifiers};
use semblance::catalog::Filter;
use semblance::query::Query;
use semblance::session::Command;

use super::{Window, sample};

/// The sample, classified, with a copy of an image that has one more byte.
fn with_copy() -> (tempfile::TempDir, Window) {
    let folder = sample();
    let images = folder.path().join("sample");
    let mut copied = fs::read(images.join("Tips/Tips_0000.tif")).unwrap();
    copied.push(0);
    fs::write(images.join("Tips/copy.tif"), copied).unwrap();
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.app().send(Command::Classify);
    window.settle();
    window.until_idle();
    (folder, window)
}

fn shown_names(window: &mut Window) -> Vec<String> {
    let session = window.app().session();
    let rows = session.image_ids().iter().filter_map(|image| session.row(*image));
    rows.map(|row| row.relative_path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn near_duplicates_are_found_by_classifying_and_shown_with_a_click() {
    let (_folder, mut window) = with_copy();
    window.click("Near-duplicates");
    window.settle();
    assert_eq!(shown_names(&mut window), ["copy.tif", "Tips_0000.tif"]);
    window.click("All, 21 images");
    assert_eq!(shown_names(&mut window).len(), 21);
    window.click("Near-duplicates that differ, 0 images");
    window.settle();
    assert_eq!(shown_names(&mut window), [""; 0]);
}

#[test]
fn an_image_leads_to_its_near_duplicates_and_to_what_looks_like_it() {
    let (_folder, mut window) = with_copy();
    window.click("Near-duplicates");
    window.settle();
    window.press(Key::End);
    window.click("1 near-duplicate");
    window.settle();
    assert_eq!(shown_names(&mut window), ["copy.tif", "Tips_0000.tif"]);

    window.click("More like this");
    window.until_idle();
    assert!(window.shows("Like Tips_0000.tif, 21 images"));
    let names = shown_names(&mut window);
    assert_eq!((names.len(), &names[..2]), (21, &["Tips_0000.tif".into(), "copy.tif".into()][..]));

    // The same by name, among all images whatever was searched for.
    window.app().send(Command::SetQuery(Query::parse("is:duplicate").unwrap()));
    window.settle();
    assert_eq!(shown_names(&mut window).len(), 2);
    window.press_with(Modifiers::COMMAND, Key::P);
    window.0.event(Event::Text("images like this one".to_owned()));
    window.settle();
    window.press(Key::Enter);
    window.until_idle();
    assert_eq!(shown_names(&mut window).len(), 21);
}

#[test]
fn images_without_a_label_are_put_together_and_labelled_there() {
    let (_folder, mut window) = with_copy();
    window.press(Key::Num3);
    window.app().send(Command::SetFilter(Filter::Unlabelled));
    window.settle();
    window.click("Group unlabelled images by likeness");
    window.until_idle();
    let names = shown_names(&mut window);
    assert_eq!(names.len(), 20);
    let at = |name: &str| names.iter().position(|other| other == name).unwrap();
    assert_eq!(at("copy.tif").abs_diff(at("Tips_0000.tif")), 1);
    window.press(Key::Num3);
    window.settle();
    assert_eq!(shown_names(&mut window).len(), 20, "nothing jumps away under the hand");
    assert_eq!(window.app().session().counts().unwrap().labelled, 2);
}
