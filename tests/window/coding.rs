//! Coding beyond a code on some words: cutting, joining, more codes, the brush, others' work, jumps and marked places.

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use framelens::app::Command;
use framelens::text::CharSpan;

use crate::journey::Journey;

const FILM_MAKER: &str = "Film-maker expelled in ‘witch hunt’, supporters say";
const NUMBERS: &str = "Party loses a tenth of its members in a year";

fn coder() -> Journey {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article(NUMBERS);
    journey
}

fn spans(journey: &Journey) -> Vec<CharSpan> {
    journey.chosen_coding().expect("a coding is selected").spans
}

fn code_names(journey: &Journey) -> Vec<String> {
    let app = journey.app();
    let session = app.session().expect("a project");
    let coding = app.reading().article().and_then(|a| session.coding(a));
    let mut names: Vec<String> = coding
        .into_iter()
        .flat_map(|c| c.annotations.values())
        .filter_map(|a| session.project().codebook.get(a.tag.code()?).map(|c| c.name.clone()))
        .collect();
    names.sort();
    names
}

#[test]
fn a_coding_is_cut_joined_and_stretched() {
    let mut journey = coder();
    let words = journey.some_words(1);
    journey.send(Command::SelectRange(words));
    journey.key(Key::Num1);
    let whole = journey.chosen_coding().expect("coded").words();

    // The caret into the second word, and cut.
    journey.focus_page();
    journey.key(Key::ArrowLeft);
    journey.key_with(Modifiers::COMMAND, Key::ArrowRight);
    journey.key(Key::ArrowRight);
    journey.key_with(Modifiers::SHIFT, Key::S);
    let parts = journey.all_words();
    assert_eq!(parts.len(), 2, "{parts:?}");
    assert_eq!(parts.join(" "), whole);

    // Joined again they are what they were.
    journey.key_with(Modifiers::SHIFT, Key::J);
    assert_eq!(journey.all_words(), [whole.as_str()]);
    assert_eq!(spans(&journey), [words]);
    for _ in 0..2 {
        journey.key_with(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(journey.all_words(), [whole.as_str()]);

    // Words of another paragraph join the coding, and leave it again.
    journey.key(Key::CloseBracket);
    let more = journey.some_words(2);
    journey.send(Command::SelectRange(more));
    journey.key_with(Modifiers::SHIFT, Key::T);
    assert_eq!(spans(&journey), [words, more]);
    journey.key_with(Modifiers::SHIFT, Key::X);
    assert_eq!(spans(&journey), [words]);
    // The last stretch is not taken; the coding would be gone.
    journey.key_with(Modifiers::SHIFT, Key::X);
    assert_eq!(spans(&journey), [words]);
}

#[test]
fn words_get_a_second_code_and_one_in_vivo() {
    let mut journey = coder();
    let words = journey.some_words(1);
    journey.send(Command::SelectRange(words));
    journey.key(Key::Num1);
    journey.focus_page();
    journey.key(Key::ArrowLeft);
    journey.key_with(Modifiers::SHIFT, Key::A);
    journey.type_text("conf");
    journey.key(Key::Enter);
    assert_eq!(journey.codings(), 2, "{:?}", code_names(&journey));
    assert_eq!(spans(&journey), [words], "on exactly the same words");

    let other = journey.some_words(2);
    journey.send(Command::SelectRange(other));
    let name = journey.selected();
    journey.key_with(Modifiers::SHIFT, Key::I);
    assert!(journey.has_code(&name), "{:?}", journey.code_names());
    assert_eq!(spans(&journey), [other]);

    // A code without a key, used last, lies under the digit that no code has.
    let third = journey.some_words(3);
    journey.send(Command::SelectRange(third));
    let free = ('1'..='9').find(|d| {
        let book = &journey.app().session().expect("a project").project().codebook;
        book.codes.values().all(|c| c.shortcut != Some(*d))
    });
    if free == Some('1') {
        journey.key(Key::Num1);
        assert_eq!(spans(&journey), [third]);
    }
    // And it stands first where a code is asked for.
    journey.send(Command::SelectRange(third));
    journey.key(Key::C);
    journey.key(Key::Enter);
    assert_eq!(code_names(&journey).iter().filter(|n| **n == name).count(), 2, "{:?}", code_names(&journey));
}

#[test]
fn a_brush_codes_what_is_selected_until_it_is_laid_down() {
    let mut journey = coder();
    journey.focus_page();
    journey.key_with(Modifiers::SHIFT, Key::B);
    journey.type_text("purge");
    journey.key(Key::Enter);
    assert!(journey.says("Brush: Purge"));
    for paragraph in [1, 2] {
        let words = journey.some_words(paragraph);
        journey.drag_over(words);
        journey.wait_a_moment();
    }
    assert_eq!(code_names(&journey), ["Purge", "Purge"]);
    // With the keyboard, Enter is enough.
    let words = journey.some_words(3);
    journey.send(Command::SelectRange(words));
    journey.key(Key::Enter);
    assert_eq!(code_names(&journey).len(), 3);
    journey.key(Key::Escape);
    assert!(!journey.says("Brush: Purge"));
    let words = journey.some_words(0);
    journey.drag_over(words);
    assert_eq!(code_names(&journey).len(), 3, "the brush is laid down");
}

#[test]
fn what_others_have_coded_is_seen_and_not_while_coding_blind() {
    let mut journey = Journey::sample();
    journey.code_as("Jonna Lind");
    journey.open_article(FILM_MAKER);
    let mine = journey.codings();
    journey.key_with(Modifiers::ALT, Key::Num6);
    journey.focus_page();
    journey.key_with(Modifiers::SHIFT, Key::D);
    assert!(journey.says("Not so"), "who differs is said");
    assert!(!journey.selected().is_empty());
    let (first, mut others) = (journey.selected(), 0);
    for _ in 0..12 {
        others += usize::from(journey.says("Coded by"));
        journey.key_with(Modifiers::SHIFT, Key::D);
    }
    assert!(others > 0, "somebody else's coding is among the disagreements, and says whose it is: {first}");
    assert_eq!(journey.codings(), mine, "looking changes nothing");

    journey.send(Command::BlindMode);
    journey.key(Key::Escape);
    assert!(journey.app().session().is_some_and(|s| s.project().settings.blind));
    journey.key(Key::Escape);
    journey.key_with(Modifiers::SHIFT, Key::D);
    assert!(!journey.says("Coded by"));
}

#[test]
fn paragraphs_that_wait_are_walked() {
    let mut journey = coder();
    journey.focus_page();
    let paragraph = |j: &Journey| j.app().reading().body_paragraph(j.app().reading().selection.head);
    let all = journey.app().reading().body_len();
    journey.key_with(Modifiers::SHIFT, Key::U);
    assert_eq!(paragraph(&journey), Some(1));
    journey.key(Key::N);
    journey.key_with(Modifiers::SHIFT, Key::U);
    assert_eq!(paragraph(&journey), Some(2));
    // The second one is coded, all others are read: nothing waits.
    journey.send(Command::SelectRange(journey.some_words(1)));
    journey.key(Key::Num1);
    for _ in 2..all {
        journey.key_with(Modifiers::SHIFT, Key::U);
        journey.key(Key::N);
    }
    journey.key_with(Modifiers::SHIFT, Key::U);
    assert!(journey.says("Every paragraph of this article is coded or read"));
}

#[test]
fn places_are_marked_and_jumps_gone_back() {
    let mut journey = coder();
    journey.focus_page();
    let words = journey.some_words(2);
    journey.send(Command::SelectRange(CharSpan::new(words.start, words.start)));
    journey.key_with(Modifiers::SHIFT, Key::M);
    assert!(journey.says("Place marked"));
    journey.open_article(FILM_MAKER);
    journey.focus_page();
    journey.key(Key::Quote);
    let here = |j: &Journey| (j.app().reading().article().cloned(), j.app().reading().selection.head);
    let marked = here(&journey);
    assert_eq!(marked.1, words.start);
    journey.key(Key::Backtick);
    assert_ne!(here(&journey).0, marked.0, "back in the article that one came from");
    // It is remembered when the window is closed, and goes when it is set again.
    let mut journey = journey.reopened();
    journey.focus_page();
    journey.key(Key::Quote);
    assert_eq!(here(&journey), marked);
    journey.key_with(Modifiers::SHIFT, Key::M);
    journey.open_article(FILM_MAKER);
    journey.focus_page();
    journey.key(Key::Quote);
    assert_ne!(here(&journey), marked);
}

fn search(journey: &mut Journey, words: &str) {
    journey.get_by_label("Search the commands").focus();
    journey.settle();
    journey.type_text(words);
}

#[test]
fn a_key_is_changed_and_is_remembered() {
    let mut journey = coder();
    journey.key_with(Modifiers::COMMAND, Key::Comma);
    journey.click("Keys");
    search(&mut journey, "finished");
    journey.click("Give a key to Article finished");
    assert!(journey.says("Press the new key"));
    // What codes need is refused.
    journey.key(Key::Z);
    assert!(journey.says("letters and digits alone are for codes"));
    journey.click("Give a key to Article finished");
    journey.key_with(Modifiers::COMMAND, Key::K);
    assert!(journey.says("is now “Article finished”, and no longer “Find a command…”"));
    // Esc only ends the waiting.
    journey.click("Give a key to Article finished");
    journey.key(Key::Escape);
    assert!(journey.has_label("Standard keys"));
    journey.click("Done");
    let finished = |j: &Journey| {
        let (reading, session) = (j.app().reading(), j.app().session().expect("a project"));
        let article = reading.article().expect("an article");
        session.coding(article).is_some_and(|c| c.document.finished.is_some())
    };
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::K);
    assert!(finished(&journey));
    let mut again = journey.reopened();
    again.code_as("Nora Quist");
    again.open_article(NUMBERS);
    again.focus_page();
    again.key_with(Modifiers::COMMAND, Key::K);
    assert!(!finished(&again), "the same key takes it back");
    again.key_with(Modifiers::COMMAND, Key::Comma);
    again.click("Keys");
    again.click("Standard keys");
    again.click("Done");
    again.focus_page();
    again.key_with(Modifiers::COMMAND, Key::K);
    assert!(again.has_label("Commands, codes, articles"), "the palette is back under its key");
}

#[test]
fn the_page_is_set_as_somebody_likes_it() {
    let mut journey = coder();
    let width = |j: &Journey| {
        let reading = j.app().reading();
        let paragraph = reading.body()[1];
        let start = reading.caret_on_screen(paragraph.start).expect("seen");
        let end = reading.caret_on_screen(paragraph.end).expect("seen");
        end.bottom() - start.top()
    };
    let before = width(&journey);
    journey.key_with(Modifiers::COMMAND, Key::Comma);
    journey.click("Number the paragraphs");
    journey.click("High contrast");
    let slider = |j: &mut Journey, name: &str, key: Key, times: usize| {
        j.get_by_role_and_label(Role::Slider, name).focus();
        j.settle();
        for _ in 0..times {
            j.key(key);
        }
    };
    slider(&mut journey, "Line length", Key::ArrowLeft, 20);
    journey.click("Done");
    assert!(width(&journey) > before, "shorter lines, more of them");
    let mut again = journey.reopened();
    again.open_article(NUMBERS);
    assert!(width(&again) > before, "it is remembered");
    // What is dragged is not widened to words, where one does not want that.
    again.key_with(Modifiers::COMMAND, Key::Comma);
    again.click("Select whole words with the mouse");
    again.click("Done");
    let words = again.some_words(1);
    again.drag_over(words);
    let letters = again.selected();
    again.event(Event::PointerGone);
    assert!(letters.chars().count() < words.len(), "{letters}");
}
