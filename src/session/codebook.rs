//! What people do to the codebook.

use super::{Session, SessionError};
use crate::edit::{Edit, delete_code, move_code, put_code};
use crate::model::{Code, CodeId};

impl Session {
    /// Adds a code below `parent` (`None`: as a root).
    ///
    /// # Errors
    /// Where the name is empty or taken, or as [`perform`](Session::perform).
    pub fn add_code(&mut self, name: &str, parent: Option<CodeId>) -> Result<CodeId, SessionError> {
        self.add_code_with(name, parent, None, |_| {})
    }

    /// As [`add_code`](Self::add_code), with a given id (`None`: one made of the name) and all that is said of it.
    ///
    /// # Errors
    /// As [`add_code`](Self::add_code), or where the id or the key is taken.
    pub fn add_code_with(
        &mut self,
        name: &str,
        parent: Option<CodeId>,
        id: Option<CodeId>,
        fill: impl FnOnce(&mut Code),
    ) -> Result<CodeId, SessionError> {
        self.check_name(name, None)?;
        let mut code = self.new_code(name, parent);
        if let Some(id) = id {
            if self.project.codebook.get(&id).is_some() {
                return Err(SessionError::IdTaken(id.to_string()));
            }
            code.id = id;
        }
        fill(&mut code);
        self.check_key(&code)?;
        let id = code.id.clone();
        self.perform(
            format!("Add the code “{}”", code.name),
            Edit::Code { id: id.clone(), to: Some(Box::new(code)) },
            None,
        )?;
        Ok(id)
    }

    /// Whether a key that is given to a code is given to no other one.
    pub fn check_key(&self, code: &Code) -> Result<(), SessionError> {
        let Some(key) = code.shortcut else { return Ok(()) };
        let same = |c: &&Code| c.id != code.id && c.shortcut.is_some_and(|s| s.to_lowercase().eq(key.to_lowercase()));
        match self.project.codebook.codes.values().find(same) {
            Some(other) => Err(SessionError::KeyTaken { key, code: other.name.clone() }),
            None => Ok(()),
        }
    }

    /// Changes a code. Where its meaning changes, its revision goes up.
    ///
    /// # Errors
    /// Where the new name is empty or taken, or as [`perform`](Session::perform).
    pub fn change_code(
        &mut self,
        id: &CodeId,
        label: impl Into<String>,
        change: impl FnOnce(&mut Code),
    ) -> Result<(), SessionError> {
        let Some(old) = self.project.codebook.get(id) else {
            return Err(crate::edit::EditError::NoCode(id.clone()).into());
        };
        let mut code = old.clone();
        change(&mut code);
        if code == *old {
            return Ok(());
        }
        if code.name != old.name {
            self.check_name(&code.name, Some(id))?;
            code.name = code.name.trim().to_owned();
        }
        let by = self.coder.as_ref().map(|c| c.id.clone()).ok_or(SessionError::NobodyCodes)?;
        let edit = put_code(&self.project, code, &by, self.now());
        self.perform(label, edit, None)
    }

    /// Moves a code below another one (`None`: to the roots), behind the codes that are there.
    ///
    /// # Errors
    /// Where it would stand below itself, or as [`perform`](Session::perform).
    pub fn nest_code(&mut self, id: &CodeId, parent: Option<&CodeId>) -> Result<(), SessionError> {
        self.move_code(id, parent, usize::MAX)
    }

    /// Moves a code below another one (`None`: to the roots), before the `position`th of the codes there.
    ///
    /// # Errors
    /// As [`nest_code`](Self::nest_code).
    pub fn move_code(&mut self, id: &CodeId, parent: Option<&CodeId>, position: usize) -> Result<(), SessionError> {
        let Some(edit) = move_code(&self.project, id, parent, position) else {
            return Err(crate::edit::EditError::NoCode(id.clone()).into());
        };
        let name = self.project.codebook.get(id).map_or("", |c| &c.name).to_owned();
        self.perform(format!("Move the code “{name}”"), edit, None)
    }

    /// How many codings, by all coders, would go with a code.
    pub fn codings_of(&self, id: &CodeId) -> usize {
        delete_code(&self.project, id).map_or(0, |(_, count)| count)
    }

    /// Deletes a code and its codings.
    ///
    /// # Errors
    /// As [`perform`](Session::perform).
    pub fn delete_code(&mut self, id: &CodeId) -> Result<(), SessionError> {
        let Some((edit, _)) = delete_code(&self.project, id) else {
            return Err(crate::edit::EditError::NoCode(id.clone()).into());
        };
        let name = self.project.codebook.get(id).map_or("", |c| &c.name).to_owned();
        self.perform(format!("Delete the code “{name}”"), edit, None)
    }

    fn check_name(&self, name: &str, of: Option<&CodeId>) -> Result<(), SessionError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(SessionError::CodeNameless);
        }
        match self.project.codebook.by_name(name) {
            Some(code) if Some(&code.id) != of => Err(SessionError::CodeExists(code.name.clone())),
            _ => Ok(()),
        }
    }
}
