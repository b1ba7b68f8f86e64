//! Changes of the codebook that are more than one slot.

use jiff::Timestamp;

use super::{Desk, Edit};
use crate::model::{AnnotationId, Code, CodeId, CoderId, Project, RelationEnd, Revision};

/// Puts a code in its changed form. Where its meaning changed, its revision goes up and what it meant before is kept;
/// the revision and the history that the changed form brings along are never taken.
pub fn put_code(project: &Project, mut code: Code, by: &CoderId, now: Timestamp) -> Edit {
    if let Some(old) = project.codebook.get(&code.id) {
        code.history.clone_from(&old.history);
        code.revision = old.revision;
        if code.means_otherwise(old) {
            code.history.push(Revision {
                revision: old.revision,
                until: now,
                changed_by: by.clone(),
                definition: old.definition.clone(),
                use_when: old.use_when.clone(),
                not_when: old.not_when.clone(),
            });
            code.revision = old.revision.saturating_add(1);
        }
    }
    Edit::Code { id: code.id.clone(), to: Some(Box::new(code)) }
}

/// Deletes a code: its codings go, by all coders, with the relations that hang on them; codes below it move up to its
/// parent. Returns the edit and how many codings and document codings it takes away. `None` where there is no such code.
pub fn delete_code(project: &Project, id: &CodeId) -> Option<(Edit, usize)> {
    let code = project.codebook.get(id)?;
    let mut edits = Vec::new();
    let mut count = 0;
    for ((coder, article), coding) in &project.codings {
        let at = Desk { coder: coder.clone(), article: article.clone() };
        let gone = |a: &AnnotationId| coding.annotations.get(a).is_some_and(|a| a.tag.code() == Some(id));
        for relation in coding.relations.values() {
            if gone(&relation.from) || matches!(&relation.to, RelationEnd::Annotation(to) if gone(to)) {
                edits.push(Edit::Relation { at: at.clone(), id: relation.id, to: None });
            }
        }
        for annotation in coding.annotations.values().filter(|a| a.tag.code() == Some(id)) {
            edits.push(Edit::Annotation { at: at.clone(), id: annotation.id, to: None });
            count += 1;
        }
        if coding.document.primary.as_ref() == Some(id) || coding.document.codes.contains(id) {
            let mut document = coding.document.clone();
            document.primary = document.primary.filter(|c| c != id);
            document.codes.remove(id);
            edits.push(Edit::Document { at, to: Box::new(document) });
            count += 1;
        }
    }
    for child in project.codebook.children(Some(id)) {
        let child = Code { parent: code.parent.clone(), ..child.clone() };
        edits.push(Edit::Code { id: child.id.clone(), to: Some(Box::new(child)) });
    }
    edits.push(Edit::Code { id: id.clone(), to: None });
    Some((Edit::Batch(edits), count))
}

/// Moves a code below `parent` (`None`: to the roots), before the `position`th of the codes there.
pub fn move_code(project: &Project, id: &CodeId, parent: Option<&CodeId>, position: usize) -> Option<Edit> {
    let code = project.codebook.get(id)?;
    let mut row: Vec<&Code> = project.codebook.children(parent).into_iter().filter(|c| c.id != *id).collect();
    row.insert(position.min(row.len()), code);
    let edits = row.into_iter().zip(0u32..).map(|(code, position)| {
        let parent = parent.cloned();
        Edit::Code { id: code.id.clone(), to: Some(Box::new(Code { parent, position, ..code.clone() })) }
    });
    Some(Edit::Batch(edits.collect()))
}
