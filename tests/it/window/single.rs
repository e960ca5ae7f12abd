//! The single image: its data bar is dragged, distances are measured, images are compared, and what
//! was taken around it is a click away.

use egui::{
    Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Role, TouchPhase, vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use semblance::micrograph::{DataBar, DataBarSource};
use semblance::session::Command;

use super::{Window, labels_on_disk, sample_window};

/// Presses at `from`, moves and lets go at `to`.
fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let middle = from + (to - from) / 2.0;
    for event in [
        egui::Event::PointerMoved(from),
        button(from, true),
        egui::Event::PointerMoved(middle),
        egui::Event::PointerMoved(to),
        button(to, false),
    ] {
        window.0.event(event);
        window.0.step();
    }
    window.settle();
}

fn turn_wheel(window: &mut Window, at: Pos2, points: f32) {
    window.0.event(egui::Event::PointerMoved(at));
    window.0.step();
    window.0.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    window.0.run_steps(40); // the wheel is smoothed
}

/// The first image, decoded and on screen.
fn single_window() -> (tempfile::TempDir, std::path::PathBuf, Window) {
    let (folder, images, mut window) = sample_window();
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("Edge of the data bar at the bottom"));
    (folder, images, window)
}

fn bar(window: &mut Window) -> Option<(DataBar, DataBarSource)> {
    let session = window.app().session();
    session.current_image().and_then(|image| session.row(image)).and_then(|row| row.data_bar)
}

#[test]
fn the_edge_of_the_data_bar_is_dragged_and_taken_back_and_elsewhere_nothing_is_set() {
    let (_folder, _images, mut window) = single_window();
    window.until("the bar", |window| bar(window).is_some());
    let (found, _) = bar(&mut window).unwrap();
    let edge = window.0.get_by_label("Edge of the data bar at the bottom").rect().center();
    drag(&mut window, edge, edge - vec2(0.0, 60.0));
    window.until("the new bar", |window| {
        bar(window).is_some_and(|(bar, source)| {
            source == DataBarSource::Person && bar.bottom > found.bottom && bar.top == found.top
        })
    });
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("the old bar", |window| bar(window).is_some_and(|(bar, _)| bar == found));
    assert!(!window.app().session().can_undo(), "one drag is one step");

    let middle = window.0.get_by_label("Micrograph").rect().center();
    drag(&mut window, middle, middle - vec2(0.0, 60.0));
    assert!(!window.app().session().can_undo(), "beside the edge, nothing is set");
}

#[test]
fn an_image_without_a_bar_offers_its_border() {
    let (_folder, _images, mut window) = single_window();
    window.app().send(Command::SetDataBar(Some(DataBar::NONE)));
    window.until("no bar", |window| bar(window).is_some_and(|(bar, _)| bar.is_none()));
    window.until("the image", |window| window.shows("Edge of the data bar at the top"));
    let edge = window.0.get_by_label("Edge of the data bar at the top").rect().center();
    drag(&mut window, edge, edge + vec2(0.0, 40.0));
    window.until("a bar at the top", |window| {
        bar(window).is_some_and(|(bar, _)| bar.top > 0 && bar.bottom == 0)
    });
}

#[test]
fn a_distance_is_measured_moved_and_taken_away_without_touching_the_label() {
    let (_folder, images, mut window) = single_window();
    window.press(Key::Num1);
    window.press(Key::ArrowLeft);
    window.until("the image", |window| window.shows("Edge of the data bar at the bottom"));
    window.press_with(Modifiers::COMMAND, Key::M);
    let middle = window.0.get_by_label("Micrograph").rect().center();
    let lengths = |window: &Window| -> Vec<f64> {
        let lines = window.0.query_all_by_label_contains("Measured ");
        let text = |node: egui_kittest::Node<'_>| {
            let label = egui_kittest::kittest::NodeT::accesskit_node(&node).label().unwrap();
            let words: Vec<&str> = label.split_whitespace().collect();
            assert!(words[2].starts_with("µm") && words[3].ends_with('°'), "{label}");
            words[1].parse().unwrap()
        };
        lines.map(text).collect()
    };
    drag(&mut window, middle - vec2(80.0, 0.0), middle);
    let [short] = lengths(&window)[..] else { panic!("{:?}", lengths(&window)) };
    assert!(window.0.query_by_label_contains(", 0.0°").is_some(), "along a row");

    drag(&mut window, middle, middle + vec2(80.0, 0.0)); // its end, not a new one
    let [long] = lengths(&window)[..] else { panic!("{:?}", lengths(&window)) };
    assert!((long / short - 2.0).abs() < 0.05, "{short} µm, then {long} µm");
    drag(&mut window, middle + vec2(-80.0, 60.0), middle + vec2(0.0, 90.0));
    assert_eq!(lengths(&window).len(), 2);

    window.press(Key::Delete);
    assert_eq!(lengths(&window).len(), 1, "the line that was drawn last");
    assert_eq!(labels_on_disk(&images).len(), 1, "and not the label");
    window.click("Clear lines");
    assert!(lengths(&window).is_empty());
    window.press(Key::Delete);
    assert!(labels_on_disk(&images).is_empty(), "now it is the label's");

    drag(&mut window, middle - vec2(80.0, 0.0), middle);
    window.press(Key::Escape);
    assert!(lengths(&window).is_empty());
    assert!(window.app().session().is_single(), "the key was the line's");
    drag(&mut window, middle - vec2(80.0, 0.0), middle);
    window.press(Key::ArrowRight);
    assert!(lengths(&window).is_empty(), "the next image has its own");
}

#[test]
fn what_was_taken_around_an_image_is_seen_and_a_click_away() {
    let (_folder, _images, mut window) = single_window();
    const LATER: &str = "In the session: Biological_0001.tif, taken 4 minutes later, unlabelled";
    window.until("the one taken after it", |window| window.shows(LATER));
    assert!(window.shows("In the session: Biological_0000.tif, this image, unlabelled"));
    window.press(Key::Num2); // labels it and goes on
    const EARLIER: &str = "In the session: Biological_0000.tif, taken 4 minutes earlier, Fibres";
    window.until("the one taken before it", |window| window.shows(EARLIER));
    assert!(window.shows("2 of 20"));
    window.click(EARLIER);
    assert!(window.shows("1 of 20"));

    window.click("Session");
    assert!(window.0.query_by_label_contains("In the session").is_none());
    window.click("Session");
    window.click("Labelled, 1 images"); // leaves out the other one
    if !window.app().session().is_single() {
        window.press(Key::Enter);
    }
    window.until("the one taken after it", |window| {
        window.0.query_by_label_contains("Biological_0001.tif").is_some()
    });
    window.click(LATER);
    let told = window.app().session().notices().last().expect("a notice").text.clone();
    assert!(told.starts_with("The filter leaves out this image"), "{told}");
}

#[test]
fn an_edge_that_is_given_up_in_mid_drag_sets_nothing() {
    let (_folder, _images, mut window) = single_window();
    window.until("the bar", |window| bar(window).is_some());
    let found = bar(&mut window).unwrap();
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for (modifiers, key) in [(Modifiers::COMMAND, Key::M), (Modifiers::NONE, Key::ArrowRight)] {
        let edge = window.0.get_by_label("Edge of the data bar at the bottom").rect().center();
        let above = edge - vec2(0.0, 60.0);
        for event in [
            egui::Event::PointerMoved(edge),
            button(edge, true),
            egui::Event::PointerMoved(edge - vec2(0.0, 30.0)),
            egui::Event::PointerMoved(above),
        ] {
            window.0.event(event);
            window.0.step();
        }
        window.press_with(modifiers, key);
        window.0.event(button(above, false));
        window.settle();
        if key == Key::M {
            window.press_with(modifiers, key);
        } else {
            window.press(Key::ArrowLeft);
        }
        window.until("the edge", |window| window.shows("Edge of the data bar at the bottom"));
        assert_eq!(bar(&mut window), Some(found), "{key:?}");
        let field = window.0.get_by_role_and_label(Role::SpinButton, "At the bottom");
        let shown = field.accesskit_node().numeric_value();
        assert_eq!(shown, Some(f64::from(found.0.bottom)), "{key:?}");
    }
    assert!(!window.app().session().can_undo());
}

#[test]
fn arrows_on_a_slider_move_it_alone() {
    let (_folder, _images, mut window) = single_window();
    window.click("Contrast");
    window.until("the histogram", |window| window.shows("Histogram"));
    window.0.get_by_role_and_label(Role::Slider, "Gamma").focus();
    window.settle();
    window.press(Key::ArrowRight);
    let gamma = window.0.get_by_role_and_label(Role::Slider, "Gamma");
    assert!(gamma.accesskit_node().numeric_value().unwrap() > 1.0);
    assert!(window.shows("1 of 20"), "the same image");
}

/// The first two images side by side, decoded.
#[test]
fn up_and_down_go_to_the_row_of_compared_images_above_and_below() {
    let (_folder, _images, mut window) = sample_window();
    let place = |window: &mut Window| {
        let session = window.app().session();
        session.compared().iter().position(|image| Some(*image) == session.current_image())
    };
    for (count, down) in [(4, 2), (2, 1)] {
        window.press(Key::Home);
        for _ in 1..count {
            window.press_with(Modifiers::SHIFT, Key::ArrowRight);
        }
        window.press_with(Modifiers::COMMAND, Key::Enter);
        window.until("the images", |window| window.app().session().compared().len() == count);
        window.app().send(Command::SelectCompared(0));
        window.settle();
        window.press(Key::ArrowDown);
        assert_eq!(place(&mut window), Some(down), "of {count}");
        window.press(Key::ArrowUp);
        assert_eq!(place(&mut window), Some(0), "of {count}");
        window.press(Key::Escape);
        window.settle();
    }
}

fn compare_window() -> (tempfile::TempDir, std::path::PathBuf, Window) {
    let (folder, images, mut window) = sample_window();
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.app().send(Command::ShowCompare);
    window.until("both images", |window| window.app().session().compared().len() == 2);
    window.until("their sizes", |window| zooms(window).len() == 2);
    (folder, images, window)
}

/// The zoom of each pane in percent, as it is told.
fn zooms(window: &Window) -> Vec<f64> {
    let panes = window.0.query_all_by_label_contains("Compared ");
    let zoom = |node: egui_kittest::Node<'_>| -> Option<f64> {
        let label = egui_kittest::kittest::NodeT::accesskit_node(&node).label()?;
        label.split_once("zoom ")?.1.trim_end_matches(" %").parse().ok()
    };
    panes.filter_map(zoom).collect()
}

#[test]
fn compared_images_are_zoomed_together_and_a_click_moves_the_cursor() {
    let (_folder, images, mut window) = compare_window();
    let fitted = zooms(&window);
    let first = window.0.get_by_label_contains("Compared 1 of 2").rect();
    turn_wheel(&mut window, first.center() + vec2(30.0, 30.0), 150.0);
    let enlarged = zooms(&window);
    let factors = [enlarged[0] / fitted[0], enlarged[1] / fitted[1]];
    assert!(factors[0] > 1.5 && (factors[0] - factors[1]).abs() < 0.1, "{factors:?}");
    window.click("Fit");
    assert_eq!(zooms(&window), fitted);

    let second = window.0.get_by_label_contains("Compared 2 of 2").rect();
    drag(&mut window, second.center(), second.center() + vec2(20.0, 0.0));
    window.0.get_by_label_contains("Compared 2 of 2").click();
    window.settle();
    let current = window.app().session().current_image();
    assert_eq!(current, Some(window.app().session().compared()[1]));
    assert_eq!(window.app().session().compared().len(), 2, "both stay");
    window.press(Key::Num3);
    let on_disk = labels_on_disk(&images);
    assert_eq!(on_disk.len(), 1, "the cursor's image alone");
    assert!(on_disk[0].0.ends_with("Biological_0001.tif"), "{on_disk:?}");
}

#[test]
fn what_needs_one_large_image_says_so_where_several_are() {
    let (_folder, _images, mut window) = compare_window();
    for (written, row) in [
        ("measure", "Measure a distance, Ctrl+M, only with one image large"),
        ("image pixels", "Image pixels as screen pixels, Ctrl+1, only with one image large"),
        ("fit the image", "Fit the image into the view, Ctrl+0"),
        ("copy the view", "Copy the view, Ctrl+C"),
    ] {
        window.press_with(Modifiers::COMMAND, Key::P);
        window.0.event(egui::Event::Text(written.to_owned()));
        window.settle();
        assert!(window.shows(row), "{row}");
        window.press(Key::Escape);
    }
}

#[test]
fn at_the_same_scale_pixels_are_as_large_as_what_they_show() {
    let (_folder, _images, mut window) = compare_window();
    let is_enabled = |window: &Window| {
        let button = window.0.get_by_label("Same scale");
        !egui_kittest::kittest::NodeT::accesskit_node(&button).is_disabled()
    };
    window.until("both pixel sizes", |window| is_enabled(window));
    window.click("Same scale");
    let sizes: Vec<f64> = {
        let session = window.app().session();
        let size = |image| {
            session.details(image).instrument.as_ref().and_then(|record| record.pixel_size_nm)
        };
        session.compared().iter().filter_map(|image| size(*image)).map(|size| size.x).collect()
    };
    let shown = zooms(&window);
    assert!((shown[0] / shown[1] / (sizes[0] / sizes[1]) - 1.0).abs() < 0.05, "{shown:?}");
    assert!(sizes[0] != sizes[1], "else this shows nothing");
}
