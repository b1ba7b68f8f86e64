//! Journeys through the window, by mouse and by keyboard, without a display.
#![cfg(feature = "gui")]

mod journey;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use framelens::app::{Answer, Command, Purpose};
use framelens::model::{Origin, Voice};
use journey::{Answered, Journey};

#[test]
fn a_span_is_coded_by_mouse_and_another_by_key_and_both_outlive_the_program() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    let before = journey.codings();

    // By mouse: drag over the words, inside the first and the last of them, and click the code.
    let words = journey.some_words(1);
    journey.drag_over(words);
    let by_mouse = journey.selected();
    journey.get_by_label_contains("Purge,").click();
    journey.settle();
    assert_eq!(journey.codings(), before + 1);
    let coded = journey.chosen_coding().expect("what was just coded is selected");
    assert_eq!(coded.words(), by_mouse);
    assert_eq!(coded.origin, Origin::Hand);
    assert!(coded.attributes.voice.is_some(), "whose words it is has been looked up");

    // By keyboard alone: to the next paragraph, three words, the code's key.
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::ArrowDown);
    journey.key_with(Modifiers::COMMAND, Key::ArrowDown);
    for _ in 0..3 {
        journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
    }
    let by_key = journey.selected();
    assert_eq!(by_key.split_whitespace().count(), 3, "{by_key}");
    journey.key(Key::Num1);
    assert_eq!(journey.codings(), before + 2);
    assert_eq!(journey.chosen_coding().map(|a| a.words()), Some(by_key.clone()));

    // Undo and redo.
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.codings(), before + 1);
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(journey.codings(), before + 2);

    // Saved, closed, opened again: the same.
    journey.key_with(Modifiers::COMMAND, Key::S);
    let codings = journey.all_words();
    let mut again = journey.reopened();
    again.open_article("Party loses a tenth of its members in a year");
    assert_eq!(again.all_words(), codings);
    assert!(codings.contains(&by_mouse) && codings.contains(&by_key), "{codings:?}");
}

#[test]
fn suggestions_are_walked_accepted_and_rejected_by_key_and_by_click() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    journey.wait_for_detection();
    let waiting = journey.app().reading().frame_suggestions().len();
    assert!(waiting >= 2, "the sample has framing words: {waiting}");
    journey.focus_page();
    journey.key(Key::Tab);
    journey.key(Key::Enter);
    assert_eq!(journey.codings(), 1);
    let accepted = journey.chosen_coding().expect("the accepted coding is selected");
    assert!(matches!(accepted.origin, Origin::Accepted { edited: false, .. }));
    assert!(accepted.attributes.voice.is_some());
    journey.key(Key::Tab);
    journey.key(Key::X);
    assert_eq!(journey.codings(), 1);
    assert_eq!(journey.app().reading().frame_suggestions().len(), waiting - 2);
    if waiting > 2 {
        journey.key(Key::Tab);
        journey.get_by_label("Accept").click();
        journey.settle();
        assert_eq!(journey.codings(), 2);
    }
    // What was answered is not asked again.
    journey.key_with(Modifiers::COMMAND, Key::S);
    let mut again = journey.reopened();
    again.code_as("Nora Quist");
    again.open_article("Party loses a tenth of its members in a year");
    again.wait_for_detection();
    assert!(again.app().reading().frame_suggestions().len() <= waiting - 2);
}

#[test]
fn a_coding_is_corrected_in_the_inspector() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    let words = journey.some_words(1);
    journey.drag_over(words);
    journey.key(Key::Num2);
    journey.get_by_label("reported").click();
    journey.settle();
    assert_eq!(journey.chosen_coding().and_then(|a| a.attributes.voice), Some(Voice::Reported));
    journey.type_into("Speaker", "two council members");
    assert_eq!(
        journey.chosen_coding().and_then(|a| a.attributes.speaker).map(|s| s.name),
        Some("two council members".to_owned())
    );
    journey.type_into("Memo", "look at this again");
    assert_eq!(journey.chosen_coding().map(|a| a.memo), Some("look at this again".to_owned()));
    let before = journey.chosen_coding().map(|a| a.words()).unwrap_or_default();
    journey.get_by_label("End one word right").click();
    journey.settle();
    let after = journey.chosen_coding().map(|a| a.words()).unwrap_or_default();
    assert!(after.starts_with(&before) && after.len() > before.len(), "{before} → {after}");
    journey.focus_page();
    journey.key_with(Modifiers::ALT, Key::ArrowLeft);
    let nudged = journey.chosen_coding().map(|a| a.words()).unwrap_or_default();
    assert_eq!(nudged.chars().count() + 1, after.chars().count());
    let count = journey.codings();
    journey.key(Key::Delete);
    assert_eq!(journey.codings(), count - 1);
}

#[test]
fn no_key_codes_while_somebody_types() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    let before = journey.codings();
    journey.type_into("Filter articles", "123 x w .");
    assert_eq!(journey.codings(), before);
}

#[test]
fn the_codebook_grows_is_renamed_nested_and_shrinks_with_a_warning() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.get_by_label("+ Code").click();
    journey.settle();
    journey.type_into("Name of the code", "Loyalty");
    journey.key(Key::Enter);
    assert!(journey.has_code("Loyalty"));
    journey.open_menu_of_code("Loyalty,");
    journey.get_by_label("Rename").click();
    journey.settle();
    journey.type_into("Name of the code", " test");
    journey.key(Key::Enter);
    assert!(journey.has_code("Loyalty test"), "{:?}", journey.code_names());
    journey.open_menu_of_code("Purge,");
    journey.get_by_label("Delete…").click();
    journey.settle();
    journey.get_by_label_contains("codings, by all coders, use it");
    journey.get_by_label("Delete").click();
    journey.settle();
    assert!(!journey.has_code("Purge"));
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert!(journey.has_code("Purge"));
}

#[test]
fn articles_are_imported_and_the_corpus_exported_through_the_windows_dialogs() {
    let folder = tempfile::tempdir().expect("a folder");
    let article = folder.path().join("tram.txt");
    std::fs::write(
        &article,
        "Tram line opens\n\nThe new line carried 9,000 people on its first day, the council said.\n",
    )
    .expect("written");
    let out = folder.path().join("corpus.jsonl");
    let answers =
        vec![(Purpose::Import, Answer::Paths(vec![article])), (Purpose::Export, Answer::Paths(vec![out.clone()]))];
    let mut journey = Journey::sample_with(Answered::new(answers));
    journey.code_as("Nora Quist");
    let before = journey.articles();
    journey.key_with(Modifiers::COMMAND, Key::I);
    journey.wait_until("the article is there", |j| j.articles() == before + 1);
    journey.key_with(Modifiers::COMMAND, Key::E);
    journey.get_by_label("Choose a file…").click();
    journey.settle();
    let written = out.clone();
    journey.wait_until("the export is there", move |_| written.exists());
    let lines = std::fs::read_to_string(&out).expect("readable");
    assert_eq!(lines.lines().count(), before + 1);
    // One undo takes the import back.
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.articles(), before);
}

#[test]
fn where_the_desktop_has_no_dialog_a_path_can_be_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let article = folder.path().join("tram.txt");
    std::fs::write(&article, "Tram line opens\n\nNobody was hurt.\n").expect("written");
    let mut journey = Journey::sample_with(Answered::new(vec![(Purpose::Import, Answer::Unavailable)]));
    journey.code_as("Nora Quist");
    let before = journey.articles();
    journey.key_with(Modifiers::COMMAND, Key::I);
    journey.wait_until("the field is there", |j| j.query_by_label("Path").is_some());
    journey.key_with(Modifiers::COMMAND, Key::A);
    journey.type_into("Path", &article.display().to_string());
    journey.get_by_label("Go on").click();
    journey.wait_until("the article is there", |j| j.articles() == before + 1);
}

#[test]
fn every_paragraph_that_is_seen_can_be_heard() {
    let mut journey = Journey::sample();
    journey.open_article("Party loses a tenth of its members in a year");
    let app = journey.app();
    let document = app.reading().document();
    let first = document.map().slice(document.paragraphs()[0]).unwrap_or_default().to_owned();
    journey.get_by_label(&first);
    journey.get_by_label("Article text");
}

#[test]
fn two_clicks_select_a_word_three_a_sentence_and_shift_extends() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    let words = journey.some_words(0);
    let at = journey.app().reading().caret_on_screen(words.start + 1).expect("on the screen").center();
    journey.click_at(at);
    assert_eq!(journey.selected(), "");
    journey.click_at(at);
    let word = journey.selected();
    assert!(!word.is_empty() && !word.contains(' '), "{word}");
    journey.click_at(at);
    let sentence = journey.selected();
    assert!(sentence.contains(&word) && sentence.ends_with(['.', '”', '"']), "{sentence}");
    // A click puts the caret down; one with Shift selects from there.
    journey.wait_a_moment();
    journey.click_at(at);
    let far = journey.app().reading().caret_on_screen(words.end).expect("on the screen").center();
    journey.key_held(Modifiers::SHIFT, |j| j.click_at(far));
    let extended = journey.selected();
    assert!(extended.chars().count() > word.chars().count() && sentence.contains(&extended), "{extended}");
    // W grows what is selected, Shift+W shrinks it.
    journey.key(Key::W);
    let grown = journey.selected();
    assert!(grown.contains(&extended) && grown.len() > extended.len(), "{grown}");
    journey.key_with(Modifiers::SHIFT, Key::W);
    assert!(journey.selected().len() < grown.len());
}

#[test]
fn a_text_is_corrected_and_what_lost_its_words_is_placed_by_hand() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article("Party loses a tenth of its members in a year");
    let words = journey.some_words(1);
    journey.drag_over(words);
    let coded = journey.selected();
    journey.key(Key::Num1);
    assert_eq!(journey.all_words(), std::slice::from_ref(&coded));
    let old = journey.app().reading().document().as_str().to_owned();

    // A word more, where the caret is: the coding goes along, and one undo takes it all back.
    journey.send(Command::CorrectText);
    journey.wait_until("the question is there", |j| j.query_by_label("Text of the article").is_some());
    journey.type_text("Amended. ");
    journey.wait_until("it is known what becomes of the codings", |j| {
        j.query_by_label_contains(" stay at their words").is_some()
            || j.query_by_label_contains(" stays at its words").is_some()
    });
    journey.click("Correct");
    let new = journey.app().reading().document().as_str().to_owned();
    assert_eq!(new.replacen("Amended. ", "", 1), old);
    assert!(!new.ends_with("Amended. "), "the caret stood where it stands on the page");
    assert_eq!(journey.codings(), 1);
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.app().reading().document().as_str(), old);

    // Without the coded words.
    let article = journey.app().reading().article().cloned().expect("one is open");
    let paragraph = old.lines().find(|l| l.contains(&coded)).expect("the coded words stand in a line");
    journey.send(Command::SetText(article, old.replace(paragraph, "Nothing more was said.")));
    journey.settle();
    assert_eq!(journey.codings(), 0);
    journey.get_by_label_contains("LOST THEIR WORDS (1)");
    let words = journey.some_words(1);
    journey.drag_over(words);
    let place = journey.selected();
    journey.click("Place at the selection");
    assert_eq!(journey.all_words(), [place]);
    assert!(journey.query_by_label_contains("LOST THEIR WORDS").is_none());
}

#[test]
fn a_text_that_another_program_changed_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    journey::copy_folder(&journey::sample_project(), &project);
    let title = "Party loses a tenth of its members in a year";
    for entry in std::fs::read_dir(project.join("articles")).expect("articles") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|e| e == "txt") {
            let text = std::fs::read_to_string(&path).expect("a text");
            if text.starts_with(title) {
                std::fs::write(&path, text.replace("The Harbour Party", "Harbour")).expect("written");
            }
        }
    }
    let mut journey = Journey::open(folder, project, Answered::new(Vec::new()), |b| b);
    journey.key(Key::Escape);
    journey.open_article(title);
    journey
        .wait_until("it is known what is found again", |j| j.query_by_label_contains("found again exactly").is_some());
    journey.get_by_label("Find them again");
    journey.click("Read only");
    assert!(journey.query_by_label("Find them again").is_none());
}
