//! Finding words in all articles, seeing them in their lines, and coding them.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use framelens::app::Command;
use framelens::text::OffsetMap;

use crate::journey::Journey;

const NUMBERS: &str = "Party loses a tenth of its members in a year";

fn coder() -> Journey {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article(NUMBERS);
    journey
}

fn ask(journey: &mut Journey, query: &str) {
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    journey.key_with(Modifiers::COMMAND, Key::A);
    if query.is_empty() {
        journey.key(Key::Delete);
        return;
    }
    journey.type_text(query);
    journey.wait_until("the search is done", |j| j.app().finding().is_done());
}

/// How often, counted without the program's own search.
fn really(journey: &Journey, words: &str) -> usize {
    let session = journey.app().session().expect("a project");
    let times = |text: &str| text.to_lowercase().matches(&words.to_lowercase()).count();
    session.project().articles.values().map(|a| times(&a.text)).sum()
}

fn coded(journey: &Journey, words: &str) -> usize {
    let session = journey.app().session().expect("a project");
    let me = &session.coder().expect("somebody codes").id;
    let mine = session.project().codings.iter().filter(|((coder, _), _)| coder == me);
    mine.flat_map(|(_, c)| c.annotations.values()).filter(|a| a.words().to_lowercase() == words).count()
}

#[test]
fn what_is_found_is_seen_sorted_and_gone_to() {
    let mut journey = coder();
    ask(&mut journey, "purge");
    let all = really(&journey, "purge");
    assert!(all > 5);
    assert_eq!(journey.app().finding().found().found, all);
    assert!(journey.says(&format!("{all} in ")));
    // A letter more, and what is found changes while one types.
    journey.type_text("d");
    journey.wait_until("the search is done", |j| j.app().finding().is_done() && j.app().finding().found().found < all);
    assert_eq!(journey.app().finding().found().found, really(&journey, "purged"));
    // Down into the list, the third line, and there.
    ask(&mut journey, "purge");
    journey.key(Key::ArrowDown);
    journey.key(Key::ArrowDown);
    journey.key(Key::ArrowDown);
    let hit = journey.app().finding().found().hits[2].clone();
    journey.key(Key::Enter);
    journey.wait_for_detection();
    assert_eq!(journey.app().reading().article(), Some(&hit.article.id));
    assert_eq!(journey.app().reading().selection.span(), hit.span);
    assert_eq!(journey.selected(), OffsetMap::new(hit.article.text.clone()).slice(hit.span).expect("it fits"));
    // Back to the list, which is as it was; Esc goes to the page.
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    assert_eq!(journey.app().finding().found().found, all);
    journey.key(Key::Escape);
    journey.get_by_label("Article text");
}

#[test]
fn what_is_ticked_is_coded_in_one_step() {
    let mut journey = coder();
    ask(&mut journey, "purge");
    let all = journey.app().finding().found().hits.len();
    journey.key(Key::ArrowDown);
    // Two lines, by the keyboard; a third one by the mouse.
    journey.key(Key::Space);
    journey.key(Key::ArrowDown);
    journey.key(Key::Space);
    assert!(journey.says("2 places in"));
    let tick = journey
        .get_all_by_role(Role::CheckBox)
        .filter(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with("Tick:")));
    { tick }.nth(2).expect("a tick").click();
    journey.settle();
    assert!(journey.says("3 places in"));
    journey.key(Key::Num2);
    assert_eq!(coded(&journey, "purge"), 3);
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(coded(&journey, "purge"), 0, "one step");
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    // All of them; those that have the code are not coded twice.
    journey.key_with(Modifiers::COMMAND, Key::A);
    assert!(journey.says("will be coded"));
    journey.key(Key::C);
    journey.type_text("purge");
    journey.key(Key::Enter);
    assert_eq!(coded(&journey, "purge"), all);
    assert!(journey.says("3 had the code “Purge” already"));
    // Nothing on the page is touched by keys that are about it.
    let before = journey.all_words();
    for key in [Key::N, Key::X, Key::Delete, Key::W] {
        journey.key(key);
    }
    journey.send(Command::NothingFound);
    assert_eq!(journey.all_words(), before);
}

#[test]
fn every_occurrence_is_tagged_after_a_look() {
    let mut journey = coder();
    let session = journey.app().session().expect("a project");
    let article = session.article(journey.app().reading().article().expect("open")).expect("there");
    let text = article.text.to_lowercase();
    let whole = |(at, word): (usize, &str)| {
        let stands = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        stands(text[..at].chars().next_back()) && stands(text[at + word.len()..].chars().next())
    };
    let here = text.match_indices("members").filter(|m| whole(*m)).count();
    let start = article.text.find("members").map(|b| article.text[..b].chars().count()).expect("it is there");
    journey.send(Command::SelectRange(framelens::text::CharSpan::chars(start, start + 7)));
    journey.focus_page();
    journey.key_with(Modifiers::SHIFT, Key::G);
    journey.wait_until("all are found", |j| j.app().finding().is_done());
    assert_eq!(journey.app().finding().found().found, here);
    assert!(journey.says("will be coded"));
    journey.click("All articles");
    journey.wait_until("all are found", |j| j.app().finding().is_done());
    assert!(journey.app().finding().found().found > here);
    // One is not meant.
    journey.key(Key::Space);
    let all = journey.app().finding().found().hits.len();
    journey.key(Key::Num5);
    assert_eq!(coded(&journey, "members"), all - 1);
}

#[test]
fn what_cannot_be_looked_for_is_said_in_words() {
    let mut journey = coder();
    ask(&mut journey, "zzzz");
    assert!(journey.says("Not found"));
    ask(&mut journey, "/(/");
    assert!(journey.says("regular expression cannot be read"));
    ask(&mut journey, "\"open");
    assert!(journey.says("never closed"));
    ask(&mut journey, "");
    assert!(journey.says("Find words in all articles"));
    journey.click_containing("Find witch hunt:");
    journey.wait_until("the example is found", |j| j.app().finding().found().found > 0);
    // Filters, and the way out of them.
    journey.get_by_role_and_label(Role::CheckBox, "Capitals count").click();
    journey.settle();
    journey.get_by_label("From day").focus();
    journey.settle();
    journey.type_text("2026");
    journey.wait_until("nothing is found", |j| j.says("Not found"));
    journey.click("Clear the filters");
    journey.wait_until("it is found again", |j| j.app().finding().found().found > 0);
    journey.key_with(Modifiers::COMMAND, Key::K);
    journey.type_text("read");
    journey.key(Key::Enter);
    journey.get_by_label("Article text");
}
