//! The register of names.

use super::{Session, SessionError};
use crate::edit::Edit;
use crate::model::{Entity, EntityId, RelationEnd};

impl Session {
    /// Enters a name into the register.
    ///
    /// # Errors
    /// Where it is empty, its id is taken, or as [`perform`](Session::perform).
    pub fn add_entity(&mut self, entity: Entity) -> Result<EntityId, SessionError> {
        if self.project.entities.contains_key(&entity.id) {
            return Err(SessionError::IdTaken(entity.id.to_string()));
        }
        let (id, label) = (entity.id, format!("Add the name “{}”", entity.name));
        self.put_entity(entity, label)?;
        Ok(id)
    }

    /// Changes a name of the register.
    ///
    /// # Errors
    /// Where it is not there or would be empty, or as [`perform`](Session::perform).
    pub fn change_entity(&mut self, id: EntityId, change: impl FnOnce(&mut Entity)) -> Result<(), SessionError> {
        let old = self.project.entities.get(&id).ok_or_else(|| missing(id))?;
        let mut entity = old.clone();
        change(&mut entity);
        entity.id = id;
        if entity == *old {
            return Ok(());
        }
        let label = format!("Change the name “{}”", old.name);
        self.put_entity(entity, label)
    }

    /// Takes a name that nothing points at out of the register.
    ///
    /// # Errors
    /// Where it is not there or in use, or as [`perform`](Session::perform).
    pub fn remove_entity(&mut self, id: EntityId) -> Result<(), SessionError> {
        let entity = self.project.entities.get(&id).ok_or_else(|| missing(id))?;
        let uses = self.uses_of_entity(id);
        if uses > 0 {
            return Err(SessionError::InUse { what: "the name", name: entity.name.clone(), uses });
        }
        let label = format!("Remove the name “{}”", entity.name);
        self.perform(label, Edit::Entity { id, to: None }, None)
    }

    /// How many speakers, targets and relations mean a name of the register.
    pub fn uses_of_entity(&self, id: EntityId) -> usize {
        let codings = self.project.codings.values();
        let uses = codings.map(|coding| {
            let annotations = coding.annotations.values().chain(coding.orphans.values());
            let parties = annotations.flat_map(|a| a.attributes.speaker.iter().chain(&a.attributes.target));
            let relations = coding.relations.values().filter(|r| r.to == RelationEnd::Entity(id));
            parties.filter(|p| p.entity == Some(id)).count() + relations.count()
        });
        uses.sum()
    }

    fn put_entity(&mut self, mut entity: Entity, label: String) -> Result<(), SessionError> {
        entity.name = entity.name.trim().to_owned();
        if entity.name.is_empty() {
            return Err(SessionError::Nameless("person or thing of the register"));
        }
        self.perform(label, Edit::Entity { id: entity.id, to: Some(Box::new(entity)) }, None)
    }
}

fn missing(id: EntityId) -> SessionError {
    SessionError::Missing { what: "name", name: id.to_string() }
}
