//! Articles in scripts of every kind: whatever a line looks like, what is selected is what the text says there.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers};
use egui_kittest::HarnessBuilder;
use egui_kittest::kittest::Queryable as _;
use framelens::app::{App, Command};
use framelens::detect::{Lexicon, Rules};
use framelens::model::{Article, Metadata, Project, Source};
use framelens::session::Session;
use framelens::text::{CharOffset, CharSpan};

use crate::journey::{Answered, Journey};

const TEXT: &str = "Mixed 🚢 head\n\nabc שלום עולם xyz, she said.\n\nقال الوزير إن “التطهير” لم يبدأ بعد.\n\n\
                    市議会は火曜日に、最後の船が六時に出ると述べた。\n\nFamily 👩‍👩‍👧‍👦 and flag 🇳🇴 e\u{301}tude, na\u{ef}ve.\n\n\
                    नमस्ते दुनिया, the paper wrote.";

/// With what fonts the machine has, as the window has them; where it has none for a letter, a box will do.
fn with_fonts(builder: HarnessBuilder<Option<App>>) -> HarnessBuilder<Option<App>> {
    builder.allow_missing_glyphs().with_context_setup(|ctx| {
        App::dress(ctx);
        ctx.add_font_provider(Arc::new(egui_system_font_provider::SystemFontProvider::new()));
    })
}

fn window() -> Journey {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("project");
    let metadata = Metadata { title: "Mixed".to_owned(), ..Metadata::default() };
    let article = Article::new(TEXT, metadata, vec![], Source::default());
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let mut session = Session::create(&root, Project::new("Languages"), detector).expect("made");
    session.code_as_named("Nora Quist");
    session.add_articles(vec![article]).expect("added");
    session.add_code("Purge", None).expect("added");
    session.save_now().expect("saved");
    drop(session);
    let mut journey = Journey::open(folder, root, Answered::new(Vec::new()), with_fonts);
    journey.code_as("Nora Quist");
    journey.wait_for_detection();
    journey
}

fn find(words: &str) -> CharSpan {
    let byte = TEXT.find(words).expect("it is there");
    let start = TEXT[..byte].chars().count();
    CharSpan::chars(start, start + words.chars().count())
}

#[test]
fn what_is_coded_is_what_was_selected_in_every_script() {
    let mut journey = window();
    // The code of before is put on all of them.
    journey.send(Command::SelectRange(find("head")));
    journey.get_by_label_contains("Purge,").click();
    journey.settle();
    assert_eq!(journey.chosen_coding().map(|a| a.words()), Some("head".to_owned()));
    for words in ["עולם", "التطهير", "最後の船", "👩‍👩‍👧‍👦", "e\u{301}tude", "दुनिया", "xyz"]
    {
        journey.send(Command::SelectRange(find(words)));
        assert_eq!(journey.selected(), words);
        journey.focus_page();
        journey.key(Key::Period);
        assert_eq!(journey.chosen_coding().map(|a| a.words()), Some(words.to_owned()));
    }
    let before = journey.all_words();
    let again = journey.reopened_with(with_fonts);
    assert_eq!(again.all_words(), before);
}

#[test]
fn the_caret_crosses_every_script_without_splitting_a_letter() {
    let mut journey = window();
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Home);
    let mut places = vec![journey.app().reading().selection.head];
    for _ in 0..TEXT.chars().count() + 8 {
        journey.key(Key::ArrowRight);
        let here = journey.app().reading().selection.head;
        if places.last() == Some(&here) {
            break;
        }
        places.push(here);
    }
    assert_eq!(places.last(), Some(&CharOffset(TEXT.chars().count())), "the end is reached");
    assert!(places.is_sorted());
    // No place lies inside of a family, a flag or an accented letter.
    for whole in ["👩‍👩‍👧‍👦", "🇳🇴", "e\u{301}"] {
        let span = find(whole);
        assert!(places.iter().all(|p| *p <= span.start || *p >= span.end), "{whole} is one letter");
    }
    // And back.
    for expected in places.iter().rev().skip(1) {
        journey.key(Key::ArrowLeft);
        assert_eq!(journey.app().reading().selection.head, *expected);
    }
}

#[test]
fn a_click_lands_where_the_caret_is_drawn() {
    let mut journey = window();
    // In lines without right-to-left letters as in those with them: what is between two carets is what lies there.
    for words in ["abc", "xyz", "最後", "Family", "paper"] {
        let span = find(words);
        journey.bring_into_view(span);
        let caret = journey.app().reading().caret_on_screen(span.start).expect("seen");
        journey.click_at(caret.center() + eframe::egui::vec2(0.5, 0.0));
        journey.wait_a_moment();
        assert_eq!(journey.app().reading().selection.head, span.start, "{words}");
    }
    // Before a word that runs to the left stands its right edge.
    for words in ["שלום", "עולם", "الوزير", "بعد"] {
        let span = find(words);
        journey.bring_into_view(span);
        let edge = |at| journey.app().reading().caret_on_screen(at).expect("seen");
        // Behind the last letter of a run the caret already belongs to what follows; it is looked at before that letter.
        let last = span.end.saturating_sub(1);
        let (start, end) = (edge(span.start), edge(last));
        assert!(start.left() > end.left(), "{words} runs to the left");
        journey.click_at(start.center() - eframe::egui::vec2(1.0, 0.0));
        journey.wait_a_moment();
        assert_eq!(journey.app().reading().selection.head, span.start, "{words}");
        journey.click_at(end.center() - eframe::egui::vec2(1.0, 0.0));
        journey.wait_a_moment();
        assert_eq!(journey.app().reading().selection.head, last, "{words}");
    }
}

#[test]
fn a_whole_article_is_coded_without_a_mouse() {
    let mut journey = Journey::sample();
    // Who codes is asked.
    journey.type_text("Nora Quist");
    journey.key(Key::Enter);
    // The article, by its name.
    journey.key_with(Modifiers::COMMAND, Key::K);
    journey.type_text("letters come on a friday");
    journey.key(Key::Enter);
    journey.wait_for_detection();
    journey.focus_page();
    let paragraphs = journey.app().reading().body_len();
    assert!(paragraphs > 3);
    let mut coded = 0;
    for n in 0..paragraphs {
        journey.key_with(Modifiers::SHIFT, Key::U);
        match n % 4 {
            // Two words, and a code from the picker by its first letters.
            0 => {
                for _ in 0..2 {
                    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
                }
                journey.key(Key::C);
                journey.type_text("purg");
                journey.key(Key::Enter);
                coded += 1;
            }
            // The sentence, the code of before; whose words, in the memo; the end one word to the right.
            1 => {
                for _ in 0..3 {
                    journey.key(Key::W);
                }
                journey.key(Key::Period);
                journey.key_with(Modifiers::ALT, Key::ArrowLeft);
                journey.key(Key::M);
                journey.type_text("to be talked about");
                journey.key(Key::F6);
                coded += 1;
            }
            // A new code, called as the words are.
            2 => {
                journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
                journey.key_with(Modifiers::SHIFT, Key::I);
                coded += 1;
            }
            _ => journey.key(Key::N),
        }
        journey.focus_page();
        journey.key(Key::Escape);
    }
    assert_eq!(journey.codings(), coded, "{:?}", journey.all_words());
    journey.key_with(Modifiers::SHIFT, Key::U);
    assert!(journey.says("Every paragraph of this article is coded or read"));
    // The last step was a mistake; then finished, and on to the next article.
    journey.key_with(Modifiers::COMMAND, Key::Z);
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    journey.key_with(Modifiers::SHIFT, Key::F);
    let done = journey.app().reading().article().cloned();
    journey.key(Key::J);
    assert_ne!(journey.app().reading().article().cloned(), done);
    journey.key(Key::K);
    journey.close();
    let again = journey.reopened();
    assert_eq!(again.app().reading().article().cloned(), done);
    let session = again.app().session().expect("a project");
    let coding = session.coding(done.as_ref().expect("an article")).expect("coded");
    assert_eq!(coding.annotations.len(), coded);
    assert!(coding.document.finished.is_some());
    assert!(coding.annotations.values().any(|a| a.memo.contains("to be talked about")));
}
