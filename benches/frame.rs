//! One frame of the window on a large article, beside egui's own demo windows, in one run.
//!
//! `cargo bench --bench frame` prints, for each, the CPU time of a frame (running the interface and tessellating it):
//! median, the worst of a hundred, and the worst. The frames are interleaved, so that both see the same machine.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on has to stop")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{
    Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2,
};
use framelens::app::{Answer, App, Command, FileDialogs, Purpose, Setup};
use framelens::detect::{Lexicon, Rules};
use framelens::edit::{Desk, Edit};
use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, Code, Coder, Colour, Metadata, Origin, Project, Source, Tag, Voice,
};
use framelens::session::Session;
use framelens::text::{CharSpan, OffsetMap};

const BYTES: usize = 1_000_000;
const ANNOTATIONS: usize = 10_000;
const FRAMES: usize = 600;

struct NoDialogs;
impl FileDialogs for NoDialogs {
    fn ask(&self, _: Purpose, _: &str) -> Answer {
        Answer::Cancelled
    }
}

/// A generator that gives the same numbers every time (Knuth's constants).
struct Dice(u64);
impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

fn text(dice: &mut Dice) -> String {
    const WORDS: [&str; 24] = [
        "council",
        "the",
        "of",
        "said",
        "members",
        "purge",
        "a",
        "and",
        "harbour",
        "party",
        "review",
        "that",
        "in",
        "critics",
        "“witch hunt”,",
        "leadership",
        "Tomas Vell",
        "denied",
        "by",
        "naïve",
        "expelled",
        "rules.",
        "to",
        "Northmark",
    ];
    let mut text = String::with_capacity(BYTES + 1000);
    while text.len() < BYTES {
        let end = text.len() + 300 + dice.roll(500);
        while text.len() < end {
            text.push_str(WORDS[dice.roll(WORDS.len())]);
            text.push(' ');
        }
        text.push_str("end.\n\n");
    }
    text
}

fn project() -> Project {
    let mut dice = Dice(7);
    let mut project = Project::new("A large article");
    let coder = Coder { id: "b".parse().expect("an id"), name: "B".to_owned() };
    project.coders.insert(coder.id.clone(), coder.clone());
    let codes: Vec<_> = (0..10u8)
        .map(|n| {
            let id = project.codebook.new_id(&format!("Code {n}"), 0);
            let mut code = Code::new(id.clone(), format!("Code {n}"), Colour::Palette(n));
            code.shortcut = char::from_digit(u32::from(n), 10);
            project.codebook.codes.insert(id.clone(), code);
            id
        })
        .collect();
    let article = Article::new(text(&mut dice), Metadata::default(), Vec::new(), Source::default());
    let map = OffsetMap::new(article.text.clone());
    let at = Desk { coder: coder.id, article: article.id.clone() };
    let end = article.end.0;
    Edit::Article { id: article.id.clone(), to: Some(Arc::new(article)) }.apply(&mut project).expect("it fits");
    for n in 0..ANNOTATIONS {
        let start = dice.roll(end - 400);
        let now = "2025-03-04T10:00:00Z".parse().expect("a time");
        let mut annotation = Annotation {
            id: AnnotationId::new(),
            tag: Tag::Frame(codes[n % codes.len()].clone()),
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: Attributes { voice: Some(Voice::Outlet), ..Attributes::default() },
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: 1,
            created: now,
            changed: now,
        };
        assert!(annotation.place(&map, vec![CharSpan::chars(start, start + 10 + dice.roll(300))]));
        let edit = Edit::Annotation { at: at.clone(), id: annotation.id, to: Some(Box::new(annotation)) };
        edit.apply(&mut project).expect("it fits");
    }
    project
}

fn input(frame: usize, events: Vec<Event>) -> RawInput {
    RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1440.0, 900.0))),
        time: Some(frame as f64 / 60.0),
        focused: true,
        events,
        ..RawInput::default()
    }
}

/// Runs one frame and returns its CPU time.
fn frame(ctx: &Context, input: RawInput, ui: impl FnMut(&mut eframe::egui::Ui)) -> Duration {
    let start = Instant::now();
    let mut output = ctx.run_ui(input, ui);
    let shapes = std::mem::take(&mut output.shapes);
    let drawn = ctx.tessellate(shapes, output.pixels_per_point);
    let took = start.elapsed();
    output.textures_delta.clear();
    std::hint::black_box(drawn.len());
    took
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    let at = |part: f64| ms(times[((times.len() - 1) as f64 * part) as usize]);
    println!("{name:44} median {:6.2} ms   99 % {:6.2} ms   worst {:6.2} ms", at(0.5), at(0.99), at(1.0));
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("project");
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    drop(Session::create(&root, project(), detector.clone()).expect("it can be written"));
    let (ours, theirs) = (Context::default(), Context::default());
    App::dress(&ours);
    let mut app = App::new(&ours, setup(&root, detector));
    let mut clock = 0;
    while app.session().is_none() || app.reading().detected().is_none() {
        frame(&ours, input(clock, Vec::new()), |ui| app.ui(ui));
        clock += 1;
        std::thread::sleep(Duration::from_millis(10));
        assert!(clock < 30_000, "the project does not open");
    }
    app.send(Command::CodeAsNamed("B".to_owned()));
    let escape =
        Event::Key { key: Key::Escape, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    frame(&ours, input(clock, vec![escape]), |ui| app.ui(ui));
    let mut demo = egui_demo_lib::DemoWindows::default();
    let (mut scrolling, mut selecting, mut keyed, mut demos) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for n in 0..FRAMES {
        clock += 1;
        let pointer = || Event::PointerMoved(pos2(700.0, 450.0));
        // Mostly steady scrolling, now and then a leap.
        let wheel = Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, if n % 50 == 49 { -6000.0 } else { -60.0 }),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        };
        let took = frame(&ours, input(clock, vec![pointer(), wheel]), |ui| app.ui(ui));
        let demo_took = frame(&theirs, input(n, vec![pointer()]), |ui| demo.ui(ui));
        // The first frames fill the caches of both.
        if n >= 5 {
            scrolling.push(took);
            demos.push(demo_took);
        }
    }
    let press = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    let before = coded(&app);
    for n in 0..FRAMES {
        clock += 1;
        let held = Modifiers::SHIFT | Modifiers::COMMAND | Modifiers::CTRL;
        let pressed = vec![Event::ModifiersChanged(held), press(Key::ArrowRight, held)];
        selecting.push(frame(&ours, input(clock, pressed), |ui| app.ui(ui)));
        if n % 10 == 9 {
            clock += 1;
            // The frame in which the key is pressed shows the coding.
            let pressed = vec![Event::ModifiersChanged(Modifiers::NONE), press(Key::Num1, Modifiers::NONE)];
            keyed.push(frame(&ours, input(clock, pressed), |ui| app.ui(ui)));
            clock += 1;
            frame(&ours, input(clock, vec![press(Key::ArrowRight, Modifiers::NONE)]), |ui| app.ui(ui));
        }
    }
    assert_eq!(coded(&app), before + FRAMES / 10, "every press of the key has coded");
    println!("{BYTES} bytes, {ANNOTATIONS} overlapping annotations, 1440×900, {FRAMES} frames of each");
    row("egui's demo windows", demos);
    row("scrolling", scrolling);
    row("selecting by keyboard", selecting);
    row("from the code's key to the coded frame", keyed);
}

fn coded(app: &App) -> usize {
    app.session().map_or(0, |s| s.project().annotations().count())
}

fn setup(root: &Path, detector: Arc<Rules>) -> Setup {
    Setup {
        project: Some(root.to_owned()),
        folder: None,
        dialogs: Arc::new(NoDialogs),
        detector,
        zone: jiff::tz::TimeZone::UTC,
    }
}
