//! Verbs that change the codebook and the register of names.

use super::carry::{Carrier, Done};
use super::refused::Refused;
use super::request::{AddCode, AddEntity, ChangeCode, ChangeEntity, CodeText, DeleteCode, MoveCode, RetireCode};
use super::resolve;
use crate::model::{Code, CodeId, Colour, Entity, EntityId};

pub fn add_code(c: &mut Carrier<'_>, r: AddCode) -> Result<Done, Refused> {
    let parent = r.parent.as_deref().map(|parent| c.code(parent)).transpose()?;
    let id: Option<CodeId> = r.id.map(|id| id.parse()).transpose()?;
    let colour = colour(&r.text)?;
    let id = c.session.add_code_with(&r.name, parent, id, |code| put_text(r.text, colour, code))?;
    Ok(Done::id(id))
}

pub fn change_code(c: &mut Carrier<'_>, r: ChangeCode) -> Result<Done, Refused> {
    let id = c.code(&r.code)?;
    let colour = colour(&r.text)?;
    if let (Some(Some(key)), Some(code)) = (r.text.shortcut, c.session.project().codebook.get(&id)) {
        c.session.check_key(&Code { shortcut: Some(key), ..code.clone() })?;
    }
    c.session.change_code(&id, "Change a code", |code| {
        if let Some(name) = r.name {
            code.name = name;
        }
        put_text(r.text, colour, code);
    })?;
    Ok(Done::id(id))
}

fn colour(text: &CodeText) -> Result<Option<Colour>, Refused> {
    text.colour.as_deref().map(|colour| colour.parse().map_err(Refused::Told)).transpose()
}

fn put_text(text: CodeText, colour: Option<Colour>, code: &mut Code) {
    code.colour = colour.unwrap_or(code.colour);
    if let Some(definition) = text.definition {
        code.definition = definition;
    }
    if let Some(use_when) = text.use_when {
        code.use_when = use_when;
    }
    if let Some(not_when) = text.not_when {
        code.not_when = not_when;
    }
    if let Some(examples) = text.examples {
        code.examples = examples;
    }
    if let Some(shortcut) = text.shortcut {
        code.shortcut = shortcut;
    }
}

pub fn move_code(c: &mut Carrier<'_>, r: MoveCode) -> Result<Done, Refused> {
    let id = c.code(&r.code)?;
    let parent = match r.parent {
        Some(parent) => parent.as_deref().map(|parent| c.code(parent)).transpose()?,
        None => c.session.project().codebook.get(&id).and_then(|code| code.parent.clone()),
    };
    c.session.move_code(&id, parent.as_ref(), r.position.unwrap_or(usize::MAX))?;
    Ok(Done::id(id))
}

pub fn retire_code(c: &mut Carrier<'_>, r: RetireCode) -> Result<Done, Refused> {
    let id = c.code(&r.code)?;
    let label = if r.set { "Retire a code" } else { "Offer a code again" };
    c.session.change_code(&id, label, |code| code.retired = r.set)?;
    Ok(Done::id(id))
}

pub fn delete_code(c: &mut Carrier<'_>, r: DeleteCode) -> Result<Done, Refused> {
    let id = c.code(&r.code)?;
    let codings = c.session.codings_of(&id);
    if codings > 0 && !r.with_codings {
        let code = c.session.project().codebook.get(&id).map_or("", |code| &code.name).to_owned();
        return Err(Refused::CodeInUse { code, codings });
    }
    c.session.delete_code(&id)?;
    Ok(Done { codings: Some(codings), ..Done::id(id) })
}

pub fn add_entity(c: &mut Carrier<'_>, r: AddEntity) -> Result<Done, Refused> {
    let id = r.id.unwrap_or_else(EntityId::new);
    let entity = Entity { id, name: r.name, kind: r.kind, aliases: r.aliases, note: r.note };
    Ok(Done::id(c.session.add_entity(entity)?))
}

pub fn change_entity(c: &mut Carrier<'_>, r: ChangeEntity) -> Result<Done, Refused> {
    let id = resolve::entity(c.session.project(), &r.entity)?;
    c.session.change_entity(id, |entity| {
        entity.name = r.name.unwrap_or(std::mem::take(&mut entity.name));
        entity.kind = r.kind.unwrap_or(entity.kind);
        entity.aliases = r.aliases.unwrap_or(std::mem::take(&mut entity.aliases));
        entity.note = r.note.unwrap_or(std::mem::take(&mut entity.note));
    })?;
    Ok(Done::id(id))
}
