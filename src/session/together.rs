//! Several things done as one step: all of them or none, undone at once.

use super::{Session, SessionError};
use crate::edit::Edit;

impl Session {
    /// Does `work` and makes one step of all its edits. Where it fails, the project is as it was before, and nothing
    /// is left to undo. Nothing of it is saved before all of it is done.
    ///
    /// # Errors
    /// As `work`, or as [`perform`](Self::perform).
    pub fn together<T, E: From<SessionError>>(
        &mut self,
        label: impl Into<String>,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        // Articles and codings are shared, so the copies cost little.
        let (before, coder) = (self.project.clone(), self.coder.clone());
        let outer = self.together.replace(Vec::new());
        let result = work(self);
        let edits = std::mem::replace(&mut self.together, outer).unwrap_or_default();
        self.project = before;
        self.revision += 1;
        let done = match result {
            Ok(_) if edits.is_empty() => return result,
            Ok(value) => self.perform(label, Edit::Batch(edits), None).map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        if done.is_err() {
            self.coder = coder;
        }
        done
    }
}
