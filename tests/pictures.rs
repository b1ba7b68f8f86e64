//! Pictures of the window, compared with those in `tests/pictures`. CONTRIBUTING.md says how to take new ones.

mod journey;

use std::sync::Arc;

use eframe::egui::{Key, Theme};
use egui_kittest::SnapshotOptions;
use framelens::app::{Answer, Command, Purpose};
use framelens::detect::{Lexicon, Rules};
use framelens::model::{Article, Metadata, Project, Source};
use framelens::session::Session;
use framelens::text::CharSpan;
use journey::{Answered, Journey, copy_folder, sample_project};

/// The window on the sample project, coded by its first coder.
fn sample(size: [f32; 2], theme: Theme) -> Journey {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    copy_folder(&sample_project(), &project);
    let mut journey = window(folder, project, size, theme);
    journey.code_as("Jonna Lind");
    journey.open_article("Film-maker expelled in ‘witch hunt’, supporters say");
    journey
}

fn window(folder: tempfile::TempDir, project: std::path::PathBuf, size: [f32; 2], theme: Theme) -> Journey {
    window_with(folder, project, size, theme, Answered::new(Vec::new()))
}

fn window_with(
    folder: tempfile::TempDir,
    project: std::path::PathBuf,
    size: [f32; 2],
    theme: Theme,
    dialogs: Answered,
) -> Journey {
    // What is remembered decides the theme, as it does for people.
    let settings = folder.path().join("settings");
    std::fs::create_dir_all(&settings).expect("a folder");
    let paper = if theme == Theme::Dark { "Dark" } else { "Light" };
    std::fs::write(settings.join("settings.ron"), format!("(theme: {paper})")).expect("written");
    Journey::open(folder, project, dialogs, |b| b.with_size(size).with_theme(theme).with_render_cursor(false).wgpu())
}

fn picture(mut journey: Journey, name: &str) {
    // Good news goes by itself; so that it is not in the picture, wait for it to go.
    journey.wait_until("what is told has gone", |j| !j.app().is_telling());
    // One machine's rounding of a letter's edge is another's; a moved line is hundreds of pixels.
    let options = SnapshotOptions::new().threshold(2.0).max_failed_pixels(120).output_path("tests/pictures");
    journey.snapshot_options(name, &options);
}

const LAPTOP: [f32; 2] = [1280.0, 800.0];
const DESK: [f32; 2] = [1440.0, 900.0];

#[test]
fn reading_on_light_paper() {
    picture(sample(DESK, Theme::Light), "read_light");
}

#[test]
fn reading_on_dark_paper() {
    picture(sample(DESK, Theme::Dark), "read_dark");
}

#[test]
fn a_small_window() {
    picture(sample(LAPTOP, Theme::Light), "small");
}

#[test]
fn a_large_window() {
    picture(sample([2560.0, 1440.0], Theme::Light), "large");
}

#[test]
fn a_coding_is_selected() {
    let mut journey = sample(DESK, Theme::Light);
    journey.focus_page();
    for _ in 0..4 {
        journey.key(Key::CloseBracket);
    }
    picture(journey, "coding");
}

#[test]
fn a_suggestion_is_selected() {
    let mut journey = sample(DESK, Theme::Light);
    journey.code_as("Nora Quist");
    journey.focus_page();
    journey.key(Key::Tab);
    picture(journey, "suggestion");
}

#[test]
fn the_code_picker() {
    let mut journey = sample(LAPTOP, Theme::Light);
    let words = journey.some_words(0);
    journey.send(Command::SelectRange(words));
    journey.focus_page();
    journey.key(Key::C);
    journey.type_text("pur");
    picture(journey, "picker");
}

#[test]
fn reading_with_high_contrast_and_what_others_have_coded() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    copy_folder(&sample_project(), &project);
    let mut journey = window(folder, project, DESK, Theme::Light);
    journey.code_as("Jonna Lind");
    journey.open_article("Film-maker expelled in ‘witch hunt’, supporters say");
    journey.send(Command::ThemeContrast);
    journey.send(Command::ShowOthers);
    journey.send(Command::ParagraphNumbers);
    let words = journey.some_words(1);
    journey.send(Command::SelectRange(CharSpan::new(words.start, words.start)));
    journey.send(Command::SetPlace);
    picture(journey, "contrast_others");
}

fn found(size: [f32; 2], theme: Theme, name: &str) {
    let mut journey = sample(size, theme);
    journey.send(Command::Find);
    journey.type_text("purge");
    journey.wait_until("the search is done", |j| j.app().finding().is_done());
    journey.key(Key::ArrowDown);
    journey.key(Key::Space);
    journey.key(Key::ArrowDown);
    journey.key(Key::Space);
    picture(journey, name);
}

#[test]
fn words_are_found() {
    found(LAPTOP, Theme::Light, "find");
}

#[test]
fn words_are_found_on_a_large_dark_screen() {
    found([2560.0, 1440.0], Theme::Dark, "find_large");
}

#[test]
fn nothing_is_asked_for_yet() {
    let mut journey = sample(LAPTOP, Theme::Light);
    journey.send(Command::Find);
    picture(journey, "find_empty");
}

#[test]
fn the_tour_begins() {
    let mut journey = sample(LAPTOP, Theme::Light);
    journey.send(Command::Tour);
    picture(journey, "tour");
}

#[test]
fn one_is_welcome() {
    let mut journey = sample(LAPTOP, Theme::Dark);
    journey.send(Command::Welcome);
    picture(journey, "welcome");
}

#[test]
fn the_settings() {
    let mut journey = sample(LAPTOP, Theme::Light);
    journey.send(Command::Settings);
    picture(journey, "settings");
}

#[test]
fn the_keys_are_changed() {
    let mut journey = sample(LAPTOP, Theme::Dark);
    journey.send(Command::Settings);
    journey.click("Keys");
    picture(journey, "settings_keys");
}

#[test]
fn every_key_on_one_sheet() {
    let mut journey = sample(LAPTOP, Theme::Light);
    journey.send(Command::Shortcuts);
    picture(journey, "keys");
}

#[test]
fn who_codes_is_asked() {
    let mut journey = sample(LAPTOP, Theme::Dark);
    journey.send(Command::ChooseCoder);
    picture(journey, "who_codes");
}

#[test]
fn a_merge_with_a_decision() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, theirs) = (folder.path().join("project"), folder.path().join("from-bo"));
    copy_folder(&sample_project(), &project);
    copy_folder(&sample_project(), &theirs);
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    for (root, means) in [
        (&project, "Who stands by the party, whatever it does"),
        (&theirs, "Who stands by a friend, against the party’s line"),
    ] {
        let (mut session, _) = Session::open(root, detector.clone()).expect("it opens");
        session.code_as_named(if root == &theirs { "Bo Falk" } else { "Nora Quist" });
        let code = session.add_code("Loyalty", None).expect("added");
        session.change_code(&code, "Say what it means", |c| means.clone_into(&mut c.definition)).expect("defined");
        if root == &theirs {
            let articles: Vec<_> = session.project().articles.keys().take(3).cloned().collect();
            for article in articles {
                session.code(&article, vec![CharSpan::chars(4, 12)], &code).expect("coded");
            }
        }
        session.save_now().expect("saved");
        drop(session);
        let _ = std::fs::remove_dir_all(root.join("backups"));
    }
    let dialogs = Answered::new(vec![(Purpose::MergeFolder, Answer::Paths(vec![theirs]))]);
    let mut journey = window_with(folder, project, LAPTOP, Theme::Light, dialogs);
    journey.code_as("Jonna Lind");
    journey.open_article("Film-maker expelled in ‘witch hunt’, supporters say");
    journey.send(Command::MergeFolder);
    journey.wait_until("what comes is known", |j| j.says("To decide"));
    picture(journey, "merge");
}

#[test]
fn the_backups() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    copy_folder(&sample_project(), &project);
    let kept = project.join("backups");
    std::fs::create_dir(&kept).expect("a folder");
    for (name, bytes) in [
        ("2026-03-06T16-05-12.000Z.framelens", 1_934_000),
        ("2026-03-06T09-30-00.000Z-by-hand.framelens", 1_921_000),
        ("2026-03-05T14-12-44.000Z-before-restore.framelens", 1_840_500),
        ("2026-03-04T11-00-00.000Z-before-format-1.zip", 848_200),
        ("2026-03-04T09-30-00.000Z.framelens", 812_300),
    ] {
        std::fs::write(kept.join(name), vec![0; bytes]).expect("written");
    }
    let mut journey = window(folder, project, LAPTOP, Theme::Light);
    journey.code_as("Jonna Lind");
    journey.open_article("Film-maker expelled in ‘witch hunt’, supporters say");
    journey.send(Command::Backups);
    journey.wait_until("they are listed", |j| j.says("made by hand"));
    picture(journey, "backups");
}

#[test]
fn a_project_without_articles() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    drop(Session::create(&project, Project::new("Nothing yet"), detector).expect("made"));
    picture(window(folder, project, LAPTOP, Theme::Light), "empty");
}

#[test]
fn many_codings_on_few_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("project");
    let text = "The council met in the old theatre, and for once nobody asked who had called it a purge, or why the \
                word had been in the morning’s headlines before anybody had been told to leave.\n\nA second paragraph \
                has room again.\n";
    let article =
        Article::new(text, Metadata { title: "Crowded".to_owned(), ..Metadata::default() }, vec![], Source::default());
    let id = article.id.clone();
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let mut session = Session::create(&root, Project::new("Crowded"), detector).expect("made");
    session.code_as_named("Nora Quist");
    session.add_articles(vec![article]).expect("added");
    for n in 0..8usize {
        let code = session.add_code(&format!("Code {}", n + 1), None).expect("added");
        session.code(&id, vec![CharSpan::chars(4 + n * 6, 120 - n * 5)], &code).expect("coded");
    }
    // One coding of two stretches.
    let far = session.add_code("In two parts", None).expect("added");
    session.code(&id, vec![CharSpan::chars(126, 136), CharSpan::chars(185, 203)], &far).expect("coded");
    session.save_now().expect("saved");
    drop(session);
    let mut journey = window(folder, root, LAPTOP, Theme::Light);
    journey.code_as("Nora Quist");
    picture(journey, "crowded");
}

#[test]
fn an_export_is_chosen() {
    export(LAPTOP, Theme::Light, "export_light");
}

#[test]
fn an_export_is_chosen_on_a_large_dark_screen() {
    export([2560.0, 1440.0], Theme::Dark, "export_dark");
}

fn export(size: [f32; 2], theme: Theme, name: &str) {
    let mut journey = sample(size, theme);
    journey.send(Command::ExportCorpus);
    journey.wait_until("the preview is there", |j| j.says("142 codings"));
    picture(journey, name);
}

#[test]
fn an_import_is_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let wire = "The council of Riverside said on Tuesday that the last boat would leave at six. Nobody who lives on the \
                island had been asked. A petition with four hundred names was handed in at the town hall in the evening.";
    for (name, title, outlet, text) in [
        ("1.txt", "Last boat to leave at six", "The Riverside Post", wire.to_owned()),
        (
            "2.txt",
            "Last boat to leave at six",
            "Island Gazette",
            format!("{wire}\n\nThe opposition called it a scandal."),
        ),
        ("3.txt", "Tram line opens", "Capital Ledger", "The tram goes from the harbour to the hill.".to_owned()),
        ("4.txt", "Bridge shut for a week", "Capital Ledger", "Nobody was told beforehand, drivers said.".to_owned()),
    ] {
        let text = format!("Title: {title}\nOutlet: {outlet}\nPublished: 4 March 2025\n\n{text}\n");
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    std::fs::write(folder.path().join("scan.bin"), [0, 159, 146, 150, 1, 2, 3]).expect("written");
    let table = "kicker;body;lean\nBoat;\"The boat stays where it is, and the ferryman with it, for a week.\";left\n";
    std::fs::write(folder.path().join("table.csv"), table).expect("written");
    let mut journey = sample(LAPTOP, Theme::Light);
    journey.drop_file(folder.path());
    journey.wait_until("what was found is shown", |j| j.says("5 articles found"));
    picture(journey, "import");
}

#[test]
fn articles_that_are_the_same_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let wire = "The council of Riverside said on Tuesday that the last boat would leave at six. Nobody who lives on the \
                island had been asked. A petition with four hundred names was handed in at the town hall in the evening.";
    for (name, outlet, more) in
        [("1.txt", "The Riverside Post", ""), ("2.txt", "Island Gazette", "\n\nThe opposition called it a scandal.")]
    {
        let text =
            format!("Title: Last boat to leave at six\nOutlet: {outlet}\nPublished: 4 March 2025\n\n{wire}{more}\n");
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let mut journey = sample(LAPTOP, Theme::Dark);
    journey.drop_file(folder.path());
    journey.wait_until("what was found is shown", |j| j.says("2 articles found"));
    journey.click("The same (1)");
    journey.click("Compare");
    picture(journey, "import_alike");
}
