//! The first minutes: the sample and the tour; later the projects that were open, and the window as it was left.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use framelens::app::Command;

use crate::journey::Journey;

#[test]
fn the_tour_goes_on_with_what_one_does() {
    let mut journey = Journey::first();
    journey.wait_for_detection();
    assert!(journey.says("step 1 of 5"));
    journey.focus_page();
    journey.key(Key::J);
    journey.wait_for_detection();
    assert!(journey.says("step 2 of 5"), "another article was opened");
    let words = journey.some_words(1);
    journey.drag_over(words);
    assert!(journey.says("step 3 of 5"), "words were selected");
    journey.key(Key::Num2);
    journey.settle();
    assert!(journey.says("step 4 of 5"), "they were coded");
    journey.get_by_label("reported").click();
    journey.settle();
    assert!(journey.says("step 5 of 5"), "whose words was said");
    journey.click("Done");
    assert!(!journey.says("of 5"));
    // It is not shown again by itself, and is there when it is asked for.
    let mut again = journey.reopened();
    assert!(!again.says("of 5"));
    again.send(Command::Tour);
    assert!(again.says("step 1 of 5"));
    for step in 2..=5 {
        again.click("Next step");
        assert!(again.says(&format!("step {step} of 5")));
    }
    again.send(Command::Tour);
    again.click("Skip the tour");
    assert!(!again.says("of 5"));
}

#[test]
fn the_window_is_found_as_it_was_left() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("The letters come on a Friday");
    let open = journey.app().reading().article().cloned();
    // The buttons over the page say what they are and whether they are on.
    let on = |j: &Journey, name: &str| {
        j.get_by_role_and_label(Role::CheckBox, name).accesskit_node().toggled()
            == Some(eframe::egui::accesskit::Toggled::True)
    };
    assert!(on(&journey, "Show names") && !on(&journey, "Show what others coded"));
    journey.get_by_role_and_label(Role::CheckBox, "Show names").click();
    journey.settle();
    journey.get_by_role_and_label(Role::CheckBox, "Show what others coded").click();
    journey.settle();
    let words = journey.some_words(1);
    journey.drag_over(words);
    journey.key(Key::Num2);
    let codings = journey.codings();
    journey.get_by_label("Undo the last step").click();
    journey.settle();
    assert_eq!(journey.codings(), codings - 1);
    journey.get_by_label("Do again what was undone").click();
    journey.settle();
    assert_eq!(journey.codings(), codings);

    journey.event(eframe::egui::Event::WindowFocused(true));
    journey.close();
    let again = journey.reopened();
    assert_eq!(again.app().reading().article().cloned(), open);
    assert!(!on(&again, "Show names") && on(&again, "Show what others coded"));
}

#[test]
fn one_begins_with_the_sample_or_with_what_was_open_lately() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    let first = journey.app().session().expect("a project").root().to_owned();
    journey.send(Command::Welcome);
    journey.get_by_role_and_label(Role::Button, "Open the sample project").click();
    journey.wait_until("the sample is open", |j| j.app().session().is_some_and(|s| s.root() != first));
    let sample = journey.app().session().expect("a project").root().to_owned();
    journey.key(Key::Escape);
    journey.send(Command::Welcome);
    assert!(journey.says("LATELY OPEN") || journey.says("Lately open"));
    journey.click_containing("project ");
    journey.wait_until("the first one is open again", |j| j.app().session().is_some_and(|s| s.root() == first));
    assert_ne!(first, sample);
    journey.key(Key::Escape);
    journey.key_with(Modifiers::COMMAND, Key::K);
    journey.type_text("welcome");
    journey.key(Key::Enter);
    assert!(journey.says("Welcome to Framelens"));
    journey.key(Key::Escape);
    assert!(!journey.says("Welcome to Framelens"));
}
