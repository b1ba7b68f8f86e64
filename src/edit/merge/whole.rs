//! What must hold of the result as a whole: what is used is there, and no code is its own ancestor.

use std::collections::BTreeSet;

use super::report::{Item, Kept, Kind, Lost, Report};
use super::{Codings, Input};
use crate::model::{Annotation, CodeId, Coding, EntityId, Project, RelationEnd};

/// Brings back what somebody deleted while somebody else went on using it. In `base` and in the `works` of the inputs,
/// everything is called as in the result.
pub fn bring_back(project: &mut Project, base: &Project, inputs: &[Input<'_>], works: &[Codings], report: &mut Report) {
    let mut kept = |kind: Kind, id: &dyn ToString, name: &str| {
        let why = "deleted in one project, in use in another".to_owned();
        report.kept.push(Kept { item: Item::new(kind, id.to_string(), name), why });
    };
    let nobody = Coding::default();
    let mut codes = BTreeSet::new();
    for ((coder, article), coding) in &project.codings {
        if let Some(known) = base.coders.get(coder).filter(|_| !project.coders.contains_key(coder)) {
            kept(Kind::Coder, coder, &known.name);
            project.coders.insert(coder.clone(), known.clone());
        }
        if let Some(known) = base.articles.get(article).filter(|_| !project.articles.contains_key(article)) {
            kept(Kind::Article, article, &known.display_title());
            project.articles.insert(article.clone(), known.clone());
        }
        codes.extend(codes_in(coding).cloned());
    }
    // Who deletes a code or a name of the register may leave behind what speaks of it (orphans do not keep a code, and
    // nothing keeps a name): that does not bring it back, but what somebody said anew who still knew it does.
    let (mut orphaned, mut entities) = (BTreeSet::new(), BTreeSet::new());
    for (input, works) in inputs.iter().zip(works) {
        for ((coder, article), coding) in works {
            let before = base.coding(coder, article).unwrap_or(&nobody);
            let new = coding.orphans.iter().filter(|(id, a)| before.orphans.get(id) != Some(a));
            let new = new.filter_map(|(_, a)| a.tag.code()).filter(|id| input.project.codebook.get(id).is_some());
            orphaned.extend(new.cloned());
            let new = names_in(coding, before).into_iter();
            entities.extend(new.filter(|id| input.project.entities.contains_key(id)));
        }
    }
    let orphans = project.codings.values().flat_map(|c| c.orphans.values());
    codes.extend(orphans.filter_map(|a| a.tag.code()).filter(|id| orphaned.contains(id)).cloned());
    codes.extend(project.codebook.codes.values().filter_map(|c| c.parent.clone()));
    let mut open: Vec<CodeId> = codes.into_iter().collect();
    while let Some(id) = open.pop() {
        if let Some(code) = base.codebook.get(&id).filter(|_| !project.codebook.codes.contains_key(&id)) {
            kept(Kind::Code, &id, &code.name);
            open.extend(code.parent.clone());
            project.codebook.codes.insert(id, code.clone());
        }
    }
    let used: BTreeSet<_> = project.codings.values().flat_map(|c| names_in(c, &nobody)).collect();
    for id in entities.intersection(&used).copied() {
        if let Some(entity) = base.entities.get(&id).filter(|_| !project.entities.contains_key(&id)) {
            kept(Kind::Entity, &id, &entity.name);
            project.entities.insert(id, entity.clone());
        }
    }
}

fn codes_in(coding: &Coding) -> impl Iterator<Item = &CodeId> {
    coding
        .annotations
        .values()
        .filter_map(|a| a.tag.code())
        .chain(&coding.document.primary)
        .chain(&coding.document.codes)
}

/// The names of the register that some work speaks of in what the base does not have like this.
fn names_in(coding: &Coding, base: &Coding) -> Vec<EntityId> {
    fn of(annotation: &Annotation) -> impl Iterator<Item = EntityId> {
        let a = &annotation.attributes;
        a.speaker.iter().chain(&a.target).filter_map(|party| party.entity)
    }
    let mut names = Vec::new();
    for (id, annotation) in coding.annotations.iter().chain(&coding.orphans) {
        let before = base.annotations.get(id).or_else(|| base.orphans.get(id));
        if before != Some(annotation) {
            names.extend(of(annotation));
        }
    }
    for (id, relation) in &coding.relations {
        if let RelationEnd::Entity(entity) = relation.to
            && base.relations.get(id) != Some(relation)
        {
            names.push(entity);
        }
    }
    names
}

/// Two projects may each have put a code below another one so that together they make a loop: of each loop, the code
/// with the smallest id becomes a root.
pub fn open_loops(project: &mut Project, report: &mut Report) {
    while let Some(id) = project.codebook.loops().first().map(|id| (*id).clone()) {
        let Some(code) = project.codebook.codes.get_mut(&id) else { break };
        let item = Item::new(Kind::Code, &id, code.name.clone());
        let Some(parent) = code.parent.take() else { break };
        let (kept, lost) = ("none, since it would be its own ancestor".to_owned(), parent.to_string());
        report.lost.push(Lost { item, field: Some("parent".to_owned()), kept, lost, inputs: Vec::new() });
    }
}

/// Names of the register that are alike and stand under different ids.
pub fn tell_doubles(project: &Project, report: &mut Report, one_holds: impl Fn(EntityId, EntityId) -> bool) {
    let mut known: std::collections::BTreeMap<_, EntityId> = std::collections::BTreeMap::new();
    for entity in project.entities.values() {
        let name = (entity.kind, super::same::name_of(&entity.name));
        match known.get(&name) {
            Some(other) if !one_holds(*other, entity.id) => {
                report.notes.push(format!(
                    "“{}” stands in the register of names twice ({other} and {}); perhaps they are one",
                    entity.name, entity.id
                ));
            }
            Some(_) => {}
            None => drop(known.insert(name, entity.id)),
        }
    }
}
