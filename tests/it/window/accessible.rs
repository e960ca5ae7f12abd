//! Whoever cannot see the window or use a pointer finds every control, by name and by Tab.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::NodeT as _;

use super::{Window, sample_window};

/// What a person acts upon.
fn is_control(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::ComboBox
            | Role::Link
            | Role::RadioButton
            | Role::Slider
            | Role::SpinButton
            | Role::TextInput
    )
}

/// Controls on screen that a screen reader could not name.
fn unnamed(window: &Window) -> Vec<String> {
    let controls = window.0.root().children_recursive();
    controls
        .filter(|node| is_control(node.accesskit_node().role()))
        .filter(|node| {
            let node = node.accesskit_node();
            let name = node.label().unwrap_or_default();
            name.trim().is_empty()
        })
        .map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.rect()))
        .collect()
}

#[test]
fn every_control_has_a_name_in_every_view() {
    assert_eq!(unnamed(&Window::open(None)), Vec::<String>::new(), "welcome");
    let (_folder, _images, mut window) = sample_window();
    let check = |window: &Window, place: &str| {
        assert_eq!(unnamed(window), Vec::<String>::new(), "{place}");
    };
    check(&window, "grid");
    window.press(Key::F1);
    check(&window, "keys");
    window.press(Key::Escape);
    window.press_with(Modifiers::COMMAND, Key::P);
    check(&window, "palette");
    window.press(Key::Escape);
    window.press(Key::C);
    check(&window, "category by name");
    window.press(Key::Escape);
    window.press(Key::F2);
    check(&window, "note");
    window.press(Key::Escape);
    window.press_with(Modifiers::COMMAND, Key::Comma);
    for section in ["Labelling", "Files and classifying", "Keys", "Appearance"] {
        window.click(section);
        check(&window, section);
    }
    window.press(Key::Escape);
    window.click("To decide, 20 images");
    check(&window, "queue");
    window.click("To decide, 20 images");
    window.press(Key::Enter);
    window.until("the image", |window| window.shows("Contrast"));
    window.click("Contrast");
    check(&window, "one image");
    window.press(Key::Escape);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.press_with(Modifiers::COMMAND, Key::Enter);
    assert!(window.app().session().is_comparing());
    check(&window, "compare");
}

/// Names of what Tab leads to, from the beginning until it comes round.
fn reached_by_tab(window: &mut Window) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut visits = 0;
    for _ in 0..400 {
        window.0.key_press(Key::Tab);
        window.0.run_steps(2);
        let mut nodes = window.0.root().children_recursive();
        let Some(focused) = nodes.find(|node| node.accesskit_node().is_focused()) else { continue };
        let node = focused.accesskit_node();
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        visits = if names.insert(name) { 0 } else { visits + 1 };
        if visits > 60 {
            break;
        }
    }
    names
}

#[test]
fn tab_leads_to_every_control_beside_the_images() {
    let (_folder, _images, mut window) = sample_window();
    let reached = reached_by_tab(&mut window);
    let controls: BTreeSet<String> = window
        .0
        .root()
        .children_recursive()
        .filter(|node| {
            let node = node.accesskit_node();
            is_control(node.role()) && !node.is_disabled()
        })
        .map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value()).unwrap_or_default()
        })
        .collect();
    let missed: Vec<&String> = controls
        .difference(&reached)
        .filter(|name| !name.starts_with("Image ")) // arrows lead from one to the next
        .collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
    assert!(reached.iter().any(|name| name.starts_with("Image ")), "{reached:?}");
}
