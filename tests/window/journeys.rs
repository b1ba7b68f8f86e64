//! Journeys through the window, by mouse and by keyboard, without a display.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::journey::{Answered, Journey};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use framelens::app::{Answer, Command, Purpose};
use framelens::detect::{Lexicon, Rules};
use framelens::model::{CodeId, Origin, Voice};
use framelens::session::Session;
use framelens::text::CharSpan;

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
fn an_import_is_looked_at_before_anything_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let wire = "The council of Riverside said on Tuesday that the last boat would leave at six. Nobody who lives on the \
                island had been asked. A petition with four hundred names was handed in at the town hall in the evening.";
    for (name, outlet, more) in [("a.txt", "The Riverside Post", ""), ("b.txt", "Island Gazette", "\n\nOne more line.")]
    {
        let text = format!("Title: Last boat at six\nOutlet: {outlet}\nPublished: 4 March 2025\n\n{wire}{more}\n");
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    std::fs::write(folder.path().join("c.bin"), [0, 159, 146, 150, 1, 2, 3]).expect("written");
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    let before = journey.articles();
    journey.drop_file(folder.path());
    journey.wait_until("what was found is shown", |j| j.says("2 articles found"));
    assert_eq!(journey.articles(), before, "nothing is taken yet");
    journey.click("Not read (1)");
    assert!(journey.says("it holds bytes that no text has"));
    journey.click("The same (1)");
    assert!(journey.says("nearly the same words"));
    journey.click("Compare");
    assert!(journey.says("One more line."));
    let once = journey.get_all_by_label("coded once").last().expect("a choice for the group");
    once.click();
    journey.settle();
    journey.click("Import 2 articles");
    journey.wait_until("they are there", |j| j.articles() == before + 2);
    assert!(journey.query_all_by_label_contains("the same as the one above").next().is_some());
    // The page of the copy says where it is coded, and lets one code it apart.
    let copy = journey.get_by_label_contains("the same as the one above");
    copy.click();
    journey.settle();
    assert!(journey.says("It is coded there, and not here."));
    journey.click("Code it apart");
    assert!(!journey.says("It is coded there, and not here."));
    journey.click("Compare");
    assert!(journey.says("Marked is what only one of the two has."));
    journey.key(Key::Escape);
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.articles(), before, "one undo for the choice, one for the import");
}

#[test]
fn what_was_copied_becomes_an_article_when_it_is_pasted_onto_the_page() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    let before = journey.articles();
    journey.focus_page();
    let text = "Tram line opens\n\nThe new line carried 9,000 people on its first day, the council said.";
    journey.event(eframe::egui::Event::Paste(text.to_owned()));
    journey.wait_until("it is asked", |j| j.says("1 article found"));
    journey.click("Import 1 article");
    journey.wait_until("it is there", |j| j.articles() == before + 1);
}

#[test]
fn what_is_exported_is_chosen_seen_beforehand_and_comes_home_from_another_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("corpus.jsonl");
    let answers = vec![(Purpose::Export, Answer::Paths(vec![out.clone()]))];
    let mut journey = Journey::sample_with(Answered::new(answers));
    journey.code_as("Nora Quist");
    journey.key_with(Modifiers::COMMAND, Key::E);
    journey.wait_until("what will be written is shown", |j| j.says("142 codings"));
    // The format is found by what it is for; what it has no place for is said beforehand.
    journey.type_into("Find a format", "csv");
    journey.click("csv");
    journey.wait_until("losses are shown", |j| j.says("articles’ texts are left out"));
    journey.click("Find a format");
    journey.key_with(Modifiers::COMMAND, Key::A);
    journey.type_text("jsonl");
    journey.click("jsonl");
    journey.click("Claims");
    journey.click("Quotations");
    journey.wait_until("fewer are chosen", |j| !j.says("142 codings"));
    journey.click("Claims");
    journey.click("Quotations");
    // Nobody settles yet: that is asked here.
    journey.click("only what is settled");
    journey.wait_until("it is asked whose", |j| j.says("Settled is the work of"));
    journey.click("only what is settled");
    journey.wait_until("all are back", |j| j.says("142 codings"));
    journey.click("Choose a file…");
    let written = out.clone();
    journey.wait_until("the export is there", move |_| written.exists());

    // Another program changes a memo and adds a word of its own.
    let text = std::fs::read_to_string(&out).expect("readable");
    let changed = text.replacen("\"memo\":\"\"", "\"memo\":\"seen elsewhere\"", 1);
    let back = folder.path().join("back.jsonl");
    std::fs::write(&back, changed).expect("written");
    let all = |j: &Journey| j.app().session().map_or(0, |s| s.project().annotations().count());
    let memos = |j: &Journey| {
        let session = j.app().session().expect("open");
        session.project().annotations().filter(|(_, _, a)| a.memo == "seen elsewhere").count()
    };
    let before = all(&journey);
    journey.drop_file(&back);
    journey.wait_until("the memo is there", move |j| memos(j) == 1);
    assert_eq!(all(&journey), before, "nothing came twice");
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!((memos(&journey), all(&journey)), (0, before), "one undo takes it back");
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

const PARTY: &str = "Party loses a tenth of its members in a year";

/// A copy of the sample project in a folder of its own.
fn copied() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    crate::journey::copy_folder(&crate::journey::sample_project(), &project);
    (folder, project)
}

/// Works in a project without a window.
fn work(project: &Path, coder: &str, work: impl FnOnce(&mut Session)) {
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let (mut session, told) = Session::open(project, detector).expect("it opens");
    assert_eq!(told, Vec::<String>::new());
    session.code_as_named(coder);
    work(&mut session);
    session.save_now().expect("saved");
}

fn code_meaning(session: &mut Session, name: &str, means: &str) -> CodeId {
    let code = session.add_code(name, None).expect("a code");
    session.change_code(&code, "Say what it means", |c| means.clone_into(&mut c.definition)).expect("defined");
    code
}

/// Lets another program change the text of an article.
fn change_text(project: &Path) {
    for entry in std::fs::read_dir(project.join("articles")).expect("articles") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|e| e == "txt") {
            let text = std::fs::read_to_string(&path).expect("a text");
            if text.starts_with(PARTY) {
                assert!(text.contains("The Harbour Party"));
                std::fs::write(&path, text.replace("The Harbour Party", "Harbour")).expect("written");
            }
        }
    }
}

fn text_on_page(journey: &Journey) -> String {
    journey.app().reading().document().as_str().to_owned()
}

#[test]
fn codings_are_found_again_in_a_text_that_another_program_changed() {
    let (folder, project) = copied();
    change_text(&project);
    let mut journey = Journey::open(folder, project, Answered::new(Vec::new()), |b| b);
    journey.code_as("Jonna Lind");
    journey.open_article(PARTY);
    journey.wait_until("it is known what is found again", |j| j.says("found again exactly"));
    let before = journey.codings();
    journey.click("Leave it for now");
    assert!(!journey.has_label("Find them again"), "put away, it does not stand over the text");
    let project = journey.app().session().expect("open").root().to_owned();
    let mut journey = journey.reopened_at(&project);
    journey.code_as("Jonna Lind");
    journey.open_article(PARTY);
    journey.click_when_there("Find them again");
    assert!(!journey.says("was changed by another program."));
    let session = journey.app().session().expect("open");
    let article = journey.app().reading().article().expect("one is open");
    let orphans = session.coding(article).map_or(0, |c| c.orphans.len());
    assert_eq!(journey.codings() + orphans, before, "every coding is somewhere");
    // From now on it is coded like any other.
    let words = journey.some_words(1);
    let coded = journey.codings();
    journey.drag_over(words);
    journey.key(Key::Num1);
    assert_eq!(journey.codings(), coded + 1);
}

#[test]
fn a_text_that_another_program_changed_is_put_back_from_a_backup() {
    let (folder, project) = copied();
    work(&project, "Nora Quist", |session| {
        session.back_up("by-hand").expect("kept").expect("there was none");
    });
    let mut before = Journey::open(folder, project.clone(), Answered::new(Vec::new()), |b| b);
    before.code_as("Jonna Lind");
    before.open_article(PARTY);
    let old = text_on_page(&before);
    let codings = before.all_words();
    change_text(&project);
    let mut journey = before.reopened();
    journey.code_as("Jonna Lind");
    journey.open_article(PARTY);
    journey.click_when_there("Put the text back");
    assert_eq!(text_on_page(&journey), old);
    assert_eq!(journey.all_words(), codings);
    assert!(!journey.has_label("Put the text back"));
    journey.wait_until("it is in the file too", |_| {
        let texts = std::fs::read_dir(project.join("articles")).expect("articles");
        texts.filter_map(|e| std::fs::read_to_string(e.expect("readable").path()).ok()).any(|t| t == old)
    });
}

#[test]
fn another_coders_work_is_merged_with_a_decision() {
    let (folder, project) = copied();
    work(&project, "Nora Quist", |session| {
        session.back_up("by-hand").expect("kept");
    });
    let theirs = folder.path().join("from-bo");
    crate::journey::copy_folder(&project, &theirs);
    work(&project, "Nora Quist", |session| {
        code_meaning(session, "Loyalty", "Who stands by the party");
    });
    work(&theirs, "Bo Falk", |session| {
        let code = code_meaning(session, "Loyalty", "Who stands by a friend");
        let article = session.project().articles.keys().next().cloned().expect("an article");
        session.code(&article, vec![CharSpan::chars(4, 12)], &code).expect("coded");
    });
    let answer = || (Purpose::MergeFolder, Answer::Paths(vec![theirs.clone()]));
    let dialogs = Answered::new(vec![answer(), answer(), answer()]);
    let mut journey = Journey::open(folder, project, dialogs, |b| b);
    journey.code_as("Nora Quist");
    let before = journey.app().session().expect("open").project().clone();
    let meanings = |j: &Journey| -> Vec<String> {
        let codes = &j.app().session().expect("open").project().codebook.codes;
        codes.values().filter(|c| c.name == "Loyalty").map(|c| c.definition.clone()).collect()
    };
    let bo =
        |j: &Journey| j.app().session().expect("open").project().codings.keys().any(|(c, _)| c.as_str() == "bo-falk");

    journey.choose("Project", "Merge another project…");
    journey.wait_until("what comes is known", |j| j.says("To decide: the code “Loyalty”"));
    assert!(journey.says("Both come from the backup of"));
    assert!(!bo(&journey), "nothing is merged before somebody says so");
    journey.click("One code, with the meaning in “from-bo”");
    journey.wait_until("it is worked out anew", |j| j.says("What is one from now on"));
    journey.click_when_there("Merge");
    assert!(bo(&journey));
    assert_eq!(meanings(&journey), ["Who stands by a friend"]);
    assert!(journey.says("Merged “from-bo”"));
    // One step, which can be taken back.
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.app().session().expect("open").project(), &before);

    // Undecided, both stay, and that is told until somebody has read it.
    journey.choose("Project", "Merge another project…");
    journey.click_when_there("Merge");
    assert_eq!(meanings(&journey).len(), 2);
    assert!(journey.says("1 thing is undecided"));
    journey.click("More…");
    assert!(journey.says("Needs a decision"));
    journey.get_by_label("Copy the report");
    journey.focus_page();
    journey.key(Key::Escape);
    assert!(!journey.has_label("Copy the report"));

    journey.choose("Project", "Merge another project…");
    journey.wait_until("it is compared", |j| j.says("Nothing new"));
    assert!(!journey.has_label("Merge"));
    journey.key(Key::Escape);
    assert!(!journey.says("Nothing new"));
}

#[test]
fn a_backup_is_made_and_gone_back_to_and_undo_takes_that_back() {
    let mut journey = Journey::sample();
    journey.code_as("Nora Quist");
    journey.open_article(PARTY);
    journey.choose("Project", "Backups…");
    journey.wait_until("it is known that there is none", |j| j.has_label("There is no backup yet."));
    journey.click("Make one now");
    journey.wait_until("it is listed", |j| j.has_label("made by hand"));
    journey.get_by_label("Keep at the most").increment_accesskit();
    journey.settle();
    journey.key(Key::Escape);
    assert_eq!(journey.app().session().map(|s| s.project().settings.backups.keep), Some(11));
    let words = journey.some_words(1);
    journey.drag_over(words);
    journey.key(Key::Num1);
    let coded = journey.all_words();
    assert_eq!(coded.len(), 1);

    journey.choose("Project", "Backups…");
    journey.click_when_there("Go back to this…");
    // Esc goes back to the list; nothing is done.
    journey.key(Key::Escape);
    journey.click_when_there("Go back to this…");
    assert_eq!(journey.codings(), 1);
    journey.click("Go back");
    assert_eq!(journey.codings(), 0);
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(journey.all_words(), coded);
    // What there was before going back is kept as well.
    journey.choose("Project", "Backups…");
    journey.wait_until("it is listed", |j| j.has_label("before going back to another"));
}

#[test]
fn a_project_is_packed_and_unpacked_and_opened_elsewhere() {
    let (folder, project) = copied();
    let (out, bare) = (folder.path().join("out/study.framelens"), folder.path().join("out/bare.framelens"));
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    let paths = |path: &Path| Answer::Paths(vec![path.to_owned()]);
    let dialogs = Answered::new(vec![
        (Purpose::Pack, paths(&out)),
        (Purpose::Pack, paths(&bare.with_extension(""))),
        (Purpose::OpenPacked, paths(&out)),
        (Purpose::Texts, paths(&project)),
    ]);
    let mut journey = Journey::open(folder, project.clone(), dialogs, |b| b);
    let packed = |j: &Journey| j.app().session().expect("open").project().clone();
    let root = |j: &Journey| j.app().session().map(|s| s.root().to_owned());
    let before = packed(&journey);
    journey.key(Key::Escape);
    journey.choose("Project", "Pack into one file…");
    journey.click("Choose the file…");
    journey.wait_until("it is packed", |_| out.exists());
    journey.choose("Project", "Pack into one file…");
    journey.click("Without the articles’ texts");
    assert!(journey.says("at the most 10 % of each article"));
    journey.click("Choose the file…");
    journey.wait_until("it is packed", |_| bare.exists());

    journey.choose("Project", "Open a packed project…");
    journey.click_when_there("Unpack and open");
    let there = out.with_extension("");
    journey.wait_until("it is open", |j| root(j).as_deref() == Some(&there));
    assert_eq!(packed(&journey), before);
    journey.key(Key::Escape);

    // One without texts, dropped on the window, asks for them.
    journey.drop_file(&bare);
    journey.wait_until("it asks for the texts", |j| j.says("The articles’ texts were left out"));
    journey.get_all_by_label("Choose…").last().expect("beside each path").click();
    journey.settle();
    journey.click_when_there("Unpack and open");
    let there = bare.with_extension("");
    journey.wait_until("it is open", |j| root(j).as_deref() == Some(&there));
    assert_eq!(packed(&journey), before);
}

#[test]
fn a_packed_project_is_opened_from_the_command_line_and_one_without_its_texts_says_what_is_missing() {
    let (folder, project) = copied();
    let bare = folder.path().join("bare.framelens");
    let opened = framelens::store::Store::open(&project).expect("it opens").project;
    framelens::store::pack_without_texts(&opened, &bare, false).expect("packed");
    let nothing = folder.path().join("nothing");
    std::fs::create_dir(&nothing).expect("a folder");
    let there = folder.path().join("bare");
    let dialogs = Answered::new(vec![(Purpose::Texts, Answer::Paths(vec![nothing]))]);
    let mut journey = Journey::start(folder, bare, dialogs, |b| b);
    journey.wait_until("it asks for the texts", |j| j.says("The articles’ texts were left out"));
    journey.get_all_by_label("Choose…").last().expect("beside each path").click();
    journey.settle();
    journey.click_when_there("Unpack and open");
    journey.wait_until("it says what is missing", |j| j.says("texts were not found there"));
    assert!(!there.exists(), "nothing is made of a part that nobody asked for");
    journey.key(Key::Escape);
    assert!(journey.app().session().is_none());
    journey.get_by_label("Open project…");
}

#[test]
fn a_project_that_is_open_elsewhere_is_read_and_then_worked_on() {
    let (folder, project) = copied();
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let (held, _) = Session::open(&project, detector).expect("it opens");
    let mut journey = Journey::start(folder, project, Answered::new(Vec::new()), |b| b);
    journey.wait_until("it says so", |j| j.says("This project is open already"));
    // The keyboard is on the first answer.
    journey.key(Key::Enter);
    journey.wait_until("it is open", |j| j.app().session().is_some());
    assert!(journey.app().session().is_some_and(|s| s.read_only().is_some()));
    assert!(journey.says("Open for reading only:"), "and why is said");
    assert!(!journey.says("Not everything is saved"));
    // While it is still open there, trying changes nothing.
    journey.click("Read-only");
    journey.wait_until("it says so again", |j| j.says("This project is open already"));
    journey.key(Key::Escape);
    assert!(!journey.says("This project is open already"));
    drop(held);
    journey.choose("Project", "Try to open it for work");
    journey.wait_until("it can be worked on", |j| j.app().session().is_some_and(|s| s.read_only().is_none()));
    assert!(!journey.has_label("Read-only"));
}

#[test]
fn work_that_cannot_be_saved_is_told_and_goes_on_in_a_copy() {
    let (folder, project) = copied();
    let copy = folder.path().join("copy");
    let dialogs = Answered::new(vec![(Purpose::SaveCopy, Answer::Paths(vec![copy.clone()]))]);
    let mut journey = Journey::open(folder, project.clone(), dialogs, |b| b);
    journey.code_as("Nora Quist");
    journey.open_article(PARTY);
    // Where the coder's folder would be, there is a file.
    std::fs::write(project.join("coding/nora-quist"), "in the way").expect("written");
    let words = journey.some_words(1);
    journey.drag_over(words);
    journey.key(Key::Num1);
    let coded = journey.all_words();
    journey.wait_until("it says so", |j| j.has_label("Not saved"));
    journey.click("Save a copy…");
    journey.wait_until("it goes on there", |j| j.app().session().is_some_and(|s| s.root() == copy));
    journey.wait_until("it says so", |j| j.has_label("Every change saved"));
    assert_eq!(journey.all_words(), coded);
    assert!(copy.join("coding/nora-quist").is_dir());
}
