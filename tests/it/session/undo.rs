//! Undo and redo lead back to the images, and what is asked for right after them is about these.

use semblance::catalog::{Filter, ImageId};
use semblance::session::{Command, Direction, MoveBy};
use semblance::taxonomy::CategoryId;

use super::{Opened, labels};

fn cursor(opened: &Opened) -> usize {
    opened.session.selection().unwrap().cursor()
}

fn selected(opened: &Opened) -> Vec<ImageId> {
    opened.session.selection().unwrap().images()
}

fn label(opened: &Opened, position: usize) -> Option<CategoryId> {
    let row = opened.session.row(opened.session.image_ids()[position]).unwrap();
    row.label.and_then(|label| label.value.category())
}

/// The image at position 5 is labelled as Tips, and somebody has gone on to the one at 12.
fn gone_on() -> (Opened, [CategoryId; 2]) {
    let mut opened = Opened::sample();
    let categories = ["Tips", "Fibres"].map(|name| opened.category(name));
    opened.put_cursor(5);
    opened.send(Command::SetCategory(categories[0]));
    opened.settle();
    opened.put_cursor(12);
    (opened, categories)
}

#[test]
fn undo_and_redo_go_back_to_the_image() {
    let (mut opened, [tips, _]) = gone_on();
    let image = opened.session.image_ids()[5];
    for (command, expected) in [(Command::Undo, None), (Command::Redo, Some(tips))] {
        opened.put_cursor(12);
        opened.send(command);
        opened.settle();
        assert_eq!((cursor(&opened), selected(&opened)), (5, vec![image]));
        assert_eq!(label(&opened, 5), expected);
    }
    opened.send(Command::ToggleExcluded);
    opened.put_cursor(12);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((cursor(&opened), selected(&opened)), (5, vec![image]), "a flag too");
}

#[test]
fn of_several_images_all_are_selected_again_and_the_first_has_the_cursor() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.send(Command::SelectMany { ranges: vec![3..5, 9..10], add: false });
    let images = selected(&opened);
    opened.send(Command::SetCategory(tips));
    opened.put_cursor(15);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((cursor(&opened), selected(&opened)), (3, images));
}

#[test]
fn of_several_steps_back_the_last_is_gone_back_to() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.put_cursor(5);
    (0..3).for_each(|_| opened.send(Command::SetCategory(tips)));
    opened.send(Command::Undo);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((cursor(&opened), opened.session.counts().unwrap().labelled), (6, 1));
}

#[test]
fn what_is_not_in_the_list_moves_no_cursor() {
    let (mut opened, _) = gone_on();
    opened.send(Command::SetFilter(Filter::Unlabelled));
    opened.settle();
    opened.put_cursor(10);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((cursor(&opened), opened.session.counts().unwrap().labelled), (10, 0));
}

#[test]
fn a_key_meant_for_an_image_that_is_not_shown_labels_no_other() {
    let (mut opened, [_, fibres]) = gone_on();
    opened.send(Command::SetFilter(Filter::Unlabelled));
    opened.settle();
    opened.put_cursor(10);
    opened.send(Command::Undo);
    opened.send(Command::SetCategory(fibres));
    opened.settle();
    assert_eq!((cursor(&opened), opened.session.counts().unwrap().labelled), (10, 0));
    let told = &opened.session.notices().last().unwrap().text;
    assert!(told.contains("was not done"), "{told}");
}

#[test]
fn large_images_are_gone_back_to_as_well() {
    let mut opened = Opened::sample();
    let tips = opened.category("Tips");
    opened.put_cursor(5);
    opened.send(Command::ShowSingle);
    opened.send(Command::SetCategory(tips));
    assert_eq!(cursor(&opened), 6);
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!((opened.session.is_single(), cursor(&opened)), (true, 5));

    opened.send(Command::ShowGrid);
    opened.select_first(3);
    opened.send(Command::ShowCompare);
    let compared = opened.session.compared().to_vec();
    opened.send(Command::SetCategory(tips));
    assert_eq!(opened.session.current_image(), Some(compared[1]));
    opened.send(Command::Undo);
    opened.settle();
    assert_eq!(opened.session.current_image(), Some(compared[0]));
    assert!(opened.session.is_comparing());
}

#[test]
fn a_key_right_after_undo_is_about_the_image_that_comes_back() {
    let (mut opened, [_, fibres]) = gone_on();
    opened.send(Command::Undo);
    opened.send(Command::SetCategory(fibres));
    assert!(opened.session.is_saving());
    opened.settle();
    assert_eq!((label(&opened, 5), label(&opened, 12)), (Some(fibres), None));
    assert_eq!(cursor(&opened), 6, "and goes on from there");
}

#[test]
fn what_waits_is_done_in_its_order() {
    let (mut opened, [_, fibres]) = gone_on();
    let on = Command::Move { direction: Direction::Forward, by: MoveBy::Images(2), extend: false };
    opened.send(Command::Undo);
    opened.send(Command::SetCategory(fibres)); // of 5, and goes on to 6
    opened.send(Command::Undo); // of that
    opened.send(on);
    opened.send(Command::SetCategory(fibres));
    opened.settle();
    assert_eq!((label(&opened, 5), label(&opened, 7)), (None, Some(fibres)));
    assert_eq!(opened.session.counts().unwrap().labelled, 1);
    assert!(!opened.session.is_saving());
}

#[test]
fn what_waits_is_decided_under_the_name_of_whoever_labelled_by_then() {
    let (mut opened, [_, fibres]) = gone_on();
    opened.send(Command::Undo);
    opened.send(Command::SetCategory(fibres));
    opened.send(Command::SetPerson { name: "Bob".to_owned(), ask_at_start: false });
    opened.send(Command::SetCategory(fibres));
    opened.settle();
    assert_eq!(opened.session.person(), Some("Bob"));
    let labels = opened.labels_after_the_end();
    let by: Vec<&str> = labels.iter().map(|label| label.label.by.as_str()).collect();
    assert_eq!(by, ["Ada", "Bob"]);
}

#[test]
fn what_waits_is_not_lost_when_the_session_ends() {
    let (mut opened, [_, fibres]) = gone_on();
    opened.send(Command::Undo);
    opened.send(Command::SetCategory(fibres));
    opened.send(Command::SetCategory(fibres));
    let labels = opened.labels_after_the_end();
    let given: Vec<_> = labels.iter().map(|label| label.label.value.category()).collect();
    assert_eq!(given, [Some(fibres); 2]);
}

#[test]
fn what_waits_is_not_lost_when_another_folder_is_opened() {
    let other = tempfile::tempdir().unwrap();
    for is_own in [false, true] {
        let (mut opened, [_, fibres]) = gone_on();
        let images = opened.images.clone();
        let folder = if is_own { images.clone() } else { other.path().to_owned() };
        opened.send(Command::OpenFolder(folder));
        opened.send(Command::Undo);
        opened.send(Command::SetCategory(fibres));
        opened.send(Command::SetCategory(fibres));
        assert!(opened.session.is_saving());
        opened.until("the folder", |session| session.opening().is_none());
        opened.until_idle();
        let Opened { session, _folder, .. } = opened;
        drop(session);
        let labels = labels(&images);
        let given: Vec<_> = labels.iter().map(|label| label.label.value.category()).collect();
        assert_eq!(given, [Some(fibres); 2], "{is_own}");
    }
}
