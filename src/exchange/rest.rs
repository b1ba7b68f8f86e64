//! What a format has no place of its own for but room for JSON: the project’s lists, and of an article all but its text
//! and its codings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::adapt::is_in_xml;
use super::incoming::Incoming;
use super::labels::Labels;
use super::record::{self, ArticleRecord};
use crate::model::{Article, Code, CodeId, Coder, Entity, Project, Tag, Variable};

/// The lists of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lists {
    pub title: String,
    pub coders: Vec<Coder>,
    /// Parents before children.
    pub codes: Vec<Code>,
    pub entities: Vec<Entity>,
    pub variables: BTreeMap<String, Variable>,
}

impl Lists {
    pub fn of(project: &Project) -> Self {
        Self {
            title: project.title.clone(),
            coders: project.coders.values().cloned().collect(),
            codes: project.codebook.tree().into_iter().map(|(_, code)| code.clone()).collect(),
            entities: project.entities.values().cloned().collect(),
            variables: project.variables.clone(),
        }
    }

    /// Puts them into what is read, and answers what the codes are called in this file.
    pub fn read(self, incoming: &mut Incoming<'_>) -> Called {
        for coder in self.coders {
            incoming.coder(coder.id.as_str(), &coder.name);
        }
        for entity in self.entities {
            incoming.entity(entity);
        }
        let mut called = Called::default();
        for mut code in self.codes {
            code.parent = code.parent.map(|p| called.here(&p));
            let id = code.id.clone();
            let here = incoming.put_code(code);
            called.ids.insert(id, here);
        }
        let project = incoming.project();
        project.title = self.title;
        project.variables = self.variables;
        called.labels = Labels::of(&project.codebook);
        called
    }
}

/// What the codes of a file are called here.
#[derive(Clone, Debug, Default)]
pub struct Called {
    ids: BTreeMap<CodeId, CodeId>,
    labels: Labels,
}

impl Called {
    fn here(&self, id: &CodeId) -> CodeId {
        self.ids.get(id).unwrap_or(id).clone()
    }

    /// What a label means, where the file gives the id of a code beside it: that code, unless somebody has written
    /// another label since.
    pub fn tag(&self, incoming: &mut Incoming<'_>, label: &str, code: Option<&str>) -> (Tag, Option<String>) {
        match code.and_then(|id| self.code(id)) {
            Some(id) if plain(&self.labels.code(&id)) == plain(label) => (Tag::Frame(id), None),
            _ => incoming.tag(label),
        }
    }

    /// A code of the file’s list, by the id that it has there.
    pub fn code(&self, id: &str) -> Option<CodeId> {
        self.ids.get(&id.parse().ok()?).cloned()
    }
}

/// A label as XML has a place for it.
fn plain(label: &str) -> String {
    let plain: String = label.chars().map(|c| if is_in_xml(c) { c } else { ' ' }).collect();
    plain.trim().to_owned()
}

/// All that is said of an article but its text, its annotations and what stands in the [`Lists`]. What coders said of
/// the whole article loses its codes and its memo, which formats write as they write annotations.
pub fn of_article(project: &Project, article: &Article) -> ArticleRecord {
    let mut record = record::article(project, article);
    record.text.clear();
    record.annotations.clear();
    record.codebook.clear();
    record.entities.clear();
    for coding in &mut record.codings {
        coding.codes.clear();
        coding.code_ids.clear();
        coding.primary = None;
        coding.primary_code = None;
        coding.memo.clear();
        coding.relations.clear();
    }
    record
}
