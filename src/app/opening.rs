//! Opening a project: on a thread of its own, so that the window stays alive; and what is asked where somebody else has
//! it open.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::{self, Context, Ui};

use super::articles::{self, ArticleList, Row};
use super::dialogs::Dialog;
use super::reading::Reading;
use super::widgets::{hint, primary, secondary};
use super::{App, inspector, sample, texts};
use crate::session::{Session, Told};
use crate::store::{self, StoreError};

/// A project that is being opened on another thread.
pub struct Opening {
    path: PathBuf,
    receiver: Receiver<News>,
    /// The articles, as soon as they are known.
    pub rows: Vec<Row>,
}

/// What the thread has to tell.
enum News {
    Listed(Vec<Row>),
    Done(Box<Result<(Session, Vec<String>), StoreError>>),
}

/// Somebody else has the project open.
#[derive(Clone)]
pub struct InUse {
    pub path: PathBuf,
    /// Who has it, and since when.
    pub holder: String,
    /// Whether their process surely lives.
    pub certain: bool,
}

/// What is told where another computer took the project.
pub const TAKEN: &str = "Another computer opened this project for work although it is open here. From now on the two \
    may overwrite each other. Finish what you are doing, and close the project on one of them; or save a copy (Project \
    → Save a copy…), go on there, and merge it later.";

/// What is to be done where somebody else has the project open.
pub enum Answered {
    Open(store::Opening),
    Leave,
}

impl InUse {
    /// Asks what to do; `None` until it is answered.
    pub fn ui(&self, ui: &mut Ui, fresh: bool) -> Option<Answered> {
        ui.set_width(460.0);
        ui.heading("This project is open already");
        hint(ui, &format!("{}: {}", self.path.display(), self.holder));
        let text = if self.certain {
            "Two who write in it at once would get in each other’s way. You can read it here meanwhile."
        } else {
            "They were seen a short while ago, on another computer. If you are sure that it is closed there, open it."
        };
        hint(ui, text);
        ui.add_space(8.0);
        let reading = store::Opening::default();
        let working = store::Opening { to_write: true, ..store::Opening::default() };
        let mut answer = None;
        ui.horizontal(|ui| {
            let first = primary(ui, "Open for reading only", "");
            if fresh {
                first.request_focus();
            }
            if first.clicked() {
                answer = Some(Answered::Open(reading));
            }
            if secondary(ui, "Try again", "").clicked() {
                answer = Some(Answered::Open(working.clone()));
            }
            if !self.certain && secondary(ui, "Open it anyway", "").clicked() {
                answer = Some(Answered::Open(store::Opening { force: true, ..working }));
            }
            if secondary(ui, "Cancel", "Esc").clicked() {
                answer = Some(Answered::Leave);
            }
        });
        answer
    }
}

impl App {
    /// Begins to open a project to work in it.
    pub(super) fn start_opening(&mut self, ctx: &Context, path: &Path) {
        let how = store::Opening { to_write: true, ..store::Opening::default() };
        self.start_opening_as(ctx, path, how);
    }

    pub(super) fn start_opening_as(&mut self, ctx: &Context, path: &Path, how: store::Opening) {
        let (sender, receiver) = channel();
        let (root, detector, wake) = (path.to_owned(), self.detector.clone(), ctx.clone());
        let open = move || {
            let listed = sender.clone();
            let mut tell = |project: &crate::model::Project| {
                let _ = listed.send(News::Listed(articles::listed(project)));
                wake.request_repaint();
            };
            let opened = Session::open_as(&root, detector, &how, &mut tell);
            // Where the window is gone, nobody needs the project.
            let _ = sender.send(News::Done(Box::new(opened)));
            wake.request_repaint();
        };
        self.opening = Some(Opening { path: path.to_owned(), receiver, rows: Vec::new() });
        if std::thread::Builder::new().name("framelens-open".to_owned()).spawn(open).is_err() {
            self.opening = None;
            self.notices.warn("The project could not be opened: the system gives no more threads.");
        }
    }

    pub(super) fn open_sample(&mut self, ctx: &Context) {
        match sample::copy(self.folder.as_deref()) {
            Ok(path) => self.start_opening(ctx, &path),
            Err(error) => self.notices.warn(format!("The sample project could not be opened: {error}")),
        }
    }

    pub(super) fn poll_opening(&mut self, ctx: &Context) {
        let Some(opening) = &mut self.opening else { return };
        let opened = loop {
            match opening.receiver.try_recv() {
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => break None,
                Ok(News::Listed(rows)) => opening.rows = rows,
                Ok(News::Done(opened)) => break Some(*opened),
            }
        };
        let path = opening.path.clone();
        self.opening = None;
        let asked_for = self.asked_for.take();
        match opened {
            // Work may have gone on in the old project while the new one was read.
            Some(Ok((session, notices))) => {
                if self.save_before_leaving() {
                    self.take_session(ctx, session, notices);
                    self.tell_reading_only(asked_for);
                }
            }
            Some(Err(StoreError::InUse { path, holder, certain })) => {
                let mut in_use = InUse { path, holder: holder.to_string(), certain };
                // One may be open in this very window.
                if self.session.as_ref().is_some_and(|s| s.root() == in_use.path && s.read_only().is_none()) {
                    self.notices.tell("This project is open here already");
                    return;
                }
                in_use.path = std::path::absolute(&in_use.path).unwrap_or(in_use.path);
                self.dialog = Some(Dialog::InUse(in_use));
            }
            other => {
                let error = match other {
                    Some(Err(error)) => error.to_string(),
                    _ => "the program broke off while it read the project".to_owned(),
                };
                self.notices.warn(error);
                if self.settings.last_project.as_deref() == Some(path.as_path()) {
                    self.settings.last_project = None;
                }
            }
        }
    }

    /// Says why a project that somebody else has open is open here for reading only.
    fn tell_reading_only(&mut self, asked_for: Option<InUse>) {
        let Some(session) = self.session.as_ref().filter(|s| s.read_only().is_some()) else { return };
        let there = std::path::absolute(session.root()).unwrap_or_else(|_| session.root().to_owned());
        if let Some(in_use) = asked_for.filter(|in_use| in_use.path == there) {
            self.notices.warn(format!(
                "Open for reading only: {}. Nothing can be changed here. Once it is closed there: Project → Try to open it for work.",
                in_use.holder
            ));
            self.held_by = Some(in_use.holder);
        }
    }

    /// Sees whether a project that is open for reading only can be worked on now.
    pub(super) fn open_for_work(&mut self, ctx: &Context) {
        let root = self.session.as_ref().filter(|s| s.read_only().is_some()).map(|s| s.root().to_owned());
        if let Some(root) = root {
            self.start_opening(ctx, &root);
        }
    }

    /// Puts another project into the window. The one that was open has been saved before.
    pub(super) fn take_session(&mut self, ctx: &Context, mut session: Session, notices: Vec<String>) {
        let wake = ctx.clone();
        session.on_job_done(move || wake.request_repaint());
        let readable = session.read_only().is_none();
        for notice in notices {
            // What a journal brought back is good news; what cannot be read is not.
            if readable { self.notices.put(Told::News(notice)) } else { self.notices.warn(notice) }
        }
        let root = session.root().to_owned();
        self.choose_coder(&mut session, &root);
        self.remember_project(&root);
        self.settings.save(self.folder.as_deref());
        let title = format!("{} — Framelens", session.project().title);
        ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        let last = self.settings.open.get(&root).filter(|id| session.article(id).is_some()).cloned();
        let first = last.or_else(|| ArticleList::first(&session));
        self.reading = Reading::default();
        self.articles = ArticleList::default();
        self.recent.clear();
        self.brush = None;
        self.view = super::View::Read;
        self.trail.clear();
        (self.held_by, self.told_taken) = (None, false);
        self.inspector = inspector::Inspector::default();
        self.texts = texts::Watch::default();
        if session.coder().is_none() && !session.project().coders.is_empty() && session.read_only().is_none() {
            self.dialog = Some(Dialog::who_codes(&session));
        }
        if let Some(article) = first {
            self.reading.open(&mut session, &article);
        }
        self.session = Some(session);
    }

    /// Who codes: whoever coded here last; in a project without coders, whoever coded last anywhere, or is logged in; in
    /// the sample, and where nothing can be changed, the coder who has done most. Otherwise it is asked, so that nobody
    /// codes under another's name.
    fn choose_coder(&self, session: &mut Session, root: &Path) {
        if let Some(name) = self.settings.coders.get(root) {
            session.code_as_named(name);
        } else if session.project().coders.is_empty() {
            let login = || ["USER", "USERNAME"].iter().find_map(|v| std::env::var(v).ok());
            let name = self.settings.last_coder.clone().or_else(login);
            session.code_as_named(name.filter(|n| !n.trim().is_empty()).as_deref().unwrap_or("Coder"));
        } else if sample::is_sample(root, self.folder.as_deref()) || session.read_only().is_some() {
            let first = session
                .project()
                .coders
                .values()
                .max_by_key(|c| session.project().codings.keys().filter(|(coder, _)| *coder == c.id).count());
            if let Some(id) = first.map(|c| c.id.clone()) {
                // The coder was just found in this project.
                let _ = session.code_as(&id);
            }
        }
    }
}
