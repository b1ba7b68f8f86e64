//! Who codes in the project.

use super::{Session, SessionError};
use crate::edit::{Edit, EditError};
use crate::model::{Coder, CoderId, slug};

impl Session {
    /// Adds a coder, with an id made of the name where none is given.
    ///
    /// # Errors
    /// Where the name or the id is taken, or as [`perform`](Session::perform).
    pub fn add_coder(&mut self, name: &str, id: Option<CoderId>) -> Result<CoderId, SessionError> {
        let name = self.free_coder_name(name, None)?;
        let id = match id {
            Some(id) if self.project.coders.contains_key(&id) => return Err(SessionError::IdTaken(id.to_string())),
            Some(id) => id,
            None => self.free_coder_id(&name),
        };
        let label = format!("Add the coder “{name}”");
        self.perform(label, Edit::Coder { id: id.clone(), to: Some(Coder { id: id.clone(), name }) }, None)?;
        Ok(id)
    }

    /// Gives a coder another name; their id and their work stay.
    ///
    /// # Errors
    /// Where there is no such coder or the name is taken, or as [`perform`](Session::perform).
    pub fn name_coder(&mut self, id: &CoderId, name: &str) -> Result<(), SessionError> {
        let name = self.free_coder_name(name, Some(id))?;
        let Some(old) = self.project.coders.get(id) else {
            return Err(EditError::NoCoder(id.clone()).into());
        };
        if old.name == name {
            return Ok(());
        }
        let coder = Coder { id: id.clone(), name };
        self.perform("Rename the coder", Edit::Coder { id: id.clone(), to: Some(coder.clone()) }, None)?;
        if let Some(here) = self.coder.as_mut().filter(|c| c.id == *id) {
            *here = coder;
        }
        Ok(())
    }

    /// Takes a coder who has no work out of the project.
    ///
    /// # Errors
    /// Where there is no such coder, or some of their work, or as [`perform`](Session::perform).
    pub fn remove_coder(&mut self, id: &CoderId) -> Result<(), SessionError> {
        let Some(coder) = self.project.coders.get(id) else {
            return Err(EditError::NoCoder(id.clone()).into());
        };
        let label = format!("Remove the coder “{}”", coder.name);
        self.perform(label, Edit::Coder { id: id.clone(), to: None }, None)
    }

    fn free_coder_name(&self, name: &str, of: Option<&CoderId>) -> Result<String, SessionError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(SessionError::Nameless("coder"));
        }
        let lower = name.to_lowercase();
        match self.project.coders.values().find(|c| c.name.to_lowercase() == lower && Some(&c.id) != of) {
            Some(taken) => Err(SessionError::NameTaken { what: "coder", name: taken.name.clone() }),
            None => Ok(name.to_owned()),
        }
    }

    /// An id made of a name that no coder has, and no work that a lost coder left behind.
    fn free_coder_id(&self, name: &str) -> CoderId {
        let stem = slug(name, 40);
        let taken = |id: &CoderId| {
            self.project.coders.contains_key(id) || self.project.codings.keys().any(|(coder, _)| coder == id)
        };
        (1..=self.project.coders.len() + self.project.codings.len() + 1)
            .map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") })
            .filter_map(|id| id.parse::<CoderId>().ok())
            .find(|id| !taken(id))
            .unwrap_or_else(|| unreachable!("one of more numbers than coders is free"))
    }
}
