//! The main job on a real article, where one lies beside the checkout: a new project, an import, framing tagged by
//! mouse and by key, saved, opened again, exported, and the voices right.

use std::path::{Path, PathBuf};

use crate::journey::{Answered, Journey};
use eframe::egui::{Key, Modifiers};
use framelens::app::{Answer, Command, Purpose};
use framelens::model::Voice;
use framelens::text::CharSpan;

fn article() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/article.txt");
    if path.is_file() {
        return Some(path);
    }
    assert!(std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    println!("skipped: there is no article at ../shared/seed/article.txt");
    None
}

/// The stretches where the words stand.
fn places(journey: &Journey, words: &str) -> Vec<CharSpan> {
    let text = journey.app().reading().document().as_str().to_lowercase();
    let chars = |byte: usize| text[..byte].chars().count();
    text.match_indices(words).map(|(at, _)| CharSpan::chars(chars(at), chars(at + words.len()))).collect()
}

#[test]
fn witch_hunt_and_purge_are_tagged_by_mouse_and_by_key_and_the_voices_are_right() {
    let Some(article) = article() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (new, out) = (folder.path().join("seed-study"), folder.path().join("seed.jsonl"));
    let answers = vec![
        (Purpose::NewProject, Answer::Paths(vec![new.clone()])),
        (Purpose::Import, Answer::Paths(vec![article])),
        (Purpose::Export, Answer::Paths(vec![out.clone()])),
    ];
    let mut journey = Journey::sample_with(Answered::new(answers));
    journey.code_as("Nora Quist");

    // A new project.
    journey.key_with(Modifiers::COMMAND, Key::N);
    journey.wait_until("the title is asked", |j| j.has_label("Title of the project"));
    journey.click("Make it");
    journey.wait_until("the new project is open", |j| j.app().session().is_some_and(|s| s.root() == new));
    journey.code_as("Nora Quist");
    for name in ["Witch hunt", "Purge"] {
        journey.send(Command::AddCode { name: name.to_owned(), parent: None, apply: false });
    }

    // The article comes in and is searched.
    journey.key_with(Modifiers::COMMAND, Key::I);
    journey.wait_until("the article is there", |j| j.articles() == 1);
    journey.open_first_article();

    // By mouse: every "witch hunt" is dragged over and the code clicked.
    let hunts = places(&journey, "witch hunt");
    assert_eq!(hunts.len(), 4);
    for span in &hunts {
        journey.bring_into_view(*span);
        journey.drag_over(*span);
        assert_eq!(journey.selected().to_lowercase(), "witch hunt");
        journey.click_containing("Witch hunt,");
    }
    // By key: the caret is put before "purge", the word selected and the picker asked for the code.
    let purge = places(&journey, "purge")[0];
    journey.send(Command::SelectRange(CharSpan::new(purge.start, purge.start)));
    journey.focus_page();
    journey.key_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(journey.selected(), "purge");
    journey.key(Key::C);
    journey.type_text("purge");
    journey.key(Key::Enter);
    assert_eq!(journey.codings(), 5);

    // Whose words they are.
    let voices = |journey: &Journey| -> Vec<(String, Option<Voice>, String)> {
        let app = journey.app();
        let coding = app.reading().article().and_then(|a| app.session()?.coding(a));
        let said = coding.map(|c| c.in_order().into_iter().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let speaker =
            |a: &framelens::model::Annotation| a.attributes.speaker.as_ref().map_or(String::new(), |s| s.name.clone());
        said.iter().map(|a| (a.words().to_lowercase(), a.attributes.voice, speaker(a))).collect()
    };
    let loach = "Ken Loach".to_owned();
    let expected = vec![
        ("witch hunt".to_owned(), Some(Voice::Quoted), loach.clone()),
        ("witch hunt".to_owned(), Some(Voice::Scare), String::new()),
        ("purge".to_owned(), Some(Voice::Quoted), loach.clone()),
        ("witch hunt".to_owned(), Some(Voice::Quoted), loach),
        ("witch hunt".to_owned(), Some(Voice::Name), String::new()),
    ];
    assert_eq!(voices(&journey), expected);

    // Saved, exported, opened again.
    journey.key_with(Modifiers::COMMAND, Key::S);
    journey.key_with(Modifiers::COMMAND, Key::E);
    journey.click("Choose a file…");
    let written = out.clone();
    journey.wait_until("the export is there", move |_| written.exists());
    let exported = std::fs::read_to_string(&out).expect("readable");
    let record: serde_json::Value = serde_json::from_str(&exported).expect("one article a line");
    let annotations = record["annotations"].as_array().expect("a list");
    let voices_of = |words: &str| -> Vec<&str> {
        let tagged = annotations.iter().filter(|a| a["text"].as_str().is_some_and(|t| t.eq_ignore_ascii_case(words)));
        tagged.filter_map(|a| a["voice"].as_str()).collect()
    };
    assert_eq!(voices_of("witch hunt"), ["quoted", "scare", "quoted", "name"], "{exported}");
    assert_eq!(voices_of("purge"), ["quoted"]);
    let mut again = journey.reopened_at(&new);
    again.open_first_article();
    assert_eq!(voices(&again), expected);
    drop(folder);
}
