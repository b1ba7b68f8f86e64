//! Floor 5: the window. It shows the session and sends [`Command`]s; it holds no rules of its own.

mod act;
mod alike;
mod articles;
mod backups;
mod bars;
mod codebook;
mod coding;
mod command;
mod dialogs;
mod exporting;
mod files;
mod finding;
mod importing;
mod inspector;
mod keymap;
mod later;
mod merging;
mod notices;
mod opening;
mod packing;
mod palette;
mod places;
mod preferences;
mod reading;
mod sample;
mod settings;
mod shortcuts;
mod texts;
mod theme;
mod toolbar;
mod tour;
mod transfer;
mod welcome;
mod widgets;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{self, CentralPanel, Context, Frame, Panel, Ui};
use jiff::tz::TimeZone;

use crate::detect::{Detector, Lexicon, Rules};
use crate::model::{ArticleId, CodeId};
use crate::session::Session;

pub use command::{Command, Face, Menu, faces};
pub use files::{Answer, FileDialogs, Purpose};
pub use finding::Finding;
pub use reading::{Reading, Selection, Shown};

/// The narrowest window in which everything has its place, in points.
const LEAST_WIDTH: f32 = 900.0;

/// What stands in the middle of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The article that is open.
    #[default]
    Read,
    /// The concordance.
    Find,
}

/// What the window is given by whoever opens it.
pub struct Setup {
    /// The project to open; without one, the last one or the sample.
    pub project: Option<PathBuf>,
    /// Where the window keeps what it remembers, and the sample project; `None`: nowhere.
    pub folder: Option<PathBuf>,
    pub dialogs: Arc<dyn FileDialogs>,
    pub detector: Arc<dyn Detector>,
    /// Where the reader's clocks are.
    pub zone: TimeZone,
}

/// The window.
pub struct App {
    session: Option<Session>,
    opening: Option<opening::Opening>,
    reading: Reading,
    view: View,
    finding: Finding,
    shown: reading::Shown,
    settings: settings::Settings,
    folder: Option<PathBuf>,
    dialogs: Arc<dyn FileDialogs>,
    detector: Arc<dyn Detector>,

    /// What is to be done at the start of the next frame.
    commands: Vec<Command>,
    faces: Vec<Face>,
    keymap: keymap::Keymap,
    /// Every key with its command, those with more modifiers first.
    keys: Vec<(egui::KeyboardShortcut, Command)>,
    articles: articles::ArticleList,
    codebook: codebook::CodebookPanel,
    inspector: inspector::Inspector,
    texts: texts::Watch,
    dialog: Option<dialogs::Dialog>,
    /// Which question the last frame showed.
    dialog_shown: Option<std::mem::Discriminant<dialogs::Dialog>>,
    palette: Option<palette::Palette>,
    pending: Option<files::Pending>,
    notices: notices::Notices,
    /// The codes that were used last, the latest first.
    recent: Vec<CodeId>,
    /// What is selected gets this code.
    brush: Option<CodeId>,
    /// Where the reader was before each jump.
    trail: Vec<settings::Place>,
    /// The question for which files are being chosen.
    kept: Option<dialogs::Dialog>,
    /// The project that somebody else has open, once it was said how to open it here.
    asked_for: Option<opening::InUse>,
    /// Who has the project open, where it is open here for reading only because of them.
    held_by: Option<String>,
    /// Whether it was told that another computer took the project.
    told_taken: bool,
    tour: Option<tour::Tour>,
    /// Whether the voice of a coding was said since the tour began.
    said_whose_words: bool,
    zone: TimeZone,
    frames: u64,
    /// Set once the user has said to close although something could not be saved.
    closing: bool,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// Where the window system or its libraries are missing.
pub fn run(project: Option<PathBuf>) -> anyhow::Result<()> {
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let folder = etcetera::choose_base_strategy().ok().map(|s| etcetera::BaseStrategy::data_dir(&s).join("framelens"));
    let size = settings::Settings::load(folder.as_deref()).window.unwrap_or((1440.0, 900.0));
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Framelens")
            .with_app_id("framelens")
            .with_inner_size(size)
            .with_min_inner_size((LEAST_WIDTH, 560.0)),
        ..eframe::NativeOptions::default()
    };
    let setup = Setup { project, folder, dialogs: Arc::new(files::Desktop), detector, zone: TimeZone::system() };
    eframe::run_native(
        "Framelens",
        options,
        Box::new(|cc| {
            App::dress(&cc.egui_ctx);
            Ok(Box::new(App::new(&cc.egui_ctx, setup)))
        }),
    )
    .map_err(|e| anyhow::anyhow!("the window could not be opened: {e}"))
}

impl App {
    /// Gives a context our type and colours. Must come before the context's first frame.
    pub fn dress(ctx: &Context) {
        theme::install(ctx);
    }

    /// A window that opens its project with the first frames.
    pub fn new(ctx: &Context, setup: Setup) -> Self {
        let settings = settings::Settings::load(setup.folder.as_deref());
        // Where the desktop does not say, paper is light.
        ctx.options_mut(|o| {
            o.fallback_theme = egui::Theme::Light;
            // The keys for it are those of the type's size; the scale is a setting.
            o.zoom_with_keyboard = false;
        });
        settings.theme.apply(ctx);
        preferences::apply(ctx, &settings);
        let mut app = Self {
            session: None,
            opening: None,
            reading: Reading::default(),
            view: View::default(),
            finding: Finding::default(),
            shown: settings.shown,
            settings,
            folder: setup.folder,
            dialogs: setup.dialogs,
            detector: setup.detector,
            commands: Vec::new(),
            keys: Vec::new(),
            faces: Vec::new(),
            keymap: keymap::Keymap::default(),
            articles: articles::ArticleList::default(),
            codebook: codebook::CodebookPanel::default(),
            inspector: inspector::Inspector::default(),
            texts: texts::Watch::default(),
            dialog: None,
            dialog_shown: None,
            palette: None,
            pending: None,
            notices: notices::Notices::default(),
            recent: Vec::new(),
            brush: None,
            trail: Vec::new(),
            kept: None,
            asked_for: None,
            held_by: None,
            told_taken: false,
            tour: None,
            said_whose_words: false,
            zone: setup.zone,
            frames: 0,
            closing: false,
        };
        app.take_keys(keymap::Keymap::load(app.folder.as_deref()));
        match setup.project.or_else(|| app.settings.last_project.clone().filter(|p| p.join("project.ron").is_file())) {
            Some(path) => app.open_path(ctx, &path),
            None => {
                app.open_sample(ctx);
                app.begin_tour();
            }
        }
        app
    }

    /// The open project.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The reading surface.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Whether a notice is shown that will go by itself.
    pub fn is_telling(&self) -> bool {
        self.notices.is_telling()
    }

    /// Has a command carried out with the next frame.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    fn open_article(&mut self, id: &ArticleId) {
        if let Some(session) = &mut self.session {
            self.view = View::Read;
            self.reading.open(session, id);
            self.articles.show(id);
            self.settings.open.insert(session.root().to_owned(), id.clone());
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        // Some desktops show a window small before they give it its size; panels would stay squeezed.
        self.frames += 1;
        if self.frames < 4 && ui.available_width() < LEAST_WIDTH {
            ctx.request_repaint();
            return;
        }
        self.poll_opening(&ctx);
        self.poll_files(&ctx);
        if let Some(session) = &mut self.session {
            for told in session.poll() {
                self.notices.put(told);
            }
            if session.is_taken() && !std::mem::replace(&mut self.told_taken, true) {
                self.notices.warn(opening::TAKEN);
            }
            // Whoever comes back to the window may have been in another program that writes here.
            let came_back = ctx.input(|i| i.events.contains(&egui::Event::WindowFocused(true)));
            ctx.request_repaint_after(session.look_outside(came_back));
            if let Some(pause) = session.save_when_due() {
                ctx.request_repaint_after(pause + Duration::from_millis(20));
            }
        }
        self.show_something();
        self.keep_focus(&ctx);
        self.read_shortcuts(&ctx);
        if self.dialog.is_none()
            && self.palette.is_none()
            && !egui::Popup::is_any_open(&ctx)
            && self.reading.is_at_rest()
        {
            self.notices.read_escape(&ctx);
        }
        self.take_dropped_files(&ctx);
        self.take_pasted_text(&ctx);
        self.lay_down_brush(&ctx);
        self.carry_out(&ctx);
        if let Some(session) = &self.session {
            session.settle_soon();
        }

        let t = theme::tokens(ui);
        let bar = Frame::new().fill(t.panel).inner_margin(egui::Margin::symmetric(14, 6));
        Panel::top("top bar").exact_size(44.0).frame(bar).show(ui, |ui| self.top_bar_ui(ui));
        let foot = Frame::new().fill(t.panel).inner_margin(egui::Margin::symmetric(14, 4));
        Panel::bottom("status bar").exact_size(30.0).frame(foot).show(ui, |ui| self.status_bar_ui(ui));
        let side = Frame::new().fill(t.panel);
        let width = ui.available_width();
        Panel::left("articles")
            .default_size((width * 0.19).clamp(210.0, 300.0))
            .size_range(180.0..=420.0)
            .frame(side)
            .show(ui, |ui| {
                // A panel is as wide as what is in it; while there is nothing, it must not shrink.
                ui.take_available_width();
                self.articles_ui(ui);
            });
        Panel::right("codes")
            .default_size((width * 0.225).clamp(270.0, 360.0))
            .size_range(250.0..=480.0)
            .frame(side.inner_margin(egui::Margin::symmetric(14, 12)))
            .show(ui, |ui| {
                ui.take_available_width();
                self.right_ui(ui);
            });
        CentralPanel::no_frame().show(ui, |ui| self.page_ui(ui));
        self.dialog_ui(&ctx);
        self.palette_ui(&ctx);
        self.tour_ui(&ctx);
        self.notices.ui(&ctx);
        // What this frame's widgets asked for is done before the next one is drawn.
        if !self.commands.is_empty() {
            ctx.request_repaint();
        }
        self.watch_closing(&ctx);
    }

    /// Where articles have come and none is open, opens the first.
    fn show_something(&mut self) {
        if let Some(session) = &mut self.session
            && self.reading.article().is_none()
            && let Some(first) = articles::ArticleList::first(session)
        {
            self.articles = articles::ArticleList::default();
            self.reading.open(session, &first);
        }
    }

    /// Keys belong to the page unless something else has them, so that Tab and Enter always mean the same there.
    fn keep_focus(&mut self, ctx: &Context) {
        let elsewhere = self.dialog.is_some() || self.palette.is_some() || egui::Popup::is_any_open(ctx);
        if !elsewhere && ctx.memory(egui::Memory::focused).is_none() {
            match self.view {
                View::Read => self.reading.take_focus(),
                View::Find => self.finding.take_focus(),
            }
        }
    }

    fn page_ui(&mut self, ui: &mut Ui) {
        let setting = self.settings.setting();
        if self.session.is_some() && self.reading.article().is_some() {
            self.tabs_ui(ui);
        }
        if self.view == View::Find && self.session.is_some() {
            self.find_ui(ui);
            return;
        }
        self.alike_ui(ui);
        if let Some(session) = &mut self.session
            && let Some(article) = self.reading.article().cloned()
        {
            // Nothing shows between the banner and the page.
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.scope(|ui| {
                ui.reset_style();
                self.texts.ui(ui, session, &article, &mut self.commands);
            });
            self.reading.places =
                self.settings.places_in(Some(session)).iter().filter(|p| p.0 == article).map(|p| p.1).collect();
            self.reading.ui(ui, session, setting, self.shown, &mut self.commands);
            if let Some(code) = &self.brush
                && self.reading.take_released()
            {
                self.commands.push(Command::ApplyCode(code.clone()));
            }
            return;
        }
        self.welcome_ui(ui);
    }

    /// The right side: codebook, coding, suggestion.
    fn right_ui(&mut self, ui: &mut Ui) {
        let Some(session) = &self.session else { return };
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            self.codebook.ui(ui, session, &self.reading, &mut self.commands);
            ui.add_space(14.0);
            self.inspector.ui(ui, session, &self.reading, &mut self.commands);
            ui.add_space(14.0);
            texts::orphans_ui(ui, session, &self.reading, &mut self.commands);
            inspector::suggestion_ui(ui, session, &self.reading, self.shown.suggestions, &mut self.commands);
            ui.add_space(20.0);
        });
    }

    /// Saves before the window closes; where that fails, says so and leaves it open.
    fn watch_closing(&mut self, ctx: &Context) {
        if !ctx.input(|i| i.viewport().close_requested()) || self.closing {
            return;
        }
        // What was typed in this very frame belongs to it too.
        self.carry_out(ctx);
        let size = ctx.input(|i| i.viewport().inner_rect.map(|r| (r.width(), r.height())));
        self.settings.window = size.or(self.settings.window);
        self.settings.shown = self.shown;
        self.settings.save(self.folder.as_deref());
        if let Some(session) = &mut self.session
            && let Err(error) = session.save_now()
        {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.dialog = Some(dialogs::Dialog::CloseUnsaved(error.to_string()));
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}
