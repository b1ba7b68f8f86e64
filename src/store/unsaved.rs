//! What is not in the files yet: edits go to the journal at once, and wait there until the files have them.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::journal::Begun;
use super::writer::Writer;
use super::{FORMAT, JOURNALS, Store, StoreError, backups, lock, recover};
use crate::edit::Edit;
use crate::model::Project;

impl Store {
    /// Hands an edit to the journal, with what stood in its slots before. It is on disk once
    /// [`settle`](Self::settle) says so.
    pub fn journal(&self, project: &Project, edit: &Edit, was: Edit) {
        if self.read_only.is_some() {
            return;
        }
        if let Some(lock) = &*self.held() {
            lock.keep();
        }
        let journal = self.journal.get_or_init(|| {
            let name = format!("{}.journal", uuid::Uuid::now_v7());
            let begun = Begun { format: FORMAT, project: project.id };
            // Without a thread there is no journal: settling says so, and files are saved all the same.
            Writer::new(self.root.join(JOURNALS).join(name), begun, self.disk.clone()).ok()
        });
        if let Some(journal) = journal {
            journal.append(edit.clone(), was);
        }
    }

    /// The number of the last edit that the journal was given; 0 where there was none.
    pub fn last_edit(&self) -> u64 {
        self.writer().map_or(0, Writer::last)
    }

    /// Waits until every edit so far is on disk, `longest` at the most. Returns whether all are.
    ///
    /// # Errors
    /// Why they are not; they stay in memory and are tried again.
    pub fn settle(&self, longest: Option<Duration>) -> Result<bool, StoreError> {
        let failed = |reason| StoreError::Journal { path: self.root.clone(), reason };
        match (self.journal.get(), &self.read_only) {
            (_, Some(why)) => Err(StoreError::ReadOnly(why.clone())),
            (None, None) => Ok(true),
            (Some(Some(journal)), None) => journal.wait(longest).map_err(failed),
            (Some(None), None) => Err(failed("the system gives no more threads".to_owned())),
        }
    }

    /// Why the journal cannot be written, while it cannot.
    pub fn journal_failure(&self) -> Option<String> {
        self.writer().and_then(Writer::failure)
    }

    /// Says that everything up to this edit is in the files, and what other writers had left behind as well.
    pub fn saved_up_to(&self, edit: u64) {
        // What others left behind goes first: replayed on its own, it would put an older state over what this journal
        // calls saved. Together with all of this journal it does no harm.
        let mut left = self.left();
        while let Some(journal) = left.first() {
            let gone = match &journal.spoiled {
                // Somebody may still make sense of it.
                true => self
                    .disk
                    .rename(&journal.path, &self.root.join(backups::FOLDER).join(backups::BROKEN).join(journal.name())),
                false => self.disk.remove(&journal.path),
            };
            match gone {
                Ok(()) => {}
                Err(_) if !journal.path.exists() => {}
                // While one stays, this journal keeps what came after it; the next saving tries again.
                Err(_) => return,
            }
            left.remove(0);
        }
        drop(left);
        if let Some(journal) = self.writer() {
            journal.saved(edit);
        }
    }

    /// Whether another computer took the project although it is open here.
    pub fn is_taken(&self) -> bool {
        self.held().as_ref().is_some_and(lock::Lock::is_lost)
    }

    /// Whether every edit so far is on disk, in the journal or in the files.
    pub fn is_settled(&self) -> bool {
        self.writer().is_none_or(Writer::is_settled)
    }

    fn writer(&self) -> Option<&Writer> {
        self.journal.get()?.as_ref()
    }

    /// Ends the work in this project: what waits for the journal is written, and others may open the project from now on,
    /// whoever still reads in this store.
    pub fn close(&self) {
        if let Some(journal) = self.writer() {
            journal.close();
        }
        *self.held() = None;
    }

    fn held(&self) -> MutexGuard<'_, Option<lock::Lock>> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn left(&self) -> MutexGuard<'_, Vec<recover::Left>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
