//! Copies of the project's past: made now and then, and gone back to as one step that can be undone.

use jiff::Timestamp;

use super::{Session, SessionError};
use crate::edit::{Edit, difference};
use crate::store::backups::{self, Backup};

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
        Ok(backups::make(self.root(), &self.project, why)?)
    }

    /// Starts making a backup in the background where the project's settings say that it is time. To be called now and
    /// then where something was changed since the last call, not in every frame: it looks into the folder. Returns
    /// whether one was started.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn back_up_when_due(&mut self) -> Result<bool, SessionError> {
        if self.read_only().is_some() || !backups::due(self.root(), &self.project.settings.backups, Timestamp::now())? {
            return Ok(false);
        }
        let root = self.root().to_owned();
        self.in_background("Backup", move |project, _| match backups::make(&root, project, "") {
            Ok(Some(backup)) => Ok(format!("Backup made: {}", backup.name())),
            Ok(None) => Ok("The newest backup holds all there is".to_owned()),
            Err(error) => Err(error.to_string()),
        });
        Ok(true)
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
