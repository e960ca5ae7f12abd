//! What is put over the window: the palette, the pickers, the note, where to export to.

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use semblance::catalog::{Answer, Sort};
use semblance::session::Command;
use semblance::settings::ThemeChoice;

use super::keys::{category_of, cursor, row, selected, write};
use super::{Window, labels_on_disk, sample_window};

#[test]
fn the_palette_finds_commands_by_a_few_letters_and_runs_them() {
    let (_folder, _images, mut window) = sample_window();
    let run = |window: &mut Window, written: &str| {
        window.press_with(Modifiers::COMMAND, Key::P);
        write(window, written);
        window.press(Key::Enter);
        let is_open = window.0.query_by_label("Find a command").is_some();
        assert!(!is_open, "{written} closes the palette");
    };
    run(&mut window, "sel all");
    assert_eq!(selected(&mut window), 20);
    run(&mut window, "order oldest");
    window.until("the order", |w| {
        w.app().session().view().is_some_and(|view| view.sort == Sort::TakenAscending)
    });
    run(&mut window, "order name");
    window.until("the order of before", |w| {
        w.app().session().view().is_some_and(|view| view.sort == Sort::Path)
    });
    run(&mut window, "light dark");
    assert_eq!(window.app().session().settings().theme, ThemeChoice::Light);
    window.press(Key::Home);
    run(&mut window, "label nanow");
    window.until("a label", |w| category_of(w, 0).as_deref() == Some("Nanowires"));
    run(&mut window, "large");
    assert!(window.app().session().is_single());
    run(&mut window, "back grid");
    assert!(!window.app().session().is_single());
    run(&mut window, "unlabelled what");
    window.until("19 images", |w| w.app().session().image_ids().len() == 19);
}

#[test]
fn the_palette_says_why_a_command_does_nothing_and_arrows_choose() {
    let (_folder, images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::P);
    write(&mut window, "undo");
    assert!(window.shows("Undo, Ctrl+Z, nothing to take back"));
    window.press(Key::Enter);
    assert!(window.shows("Find a command"), "it stays");
    window.press(Key::X);
    assert!(labels_on_disk(&images).is_empty(), "keys are the palette's");
    window.press(Key::Escape);
    assert!(!window.shows("Find a command"));

    window.press_with(Modifiers::COMMAND, Key::P);
    window.press(Key::ArrowDown); // the first is the prediction
    window.press(Key::Enter);
    let is_none = |w: &mut Window| {
        row(w, 0).label.is_some_and(|label| label.value.answer == Answer::NoneOfThese)
    };
    window.until("none of these", is_none);
}

#[test]
fn the_picker_labels_by_name_and_adds_what_is_missing() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::C);
    write(&mut window, "nano");
    window.press(Key::Enter);
    window.until("a label", |w| category_of(w, 0).as_deref() == Some("Nanowires"));
    assert!(!window.shows("Name of the category"));
    assert_eq!(cursor(&mut window), 1, "it goes on");

    window.press(Key::C);
    write(&mut window, "Whiskers");
    assert!(window.shows("Add category “Whiskers”"));
    window.press(Key::Enter);
    window.until("the category", |w| w.app().session().category_named("Whiskers").is_some());
    window.press(Key::Enter);
    window.until("its label", |w| category_of(w, 1).as_deref() == Some("Whiskers"));

    window.press(Key::Home);
    window.press_with(Modifiers::SHIFT, Key::C);
    write(&mut window, "tips");
    window.press(Key::Enter);
    window.until("a second category", |w| {
        let label = row(w, 0).label.unwrap().value;
        let category = label.second_category.and_then(|id| w.app().session().category(id));
        category.is_some_and(|category| category.name.contains("Tips"))
    });
    window.press(Key::Escape);
    assert!(!window.shows("Name of the category"));
}

#[test]
fn a_subcategory_is_added_to_the_category_of_the_image_and_given() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::C);
    write(&mut window, "nano");
    window.press(Key::Enter);
    window.until("a label", |w| category_of(w, 0).as_deref() == Some("Nanowires"));
    window.press(Key::Home);
    window.press_with(Modifiers::SHIFT, Key::C);
    write(&mut window, "tips");
    window.press(Key::Enter);
    let second = |w: &mut Window| row(w, 0).label.and_then(|label| label.value.second_category);
    window.until("a second category", |w| second(w).is_some());
    window.press(Key::V);
    assert!(window.shows("Write a name to add one"));
    write(&mut window, "Branched");
    assert!(window.shows("Add “Branched” to Nanowires"));
    window.press(Key::Enter);
    let branched = |w: &mut Window| {
        let session = w.app().session();
        session.subcategory_named(session.category_named("Nanowires")?.id, "branched")
    };
    window.until("the subcategory", |w| branched(w).is_some());
    assert!(!window.shows("Add “Branched” to Nanowires"));
    window.press(Key::Enter);
    let id = branched(&mut window);
    window.until("its label", |w| row(w, 0).label.is_some_and(|it| it.value.category() == id));
    assert_eq!(category_of(&mut window, 0).as_deref(), Some("Nanowires"));
    assert!(second(&mut window).is_some(), "what else the label says is kept");
}

#[test]
fn the_question_where_to_export_to_gives_the_keyboard_back() {
    let (folder, _images, mut window) = sample_window();
    let focused = |window: &Window, name: &str| {
        window.0.get_by_role_and_label(Role::Button, name).is_focused()
    };
    window.0.get_by_role_and_label(Role::Button, "Export HDF5…").focus();
    window.settle();
    window.press(Key::Space);
    assert!(focused(&window, "Export"));
    window.press(Key::Escape);
    window.settle();
    assert!(focused(&window, "Export HDF5…"));

    window.press(Key::Space);
    window.0.get_by_role_and_label(Role::TextInput, "Folder").focus();
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::A);
    let out = folder.path().join("exported");
    write(&mut window, &out.display().to_string());
    window.press(Key::Enter);
    assert!(!window.shows("Export HDF5"));
    window.until_idle();
    assert!(out.join("Biological/Biological_0000.h5").is_file());
}

#[test]
fn what_is_put_over_the_window_gives_the_keyboard_back() {
    let (folder, _images, mut window) = sample_window();
    let is_focused = |window: &Window, name: &str| window.0.get_by_label(name).is_focused();
    let (export, first) = ("Export HDF5…", "Image 1 of 20, unlabelled");

    // From one to the other, and back to where it began.
    window.0.get_by_label(export).focus();
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::P);
    write(&mut window, "settings");
    window.press(Key::Enter);
    assert!(window.shows("Theme"));
    window.press(Key::Escape);
    window.settle();
    assert!(is_focused(&window, export));

    // Into a field of the window, where it stays.
    window.press_with(Modifiers::COMMAND, Key::P);
    write(&mut window, "search");
    window.press(Key::Enter);
    window.settle();
    assert!(window.0.get_by_role_and_label(Role::TextInput, "Search").is_focused());

    // On with the cursor.
    window.0.get_by_label(first).focus();
    window.settle();
    window.press(Key::C);
    write(&mut window, "nano");
    window.press(Key::Enter);
    window.settle();
    assert!(is_focused(&window, "Image 2 of 20, unlabelled"));

    // What is asked about an image ends with its library.
    window.press(Key::F2);
    assert!(window.shows("Text of the note"));
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    window.app().send(Command::OpenFolder(other.clone()));
    window.until("the other folder", |w| w.app().session().root() == Some(other.as_path()));
    assert!(!window.shows("Text of the note"));
}

#[test]
fn a_note_is_written_kept_and_left() {
    let (_folder, images, mut window) = sample_window();
    window.press(Key::F2);
    write(&mut window, "out of focus");
    window.press(Key::X);
    window.press(Key::Escape);
    window.press(Key::F2);
    write(&mut window, "charged");
    window.press(Key::Enter);
    window.until("the note", |w| row(w, 0).mark.note.as_deref() == Some("charged"));
    assert!(labels_on_disk(&images).is_empty(), "what is typed labels nothing");
    window.press(Key::F2);
    let field = window.0.get_by_role_and_label(Role::TextInput, "Text of the note");
    assert_eq!(field.value().as_deref(), Some("charged"));
}

#[test]
fn a_note_on_several_images_begins_empty_and_nothing_written_changes_nothing() {
    let (_folder, _images, mut window) = sample_window();
    let note = |w: &mut Window, at: usize| row(w, at).mark.note;
    window.press(Key::F2);
    write(&mut window, "first");
    window.press(Key::Enter);
    window.until("the note", |w| note(w, 0).as_deref() == Some("first"));
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.press(Key::F2);
    assert!(window.shows("Note on 2 images"));
    let field = window.0.get_by_role_and_label(Role::TextInput, "Text of the note");
    assert_eq!(field.value().unwrap_or_default(), "");
    window.press(Key::Enter);
    assert!(!window.shows("Note on 2 images"));
    assert_eq!((note(&mut window, 0).as_deref(), note(&mut window, 1)), (Some("first"), None));
    window.press(Key::F2);
    write(&mut window, "both");
    window.press(Key::Enter);
    window.until("both notes", |w| {
        (0..2).all(|position| note(w, position).as_deref() == Some("both"))
    });
}

#[test]
fn a_popup_keeps_the_keyboard_and_gives_it_back() {
    let (_folder, _images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::F);
    window.press_with(Modifiers::COMMAND, Key::P);
    let field = window.0.get_by_role_and_label(Role::TextInput, "Find a command").rect();
    let ground = field.left_top() - egui::vec2(8.0, 8.0);
    window.0.event(Event::PointerMoved(ground));
    for pressed in [true, false] {
        window.0.event(Event::PointerButton {
            pos: ground,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.0.step();
    }
    window.settle();
    window.press(Key::ArrowDown); // the first is the prediction
    window.press(Key::Enter);
    window.until("none of these", |w| {
        row(w, 0).label.is_some_and(|label| label.value.answer == Answer::NoneOfThese)
    });
    assert!(!window.shows("Find a command"));
    assert!(window.0.get_by_role_and_label(Role::TextInput, "Search").is_focused());
}
