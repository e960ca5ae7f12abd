//! The grid: rubber band, groups, zoom, and what stays where it is.

use std::collections::BTreeSet;

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, Role,
    TouchPhase, vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use semblance::catalog::{Filter, Grouping, LabelSource, Library, LibraryPlace, Mark, ReviewQueue};
use semblance::query::Query;
use semblance::session::{Command, NoticeLevel};
use semblance::settings::Settings;

use super::{Window, labels_on_disk, sample, sample_window};

fn cell(window: &Window, name: &str) -> Rect {
    window.0.get_by_label(name).rect()
}

/// Positions in the view of what is selected.
fn selected(window: &mut Window) -> BTreeSet<usize> {
    let session = window.app().session();
    let selection = session.selection().unwrap();
    let positions = session.image_ids().iter().enumerate();
    positions.filter(|(_, image)| selection.contains(**image)).map(|(at, _)| at).collect()
}

fn button(pos: Pos2, pressed: bool) -> Event {
    let modifiers = Modifiers::NONE;
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers }
}

fn send(window: &mut Window, event: Event) {
    window.0.event(event);
    window.0.step();
}

/// Presses at one point and moves to another, without letting go.
fn draw_band(window: &mut Window, from: Pos2, to: Pos2) {
    for event in [
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(from + (to - from) * 0.5),
        Event::PointerMoved(to),
    ] {
        send(window, event);
    }
    window.settle();
}

fn let_go(window: &mut Window, at: Pos2) {
    send(window, button(at, false));
    window.settle();
}

fn until_selected(window: &mut Window, positions: &[usize]) {
    let expected: BTreeSet<usize> = positions.iter().copied().collect();
    window.until(&format!("selected {positions:?}"), |window| selected(window) == expected);
}

#[test]
fn a_band_selects_what_it_touches_and_escape_gives_the_former_selection_back() {
    let (_folder, images, mut window) = sample_window();
    let from = cell(&window, "Image 1 of 20, unlabelled").center();
    let to = cell(&window, "Image 3 of 20, unlabelled").center();
    draw_band(&mut window, from, to);
    until_selected(&mut window, &[0, 1, 2]);
    // Drawn back, it touches fewer.
    let back = cell(&window, "Image 2 of 20, unlabelled").center();
    send(&mut window, Event::PointerMoved(back));
    until_selected(&mut window, &[0, 1]);
    let_go(&mut window, back);
    until_selected(&mut window, &[0, 1]);

    draw_band(&mut window, to, back);
    until_selected(&mut window, &[1, 2]);
    window.press(Key::Escape);
    until_selected(&mut window, &[0, 1]);
    let_go(&mut window, back);
    until_selected(&mut window, &[0, 1]);

    send(&mut window, Event::ModifiersChanged(Modifiers::COMMAND));
    let end = to + vec2(12.0, 12.0);
    draw_band(&mut window, to, end);
    until_selected(&mut window, &[0, 1, 2]);
    let_go(&mut window, end);
    send(&mut window, Event::ModifiersChanged(Modifiers::NONE));
    window.press(Key::Num1);
    window.until("three labels", |_| labels_on_disk(&images).len() == 3);
}

#[test]
fn whoever_draws_a_band_has_done_with_the_search_field() {
    let (_folder, images, mut window) = sample_window();
    window.press_with(Modifiers::COMMAND, Key::F);
    window.0.event(Event::Text("tif".to_owned()));
    window.settle();
    let from = cell(&window, "Image 1 of 20, unlabelled").center();
    let to = cell(&window, "Image 2 of 20, unlabelled").center();
    draw_band(&mut window, from, to);
    let_go(&mut window, to);
    until_selected(&mut window, &[0, 1]);
    window.press(Key::Num1);
    window.until("two labels", |_| labels_on_disk(&images).len() == 2);
}

/// Few and large images, so that there is room to scroll.
fn enlarge(window: &mut Window) {
    let pointer = cell(window, "Image 1 of 20, unlabelled").center();
    send(window, Event::PointerMoved(pointer));
    send(window, Event::Zoom(4.0));
    window.settle();
}

fn turn_wheel(window: &mut Window, points: f32) {
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    };
    send(window, wheel);
    window.0.run_steps(60);
}

#[test]
fn many_images_that_are_labelled_at_once_scroll_nothing() {
    let (_folder, images, mut window) = sample_window();
    enlarge(&mut window);
    window.press_with(Modifiers::COMMAND, Key::A);
    turn_wheel(&mut window, 900.0);
    let is_seen = |number: &usize| window.shows(&format!("Image {number} of 20, unlabelled"));
    let number = (2..20).find(is_seen).unwrap();
    let before = cell(&window, &format!("Image {number} of 20, unlabelled"));
    window.press(Key::Num1);
    window.until("all labels", |_| labels_on_disk(&images).len() == 20);
    let after = cell(&window, &format!("Image {number} of 20, Biological"));
    assert!((after.top() - before.top()).abs() < 1.0, "{before:?} {after:?}");
}

#[test]
fn a_queue_begins_on_screen_with_its_first_image_and_its_query_can_be_read() {
    let (_folder, _images, mut window) = sample_window();
    enlarge(&mut window);
    window.press(Key::End);
    window.press(Key::Home);
    let top = cell(&window, "Image 1 of 20, unlabelled").top();
    turn_wheel(&mut window, 3000.0);
    window.app().send(Command::ShowQueue(ReviewQueue::ToDecide));
    window.settle();
    assert_eq!(window.app().session().queue(), Some(ReviewQueue::ToDecide));
    let first = cell(&window, "Image 1 of 20, unlabelled").top();
    assert!((first - top).abs() < 100.0, "{first} is not near {top}");
    let written = |window: &Window| {
        window.0.get_by_role_and_label(Role::TextInput, "Search").value().unwrap_or_default()
    };
    let query = window.app().session().queue_query(ReviewQueue::ToDecide).to_string();
    assert_eq!(written(&window), query);
    // Whatever else is chosen ends it.
    window.app().send(Command::SetFilter(Filter::Labelled));
    window.settle();
    assert_eq!(written(&window), "");
    assert!(window.app().session().view().unwrap().query.terms().is_empty());
}

#[test]
fn a_message_moves_no_image() {
    let (_folder, _images, mut window) = sample_window();
    let name = "Image 7 of 20, unlabelled";
    let before = cell(&window, name);
    window.app().send(Command::Tell(NoticeLevel::Warning, "The disk is nearly full".to_owned()));
    window.settle();
    assert!(window.shows("The disk is nearly full"));
    assert_eq!(cell(&window, name), before);
    window.click("Dismiss");
    assert!(!window.shows("The disk is nearly full"));
}

#[test]
fn a_group_is_labelled_by_a_click_and_a_key() {
    let (_folder, images, mut window) = sample_window();
    window.app().send(Command::SetGrouping(Grouping::Folder));
    window.until("the groups", |window| window.shows("Select group Fibres"));
    window.click("Select group Fibres");
    until_selected(&mut window, &[2, 3]);
    window.press(Key::Num5);
    window.until("two labels", |_| labels_on_disk(&images).len() == 2);
    assert!(window.shows("Image 3 of 20, Nanowires"));
    assert!(window.shows("Image 4 of 20, Nanowires"));
    window.app().send(Command::SetGrouping(Grouping::None));
    window.until("one list", |window| !window.shows("Select group Fibres"));
}

#[test]
fn down_goes_to_the_row_below_also_across_a_short_row_of_a_group() {
    let (_folder, _images, mut window) = sample_window();
    window.app().send(Command::SetGrouping(Grouping::Folder));
    window.until("the groups", |window| window.shows("Select group Fibres"));
    window.press(Key::ArrowRight);
    window.press(Key::ArrowDown); // two images a group: a row each
    until_selected(&mut window, &[3]);
    window.press(Key::ArrowUp);
    until_selected(&mut window, &[1]);
}

#[test]
fn what_is_pointed_at_stays_under_the_pointer_when_the_pictures_change_their_size() {
    let (_folder, _images, mut window) = sample_window();
    let name = "Image 7 of 20, unlabelled";
    let before = cell(&window, name);
    let pointer = before.center();
    send(&mut window, Event::PointerMoved(pointer));
    send(&mut window, Event::Zoom(2.5));
    window.settle();
    let larger = cell(&window, name);
    assert!(larger.width() > before.width() * 1.3, "{before:?} {larger:?}");
    assert!(larger.y_range().contains(pointer.y), "{before:?} {larger:?}");
    send(&mut window, Event::Zoom(0.4));
    window.settle();
    let again = cell(&window, name);
    assert!((again.top() - before.top()).abs() < 1.0, "{before:?} {again:?}");
}

#[test]
fn the_image_at_the_cursor_stays_where_it_is_when_others_go() {
    let (_folder, _images, mut window) = sample_window();
    enlarge(&mut window);
    send(&mut window, Event::PointerGone);
    for _ in 0..12 {
        window.press(Key::ArrowRight);
    }
    let before = cell(&window, "Image 13 of 20, unlabelled");
    let query = Query::parse("-folder:Biological").unwrap();
    window.app().send(Command::SetQuery(query));
    window.until("fewer images", |window| window.shows("Image 11 of 18, unlabelled"));
    let after = cell(&window, "Image 11 of 18, unlabelled");
    assert!((after.top() - before.top()).abs() < 1.0, "{before:?} {after:?}");

    // To the single image and back.
    window.press(Key::Enter);
    window.until("the single image", |window| window.app().session().is_single());
    window.press(Key::Escape);
    window.until("the grid", |window| window.shows("Image 11 of 18, unlabelled"));
    let back = cell(&window, "Image 11 of 18, unlabelled");
    assert!((back.top() - after.top()).abs() < 1.0, "{after:?} {back:?}");
}

#[test]
fn a_cell_tells_its_name_score_and_marks_to_a_screen_reader() {
    let folder = sample();
    let images = folder.path().join("sample");
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    let image = library.find_image("Biological/Biological_0000.tif".as_ref()).unwrap().unwrap();
    let note = Some("charging at the left edge".to_owned());
    let mark = Mark { note, is_annotated: true, is_excluded: true };
    library.set_marks(&[(image, mark)], "Ada", LabelSource::Person).unwrap();
    drop(library);
    let mut window = Window::open(Some(&images));
    window.until_idle();
    window.app().send(Command::Classify);
    window.settle();
    window.until_idle();
    window.press(Key::Home);
    let session = window.app().session();
    let (best, score) = session.row(image).unwrap().top.unwrap();
    let cell = window.0.get_by_label("Image 1 of 20, unlabelled");
    let told = cell.accesskit_node().description().unwrap_or_default();
    for expected in [
        "Biological_0000.tif".to_owned(),
        format!("Prediction: {} {:.0} %", best.replace('_', " "), score * 100.0),
        "Something is drawn into it".to_owned(),
        "Never trains".to_owned(),
        "Note: charging at the left edge".to_owned(),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not in {told:?}");
    }
}

#[test]
fn a_review_that_finds_nothing_says_what_that_means() {
    let (_folder, _images, mut window) = sample_window();
    window.click("Label and prediction differ, 0 images");
    window.until("that nothing differs", |window| {
        window.shows("No label differs from its prediction")
    });
    window.click("Show all images");
    window.until("all images", |window| window.app().session().image_ids().len() == 20);
}

fn is_focused(window: &Window, name: &str) -> bool {
    window.0.get_by_label(name).is_focused()
}

#[test]
fn for_tab_the_grid_is_one_control_and_arrows_move_within_it() {
    let (_folder, images, mut window) = sample_window();
    window.0.get_by_label("Image 3 of 20, unlabelled").focus();
    window.settle();
    until_selected(&mut window, &[2]);
    assert!(is_focused(&window, "Image 3 of 20, unlabelled"));
    for _ in 0..3 {
        window.press(Key::ArrowRight);
    }
    until_selected(&mut window, &[5]);
    assert!(is_focused(&window, "Image 6 of 20, unlabelled"));
    window.press(Key::Tab);
    assert!(window.0.get_by_role_and_label(Role::Slider, "Picture size").is_focused());
    window.press_with(Modifiers::SHIFT, Key::Tab);
    assert!(is_focused(&window, "Image 6 of 20, unlabelled"));
    until_selected(&mut window, &[5]);
    window.press(Key::Num1); // goes on
    window.until("a label", |_| labels_on_disk(&images).len() == 1);
    assert!(window.shows("Image 6 of 20, Biological"));
    assert!(is_focused(&window, "Image 7 of 20, unlabelled"));
}

#[test]
fn keys_on_the_cell_that_has_the_keyboard_select_nothing() {
    let (_folder, _images, mut window) = sample_window();
    window.0.get_by_label("Image 2 of 20, unlabelled").focus();
    window.settle();
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    until_selected(&mut window, &[1, 2]);
    assert!(is_focused(&window, "Image 3 of 20, unlabelled"));
    window.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(window.app().session().compared().len(), 2, "both are selected");
    window.press(Key::Escape); // and the one that was decided about is
    until_selected(&mut window, &[1]);
    window.press(Key::Enter);
    assert!(window.app().session().is_single());
    assert_eq!(window.app().session().selection().unwrap().cursor(), 1);
    window.press(Key::Escape);
    window.until("the grid", |window| !window.app().session().is_single());
    // A screen reader's click still selects.
    window.click("Image 5 of 20, unlabelled");
    until_selected(&mut window, &[4]);
}

#[test]
fn the_keyboard_comes_back_to_the_image_that_was_seen_large() {
    let (_folder, _images, mut window) = sample_window();
    window.0.get_by_label("Image 2 of 20, unlabelled").focus();
    window.settle();
    window.press(Key::Enter);
    window.press(Key::ArrowRight);
    window.settle();
    window.press(Key::Escape);
    window.settle();
    assert!(is_focused(&window, "Image 3 of 20, unlabelled"));
    // It was elsewhere: it stays there.
    window.press(Key::Tab);
    window.press(Key::Escape);
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.settle();
    assert!(!is_focused(&window, "Image 3 of 20, unlabelled"));
}

#[test]
fn a_cursor_out_of_sight_is_where_tab_leads() {
    let (_folder, _images, mut window) = sample_window();
    enlarge(&mut window);
    window.0.get_by_label("Image 1 of 20, unlabelled").focus();
    window.settle();
    let top = cell(&window, "Image 1 of 20, unlabelled").top();
    turn_wheel(&mut window, 3000.0);
    assert!(cell(&window, "Image 1 of 20, unlabelled").top() < top - 700.0);
    assert!(is_focused(&window, "Image 1 of 20, unlabelled"));
    window.press(Key::Tab);
    window.press_with(Modifiers::SHIFT, Key::Tab);
    assert!(is_focused(&window, "Image 1 of 20, unlabelled"));
    assert!((cell(&window, "Image 1 of 20, unlabelled").top() - top).abs() < 1.0);
    until_selected(&mut window, &[0]);
}

#[test]
fn another_width_of_pictures_stays_as_it_is_while_one_image_is_shown() {
    let (_folder, _images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.app().session().is_single());
    let settings = window.app().session().settings().clone();
    let changed = Settings { thumbnail_width_points: 240, ..settings };
    window.app().send(Command::ChangeSettings(changed));
    window.settle();
    window.0.run_steps(20);
    assert_eq!(window.app().session().settings().thumbnail_width_points, 240);
}

#[test]
fn a_band_is_given_up_when_the_images_are_sorted_anew() {
    let (_folder, _images, mut window) = sample_window();
    let from = cell(&window, "Image 1 of 20, unlabelled").center();
    let to = cell(&window, "Image 3 of 20, unlabelled").center();
    draw_band(&mut window, from, to);
    until_selected(&mut window, &[0, 1, 2]);
    let chosen = |window: &mut Window| window.app().session().selection().unwrap().images();
    let before = chosen(&mut window);
    let query = Query::parse("-folder:Fibres").unwrap();
    window.app().send(Command::SetQuery(query));
    window.until("fewer images", |window| window.app().session().image_ids().len() == 18);
    let kept = chosen(&mut window);
    assert!(kept.iter().all(|image| before.contains(image)), "{kept:?} of {before:?}");
    send(&mut window, Event::PointerMoved(to + vec2(60.0, 150.0)));
    window.settle();
    assert_eq!(chosen(&mut window), kept, "the band is gone");
    let_go(&mut window, to);
    assert_eq!(chosen(&mut window), kept);
}

#[test]
fn a_window_without_room_for_the_grid_draws_none() {
    let (_folder, _images, mut window) = sample_window();
    for (width, height) in [(640.0, 200.0), (640.0, 130.0), (520.0, 90.0)] {
        window.0.set_size(vec2(width, height));
        window.settle();
    }
    window.0.set_size(vec2(1280.0, 800.0));
    window.settle();
    assert!(window.shows("Image 1 of 20, unlabelled"));
}
