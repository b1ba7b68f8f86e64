//! From the start of the program to its first frame, beside a window of eframe's with nothing in it: both are processes
//! of their own, in turn, on the display that is there (`xvfb-run cargo bench --bench start` makes one).

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;
use framelens::app::{Answer, App, FileDialogs, Purpose, Setup};
use framelens::detect::{Lexicon, Rules};

const EMPTY: &str = "--empty";
const OURS: &str = "--ours";
const ROUNDS: usize = 15;

struct NoDialogs;

impl FileDialogs for NoDialogs {
    fn ask(&self, _: Purpose, _: &str) -> Answer {
        Answer::Cancelled
    }
}

/// A window that closes with its first frame.
struct Once(Option<App>);

impl eframe::App for Once {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        match &mut self.0 {
            Some(app) => app.ui(ui),
            None => {
                ui.label("Nothing");
            }
        }
        // The first frames of some desktops are too small to be drawn; ours then draws nothing.
        if ui.ctx().cumulative_frame_nr() > 0 {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ui.ctx().request_repaint();
    }
}

fn open(ours: bool) {
    let project = std::env::args().nth(2).map(Into::into);
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]),
        ..eframe::NativeOptions::default()
    };
    let made = eframe::run_native(
        "Start",
        options,
        Box::new(move |cc| {
            let app = ours.then(|| {
                App::dress(&cc.egui_ctx);
                let detector = Arc::new(Rules::new(Lexicon::builtin()));
                let setup = Setup {
                    project,
                    folder: None,
                    dialogs: Arc::new(NoDialogs),
                    detector,
                    zone: jiff::tz::TimeZone::UTC,
                };
                App::new(&cc.egui_ctx, setup)
            });
            Ok(Box::new(Once(app)))
        }),
    );
    assert!(made.is_ok(), "{made:?}");
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some(EMPTY) => return open(false),
        Some(OURS) => return open(true),
        _ => {}
    }
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        println!("there is no display: run it under one, as with xvfb-run");
        return;
    }
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/projects/harbour-purge");
    // Opening a project may lock it; a copy is locked in its place.
    let copy = std::env::temp_dir().join(format!("framelens-start-{}", std::process::id()));
    copy_folder(std::path::Path::new(project), &copy);
    let this = std::env::current_exe().unwrap();
    let time = |how: &str| {
        let start = Instant::now();
        assert!(Command::new(&this).arg(how).arg(&copy).status().unwrap().success());
        start.elapsed()
    };
    time(EMPTY);
    time(OURS);
    let (mut empty, mut ours): (Vec<Duration>, Vec<Duration>) = (0..ROUNDS).map(|_| (time(EMPTY), time(OURS))).unzip();
    empty.sort();
    ours.sort();
    let (a, b) = (empty[ROUNDS / 2], ours[ROUNDS / 2]);
    println!("an empty window, first frame and closed:  median {a:.0?}");
    println!(
        "Framelens with the sample project:        median {b:.0?}, {:.2} times",
        b.as_secs_f64() / a.as_secs_f64()
    );
    let _ = std::fs::remove_dir_all(copy);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
