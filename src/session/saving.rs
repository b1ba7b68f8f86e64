//! Saving behind the coder's back: after a short pause, on a thread of its own.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::jobs::{Outcome, Told};
use super::{Session, SessionError};
use crate::edit::Touched;
use crate::model::Project;
use crate::store::StoreError;

/// How long nothing must have changed before it is saved.
const PAUSE: Duration = Duration::from_millis(400);
/// How long at the most a change waits while others keep coming.
const LONGEST: Duration = Duration::from_secs(3);
/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// How long a frame waits for the journal at the most.
const FRAME: Duration = Duration::from_millis(10);

/// How long the files wait for the journal at the most.
const AHEAD: Duration = Duration::from_secs(5);

/// How the project in memory stands to the one on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// They are the same.
    Yes,
    /// A change waits or is being written.
    Soon,
    /// It could not be written; the reason. The work goes on in memory.
    Failed(String),
}

#[derive(Debug)]
pub(super) struct Saving {
    /// The project as the files have it.
    pub on_disk: Project,
    /// How often files were written.
    pub saves: u64,
    waiting: BTreeSet<Touched>,
    first: Option<Instant>,
    last: Option<Instant>,
    /// What the job that runs is writing.
    writing: Option<BTreeSet<Touched>>,
    failure: Option<(String, Instant)>,
}

pub(super) struct SaveResult {
    pub result: Result<(), StoreError>,
    pub touched: BTreeSet<Touched>,
    /// What was written.
    pub project: Project,
    /// The last edit that was done when the project was copied to be written.
    pub edit: u64,
}

impl Saving {
    /// A project whose files are as it is itself.
    pub fn new(on_disk: Project) -> Self {
        Self { on_disk, saves: 0, waiting: BTreeSet::new(), first: None, last: None, writing: None, failure: None }
    }

    pub fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// Whether nothing waits and nothing is being written.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.writing.is_none()
    }

    /// What made saving fail may be over.
    pub fn try_again(&mut self) {
        if let Some((_, failed)) = &mut self.failure {
            *failed = Instant::now().checked_sub(RETRY).unwrap_or(*failed);
        }
    }

    pub fn note(&mut self, touched: BTreeSet<Touched>, now: Instant) {
        self.waiting.extend(touched);
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// Everything was written: the files are as `project` is.
    pub fn done(&mut self, project: Project) {
        *self = Self { saves: self.saves + 1, ..Self::new(project) };
    }

    /// What was being written when the job died waits again.
    pub fn died(&mut self) {
        if let Some(touched) = self.writing.take() {
            self.note(touched, Instant::now());
        }
    }

    fn due(&self, now: Instant) -> bool {
        if self.waiting.is_empty() || self.writing.is_some() {
            return false;
        }
        if let Some((_, failed)) = &self.failure {
            return now - *failed >= RETRY;
        }
        self.last.is_none_or(|last| now - last >= PAUSE) || self.first.is_some_and(|first| now - first >= LONGEST)
    }
}

impl Session {
    pub fn saved(&self) -> Saved {
        if let Some((why, _)) = &self.saving.failure {
            Saved::Failed(why.clone())
        } else if let Some(why) = self.store.journal_failure() {
            Saved::Failed(why)
        } else if self.saving.waiting.is_empty() && self.saving.writing.is_none() {
            Saved::Yes
        } else {
            Saved::Soon
        }
    }

    /// Starts saving where something waits and the pause is over. Call it once a frame. Returns how long until it
    /// should be called again, where something still waits.
    pub fn save_when_due(&mut self) -> Option<Duration> {
        let now = Instant::now();
        if self.saving.due(now) {
            self.start_saving();
        }
        (!self.saving.waiting.is_empty()).then_some(PAUSE)
    }

    fn start_saving(&mut self) {
        let touched = std::mem::take(&mut self.saving.waiting);
        self.saving.first = None;
        self.saving.writing = Some(touched.clone());
        // Articles and codings are shared, so the copy costs a pointer each.
        let (project, store) = (self.project.clone(), self.store.clone());
        let edit = store.last_edit();
        self.jobs.start("Saving", move |_| {
            // The journal goes ahead of the files; where it cannot be written, they are better than nothing.
            let _ = store.settle(Some(AHEAD));
            let result = store.save(&project, &touched);
            Outcome::Saved(Box::new(SaveResult { result, touched, project, edit }))
        });
    }

    pub(super) fn take_saved(&mut self, done: SaveResult) -> Option<Told> {
        self.saving.writing.take()?;
        self.saving.saves += 1;
        match done.result {
            Ok(()) => {
                self.store.saved_up_to(done.edit);
                self.saving.on_disk = done.project;
                self.put_away_copies();
                self.back_up_when_due();
                self.saving.failure.take().map(|_| Told::News("Saved again: everything is on disk".to_owned()))
            }
            Err(error) => {
                let first = self.saving.failure.is_none();
                if matches!(error, StoreError::ChangedOutside(_)) {
                    // It is taken in with the next look, and then saved.
                    self.saving.failure = Some((error.to_string(), Instant::now()));
                    self.saving.waiting.extend(done.touched);
                    self.look_outside(true);
                    return None;
                }
                self.saving.failure = Some((error.to_string(), Instant::now()));
                self.saving.waiting.extend(done.touched);
                first.then(|| Told::Trouble(format!("Not saved: {error}")))
            }
        }
    }

    /// Waits until everything that was done so far is on disk, so that it may be acknowledged.
    ///
    /// # Errors
    /// What went wrong; the work stays in memory.
    pub fn settle(&mut self) -> Result<(), SessionError> {
        // Where the journal cannot be written, whole files may; either will do.
        if self.store.settle(None).is_err() {
            let told = self.save_now()?;
            self.untold.extend(told);
        }
        Ok(())
    }

    /// Whether everything that was done so far is on disk, in the journal or in the files.
    pub fn is_settled(&self) -> bool {
        self.store.is_settled()
    }

    /// Waits a moment for what was done in this frame to be on disk. Where the disk takes longer, the frame is drawn all
    /// the same, and [`saved`](Self::saved) says how things stand.
    pub fn settle_soon(&self) {
        // A failure is told by `saved`, and the journal is tried again by itself.
        if !self.store.is_settled() && self.store.journal_failure().is_none() {
            let _ = self.store.settle(Some(FRAME));
        }
    }

    /// Whether another computer took the project although it is open here.
    pub fn is_taken(&self) -> bool {
        self.store.is_taken()
    }

    /// Writes everything that waits, now, and waits for it. Returns what the jobs that ended meanwhile have to tell.
    ///
    /// # Errors
    /// What went wrong; the work stays in memory.
    pub fn save_now(&mut self) -> Result<Vec<Told>, SessionError> {
        let mut told = Vec::new();
        // Where nothing may be written, nothing can wait to be.
        if self.read_only().is_some() && self.saving.is_idle() {
            return Ok(told);
        }
        // An older state that is still being written must not land on top of this one.
        while self.saving.writing.is_some() {
            told.extend(self.take_outcomes(true));
        }
        let mut touched = std::mem::take(&mut self.saving.waiting);
        if touched.is_empty() {
            self.store.saved_up_to(self.store.last_edit());
            self.put_away_copies();
            self.store.settle(None)?;
            return Ok(told);
        }
        // The journal goes ahead of the files.
        let _ = self.store.settle(Some(AHEAD));
        let mut result = self.store.save(&self.project, &touched);
        if matches!(result, Err(StoreError::ChangedOutside(_))) {
            self.saving.waiting.clone_from(&touched);
            told.extend(self.look_now());
            touched.append(&mut self.saving.waiting);
            result = self.store.save(&self.project, &touched);
        }
        match result {
            Ok(()) => {
                self.store.saved_up_to(self.store.last_edit());
                self.saving.done(self.project.clone());
                self.put_away_copies();
                // Where the journal stopped in the middle, it must go, lest it bring back what is over.
                self.store.settle(None)?;
                Ok(told)
            }
            Err(error) => {
                self.saving.waiting = touched;
                self.saving.failure = Some((error.to_string(), Instant::now()));
                Err(error.into())
            }
        }
    }
}
