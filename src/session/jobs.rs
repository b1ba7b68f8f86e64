//! Long work off the window's thread, with progress and cancel.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::Session;
use super::outside::Look;
use super::saving::SaveResult;
use super::suggestions::Detected;
use crate::model::{ArticleId, Project};

/// How far a job is, shared between the job and who watches it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// Says how many steps are done, and how many there are.
    pub fn at(&self, done: usize, total: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Whether somebody asked the job to stop. A job looks between its steps.
    pub fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Asks the job to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Steps done and steps in all; `(0, 0)` while nothing is known.
    pub fn so_far(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// Something that the user should be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Good to know.
    News(String),
    /// Must not be missed.
    Trouble(String),
}

/// A job as the status bar shows it.
#[derive(Clone, Debug)]
pub struct JobView {
    pub title: String,
    pub progress: Arc<Progress>,
}

/// What a job sends when it is done.
pub(super) enum Outcome {
    Detected(ArticleId, Arc<Detected>),
    Read(Box<super::corpora::Read>),
    Saved(Box<SaveResult>),
    Looked(Box<Look>),
    BackedUp(Result<(), String>),
    /// A search has come to its end; whoever asked for it has what it found.
    Searched,
    /// Any other work; what to tell of it.
    Done(Result<String, String>),
    /// The job's thread panicked: a bug, told instead of hidden.
    Died,
}

pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// The jobs that run and the way their results come back.
pub(super) struct Jobs {
    /// Those without a view run quietly.
    running: Vec<(usize, Option<JobView>)>,
    next: usize,
    sender: Sender<(usize, Outcome)>,
    receiver: Mutex<Receiver<(usize, Outcome)>>,
    wake: Wake,
}

impl Default for Jobs {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { running: Vec::new(), next: 0, sender, receiver: Mutex::new(receiver), wake: Arc::new(|| {}) }
    }
}

impl Jobs {
    /// Starts a job on a thread of its own. Its outcome arrives with the next [`Session::poll`].
    pub fn start(&mut self, title: impl Into<String>, work: impl FnOnce(&Progress) -> Outcome + Send + 'static) {
        let progress = Arc::new(Progress::default());
        let view = JobView { title: title.into(), progress: progress.clone() };
        self.spawn(Some(view), progress, work);
    }

    /// As [`start`](Self::start), without showing it to anybody.
    pub fn start_quietly(&mut self, work: impl FnOnce(&Progress) -> Outcome + Send + 'static) {
        self.spawn(None, Arc::default(), work);
    }

    fn spawn(
        &mut self,
        view: Option<JobView>,
        progress: Arc<Progress>,
        work: impl FnOnce(&Progress) -> Outcome + Send + 'static,
    ) {
        let number = self.next;
        self.next += 1;
        self.running.push((number, view));
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        let job = move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&progress)));
            // Nobody listens any more once the session is gone.
            let _ = sender.send((number, outcome.unwrap_or(Outcome::Died)));
            wake();
        };
        if thread::Builder::new().name("framelens-job".to_owned()).spawn(job).is_err() {
            let _ = self.sender.send((number, Outcome::Died));
        }
    }

    /// What is called on a job's thread when there is something new to see.
    pub fn waker(&self) -> Wake {
        self.wake.clone()
    }

    /// Whether any job runs.
    pub fn any(&self) -> bool {
        !self.running.is_empty()
    }

    /// What has arrived; with `wait`, at least one outcome where any job runs.
    fn finished(&mut self, wait: bool) -> Vec<Outcome> {
        let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        let mut arrived = Vec::new();
        if wait && !self.running.is_empty() {
            arrived.extend(receiver.recv());
        }
        arrived.extend(receiver.try_iter());
        self.running.retain(|(running, _)| arrived.iter().all(|(number, _)| number != running));
        arrived.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

impl Session {
    /// Has `wake` called, on the job's thread, whenever a job has finished.
    pub fn on_job_done(&mut self, wake: impl Fn() + Send + Sync + 'static) {
        self.jobs.wake = Arc::new(wake);
    }

    /// The jobs that run.
    pub fn jobs(&self) -> impl Iterator<Item = &JobView> {
        self.jobs.running.iter().filter_map(|(_, job)| job.as_ref())
    }

    /// Does work in the background on the project as it is now. What it returns is told.
    pub fn in_background(
        &mut self,
        title: impl Into<String>,
        work: impl FnOnce(&Project, &Progress) -> Result<String, String> + Send + 'static,
    ) {
        let project = self.project.clone();
        self.jobs.start(title, move |progress| Outcome::Done(work(&project, progress)));
    }

    /// Takes in what has arrived; with `wait`, waits for a job if one runs. Returns what the user should be told.
    pub(super) fn take_outcomes(&mut self, wait: bool) -> Vec<Told> {
        let mut told = Vec::new();
        for outcome in self.jobs.finished(wait) {
            match outcome {
                Outcome::Detected(article, detected) => self.take_detected(article, detected),
                Outcome::Searched => {}
                Outcome::Done(Ok(text)) => told.push(Told::News(text)),
                Outcome::Done(Err(error)) => told.push(Told::Trouble(format!("Not done: {error}"))),
                Outcome::Saved(result) => told.extend(self.take_saved(*result)),
                Outcome::BackedUp(made) => told.extend(self.take_backed_up(made)),
                Outcome::Looked(look) => told.extend(self.take_look(*look)),
                Outcome::Read(read) => {
                    let (news, trouble) = self.take_read(*read);
                    told.extend(news.into_iter().map(Told::News));
                    told.extend(trouble.into_iter().map(Told::Trouble));
                }
                Outcome::Died => {
                    self.saving.died();
                    let text = "A background job broke off. Nothing of your work is lost; try it again.";
                    told.push(Told::Trouble(text.to_owned()));
                }
            }
        }
        told
    }
}
