//! Copies of the project's past: made now and then, and gone back to as one step that can be undone.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::jobs::{Outcome, Told};
use super::{Session, SessionError};
use crate::edit::{Edit, difference};
use crate::store::PackError;
use crate::store::backups::{self, Backup};

/// How long after one look at the backups the next one comes at the earliest.
const LOOK: Duration = Duration::from_mins(1);

impl Session {
    /// The project's backups, newest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn backups(&self) -> Result<Vec<Backup>, SessionError> {
        Ok(backups::list(self.root())?)
    }

    /// Keeps the project as it is now. `None` where the newest backup holds just this; see [`backups::make`].
    ///
    /// # Errors
    /// Where it cannot be written, or the project is open for reading only: it may be a part of what it should be.
    pub fn back_up(&self, why: &str) -> Result<Option<Backup>, SessionError> {
        if let Some(why) = self.read_only() {
            return Err(SessionError::ReadOnly(why.to_owned()));
        }
        Ok(self.store.back_up(&self.project, why)?)
    }

    /// Starts making a backup in the background where something was saved since the last one and the project's settings
    /// say that it is time.
    pub(super) fn back_up_when_due(&mut self) {
        let looked = self.backed_up.is_some_and(|at| at.elapsed() < LOOK);
        if looked || self.read_only().is_some() {
            return;
        }
        self.backed_up = Some(Instant::now());
        let (store, project) = (self.store.clone(), self.saving.on_disk.clone());
        self.jobs.start_quietly(move |_| {
            let made = backups::due(store.root(), &project.settings.backups, Timestamp::now())
                .map_err(PackError::from)
                .and_then(|due| if due { store.back_up(&project, "").map(drop) } else { Ok(()) });
            Outcome::BackedUp(made.map_err(|e| e.to_string()))
        });
    }

    /// Tells, once, that no backup could be made.
    pub(super) fn take_backed_up(&mut self, made: Result<(), String>) -> Option<Told> {
        let error = made.err()?;
        (!std::mem::replace(&mut self.backup_failed, true))
            .then(|| Told::Trouble(format!("No backup could be made: {error}. Your work itself is saved")))
    }

    /// Makes the project what it was in a backup, as one step that can be undone. What it is now is kept as a backup
    /// first. Returns whether anything had to be changed.
    ///
    /// # Errors
    /// Where the backup cannot be read whole, what there is now cannot be kept, or the project is open for reading only.
    pub fn restore_backup(&mut self, backup: &Backup) -> Result<bool, SessionError> {
        let packed = backups::read(backup)?;
        if let Some(notice) = packed.notices.first() {
            return Err(SessionError::BackupIncomplete(notice.clone()));
        }
        let edit = difference(&self.project, &packed.project);
        if edit == Edit::Batch(Vec::new()) {
            return Ok(false);
        }
        self.back_up("before-restore")?;
        self.perform(format!("Go back to the backup of {}", backup.at.strftime("%Y-%m-%d %H:%M UTC")), edit, None)?;
        Ok(true)
    }
}
