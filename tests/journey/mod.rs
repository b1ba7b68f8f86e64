//! A window without a display, and a person at it.
#![allow(dead_code, reason = "each test target uses its own part")]

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use framelens::app::{Answer, App, Command, FileDialogs, Purpose, Setup};
use framelens::detect::{Lexicon, Rules};
use framelens::model::Annotation;
use framelens::text::{CharSpan, words};

/// Dialogs that give prepared answers, in order.
pub struct Answered(Mutex<Vec<(Purpose, Answer)>>);

impl Answered {
    pub fn new(answers: Vec<(Purpose, Answer)>) -> Self {
        Self(Mutex::new(answers))
    }
}

impl FileDialogs for Answered {
    fn ask(&self, purpose: Purpose, _: &str) -> Answer {
        let mut answers = self.0.lock().expect("no other test shares it");
        let at = answers.iter().position(|(p, _)| *p == purpose);
        at.map_or(Answer::Cancelled, |at| answers.remove(at).1)
    }
}

/// A file that is dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|e| e.to_string())
    }
}

/// A window on a project, and the folder it all lies in.
pub struct Journey {
    harness: Harness<'static, Option<App>>,
    folder: tempfile::TempDir,
    project: PathBuf,
}

impl Deref for Journey {
    type Target = Harness<'static, Option<App>>;
    fn deref(&self) -> &Self::Target {
        &self.harness
    }
}

impl DerefMut for Journey {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.harness
    }
}

pub fn sample_project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge")
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

impl Journey {
    /// The window on a copy of the sample project.
    pub fn sample() -> Self {
        Self::sample_with(Answered::new(Vec::new()))
    }

    pub fn sample_with(dialogs: Answered) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let project = folder.path().join("project");
        copy_folder(&sample_project(), &project);
        Self::open(folder, project, dialogs, |b| b)
    }

    /// The window on a project, with a harness set up by `set_up`.
    pub fn open(
        folder: tempfile::TempDir,
        project: PathBuf,
        dialogs: Answered,
        set_up: impl FnOnce(egui_kittest::HarnessBuilder<Option<App>>) -> egui_kittest::HarnessBuilder<Option<App>>,
    ) -> Self {
        let mut journey = Self::start(folder, project, dialogs, set_up);
        journey.wait_until("the project is open", |j| j.app().session().is_some());
        journey.settle();
        journey
    }

    /// The window as it is opened for the first time, by somebody who names no project.
    pub fn first() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let project = folder.path().join("settings/sample/harbour-purge");
        let mut journey = Self::start_on(folder, project, None, Answered::new(Vec::new()), |b| b);
        journey.wait_until("the sample is open", |j| j.app().session().is_some());
        journey
    }

    /// As [`open`](Self::open), for what does not open by itself.
    pub fn start(
        folder: tempfile::TempDir,
        project: PathBuf,
        dialogs: Answered,
        set_up: impl FnOnce(egui_kittest::HarnessBuilder<Option<App>>) -> egui_kittest::HarnessBuilder<Option<App>>,
    ) -> Self {
        let named = Some(project.clone());
        Self::start_on(folder, project, named, dialogs, set_up)
    }

    fn start_on(
        folder: tempfile::TempDir,
        project: PathBuf,
        named: Option<PathBuf>,
        dialogs: Answered,
        set_up: impl FnOnce(egui_kittest::HarnessBuilder<Option<App>>) -> egui_kittest::HarnessBuilder<Option<App>>,
    ) -> Self {
        let mut setup = Some(Setup {
            project: named,
            folder: Some(folder.path().join("settings")),
            dialogs: Arc::new(dialogs),
            detector: Arc::new(Rules::new(Lexicon::builtin())),
            zone: jiff::tz::TimeZone::UTC,
        });
        let builder = Harness::builder()
            .with_size([1440.0, 900.0])
            .with_theme(eframe::egui::Theme::Light)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(30)
            .with_context_setup(App::dress);
        let harness = set_up(builder).build_ui_state(
            move |ui, app: &mut Option<App>| {
                let app = app.get_or_insert_with(|| App::new(ui.ctx(), setup.take().expect("the window is made once")));
                app.ui(ui);
            },
            None,
        );
        let mut journey = Self { harness, folder, project };
        journey.settle();
        journey
    }

    /// The folder that all of it lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Chooses an entry of a menu.
    pub fn choose(&mut self, menu: &str, entry: &str) {
        self.click(menu);
        self.click(entry);
    }

    /// Clicks what is only there, or only enabled, after a while.
    pub fn click_when_there(&mut self, label: &str) {
        self.wait_until(label, |j| j.query_by_label(label).is_some_and(|n| !n.accesskit_node().is_disabled()));
        self.click(label);
    }

    /// Lets something happen that no key or button of these does.
    pub fn event(&mut self, event: eframe::egui::Event) {
        self.harness.event(event);
        self.settle();
    }

    pub fn says(&self, part: &str) -> bool {
        self.query_all_by_label_contains(part).next().is_some()
    }

    /// Lets files fall onto the window.
    pub fn drop_file(&mut self, path: &Path) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
        self.settle();
    }

    /// Presses the cross in the window's frame.
    pub fn close(&mut self) {
        use eframe::egui::{ViewportEvent, ViewportId};
        let viewports = &mut self.harness.input_mut().viewports;
        viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
        self.harness.step();
    }

    /// Closes the window and opens the project in a new one.
    pub fn reopened(mut self) -> Self {
        self.wait_until("everything is saved", |j| {
            j.app().session().is_some_and(|s| s.saved() == framelens::session::Saved::Yes)
        });
        let Self { harness, folder, project } = self;
        drop(harness);
        Self::open(folder, project, Answered::new(Vec::new()), |b| b)
    }

    /// As [`reopened`](Self::reopened), with another project.
    pub fn reopened_at(mut self, project: &Path) -> Self {
        self.project = project.to_owned();
        self.reopened()
    }

    pub fn app(&self) -> &App {
        self.harness.state().as_ref().expect("the window is made in its first frame")
    }

    fn app_mut(&mut self) -> &mut App {
        self.harness.state_mut().as_mut().expect("the window is made in its first frame")
    }

    /// Draws until nothing changes any more, or for a few frames.
    pub fn settle(&mut self) {
        for _ in 0..4 {
            self.harness.step();
        }
    }

    pub fn wait_until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        loop {
            self.harness.step();
            if done(self) {
                self.settle();
                return;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn send(&mut self, command: Command) {
        self.app_mut().send(command);
        self.settle();
    }

    pub fn wait_for_detection(&mut self) {
        self.wait_until("the article is searched", |j| j.app().reading().detected().is_some());
    }

    pub fn open_article(&mut self, title: &str) {
        self.get_by_label_contains(&format!("{title},")).click();
        self.settle();
        self.wait_for_detection();
    }

    pub fn open_first_article(&mut self) {
        let id = self.app().session().and_then(|s| s.project().articles.keys().next().cloned()).expect("an article");
        self.send(Command::OpenArticle(id));
        self.wait_for_detection();
    }

    /// Scrolls so that a stretch can be seen, without selecting it.
    pub fn bring_into_view(&mut self, span: CharSpan) {
        self.send(Command::SelectRange(CharSpan::new(span.start, span.start)));
    }

    pub fn has_label(&self, label: &str) -> bool {
        self.query_all_by_label(label).next().is_some()
    }

    pub fn click(&mut self, label: &str) {
        self.get_by_label(label).click();
        self.settle();
    }

    pub fn click_containing(&mut self, label: &str) {
        self.get_by_label_contains(label).click();
        self.settle();
    }

    /// Types into whatever has the keyboard.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(eframe::egui::Event::Text(text.to_owned()));
        self.settle();
    }

    pub fn code_as(&mut self, name: &str) {
        self.send(Command::CodeAsNamed(name.to_owned()));
        // A question that was open is answered with that.
        self.key(Key::Escape);
    }

    pub fn focus_page(&mut self) {
        self.get_by_label("Article text").focus();
        self.settle();
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    pub fn key_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types into the field of that name and leaves it.
    pub fn type_into(&mut self, name: &str, text: &str) {
        let is_field = |role: Role| matches!(role, Role::TextInput | Role::MultilineTextInput | Role::SearchInput);
        let field = self
            .harness
            .get_all_by_label(name)
            .find(|n| is_field(n.accesskit_node().role()))
            .expect("a field of that name");
        field.focus();
        field.type_text(text);
        self.settle();
        if name != "Name of the code" {
            self.focus_page();
        }
    }

    /// The first words of a paragraph from the given one on that is body text: three of them.
    pub fn some_words(&self, paragraph: usize) -> CharSpan {
        let document = self.app().reading().document();
        let article = self.app().reading().article().cloned().expect("an article is open");
        let session = self.app().session().expect("a project is open");
        let parts = &session.article(&article).expect("it is there").parts;
        let body: Vec<CharSpan> = document
            .paragraphs()
            .iter()
            .copied()
            .filter(|p| !parts.iter().any(|part| part.span.contains(p.start)))
            .collect();
        let text = document.map().slice(body[paragraph]).expect("it fits");
        let found: Vec<_> = words(text).skip(1).take(3).collect();
        let bytes = framelens::text::ByteSpan::bytes(found[0].start.0, found[2].end.0);
        let chars = |b: usize| text[..b].chars().count();
        let start = body[paragraph].start;
        CharSpan::new(start + chars(bytes.start.0), start + chars(bytes.end.0))
    }

    /// Drags the mouse from behind the first letter to just before the end of the last one.
    pub fn drag_over(&mut self, span: CharSpan) {
        let reading = self.app().reading();
        let from = reading.caret_on_screen(span.start + 1).expect("on the screen");
        let to = reading.caret_on_screen(span.end).expect("on the screen");
        self.drag(from.center(), to.center() - eframe::egui::vec2(1.0, 0.0));
    }

    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.step();
        self.harness.drag_at(from);
        self.harness.step();
        let middle = from + (to - from) * 0.5;
        for at in [middle, to] {
            self.harness.hover_at(at);
            self.harness.step();
        }
        self.harness.drop_at(to);
        self.settle();
    }

    /// Presses and lets go of the mouse button at a place.
    pub fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.step();
        self.harness.drag_at(at);
        self.harness.step();
        self.harness.drop_at(at);
        self.harness.step();
    }

    /// Does something while keys are held down.
    pub fn key_held(&mut self, modifiers: Modifiers, act: impl FnOnce(&mut Self)) {
        self.harness.event(eframe::egui::Event::ModifiersChanged(modifiers));
        self.harness.step();
        act(self);
        self.harness.event(eframe::egui::Event::ModifiersChanged(Modifiers::NONE));
        self.settle();
    }

    /// Lets so much time pass that the next click is not the second of two.
    pub fn wait_a_moment(&mut self) {
        for _ in 0..60 {
            self.harness.step();
        }
    }

    /// The words that are selected.
    pub fn selected(&self) -> String {
        let reading = self.app().reading();
        reading.document().map().slice(reading.selection.span()).unwrap_or_default().to_owned()
    }

    pub fn chosen_coding(&self) -> Option<Annotation> {
        let reading = self.app().reading();
        let id = reading.chosen_coding()?;
        self.app().session()?.annotation(reading.article()?, id).cloned()
    }

    /// How many codings the coder has on the article that is open.
    pub fn codings(&self) -> usize {
        self.all_words().len()
    }

    pub fn all_words(&self) -> Vec<String> {
        let app = self.app();
        let coding = app.reading().article().and_then(|a| app.session()?.coding(a));
        coding.map(|c| c.in_order().iter().map(|a| a.words()).collect()).unwrap_or_default()
    }

    pub fn articles(&self) -> usize {
        self.app().session().map_or(0, |s| s.project().articles.len())
    }

    pub fn code_names(&self) -> Vec<String> {
        let codes = self.app().session().map(|s| s.project().codebook.codes.values().map(|c| c.name.clone()).collect());
        codes.unwrap_or_default()
    }

    pub fn has_code(&self, name: &str) -> bool {
        self.code_names().iter().any(|n| n == name)
    }

    pub fn open_menu_of_code(&mut self, label: &str) {
        let at = self.get_by_label_contains(label).rect().center();
        self.harness.hover_at(at);
        self.harness.step();
        self.get_by_label_contains(label).click_secondary();
        self.settle();
    }
}
