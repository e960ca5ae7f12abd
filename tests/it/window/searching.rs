//! Searching in the window, and its saved filters.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use semblance::catalog::{Library, LibraryPlace, SavedSearch};

use super::{Window, labels_on_disk, sample, sample_window};

fn write_in_search(window: &mut Window, text: &str) {
    window.press_with(Modifiers::COMMAND, Key::F);
    window.press_with(Modifiers::COMMAND, Key::A);
    window.0.get_by_role_and_label(Role::TextInput, "Search").type_text(text);
    window.settle();
}

fn written_in_search(window: &Window) -> String {
    let field = window.0.get_by_role_and_label(Role::TextInput, "Search");
    field.accesskit_node().value().unwrap_or_default()
}

#[test]
fn what_is_written_is_searched_for_and_a_mistake_leaves_the_images_alone() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Num1); // the first image is biological
    write_in_search(&mut window, "category:biological folder:Biological");
    assert_eq!(window.app().session().image_ids().len(), 1);
    write_in_search(&mut window, "categories:Fibres");
    assert_eq!(window.app().session().image_ids().len(), 1, "of the last query that was one");
    let problem = "There is no field categories (did you mean category?); to find a text with a \
                   colon, put it in quotation marks";
    assert!(window.shows(problem));
    write_in_search(&mut window, "-is:labelled");
    assert_eq!(window.app().session().image_ids().len(), 19);
    assert_eq!(window.app().session().counts().unwrap().labelled, 1, "letters label nothing here");
}

#[test]
fn a_query_that_is_being_written_never_empties_the_grid() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Num1);
    let shown = |window: &mut Window| window.app().session().image_ids().len();
    for part in ["categ", "category:", "category:bio", "category:bio -"] {
        write_in_search(&mut window, part);
        assert_eq!(shown(&mut window), 20, "{part}");
    }
    write_in_search(&mut window, "category:bio");
    assert!(window.shows("Finds nothing yet: the images are those of before (Enter shows none)"));
    assert!(window.shows("No category is called bio. Did you mean Biological?"));
    write_in_search(&mut window, "category:biological");
    assert_eq!(shown(&mut window), 1);
    // Whoever is done writing gets what was written.
    write_in_search(&mut window, "category:bio");
    assert_eq!(shown(&mut window), 1);
    window.press(Key::Enter);
    assert_eq!(shown(&mut window), 0);
    window.click("Clear the search");
    assert_eq!((shown(&mut window), written_in_search(&window)), (20, String::new()));
}

#[test]
fn a_filter_is_saved_shown_removed_by_key_and_put_back() {
    let (_folder, images, mut window) = sample_window();
    window.press(Key::Num1);
    let shown = |window: &mut Window| window.app().session().image_ids().len();
    assert!(!window.shows("Saved filters"), "as long as there is none");
    write_in_search(&mut window, "is:labelled ");
    window.click("Save this filter");
    let name = window.0.get_by_role_and_label(Role::TextInput, "Name of the filter");
    assert!(name.accesskit_node().is_focused());
    name.type_text("Done 1");
    window.settle();
    window.press(Key::Enter);
    assert!(window.shows("Saved filters"));
    assert_eq!(shown(&mut window), 1);
    window.click("Saved filter Done 1"); // it is what is shown: everything again
    assert_eq!((shown(&mut window), written_in_search(&window)), (20, String::new()));
    window.click("Saved filter Done 1");
    assert_eq!((shown(&mut window), written_in_search(&window)), (1, "is:labelled".to_owned()));

    window.0.get_by_label("Remove saved filter Done 1").focus();
    window.settle();
    window.press(Key::Space);
    assert!(!window.shows("Saved filters"));
    let told: Vec<String> =
        window.app().session().notices().iter().map(|notice| notice.text.clone()).collect();
    assert_eq!(told, ["The saved filter “Done 1” is removed. Undo takes it back"]);
    window.click("Take back");
    assert!(window.shows("Saved filter Done 1"));
    assert_eq!(labels_on_disk(&images).len(), 1, "no key labelled anything");
    window.click("Remove saved filter Done 1");
    assert!(window.shows("Take back"));
    window.press(Key::Num2); // what is taken back next is another thing now
    assert!(!window.shows("Take back"));
    for _ in 0..2 {
        window.press_with(Modifiers::COMMAND, Key::Z);
    }
    drop(window);
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    assert_eq!(library.saved_search("done 1").unwrap().text, "is:labelled");
}

#[test]
fn a_saved_filter_that_is_no_query_any_more_is_shown_to_be_corrected() {
    let folder = sample();
    let images = folder.path().join("sample");
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    let old = SavedSearch { name: "Old".to_owned(), text: "kv:5 colour:red".to_owned() };
    library.save_search(&old).unwrap();
    drop(library);
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.until("the images", |w| w.shows("Image 1 of 20, unlabelled"));
    window.click("Saved filter Old");
    assert_eq!(window.app().session().image_ids().len(), 20);
    assert_eq!(written_in_search(&window), "kv:5 colour:red");
    let problem =
        "There is no field colour; to find a text with a colon, put it in quotation marks";
    assert!(window.shows(problem));
}
